"""How an alert's state and steps are shown, everywhere the same; and the link by which a mail asks for an opinion."""

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from alerts.judges import follower_url
from alerts.models import AlertEvent
from alerts.trace import public_trace
from alerts.workflow import GROUPS
from common.workflow import State

register = template.Library()
PHONE = re.compile(r"(?<=\ble )(?:1[578]|11[24569]|196)\b|(?<!\d)0[1-9](?:[ .\u00a0]?\d\d){4}(?!\d)")
# What the state does not say of a step.
TITLES = {
    "reopen": _("Reopened"),
    "contest": _("Reopened: the problem is not solved"),
    "withdraw": _("Solved, says the person who reported it"),
    "transfer": _("Sent to another service"),
    "merge": _("Joined with another report"),
    "unmerge": _("Separated again"),
    "joined": _("Another report of the same problem was joined to it"),
    "separated": _("A report that was joined to it was separated again"),
    "reply": _("Answer to the question"),
    "update": _("Information added"),
}


@register.inclusion_tag("alerts/_badge.html")
def state_badge(state: State) -> dict:
    """The state by colour, sign and word."""
    _title, _color, sign = GROUPS[state.group]
    return {"group": state.group, "sign": sign, "title": state.title}


@register.filter
def phones(text: str) -> str:
    """The text with its phone numbers to press: those of emergencies after "le", and French ones of ten digits."""
    return mark_safe(PHONE.sub(_to_press, escape(text)))  # noqa: S308 - escaped just here


def _to_press(found) -> str:
    return f'<a href="tel:{re.sub(r"[^0-9]", "", found[0])}">{found[0]}</a>'


@register.filter
def percent(share: float | None) -> str:
    """A share from 0 to 1 as "87 %"; a dash where there is none."""
    return "–" if share is None else f"{share * 100:.0f}\N{NO-BREAK SPACE}%"


@register.simple_tag
def step_title(event: AlertEvent) -> str:
    """What happened in that step, where its state does not say it; empty otherwise."""
    return TITLES.get(event.transition, "")


@register.simple_tag(takes_context=True)
def verdict_url(context) -> str:
    """Where the person this mail goes to says whether it is really fixed; empty for who is not asked."""
    if url := context.get("judge"):
        return url
    told = context["activity"].data
    if told.get("transition") == "resolve" and context["reason"] == "follower":
        return follower_url(told["event"], context.get("unsubscribe", ""))
    return ""


@register.inclusion_tag("alerts/_trace.html")
def moderation_trace(alert) -> dict:
    """What of that alert was hidden from the public, by whom, when and why."""
    return {"trace": public_trace(alert)}
