"""The town's record, open to all: how fast it answers, where, about what, and whether residents find it done."""

import csv
import datetime as dt

from django import forms
from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from alerts import statistics
from alerts.models import Category
from common.spreadsheets import harmless
from geo.answers import refused
from geo.layers import BadParameter
from geo.models import Level

# Seconds for which everybody is shown the same figures.
SHARED = 600
MONTHS = 24
PERIODS = (
    ("91", gettext_lazy("Last 3 months")),
    ("365", gettext_lazy("Last 12 months")),
    ("730", gettext_lazy("Last 2 years")),
)
DEFAULT = "365"


class Filters(forms.Form):
    """What the figures are about. A value that cannot be understood is left out, as a link may be old."""

    periode = forms.ChoiceField(choices=PERIODS, label=gettext_lazy("Period"), required=False)
    categorie = forms.ModelChoiceField(
        Category.objects.none(),
        to_field_name="code",
        label=gettext_lazy("Category"),
        empty_label=gettext_lazy("All"),
        required=False,
    )
    niveau = forms.ModelChoiceField(
        Level.objects.none(), to_field_name="code", label=gettext_lazy("By"), empty_label=None, required=False
    )

    def __init__(self, data):
        levels = Level.objects.filter(territories__boundaries__validity__contains=timezone.localdate()).distinct()
        known = {"periode": DEFAULT, "niveau": getattr(levels.order_by("-rank").first(), "code", "")}
        super().__init__(known | {name: value for name, value in data.items() if value}, label_suffix="")
        self.fields["categorie"].queryset = Category.objects.offered().filter(is_stopper=False).order_by("name")
        self.fields["niveau"].queryset = levels.order_by("-rank")
        self.is_valid()

    def chosen(self) -> dict:
        """since (day), category or None, level or None."""
        days = int(self.cleaned_data.get("periode") or DEFAULT)
        return {
            "since": timezone.localdate() - dt.timedelta(days=days),
            "category": self.cleaned_data.get("categorie"),
            "level": self.cleaned_data.get("niveau") or self.fields["niveau"].queryset.first(),
        }


@require_safe
def record(request):
    """The page: two tables and the map of each month."""
    filters = Filters(request.GET)
    chosen = filters.chosen()
    context = {"filters": filters, **chosen, **_figures(chosen), "fewest": statistics.FEWEST, "months": MONTHS}
    return render(request, "alerts/record.html", context)


@require_safe
def record_csv(request):
    """The tables as one CSV file, delays in days."""
    filters = Filters(request.GET)
    chosen = filters.chosen()
    if filters.errors:
        return _refusal(filters)
    found = _figures(chosen)
    name = f"bilan-signalements-{timezone.localdate():%Y%m%d}.csv"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Access-Control-Allow-Origin": "*"},
    )
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    columns = [
        "par",
        "nom",
        "signales",
        "ouverts",
        "resolus",
        "premiere_reponse_mediane_jours",
        "resolution_mediane_jours",
        "clos_dans_le_delai_part",
        "confirmes_par_les_habitants_part",
    ]
    writer.writerow(columns)
    for kind, rows in ((str(chosen["level"] or ""), found["territories"]), (_("Category"), found["categories"])):
        for row in rows:
            delays = [_days(row.answer), _days(row.closing)]
            shares = [_share(row.on_time_share), _share(row.confirmed_share)]
            writer.writerow([harmless(kind), harmless(row.name), row.total, row.open, row.resolved, *delays, *shares])
    return response


@require_safe
def record_months(request):
    """Counts by cell and month: {"months": ["2026-01", …], "cells": [[lon, lat, position of the month, count], …]}."""
    filters = Filters(request.GET)
    chosen = filters.chosen()
    if filters.errors:
        return _refusal(filters)
    category, today = chosen["category"], timezone.localdate()
    key = f"record:months:{category and category.pk}:{today}"
    found = cache.get(key)
    if found is None:
        starts, cells = statistics.months(statistics.reported(category=category), MONTHS, today=today)
        found = {"months": [f"{start:%Y-%m}" for start in starts], "cells": cells}
        cache.set(key, found, SHARED)
    return JsonResponse(found, headers={"Cache-Control": f"public, max-age={SHARED}"})


def _refusal(filters: Filters) -> JsonResponse:
    """A filter that does not exist must not silently give everything."""
    name, errors = next(iter(filters.errors.items()))
    return refused(BadParameter(name, errors[0]))


def _figures(chosen: dict) -> dict:
    since, category, level = chosen["since"], chosen["category"], chosen["level"]
    key = f"record:{since}:{category and category.pk}:{level and level.pk}"
    found = cache.get(key)
    if found is None:
        rows = statistics.reported(since=since, category=category)
        at = {"today": timezone.localdate(), "zone": settings.TIME_ZONE}
        found = {
            "territories": statistics.by_territory(rows, level, **at) if level else [],
            "categories": statistics.by_category(rows, **at),
        }
        cache.set(key, found, SHARED)
    return found


def _days(span: dt.timedelta | None) -> str:
    return "" if span is None else f"{span / dt.timedelta(days=1):.1f}".replace(".", ",")


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.3f}".replace(".", ",")
