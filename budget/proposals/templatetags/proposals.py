"""How a proposal's state, steps and sums are shown, everywhere the same."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from budget.proposals.models import ProposalEvent
from budget.proposals.workflow import GROUPS
from common import markdown
from common.workflow import State

register = template.Library()
# What the state does not say of a step.
TITLES = {
    "post": pgettext_lazy("a step", "Proposed"),
    "edit": gettext_lazy("Changed by its author"),
    "join": gettext_lazy("Others were joined with it"),
    "answer": gettext_lazy("Answer of its author"),
    "review": gettext_lazy("Studied again"),
    "hide": gettext_lazy("Hidden by moderation"),
    "show": gettext_lazy("Shown again"),
}
UNITS = {"m": gettext_lazy("m"), "m2": gettext_lazy("m²")}


@register.inclusion_tag("components/badge.html")
def proposal_badge(state: State) -> dict:
    """The state by colour, sign and word."""
    _title, _color, sign = GROUPS[state.group]
    return {"group": "idea" if state.group == "open" else state.group, "sign": sign, "title": state.title}


@register.filter
def step_title(event: ProposalEvent) -> str:
    """What happened, where the state does not say it."""
    return TITLES.get(event.act, "")


@register.filter
def changes_state(event: ProposalEvent) -> bool:
    """Whether the step led to another state."""
    return event.from_status != event.to_status and event.act != "post"


@register.filter
def prose(text: str) -> str:
    """Markdown Light as safe HTML; headings are for the page."""
    return markdown.render(text)


@register.filter
def quantity(line: dict) -> str:
    """“3” or “120 m” of a line of an estimate."""
    unit = UNITS.get(line["unit"])
    return f"{line['quantity']}\u00a0{unit}" if unit else str(line["quantity"])


@register.filter
def line_total(line: dict) -> int:
    """Cents of a line of an estimate."""
    return line["cost"] * line["quantity"]


@register.filter
def per_unit(unit: str) -> str:
    """“each”, “a metre” of a thing of the price list."""
    return {"each": _("each"), "m": _("a metre"), "m2": _("a square metre")}[unit]
