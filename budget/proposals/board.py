"""What dashboards say of proposals: those that have a place, as on the map."""

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from budget.proposals.models import Proposal, ProposalEvent
from common.dates import long_date
from geo.dashboards.declare import Ask, Asks, Board, Indicator, midnight
from geo.dashboards.periods import Span
from geo.models import Territory

SHOWN = 5
PUBLIC = Q(budget__published_at__isnull=False, hidden_at=None)
LIVING = Q(status__in=("posted", "study", "feasible"))


def _during(act: str, status: str):
    """Those that took this step in the span and are still there."""

    def rows(span: Span) -> Q:
        steps = ProposalEvent.objects.filter(act=act, created_at__lt=midnight(span.until))
        if not span.is_everything:
            steps = steps.filter(created_at__gte=midnight(span.since))
        return Q(status=status, pk__in=steps.values("proposal"))

    return rows


PROPOSED = Indicator(
    "proposed",
    pgettext_lazy("several", "Proposed"),
    gettext_lazy("Proposals received in the period."),
    compared=True,
    rated=True,
)
FEASIBLE = Indicator(
    "feasible",
    gettext_lazy("Can be done"),
    gettext_lazy("Proposals that can be done, by the day of their last change."),
    moment="updated_at",
    where=Q(status="feasible"),
    compared=True,
)
INDICATORS = (
    PROPOSED,
    Indicator(
        "waiting",
        gettext_lazy("To be studied"),
        gettext_lazy("Proposals that wait for the services today, whenever they were received."),
        rows=lambda _span: Q(status__in=("posted", "study")),
        order="created_at",
    ),
    FEASIBLE,
    Indicator(
        "delivered",
        gettext_lazy("Done"),
        gettext_lazy("Projects whose works ended in the period."),
        rows=_during("deliver", "delivered"),
        moment="updated_at",
    ),
)
LISTS = (
    Indicator(
        "supported",
        gettext_lazy("Proposals with most supports"),
        gettext_lazy("Not yet put to the vote, the most supported first."),
        rows=lambda _span: LIVING & Q(supports__gt=0),
        order="-supports",
    ),
)


def _rows(territory: Territory | None):
    rows = Proposal.objects.living().filter(point__isnull=False)
    return rows.in_territory(territory) if territory else rows


def _some(name: str, title: str, rows, detail) -> list[Asks]:
    items = [
        Ask(one.title, one.get_absolute_url(), timezone.localdate(one.created_at), detail(one)) for one in rows[:SHOWN]
    ]
    return [Asks(name, title, items, len(items) if len(items) < SHOWN else rows.count())] if items else []


def _asks(_viewer, territory: Territory) -> list[Asks]:
    waiting = _rows(territory).filter(PUBLIC, status__in=("posted", "study")).order_by("created_at", "pk")
    return _some("waiting", _("Waits to be studied"), waiting, lambda one: str(one.state.title))


def _wanted(territory: Territory) -> list[Asks]:
    most = _rows(territory).filter(PUBLIC, LIVING, supports__gt=0).order_by("-supports", "pk")
    return _some("supported", str(LISTS[0].title), most, _supported)


def _supported(proposal: Proposal) -> str:
    count = proposal.supports
    return ngettext("%(count)d support", "%(count)d supports", count) % {"count": count}


def _behind(name: str, keys: list) -> dict[object, str]:
    """How many support each, and since when it waits."""
    say = {"supported": _supported, "waiting": lambda one: long_date(one.created_at)}.get(name)
    return {one.pk: say(one) for one in Proposal.objects.filter(pk__in=keys)} if say else {}


def _happened(name: str, count: int) -> str:
    words = {
        "proposed": ngettext("%(count)s proposal received", "%(count)s proposals received", count),
        "feasible": ngettext("%(count)s can be done", "%(count)s can be done", count),
    }
    return words[name] % {"count": number_format(count, use_l10n=True, force_grouping=True)}


def _counted(count: int) -> str:
    if not count:
        return _("No proposal")
    said = number_format(count, use_l10n=True, force_grouping=True)
    return ngettext("%(count)s proposal", "%(count)s proposals", count) % {"count": said}


BOARD = Board(
    permission="proposals.view_dashboard",
    rows=_rows,
    public=PUBLIC,
    seen_by=lambda viewer: Proposal.objects.visible_to(viewer),
    indicators=INDICATORS,
    breakdown="theme",
    kind="theme__code",
    trend=("proposed", "feasible"),
    asks=_asks,
    wanted=_wanted,
    behind=_behind,
    news=(PROPOSED, FEASIBLE),
    lists=LISTS,
    happened=_happened,
    counted=_counted,
)
