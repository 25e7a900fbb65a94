"""What an elected official asks of a territory: how many, how fast, what about, and who still waits."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alerts.models import Alert
from common.durations import in_words
from geo.models import Territory

# Name in the address, title, days back.
PERIODS = (
    ("4-semaines", _("4 weeks"), 28),
    ("3-mois", _("3 months"), 91),
    ("12-mois", _("12 months"), 365),
    ("tout", _("Everything"), None),
)
OLDEST = 10


@dataclass(frozen=True)
class Week:
    """A column of the chart; lengths are shares of the highest one, from 0 to 100."""

    monday: dt.date
    reported: int
    closed: int
    up: float
    down: float
    x: int

    @property
    def top(self) -> float:
        return 100 - self.up


@require_safe
@login_required
def dashboard(request, level, code):
    """Figures of the alerts reported in a territory during `?periode=`, by default the last three months."""
    territory = get_object_or_404(Territory.objects.select_related("level", "parent"), level__code=level, code=code)
    if not request.user.has_perm("alerts.view_dashboard", territory):
        return render(request, "frontend/no_dashboard.html", {"territory": territory}, status=403)
    name, title, days = next((one for one in PERIODS if one[0] == request.GET.get("periode")), PERIODS[1])
    since = days and timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) - dt.timedelta(days=days)
    everything = Alert.objects.in_territory(territory)
    reported = everything.filter(created_at__gte=since) if since else everything
    closed = everything.filter(closed_at__gte=since) if since else everything
    figures = reported.statistics()
    weeks = _weeks(reported, closed)
    categories = list(reported.by_category())
    for row in categories:
        row["answer"] = in_words(row["median_answer"])
    oldest = everything.waiting().select_related("category", "body").order_by("created_at", "pk")
    context = {
        "territory": territory,
        "periods": PERIODS,
        "period": name,
        "period_title": title,
        "since": since,
        "days": days,
        "figures": figures,
        "answer": in_words(figures["median_answer"]),
        "closing": in_words(figures["median_closing"]),
        "categories": categories,
        "most": max((row["total"] for row in categories), default=0),
        "weeks": weeks,
        "highest": max((max(week.reported, week.closed) for week in weeks), default=0),
        "oldest": oldest[:OLDEST],
        "export": f"territory={level}:{code}" + (f"&since={since:%Y-%m-%d}" if since else ""),
    }
    return render(request, "frontend/dashboard.html", context)


def _weeks(reported: QuerySet, closed: QuerySet) -> list[Week]:
    """Every week from the first to this one, those without any alert included."""
    opened = {row["week"].date(): row["total"] for row in reported.by_week()}
    done = {row["week"].date(): row["total"] for row in closed.by_week("closed_at")}
    if not opened and not done:
        return []
    highest = max([*opened.values(), *done.values()])
    today = timezone.localdate()
    first, last = min([*opened, *done]), today - dt.timedelta(days=today.weekday())
    mondays = [first + dt.timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
    return [
        Week(
            monday,
            opened.get(monday, 0),
            done.get(monday, 0),
            100 * opened.get(monday, 0) / highest,
            100 * done.get(monday, 0) / highest,
            position,
        )
        for position, monday in enumerate(mondays)
    ]
