from django import template

from common import money

register = template.Library()


@register.filter
def euros(cents) -> str:
    """Cents as an amount that people read."""
    return money.euros(cents)
