"""What dashboards say of alerts: of the public ones, those that time has erased too; of the others, how many."""

import datetime as dt

from django.db.models import F, Q
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.models import Role
from accounts.rules import mandates
from alerts.models import Alert, Verdict
from alerts.querysets import span
from alerts.workflow import WORKFLOW
from common.dates import long_date
from common.durations import in_words
from geo.dashboards.declare import Ask, Asks, Board, Indicator, midnight
from geo.dashboards.periods import Span
from geo.models import Territory

SHOWN = 5
PUBLIC = Q(is_public=True) | Q(erased_at__isnull=False)


def _open_at(day: dt.date) -> Q:
    ends = midnight(day + dt.timedelta(days=1))
    return Q(created_at__lt=ends) & (Q(closed_at=None) | Q(closed_at__gte=ends))


def _late_at(day: dt.date) -> Q:
    """Open and due before that day. What waits for its reporter's answer today is not late, as in `with_late`."""
    return _open_at(day) & Q(due_on__lt=day) & ~Q(status="waiting")


def _due_in(span: Span) -> Q:
    """Due in the span, and either closed or overdue by now: a day to come says nothing yet."""
    over = min(span.until, timezone.localdate())
    return Q(due_on__gte=span.since, due_on__lt=span.until) & (Q(closed_at__isnull=False) | Q(due_on__lt=over))


INDICATORS = (
    Indicator(
        "reported",
        pgettext_lazy("count", "Reported"),
        gettext_lazy("Reports received in the period."),
        compared=True,
        rated=True,
    ),
    Indicator(
        "open",
        gettext_lazy("Still open"),
        gettext_lazy("Reports that were not closed when the period ended, however old."),
        rows=lambda span: _open_at(span.last),
        compared=True,
        rated=True,
    ),
    Indicator(
        "late",
        gettext_lazy("Late"),
        gettext_lazy("Of those still open: due before the last day of the period. A question asked stops the clock."),
        rows=lambda span: _late_at(span.last),
        compared=True,
        order="due_on",
    ),
    Indicator(
        "resolved",
        pgettext_lazy("count", "Resolved"),
        gettext_lazy("Reports resolved in the period, whenever they were received."),
        moment="closed_at",
        where=Q(status="resolved"),
        compared=True,
    ),
    Indicator(
        "unresolved",
        gettext_lazy("Closed otherwise"),
        gettext_lazy("Not taken up, not found there or reported already, closed in the period."),
        moment="closed_at",
        where=Q(status__in=WORKFLOW.names(group="closed")),
    ),
    Indicator(
        "answer",
        gettext_lazy("First answer"),
        gettext_lazy("Median time to the first answer, of the answers given in the period."),
        kind="median",
        moment="answered_at",
        value=span("answered_at"),
        compared=True,
    ),
    Indicator(
        "closing",
        gettext_lazy("Resolution"),
        gettext_lazy("Median time from the report to its resolution, of those resolved in the period."),
        kind="median",
        moment="closed_at",
        where=Q(status="resolved"),
        value=span("closed_at"),
        compared=True,
    ),
    Indicator(
        "on_time",
        gettext_lazy("In time"),
        gettext_lazy("Closed by the day announced, of those due in the period."),
        kind="share",
        rows=_due_in,
        part=Q(closed_on__lte=F("due_on")),
        compared=True,
    ),
    Indicator(
        "confirmed",
        gettext_lazy("Confirmed by residents"),
        gettext_lazy("More residents found it fixed than not, of those resolved in the period that any judged."),
        kind="share",
        moment="closed_at",
        where=Q(status="resolved") & (Q(confirmed__gt=0) | Q(contested__gt=0)),
        part=Q(confirmed__gt=F("contested")),
        compared=True,
    ),
    Indicator(
        "unlisted",
        gettext_lazy("Not public"),
        gettext_lazy("Reports received in the period that the service alone sees. No other figure counts them."),
        public=False,
    ),
)

CONTESTED = Q(status="resolved", contested__gt=F("confirmed"))
SHARED = Q(closed_at=None, supports__gt=0)


def _contested_in(span: Span) -> Q:
    judged = Verdict.objects.filter(fixed=False, created_at__lt=midnight(span.until))
    if not span.is_everything:
        judged = judged.filter(created_at__gte=midnight(span.since))
    return CONTESTED & Q(pk__in=judged.values("alert"))


NEWS = (
    INDICATORS[0],
    next(one for one in INDICATORS if one.name == "resolved"),
    Indicator(
        "contested",
        gettext_lazy("Contested"),
        gettext_lazy("Resolved reports of which more residents say that it is not fixed than that it is."),
        rows=_contested_in,
        moment="closed_at",
    ),
)


# What residents ask for most, as of today: a list behind what waits, no figure of a period.
LISTS = (
    Indicator(
        "supported",
        gettext_lazy("Problems most residents share"),
        gettext_lazy("Still open today, those that most other residents have too first."),
        rows=lambda _span: SHARED,
        order="-supports",
    ),
)


def _happened(name: str, count: int) -> str:
    """A count of the news in words."""
    words = {
        "reported": ngettext("%(count)s report received", "%(count)s reports received", count),
        "resolved": ngettext("%(count)s resolved", "%(count)s resolved", count),
        "contested": ngettext("%(count)s contested", "%(count)s contested", count),
    }
    return words[name] % {"count": number_format(count, use_l10n=True, force_grouping=True)}


