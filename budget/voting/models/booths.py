"""Paper: booths, their bundles of ballots, and what two people typed of each independently."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from budget.participatory.models import Budget, Envelope
from budget.proposals.models import new_reference


class Booth(models.Model):
    """Where people vote on paper. The roll stays there; only the number of its signatures is kept."""

    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="booths")
    name = models.CharField(_("name"), max_length=120)
    signatures = models.PositiveIntegerField(_("signatures on the roll"), null=True)
    # Why there are fewer ballots than signatures.
    explanation = models.TextField(_("explanation"), blank=True)
    accepted_by = models.CharField(max_length=300, blank=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True)

    class Meta:
        ordering = ["name", "pk"]
        verbose_name = _("booth")
        verbose_name_plural = _("booths")
        constraints = [models.UniqueConstraint(fields=["budget", "name"], name="booth_name_once")]

    def __str__(self):
        return self.name


class Bundle(models.Model):
    """Paper ballots of one envelope held together, with a number on their cover and the count written on it."""

    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    booth = models.ForeignKey(Booth, models.PROTECT, related_name="bundles")
    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="bundles")
    number = models.PositiveSmallIntegerField(_("number of the bundle"))
    size = models.PositiveSmallIntegerField(_("ballots in it"))

    class Meta:
        ordering = ["envelope__position", "number"]
        verbose_name = _("bundle")
        verbose_name_plural = _("bundles")
        constraints = [models.UniqueConstraint(fields=["booth", "envelope", "number"], name="bundle_number_once")]


class Typing(models.Model):
    """One person's typing of a bundle: at most two, and a third that settles where they differ."""

    class Turn(models.IntegerChoices):
        FIRST = 1, _("first typing")
        SECOND = 2, _("second typing")
        SETTLED = 3, _("settled")

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="typings")
    turn = models.PositiveSmallIntegerField(choices=Turn.choices)
    typist = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["turn"]
        verbose_name = _("typing")
        constraints = [
            models.UniqueConstraint(fields=["bundle", "turn"], name="typing_turn_once"),
            models.UniqueConstraint(
                fields=["bundle", "typist"], condition=models.Q(turn__lt=3), name="typing_by_two_people"
            ),
        ]


class PaperEntry(models.Model):
    """What somebody read on one paper ballot: its choices, or that it is spoiled."""

    typing = models.ForeignKey(Typing, models.CASCADE, related_name="entries")
    position = models.PositiveSmallIntegerField(_("ballot"))
    choices = models.TextField(blank=True)
    spoiled = models.BooleanField(_("spoiled"), default=False)

    class Meta:
        ordering = ["position"]
        verbose_name = _("paper ballot")
        constraints = [models.UniqueConstraint(fields=["typing", "position"], name="paper_entry_once")]
