"""Words and figures of a count that pages and the command share."""

from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

# What decided between equals, by budget.counting.ties.
DECIDED = {
    "cost": lambda: _("the lowest cost came first"),
    "votes": lambda: _("the most voters came first"),
    "lot": lambda: _("the lot drawn from the seed published before the vote decided"),
    "order": lambda: _("the order of the ballot paper decided"),
}


def number(value) -> str:
    """A whole number with its thousands apart, or a decimal of two places."""
    value = Fraction(value)
    if value.denominator == 1:
        return f"{value.numerator:,}".replace(",", "\u202f")
    decimals = f"{float(value):.2f}"
    return decimals.replace(".", ",") if pgettext("decimal sign", ".") == "," else decimals
