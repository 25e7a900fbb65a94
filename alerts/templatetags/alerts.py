"""How a state of an alert is shown, everywhere the same."""

from django import template

from alerts.trace import public_trace
from alerts.workflow import GROUPS
from common.workflow import State

register = template.Library()


@register.inclusion_tag("alerts/_badge.html")
def state_badge(state: State) -> dict:
    """The state by colour, sign and word."""
    _title, _color, sign = GROUPS[state.group]
    return {"group": state.group, "sign": sign, "title": state.title}


@register.inclusion_tag("alerts/_trace.html")
def moderation_trace(alert) -> dict:
    """What of that alert was hidden from the public, by whom, when and why."""
    return {"trace": public_trace(alert)}
