"""Who studies a proposal, what each service found, and what an official signed.

Studies and decisions are appended, never edited. Amounts are integer cents.
"""

import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from budget.evaluation.querysets import AssignmentQuerySet
from budget.participatory.models import Budget
from budget.proposals.models import Proposal, new_reference
from geo.changes import noted
from geo.models import Body


class CheckItem(models.Model):
    """A question that each service answers of each proposal of a budget, with yes, no or does not apply."""

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="check_items", verbose_name=_("budget"))
    code = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    question = models.CharField(_("question"), max_length=200)
    help = models.CharField(_("help"), max_length=300, blank=True)
    mandatory = models.BooleanField(_("must be answered"), default=True)
    is_public = models.BooleanField(_("the answer is public"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("question of the checklist")
        verbose_name_plural = _("checklist of the services")

    def __str__(self):
        return self.question


class Assignment(models.Model):
    """A proposal that a service has to study until a day.

    `version` and `submitted_at` are caches of its studies: the number of the last one, and when it was handed in.
    """

    reference = models.CharField(max_length=12, unique=True, default=new_reference, editable=False)
    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="assignments")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+", verbose_name=_("service"))
    deadline = models.DateField(_("until (included)"))
    note = models.TextField(_("note to the service"), blank=True)
    # Why this service, as geo.routing says it.
    reasons = models.JSONField(default=list)
    assigned_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(_("handed in"), null=True)
    reminded_at = models.DateTimeField(null=True)
    told_late_at = models.DateTimeField(null=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["deadline", "pk"]
        verbose_name = _("study asked for")
        verbose_name_plural = _("studies asked for")
        indexes = [
            models.Index(fields=["body", "deadline"], name="assignment_waiting", condition=Q(submitted_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "body"], name="assignment_of_a_service_once"),
            models.CheckConstraint(
                condition=Q(submitted_at=None) | Q(version__gt=0), name="assignment_submitted_has_study"
            ),
        ]
        triggers = [noted("evaluation_assignment")]

    def __str__(self):
        return f"{self.proposal}: {self.body}"

    def get_absolute_url(self):
        return reverse("evaluation:study", args=[self.reference])

    @property
    def is_late(self) -> bool:
        return self.submitted_at is None and self.deadline < timezone.localdate()


class Verdict(models.TextChoices):
    FEASIBLE = "feasible", _("It can be done")
    CHANGE = "change", _("It can be done if it is changed")
    UNFEASIBLE = "unfeasible", _("It cannot be done")


class Study(models.Model):
    """What a service found, as it was at one saving. Each saving appends a version: nothing written is ever lost."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="studies")
    version = models.PositiveIntegerField()
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict.choices, blank=True)
    reason = models.TextField(_("public reason"), blank=True)
    # [{"code", "question", "answer": "yes|no|na", "remark", "public"}]: the questions as they were asked then.
    answers = models.JSONField(default=list)
    # [{"name", "amount"}]
    lines = models.JSONField(_("lines of the cost"), default=list)
    yearly = models.BigIntegerField(_("upkeep a year (cents)"), null=True)
    note = models.TextField(_("internal note"), blank=True)
    submitted = models.BooleanField(_("handed in"), default=False)
    author = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["version"]
        verbose_name = _("study")
        verbose_name_plural = _("studies")
        constraints = [
            models.UniqueConstraint(fields=["assignment", "version"], name="study_version_once"),
            models.CheckConstraint(condition=Q(yearly=None) | Q(yearly__gte=0), name="study_yearly_not_negative"),
            models.CheckConstraint(
                condition=Q(submitted=False) | ~(Q(verdict="") | Q(reason="")), name="study_submitted_says_why"
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    @property
    def cost(self) -> int:
        """The sum of its lines, in cents."""
        return sum(line["amount"] for line in self.lines)

    @property
    def public_answers(self) -> list[dict]:
        return [answer for answer in self.answers if answer["public"]]


class Decision(models.Model):
    """What an official signed of a proposal, upon these studies. A later one takes its place; both stay."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="decisions")
    number = models.PositiveSmallIntegerField()
    feasible = models.BooleanField(_("it can be done"))
    reason = models.TextField(_("public reason"))
    lines = models.JSONField(_("lines of the cost"), default=list)
    cost = models.BigIntegerField(_("cost (cents)"), null=True, validators=[MinValueValidator(0)])
    yearly = models.BigIntegerField(_("upkeep a year (cents)"), null=True)
    # Why the cost is not the one that the services found; empty where it is.
    correction = models.TextField(_("why the cost was corrected"), blank=True)
    studies = models.ManyToManyField(Study, related_name="decisions")
    signed_by = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    # Name and office, as everybody reads them.
    signed_name = models.CharField(max_length=200)
    signed_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-number"]
        verbose_name = _("decision")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "number"], name="decision_number_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="decision_says_why"),
            models.CheckConstraint(condition=Q(feasible=False) | Q(cost__gt=0), name="decision_feasible_has_cost"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]
