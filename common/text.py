"""What people type, made safe to store and show. Imports no Django."""

import re
import unicodedata

# Explicit direction overrides and isolates: they can make a text read as what it is not.
BIDI_CONTROLS = dict.fromkeys([0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069])
MANY_BLANK_LINES = re.compile(r"\n{3,}")


def clean_text(text: str) -> str:
    """`text` in NFC, without control characters or direction overrides, with at most one blank line in a row.

    Right-to-left scripts stay whole: only the invisible commands that reorder other people's text go.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.translate(BIDI_CONTROLS)
    text = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    text = MANY_BLANK_LINES.sub("\n\n", text).strip()
    # Zero-width signs belong inside some scripts and emoji, but alone they are an empty text that looks like one.
    return text if any(unicodedata.category(c)[0] in "LNPS" for c in text) else ""