def _counted(count: int) -> str:
    if not count:
        return _("No report")
    said = number_format(count, use_l10n=True, force_grouping=True)
    return ngettext("%(count)s report", "%(count)s reports", count) % {"count": said}


def _rows(territory: Territory | None):
    rows = Alert.objects.in_territory(territory) if territory else Alert.objects.all()
    return rows.alias(closed_on=TruncDate("closed_at"))


def _asks(viewer, territory: Territory) -> list[Asks]:
    """What waits for that person's own answer, then what is late, then what residents say is not fixed.

    Only the first holds what is not public: the others are the figures of the same names.
    """
    here = Alert.objects.in_territory(territory).select_related("category", "body")
    own = here.handled_by(viewer).waiting().exclude(status="waiting").order_by("due_on", "pk")
    late = here.kept().filter(PUBLIC, _late_at(timezone.localdate())).order_by("due_on", "pk")
    contested = here.kept().filter(PUBLIC, CONTESTED).order_by("-closed_at", "pk")
    found = [
        _some("mine", _own_title(viewer), own, lambda one: one.due_on, _due, reverse("alerts:queue")),
        _some("late", _("Past the day announced"), late, lambda one: one.due_on, _due),
        _some(
            "contested",
            _("Closed, but residents say it is not fixed"),
            contested,
            lambda one: timezone.localdate(one.closed_at),
            _contested,
        ),
    ]
    return [one for one in found if one.count]


def _own_title(viewer) -> str:
    """Agents answer themselves; for an administrator it is what waits in all services."""
    if Role.AGENT in {one.role for one in mandates(viewer, Role.AGENT, Role.ADMINISTRATOR)}:
        return _("Waits for my answer")
    return _("Waits in the services")


def _wanted(territory: Territory) -> list[Asks]:
    """The problems most people have, still open."""
    here = Alert.objects.in_territory(territory).select_related("category", "body").kept()
    most = here.filter(PUBLIC, SHARED).order_by("-supports", "-created_at", "pk")
    found = [
        _some(
            "supported",
            str(LISTS[0].title),
            most,
            lambda one: timezone.localdate(one.created_at),
            _shared,
        )
    ]
    return [one for one in found if one.count]


def _some(name: str, title: str, rows, since, detail, url: str = "") -> Asks:
    items = [
        Ask(
            title=", ".join(filter(None, [one.category.name, one.shown_address])),
            url=one.get_absolute_url(),
            since=since(one),
            detail=detail(one),
        )
        for one in rows[:SHOWN]
    ]
    return Asks(name, title, items, len(items) if len(items) < SHOWN else rows.count(), url)


def _behind(name: str, keys: list) -> dict[object, str]:
    """What makes each of these alerts part of that figure: its delay, its day, what residents say."""
    say = BEHIND.get(name)
    rows = Alert.objects.filter(pk__in=keys).select_related("category", "body") if say else ()
    return {one.pk: say(one) for one in rows}


def _answered(alert: Alert) -> str:
    return _("first answer after %(time)s") % {"time": in_words(alert.answered_at - alert.created_at)}


def _resolved(alert: Alert) -> str:
    return _("resolved after %(time)s") % {"time": in_words(alert.closed_at - alert.created_at)}


def _kept_day(alert: Alert) -> str:
    day = long_date(alert.due_on)
    if alert.closed_at is None:
        return _due(alert)
    late = (timezone.localdate(alert.closed_at) - alert.due_on).days
    if late <= 0:
        return _("in time: due on %(day)s") % {"day": day}
    return ngettext("%(count)d day late: due on %(day)s", "%(count)d days late: due on %(day)s", late) % {
        "count": late,
        "day": day,
    }


def _judged(alert: Alert) -> str:
    fixed, not_fixed = alert.confirmed, alert.contested
    return ", ".join(
        (
            ngettext("%(count)d resident finds it fixed", "%(count)d residents find it fixed", fixed)
            % {"count": fixed},
            ngettext("%(count)d does not", "%(count)d do not", not_fixed) % {"count": not_fixed},
        )
    )


def _due(alert: Alert) -> str:
    late = (timezone.localdate() - alert.due_on).days
    if late <= 0:
        return _("due on %(day)s") % {"day": long_date(alert.due_on)}
    return ngettext("%(count)d day late", "%(count)d days late", late) % {"count": late}


def _contested(alert: Alert) -> str:
    count = alert.contested
    return ngettext("%(count)d resident says so", "%(count)d residents say so", count) % {"count": count}


def _shared(alert: Alert) -> str:
    count = alert.supports
    return ngettext("%(count)d other person has it", "%(count)d other people have it", count) % {"count": count}


BEHIND = {
    "late": _kept_day,
    "answer": _answered,
    "resolved": _resolved,
    "closing": _resolved,
    "on_time": _kept_day,
    "confirmed": _judged,
    "contested": _judged,
    "supported": _shared,
}


BOARD = Board(
    permission="alerts.view_dashboard",
    rows=_rows,
    public=PUBLIC,
    seen_by=lambda viewer: Alert.objects.visible_to(viewer),
    indicators=INDICATORS,
    breakdown="category",
    kind="category__code",
    trend=("reported", "resolved"),
    asks=_asks,
    wanted=_wanted,
    behind=_behind,
    news=NEWS,
    lists=LISTS,
    happened=_happened,
    counted=_counted,
)
