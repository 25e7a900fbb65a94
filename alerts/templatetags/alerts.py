"""How a state of an alert is shown, everywhere the same."""

from django import template

from alerts.workflow import GROUPS
from common.workflow import State

register = template.Library()


@register.inclusion_tag("alerts/_badge.html")
def state_badge(state: State) -> dict:
    """The state by colour, sign and word."""
    _title, _color, sign = GROUPS[state.group]
    return {"group": state.group, "sign": sign, "title": state.title}


@register.filter
def percent(share: float | None) -> str:
    """A share from 0 to 1 as "87 %"; a dash where there is none."""
    return "–" if share is None else f"{share * 100:.0f}\N{NO-BREAK SPACE}%"
