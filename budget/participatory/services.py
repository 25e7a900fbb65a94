"""Making a budget: its envelopes, their sums, its phases. Amounts are integer cents."""

import datetime as dt
from fractions import Fraction

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from budget.participatory import phases
from budget.participatory.models import Budget, Envelope, Formula, Phase, Scope
from budget.participatory.shares import share
from geo.models import Level, Territory


class BudgetError(ValueError):
    """This cannot be done to the budget; the message says why."""


class Frozen(BudgetError):
    """The vote has opened: envelopes, rules and paper stay as they are."""


def refuse_frozen(budget: Budget) -> None:
    """Raises Frozen where the vote has opened. The database refuses too; this says it in words."""
    if budget.has_begun("voting"):
        raise Frozen(_("The vote has opened: nothing of the ballot paper can be changed any more."))


@transaction.atomic
def set_phases(*, budget: Budget, windows: list[phases.Window]) -> None:
    """Give the budget these phases instead of those it has. Raises BudgetError where they contradict each other.

    Once the vote has opened its window stays; only its end may be put off while it runs.
    """
    if wrong := phases.mistakes(windows):
        kind, message = wrong[0]
        raise BudgetError(f"{phases.KINDS[kind].title} : {message}")
    vote = next((row for row in budget.phases.select_for_update() if row.kind == "voting"), None)
    refuse_moved(budget, vote, windows)
    new = {window.kind: window for window in windows}
    budget.phases.exclude(kind__in=new).delete()
    for kind, window in new.items():
        Phase.objects.update_or_create(
            budget=budget, kind=kind, defaults={"opens_at": window.opens_at, "closes_at": window.closes_at}
        )
    _forget(budget)


def refuse_moved(budget: Budget, vote: Phase | phases.Window | None, windows: list[phases.Window]) -> None:
    """Raises BudgetError where these phases, right in themselves, move a `vote` that has opened, or open one in the
    past."""
    now = timezone.now()
    planned = next((window for window in windows if window.kind == "voting"), None)
    if vote and vote.opens_at <= now:
        moved = planned is None or planned.opens_at != vote.opens_at or planned.closes_at < vote.closes_at
        if moved or (vote.closes_at <= now and planned.closes_at != vote.closes_at):
            raise Frozen(_("The vote has opened: its dates stay. While it runs, only its end can be put off."))
    elif planned and planned.opens_at <= now and budget.published_at:
        raise BudgetError(_("The vote cannot have opened already: choose a moment to come."))


@transaction.atomic
def add_envelope(*, budget: Budget, scope: str, title: str = "", territory=None, theme=None, **fields) -> Envelope:
    """One more envelope. `fields` are the others of Envelope. Raises Frozen once the vote has opened."""
    refuse_frozen(budget)
    title = title or str(territory or theme or _("The whole city"))
    position = fields.pop("position", budget.envelopes.count())
    return Envelope.objects.create(
        budget=budget,
        scope=scope,
        slug=free_slug(budget, title),
        title=title,
        territory=territory,
        theme=theme,
        position=position,
        **fields,
    )


@transaction.atomic
def add_districts(*, budget: Budget, level: Level, **fields) -> list[Envelope]:
    """An envelope for each territory of that level inside the budget's own that has none, in the order of codes."""
    inside = Territory.objects.filter(level=level, parent=budget.territory).current().order_by("code")
    inside = inside.exclude(envelopes__budget=budget)
    return [add_envelope(budget=budget, scope=Scope.TERRITORY, territory=one, **fields) for one in inside]


@transaction.atomic
def vote_alike(*, budget: Budget, **rules) -> int:
    """Set these rules of the vote (fields of Envelope) in all envelopes of a budget; returns how many there are.

    Raises Frozen once the vote has opened.
    """
    refuse_frozen(budget)
    return budget.envelopes.update(**rules)


@transaction.atomic
def share_out(*, budget: Budget) -> None:
    """Set the districts' amounts by the budget's formula, from what its other envelopes leave of the total.

    The sum of all envelopes is the total, to the cent. Raises BudgetError where a population is not known or the
    others take more than there is, Frozen once the vote has opened.
    """
    refuse_frozen(budget)
    if budget.formula == Formula.HAND:
        return
    rows = list(budget.envelopes.select_related("territory").order_by("position", "pk"))
    districts = [row for row in rows if row.scope == Scope.TERRITORY]
    left = budget.total - sum(row.amount for row in rows if row.scope != Scope.TERRITORY)
    if not districts:
        return
    if left < 0:
        raise BudgetError(_("The other envelopes take more than the whole budget."))
    for row, amount in zip(districts, share(left, [_weight(budget, row) for row in districts]), strict=True):
        row.amount = amount
    Envelope.objects.bulk_update(districts, ["amount"])


def _weight(budget: Budget, envelope: Envelope) -> Fraction:
    if budget.formula == Formula.EQUAL:
        return Fraction(1)
    if not envelope.territory.population:
        raise BudgetError(
            _("The population of %(territory)s is not known: type it in first.") % {"territory": envelope.territory}
        )
    weight = Fraction(envelope.territory.population)
    if budget.formula != Formula.SOCIAL:
        return weight
    if envelope.social_weight <= 0:
        raise BudgetError(_("The social weight of “%(envelope)s” must be above zero.") % {"envelope": envelope})
    return weight * Fraction(envelope.social_weight)


@transaction.atomic
def publish(*, budget: Budget, now: dt.datetime | None = None) -> None:
    """Show the budget to everybody. Raises BudgetError where it has no phase or envelope, or more is shared than is.

    Twice is once.
    """
    budget = Budget.objects.select_for_update().get(pk=budget.pk)
    if budget.published_at:
        return
    if not budget.phases.exists() or not budget.envelopes.exists():
        raise BudgetError(_("Give the budget its phases and envelopes before publishing it."))
    shared = sum(budget.envelopes.values_list("amount", flat=True))
    if shared > budget.total:
        raise BudgetError(_("The envelopes together hold more than the budget."))
    budget.published_at = now or timezone.now()
    budget.save(update_fields=["published_at"])


def free_slug(budget: Budget, title: str) -> str:
    """An address for an envelope of that title that no other of the budget has."""
    base = slugify(title)[:70] or "enveloppe"
    taken = set(budget.envelopes.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in [base, *(f"{base}-{n}" for n in range(2, 1000))] if slug not in taken)


def _forget(budget: Budget) -> None:
    """What was prefetched is no longer so."""
    budget._prefetched_objects_cache = {}
