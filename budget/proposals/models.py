"""Equipment proposed for a place, its history, its photos, who supports it, and what usual equipment costs.

Amounts are integer cents; places are EPSG:4326, which maps and exchanges use.
"""

import secrets
import uuid

import pgtrigger
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex, OpClass
from django.core.validators import MinValueValidator
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from budget.participatory.models import Budget, Envelope, Theme
from budget.proposals.querysets import PriceQuerySet, ProposalQuerySet
from budget.proposals.workflow import WORKFLOW
from geo.changes import noted
from geo.functions import Plain

# Crockford's base 32 without vowels: no letter is taken for another, no word appears by chance.
REFERENCE_ALPHABET = "0123456789BCDFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 8
MAX_TITLE, MAX_TEXT = 120, 6000
# Columns of what stands on the ballot paper.
FROZEN = ("title", "cost", "envelope_id", "budget_id", "theme_id")


def new_reference() -> str:
    return "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))


def new_token() -> str:
    return secrets.token_urlsafe(24)


class Price(models.Model):
    """What usual equipment costs, all in: bought, set up, with its works."""

    class Unit(models.TextChoices):
        EACH = "each", _("each")
        METRE = "m", _("a metre")
        SQUARE_METRE = "m2", _("a square metre")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    theme = models.ForeignKey(Theme, models.PROTECT, related_name="prices", verbose_name=_("theme"))
    unit = models.CharField(_("unit"), max_length=5, choices=Unit.choices, default=Unit.EACH)
    cost = models.BigIntegerField(_("cost of one (cents)"), validators=[MinValueValidator(0)])
    yearly = models.BigIntegerField(_("upkeep a year (cents)"), default=0, validators=[MinValueValidator(0)])
    source = models.CharField(_("source"), max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(_("prices of"))
    is_active = models.BooleanField(_("in use"), default=True)

    objects = PriceQuerySet.as_manager()

    class Meta:
        ordering = ["theme__name", "name"]
        verbose_name = _("usual price")
        verbose_name_plural = _("usual prices")
        constraints = [models.CheckConstraint(condition=Q(cost__gte=0, yearly__gte=0), name="price_not_negative")]

    def __str__(self):
        return self.name


class Proposal(models.Model):
    """Somebody's idea for a place. State and envelope are caches of its history, kept by services alone.

    Title, cost and envelope cannot change once the vote has opened: the database refuses.
    """

    reference = models.CharField(_("reference"), max_length=12, unique=True, default=new_reference, editable=False)
    # Made with the empty form: sending it twice gives one proposal.
    submission = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    budget = models.ForeignKey(Budget, models.PROTECT, related_name="proposals", verbose_name=_("budget"))
    envelope = models.ForeignKey(Envelope, models.PROTECT, related_name="proposals", verbose_name=_("envelope"))
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, related_name="proposals", verbose_name=_("theme"))
    title = models.CharField(_("title"), max_length=MAX_TITLE)
    text = models.TextField(_("description"), blank=True)
    # A point, a line or an area as it was drawn, and a point on it; both empty for what has no place of its own.
    shape = models.GeometryField(_("place"), srid=4326, null=True, spatial_index=False)
    point = models.PointField(_("point"), srid=4326, null=True, spatial_index=False)
    address = models.CharField(_("address"), max_length=200, blank=True)
    territories = ArrayField(models.BigIntegerField(), verbose_name=_("territories"), default=list)
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="proposals")
    # As the public reads it; kept where the account goes but the person agreed to stay named.
    author_name = models.CharField(_("name of the author"), max_length=80, blank=True)
    status = models.CharField(_("state"), max_length=12, choices=WORKFLOW.choices(), default=WORKFLOW.initial)
    # [{"code", "name", "unit", "cost", "quantity"}]: the price list as it was then.
    estimate_lines = models.JSONField(_("lines of the estimate"), default=list)
    estimate = models.BigIntegerField(_("estimate of the author (cents)"), null=True)
    # [{"name", "amount"}]: what the services found.
    cost_lines = models.JSONField(_("lines of the cost"), default=list)
    cost = models.BigIntegerField(_("cost (cents)"), null=True)
    yearly = models.BigIntegerField(_("upkeep a year (cents)"), null=True)
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, related_name="merged")
    split_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="parts")
    supports = models.PositiveIntegerField(_("supports"), default=0)
    hidden_at = models.DateTimeField(null=True)
    hidden_reason = models.TextField(blank=True)
    created_at = models.DateTimeField(_("proposed"))
    updated_at = models.DateTimeField(_("last change"))

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        indexes = [
            GistIndex(fields=["shape"], name="proposal_shape"),
            GistIndex(fields=["point"], name="proposal_point"),
            GinIndex(fields=["territories"], name="proposal_territories"),
            models.Index(fields=["envelope", "-supports", "id"], name="proposal_supports"),
            models.Index(fields=["budget", "-created_at", "-id"], name="proposal_newest"),
            GinIndex(OpClass(Plain("title"), name="gin_trgm_ops"), name="proposal_words"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=list(WORKFLOW.by_state)), name="proposal_status_known"),
            models.CheckConstraint(condition=Q(merged_into=None) | Q(status="merged"), name="proposal_merged_marked"),
            models.CheckConstraint(
                condition=(Q(cost=None) | Q(cost__gte=0)) & (Q(estimate=None) | Q(estimate__gte=0)),
                name="proposal_cost_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(shape=None, point=None) | Q(shape__isnull=False, point__isnull=False),
                name="proposal_shape_has_point",
            ),
        ]
        triggers = [
            noted("proposals_proposal"),
            pgtrigger.Trigger(
                name="frozen",
                operation=pgtrigger.UpdateOf("title", "cost", "envelope_id", "budget_id", "theme_id")
                | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                IF TG_OP = 'UPDATE' AND (NEW.title, NEW.cost, NEW.envelope_id, NEW.budget_id, NEW.theme_id)
                   IS NOT DISTINCT FROM (OLD.title, OLD.cost, OLD.envelope_id, OLD.budget_id, OLD.theme_id) THEN
                    RETURN NEW;
                END IF;
                IF EXISTS (SELECT FROM participatory_phase AS phase
                           WHERE phase.kind = 'voting' AND phase.opens_at <= now()
                             AND phase.budget_id = OLD.budget_id) THEN
                    RAISE EXCEPTION 'the vote has begun: proposals are frozen' USING ERRCODE = 'check_violation';
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("proposals:detail", args=[self.reference])

    @property
    def state(self):
        return WORKFLOW.by_state[self.status]

    @property
    def price(self) -> int | None:
        """Cents: what the services found, else what its author reckons."""
        return self.estimate if self.cost is None else self.cost


class ProposalEvent(models.Model):
    """One step of a proposal. Appended, never edited: the database refuses.

    `act` names an act of the workflow, or one that leaves the state as it is: post, edit, join, answer, hide, show.
    """

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="events")
    act = models.CharField(max_length=20)
    from_status = models.CharField(max_length=12, blank=True)
    to_status = models.CharField(max_length=12)
    message = models.TextField(_("public message"), blank=True)
    # {"changed": [names], name: it said} of an edit; {"references": […]} of a merge or split; {"cost"} of a study…
    data = models.JSONField(default=dict)
    is_public = models.BooleanField(_("public"), default=True)
    actor = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    # In whose name a service or an official acted; empty for residents.
    actor_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["created_at", "pk"]
        verbose_name = _("step")
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update)]

    @property
    def state(self):
        return WORKFLOW.by_state[self.to_status]


class ProposalPhoto(models.Model):
    """A cleaned photo or drawing, kept from the first upload on: a mistake elsewhere in the form loses nothing."""

    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    proposal = models.ForeignKey(Proposal, models.CASCADE, null=True, related_name="photos")
    owner = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    image = models.FileField(upload_to="proposals/%Y/%m/")
    thumbnail = models.FileField(upload_to="proposals/%Y/%m/")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        verbose_name = _("photo")
        indexes = [models.Index(fields=["created_at"], name="proposal_photo_draft", condition=Q(proposal=None))]

    def get_url(self):
        """Where the photo is shown; `?petit` gives its thumbnail."""
        return reverse("proposals:photo", args=[self.token])


class Support(models.Model):
    """Somebody supports a proposal, once."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="supporters")
    user = models.ForeignKey(User, models.CASCADE, related_name="proposal_supports")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("support")
        constraints = [models.UniqueConstraint(fields=["proposal", "user"], name="proposal_support_once")]
