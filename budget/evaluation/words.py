"""How much must be said for a reason to be one. Asks no database."""

import re

from django.utils.translation import gettext as _

# Of a refusal: "too expensive" answers nobody.
FEWEST_WORDS = 5
WORD = re.compile(r"\w+")


def too_short(reason: str, *, refusal: bool) -> str:
    """What to do where a public reason says too little; empty where it will do. A refusal takes a whole sentence."""
    count = len(WORD.findall(reason))
    if not count:
        return _("Give the reason: everybody reads it.")
    if refusal and count < FEWEST_WORDS:
        return _("Explain in a sentence (at least %(count)d words): its author has a right to understand.") % {
            "count": FEWEST_WORDS
        }
    return ""
