"""A participatory budget: its envelopes, its phases and the themes of what is proposed. Amounts are integer cents."""

import secrets

import pgtrigger
from django.contrib.gis.db import models
from django.core.validators import MinValueValidator
from django.db.models import F, Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Verification
from budget.participatory import phases
from budget.participatory.querysets import BudgetQuerySet, EnvelopeQuerySet
from geo.changes import noted
from geo.models import Competence, Territory

# Columns of a budget that say where and who votes: as much part of the vote as its paper.
FROZEN = ("slug", "rules", "total", "territory_id", "votes_where", "votes_proof", "votes_level", "votes_age")


def new_seed() -> str:
    return secrets.token_hex(16)


class Theme(models.Model):
    """What a proposal is about: greenery, sport, bicycles. Its competence says which service studies it."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    icon = models.CharField(_("sign"), max_length=8, blank=True)
    color = models.CharField(_("colour"), max_length=7, default="#2438a8")
    competence = models.ForeignKey(
        Competence, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("competence")
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("theme")
        verbose_name_plural = _("themes")
        triggers = [noted("participatory_theme")]

    def __str__(self):
        return self.name


class Formula(models.TextChoices):
    """How the total is shared out between the districts' envelopes."""

    HAND = "hand", _("amounts set by hand")
    EQUAL = "equal", _("the same for each district")
    POPULATION = "population", _("by population")
    SOCIAL = "social", _("by population, weighted by social need")


class Where(models.TextChoices):
    """In which envelopes a person votes."""

    RESIDENCE = "residence", _("the district they live in, and the whole city")
    CHOICE = "choice", _("one district of their choice, and the whole city")
    ALL = "all", _("every district and the whole city")


class Proof(models.TextChoices):
    """What a person shows in order to vote on the site."""

    LEVEL = "level", _("a verified account")
    CODE = "code", _("a code from a letter")
    EITHER = "either", _("a verified account or a code from a letter")


