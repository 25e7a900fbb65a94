"""Text that leaves in a file which a spreadsheet opens, and comes back from it. Imports no Django."""

import re

FORMULA = ("=", "+", "-", "@", "\t", "\r")
NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")


def harmless(value):
    """`value`; text that a spreadsheet would take for a formula is marked as text (OWASP, CSV injection).

    Apostrophes that stand there already get one more, so that `meant` gives each text back as it was.
    """
    return f"'{value}" if isinstance(value, str) and _formula(value) else value


def meant(text: str) -> str:
    """What `harmless` was given, from what it gave."""
    return text[1:] if text.startswith("'") and _formula(text[1:]) else text


def _formula(text: str) -> bool:
    return text.lstrip("'").startswith(FORMULA) and not NUMBER.fullmatch(text)
