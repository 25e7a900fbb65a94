"""Tags of the pages: signs, badges and words that templates cannot make themselves."""

import datetime as dt

from django import template
from django.utils.translation import gettext as _

from alerts.workflow import GROUPS, WORKFLOW

register = template.Library()


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
    """A length of time rounded to what matters: days from two days on, else hours; a dash where there is none."""
    if span is None:
        return "–"
    hours = round(span.total_seconds() / 3600)
    if hours < 48:
        return _("%(count)d h") % {"count": hours}
    return _("%(count)d d") % {"count": round(hours / 24)}


@register.filter
def act(activity) -> str:
    """What was done, in words: the state an alert came to."""
    state = WORKFLOW.by_state.get(activity.data.get("status", ""))
    return state.title if state else activity.verb