class Budget(models.Model):
    """One edition. What may be done when is said by its phases alone.

    Its address and who votes cannot change once the vote has opened: the database refuses.
    """

    slug = models.SlugField(_("address"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("in a few words"), max_length=600, blank=True)
    rules = models.TextField(_("rules"), blank=True, help_text=_("Markdown. Published before the first phase."))
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="budgets", verbose_name=_("territory"))
    total = models.BigIntegerField(_("total (cents)"), validators=[MinValueValidator(0)])
    formula = models.CharField(_("sharing out"), max_length=12, choices=Formula.choices, default=Formula.HAND)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    # Who votes, where, and how they show who they are.
    votes_where = models.CharField(_("votes where"), max_length=12, choices=Where.choices, default=Where.RESIDENCE)
    votes_proof = models.CharField(_("votes with"), max_length=12, choices=Proof.choices, default=Proof.LEVEL)
    votes_level = models.PositiveSmallIntegerField(
        _("verification needed to vote"), choices=Verification.choices, default=Verification.RESIDENCE
    )
    votes_age = models.PositiveSmallIntegerField(_("age from which one votes"), null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = BudgetQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("participatory budget")
        verbose_name_plural = _("participatory budgets")
        permissions = [("run_budget", _("Can run a participatory budget"))]
        constraints = [models.CheckConstraint(condition=Q(total__gte=0), name="budget_total_not_negative")]
        triggers = [
            noted("participatory_budget"),
            pgtrigger.Trigger(
                name="frozen",
                operation=pgtrigger.UpdateOf(*FROZEN),
                when=pgtrigger.Before,
                func=f"""
                IF ({", ".join(f"NEW.{name}" for name in FROZEN)})
                   IS DISTINCT FROM ({", ".join(f"OLD.{name}" for name in FROZEN)})
                   AND EXISTS (SELECT FROM participatory_phase AS phase
                               WHERE phase.kind = 'voting' AND phase.opens_at <= now()
                                 AND phase.budget_id = OLD.id) THEN
                    RAISE EXCEPTION 'the vote has begun: its rules are frozen' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("participatory:budget", args=[self.slug])

    @property
    def windows(self) -> list[phases.Window]:
        """Its phases in the order of their opening; of prefetched rows without a query."""
        rows = [phases.Window(row.kind, row.opens_at, row.closes_at) for row in self.phases.all()]
        return sorted(rows, key=lambda row: (row.opens_at, phases.ORDER.index(row.kind)))

    def window(self, kind: str) -> phases.Window | None:
        """The phase of that kind, if it has one."""
        return next((window for window in self.windows if window.kind == kind), None)

    @property
    def current(self) -> list[phases.Kind]:
        """The kinds of the phases open now."""
        now = timezone.now()
        return [phases.KINDS[window.kind] for window in self.windows if window.holds(now)]

    def allows(self, act: str, now=None) -> bool:
        """Whether a phase open at that moment (now) allows that act (budget.participatory.phases)."""
        return bool(self.published_at) and act in phases.allowed(self.windows, now or timezone.now())

    def has_begun(self, kind: str, now=None) -> bool:
        """Whether the phase of that kind is open or over."""
        window = self.window(kind)
        return window is not None and window.begun(now or timezone.now())

    def is_over(self, kind: str, now=None) -> bool:
        """Whether the phase of that kind is over."""
        window = self.window(kind)
        return window is not None and window.over(now or timezone.now())


class Phase(models.Model):
    """A window of time in which some acts are open. The paper cannot be changed by moving the vote's opening."""

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="phases")
    kind = models.CharField(
        _("phase"), max_length=12, choices=[(kind.name, kind.title) for kind in phases.KINDS.values()]
    )
    opens_at = models.DateTimeField(_("from"))
    closes_at = models.DateTimeField(_("until (excluded)"), null=True, blank=True)

    class Meta:
        ordering = ["opens_at", "pk"]
        verbose_name = _("phase")
        verbose_name_plural = _("phases")
        constraints = [
            models.UniqueConstraint(fields=["budget", "kind"], name="phase_of_a_kind_once"),
            models.CheckConstraint(
                condition=Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="phase_ends_after_it_begins",
                violation_error_message=_("This phase must end after it begins."),
            ),
        ]
        triggers = [
            # A vote that has begun stays where it is; only its end may be put off while it runs.
            pgtrigger.Trigger(
                name="vote_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("OLD.kind = 'voting'"),
                func="""
                IF OLD.opens_at <= now() THEN
                    IF TG_OP = 'DELETE' THEN
                        RAISE EXCEPTION 'the vote has begun: its phase stays' USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.opens_at <> OLD.opens_at OR NEW.kind <> OLD.kind OR NEW.budget_id <> OLD.budget_id
                       OR NEW.closes_at IS NULL OR NEW.closes_at < OLD.closes_at
                       OR (OLD.closes_at <= now() AND NEW.closes_at <> OLD.closes_at) THEN
                        RAISE EXCEPTION 'the vote has begun: its phase stays' USING ERRCODE = 'check_violation';
                    END IF;
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
                """,
            )
        ]

    def __str__(self):
        return f"{self.budget}: {self.get_kind_display()}"


class Scope(models.TextChoices):
    """What an envelope is for."""

    TERRITORY = "territory", _("a district")
    CITY = "city", _("the whole city")
    THEME = "theme", _("a theme")


class Ballot(models.TextChoices):
    """How people vote."""

    MONEY = "money", _("the projects you want, within the money of the envelope")
    APPROVAL = "approval", _("up to a number of projects")
    ONE = "one", _("one project")
    POINTS = "points", _("points shared between projects")
    RANKING = "ranking", _("projects in order of preference")
    GRADES = "grades", _("a grade for each project")


class Rule(models.TextChoices):
    """How votes are counted: the names of budget.counting."""

    GREEDY = "greedy", _("most votes first; what does not fit is passed over")
    NO_SKIP = "greedy-no-skip", _("most votes first, until one does not fit")
    THRESHOLD = "greedy-threshold", _("most votes first, from a least number of votes")
    SHARES = "equal-shares", _("equal shares")
    ADD1 = "equal-shares-add1", _("equal shares, completed by raising each person's share")
    COMPLETED = "equal-shares-greedy", _("equal shares, completed by most votes first")
    PHRAGMEN = "phragmen", _("Phragmén's sequential rule")
    MAJORITY = "majority-judgment", _("majority judgment")


class Envelope(models.Model):
    """A sum for a district, for the whole city or for a theme, and the rules of its vote.

    All of it is set before the vote opens; from then on the database refuses any change.
    """

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="envelopes")
    slug = models.SlugField(_("address"), max_length=80)
    title = models.CharField(_("title"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    scope = models.CharField(_("for"), max_length=12, choices=Scope.choices)
    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, related_name="envelopes", verbose_name=_("territory")
    )
    theme = models.ForeignKey(
        Theme, models.PROTECT, null=True, blank=True, related_name="envelopes", verbose_name=_("theme")
    )
    amount = models.BigIntegerField(_("amount (cents)"), default=0, validators=[MinValueValidator(0)])
    social_weight = models.DecimalField(
        _("social weight"), max_digits=6, decimal_places=3, default=1, validators=[MinValueValidator(0.001)]
    )
    ballot = models.CharField(_("how people vote"), max_length=12, choices=Ballot.choices, default=Ballot.MONEY)
    max_choices = models.PositiveSmallIntegerField(_("most projects on a ballot"), null=True, blank=True)
    max_points = models.PositiveSmallIntegerField(_("points of each person"), null=True, blank=True)
    max_points_each = models.PositiveSmallIntegerField(_("most points for a project"), null=True, blank=True)
    rule = models.CharField(_("how votes are counted"), max_length=24, choices=Rule.choices, default=Rule.GREEDY)
    utility = models.CharField(
        _("what a winner is worth to who voted for it"),
        max_length=12,
        choices=[("cost", _("its cost")), ("cardinality", _("one project"))],
        default="cost",
    )
    stop = models.CharField(
        _("when raising shares stops"),
        max_length=12,
        choices=[
            ("exhaustive", _("at the first result that leaves room for no other project")),
            ("overshoot", _("at the last result before the money is exceeded")),
        ],
        default="exhaustive",
    )
    comparison = models.BooleanField(_("compare with most votes first"), default=False)
    threshold = models.PositiveIntegerField(_("least number of votes"), null=True, blank=True)
    # Of the lot between equals: public from the beginning, so that nobody can choose it after the vote.
    seed = models.CharField(_("seed of the lot"), max_length=64, default=new_seed)

    objects = EnvelopeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = _("envelope")
        verbose_name_plural = _("envelopes")
        constraints = [
            models.UniqueConstraint(fields=["budget", "slug"], name="envelope_address_once"),
            models.UniqueConstraint(
                fields=["budget", "territory"],
                condition=Q(scope="territory"),
                name="envelope_of_a_territory_once",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="envelope_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(scope="territory", territory__isnull=False, theme=None)
                | Q(scope="theme", theme__isnull=False)
                | Q(scope="city", theme=None),
                name="envelope_is_for_what_it_says",
            ),
        ]
        triggers = [
            noted("participatory_envelope"),
            pgtrigger.Trigger(
                name="frozen",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                declare=[("concerned", "bigint")],
                func="""
                concerned := CASE WHEN TG_OP = 'DELETE' THEN OLD.budget_id ELSE NEW.budget_id END;
                IF EXISTS (SELECT FROM participatory_phase AS phase
                           WHERE phase.kind = 'voting' AND phase.opens_at <= now()
                             AND phase.budget_id IN (concerned, CASE TG_OP WHEN 'UPDATE' THEN OLD.budget_id END)) THEN
                    RAISE EXCEPTION 'the vote has begun: envelopes are frozen' USING ERRCODE = 'check_violation';
                END IF;
                IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("participatory:envelope", args=[self.budget.slug, self.slug])
