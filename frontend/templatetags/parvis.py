"""Tags of the pages: the map's settings, and words for what the templates cannot say themselves."""

import datetime as dt

from django import template
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils.html import json_script
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.workflow import GROUPS, WORKFLOW
from frontend import maps

register = template.Library()
KEPT = 300  # seconds


@register.simple_tag
def map_config():
    """The JSON that map.js reads: where to start, which tiles, what to say. Once on each page with a map."""
    return json_script(
        {
            "bounds": cache.get_or_set("map:bounds", maps.home_bounds, KEPT),
            "tiles": settings.TILES,
            "plan": reverse("geo:plan", args=[0]),
            "outlines": reverse("frontend:outlines"),
            "strings": {
                "map": _("Map"),
                "zoom_in": _("Zoom in"),
                "zoom_out": _("Zoom out"),
                "retry": _("Try again"),
                "plan_credit": _("Plan of the city"),
                "plan_failed": _("The plan could not be loaded."),
                "outlines_failed": _("The outlines could not be loaded."),
            },
        },
        "map-config",
    )


@register.inclusion_tag("components/sign.html")
def sign(choice):
    """The coloured sign of a value of a legend (geo.layers.Choice)."""
    return {"choice": choice}


@register.inclusion_tag("components/badge.html")
def badge(status):
    """The badge of a state of alerts, by the state's name."""
    state = WORKFLOW.by_state[status]
    return {"group": state.group, "sign": GROUPS[state.group][2], "title": state.title}


@register.filter
def in_words(span: dt.timedelta | None) -> str:
    """A length of time rounded to what matters: days from two days on, else hours."""
    if span is None:
        return "–"
    hours = span.total_seconds() / 3600
    if hours < 48:
        return ngettext("%(count)d hour", "%(count)d hours", round(hours)) % {"count": round(hours)}
    return ngettext("%(count)d day", "%(count)d days", round(hours / 24)) % {"count": round(hours / 24)}


@register.filter
def act(activity) -> str:
    """What was done, in words: the state an alert came to."""
    state = WORKFLOW.by_state.get(activity.data.get("status", ""))
    return state.title if state else activity.verb
