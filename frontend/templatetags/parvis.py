"""Tags of the pages: signs and words that templates cannot make themselves."""

from django import template

register = template.Library()


@register.inclusion_tag("components/sign.html")
def sign(choice):
    """The coloured sign of a value of a legend (geo.layers.Choice)."""
    return {"choice": choice}
