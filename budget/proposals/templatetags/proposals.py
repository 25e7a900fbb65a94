"""How a proposal's state, steps and sums are shown, everywhere the same."""

from django import template
from django.contrib.gis.geos import GEOSGeometry
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from budget.proposals.models import ProposalEvent
from budget.proposals.workflow import GROUPS
from common import markdown
from common.money import euros
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
# What an author may change, as the history calls it.
PARTS = {
    "title": gettext_lazy("title"),
    "text": gettext_lazy("description"),
    "theme": gettext_lazy("theme"),
    "envelope": gettext_lazy("envelope"),
    "shape": gettext_lazy("place"),
    "address": gettext_lazy("address"),
    "estimate": gettext_lazy("estimate"),
    "estimate_lines": gettext_lazy("lines of the estimate"),
    "photos": gettext_lazy("photos"),
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
def changed_names(event: ProposalEvent) -> list[str]:
    """What an edit changed."""
    return [str(PARTS[name]) for name in event.data.get("changed", ()) if name in PARTS]


@register.filter
def stood_before(event: ProposalEvent) -> list[tuple[str, str]]:
    """(name, words) of what an edit changed besides title and text."""
    data = event.data
    words = {name: data[name] for name in ("theme", "envelope", "address", "photos") if name in data}
    if data.get("shape"):
        middle = GEOSGeometry(data["shape"]).centroid
        words["shape"] = f"{middle.y:.5f}, {middle.x:.5f}"
    if data.get("estimate") is not None:
        words["estimate"] = euros(data["estimate"])
    if "estimate_lines" in data:
        words["estimate_lines"] = ", ".join(f"{quantity(one)} × {one['name']}" for one in data["estimate_lines"])
    return [(str(PARTS[name]), str(value)) for name, value in words.items() if value not in ("", None)]


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
