"""Words of budgets: when a phase is, what an envelope is for each inhabitant."""

from django import template
from django.utils.translation import gettext as _

from budget.participatory.models import Envelope, Scope
from budget.participatory.phases import Window
from common import markdown as texts
from common.dates import long_date

register = template.Library()
DAY = "j F Y"


@register.simple_tag
def window(one: Window) -> str:
    """“from 1 March to 30 April 2026”."""
    words = {"start": long_date(one.opens_at, DAY), "end": long_date(one.closes_at, DAY)}
    return _("from %(start)s to %(end)s") % words if one.closes_at else _("from %(start)s on") % words


@register.filter
def for_each(envelope: Envelope) -> int | None:
    """Cents for each inhabitant of the envelope's territory, rounded; None where it has none or nobody is counted."""
    territory = envelope.territory if envelope.scope == Scope.TERRITORY else envelope.budget.territory
    return round(envelope.amount / territory.population) if territory and territory.population else None


@register.filter
def markdown(text: str):
    """Markdown as safe HTML."""
    return texts.render(text)
