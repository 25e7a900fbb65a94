"""Amounts of euros: integer cents inside, words and figures for people."""

import re
from decimal import Decimal, InvalidOperation

from django.utils.translation import get_language

# Of a bigint, with room for sums.
MOST = 10**15
# No-break spaces, which French keyboards and spreadsheets put between thousands.
SPACES = re.compile(r"[\s\u00a0\u202f']")


def euros(cents: int | None) -> str:
    """“12 345 €” or “12 345,60 €” in French, “€12,345.60” in English, "–" for None; cents where there are some."""
    if cents is None:
        return "–"
    whole, rest = divmod(abs(cents), 100)
    sign = "−" if cents < 0 else ""
    if (get_language() or "fr").startswith("fr"):
        figures = f"{whole:,}".replace(",", "\u202f") + (f",{rest:02}" if rest else "")
        return f"{sign}{figures}\u00a0€"
    return f"{sign}€{whole:,}" + (f".{rest:02}" if rest else "")


def cents(text: str) -> int:
    """Integer cents of what a person typed: “1 234,50”, “1234.5 €”. Raises ValueError for anything else."""
    bare = SPACES.sub("", text).removesuffix("€").removeprefix("€")
    if not re.fullmatch(r"-?\d{1,14}([.,]\d{1,2})?", bare, re.ASCII):
        raise ValueError(text)
    try:
        amount = int(Decimal(bare.replace(",", ".")) * 100)
    except InvalidOperation:
        raise ValueError(text) from None
    if abs(amount) > MOST:
        raise ValueError(text)
    return amount
