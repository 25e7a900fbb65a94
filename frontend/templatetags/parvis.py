"""Tags of the pages: signs and words that templates cannot make themselves."""

from django import template

from frontend.views.dashboard import in_words

register = template.Library()
register.filter("in_words", in_words)


@register.inclusion_tag("components/sign.html")
def sign(choice):
    """The coloured sign of a value of a legend (geo.layers.Choice)."""
    return {"choice": choice}
