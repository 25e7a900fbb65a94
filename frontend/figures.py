"""Figures shown on pages: counted from rows, kept for a minute, so that a crowd costs one count."""

import datetime as dt
from collections.abc import Callable

from django.core.cache import cache
from django.db.models import Count, Q
from django.utils import timezone

from alerts.models import Alert
from alerts.workflow import WORKFLOW
from geo.models import Territory

KEPT = 60  # seconds
RECENT = dt.timedelta(days=30)


def town() -> dict:
    """open (now), resolved and reported (last 30 days), median_answer (of those reported in the last year)."""
    return _kept("figures:town", lambda: _count(Alert.objects.filter(is_public=True)))


def territory(territory: Territory) -> dict:
    """The same figures inside one territory."""
    rows = Alert.objects.filter(is_public=True).in_territory(territory)
    return _kept(f"figures:territory:{territory.pk}", lambda: _count(rows))


def _count(rows) -> dict:
    now = timezone.now()
    counts = rows.aggregate(
        open=Count("pk", filter=Q(status__in=WORKFLOW.names(final=False))),
        resolved=Count("pk", filter=Q(status="resolved", closed_at__gte=now - RECENT)),
        reported=Count("pk", filter=Q(created_at__gte=now - RECENT)),
    )
    year = rows.filter(created_at__gte=now - dt.timedelta(days=365))
    return counts | {"median_answer": year.statistics()["median_answer"]}


def _kept(key: str, count: Callable[[], dict]) -> dict:
    return cache.get_or_set(key, count, KEPT)
