"""Free text without what leads to a person: for open data and other systems. Imports no Django.

It masks forms, not meanings: an address of a mailbox, a telephone number, a number plate, an IBAN, a payment card, a
social-security number, a link with a key in it. A name written in a sentence stays: only a person sees that, and hides
the text (Alert.text_hidden). What it must leave alone is as much its work: house numbers, dates, amounts, references.
"""

import re

MASK = "[masqué]"

_SPACE = r"[ .\-/\u00a0\u202f]"
# Letters of number plates: no I, O, U.
_PLATE = "[A-HJ-NP-TV-Z]"
# Two and three letters that stand between two numbers in ordinary texts, in capitals too.
_SHORT_WORDS = (
    "LE|LA|DE|ET|EN|CE|SE|NE|ME|TE|ES|MA|SA|TA|LES|DES|EST|PAR|TER|AV|AVE|BD|ALL|PL|RN|RD|KM|KG|CM|MM|ML|CL|DB|HZ|LED|"
    "PM|AM|JAN|FEV|MAR|AVR|SEP|DEC|FEB|APR|MAY"
)
_DATE = r"\d{2}[ ./-]\d{2}[ ./-](?:19|20)\d{2}(?!\d)"

# Without one of these no pattern needs to be tried.
_EIGHT_DIGITS = re.compile(r"(?:\d\D{0,8}+){8}")
_PLATE_HINT = re.compile(r"\d\d(?:-?[A-Za-z]{2}\b|[ \u00a0-]?[A-Z]{2})")
_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"“”«»()\[\]]+", re.IGNORECASE)
_KEY_IN_LINK = re.compile(r"[?#;][^=?#;\s]*+=|//[^/@\s]*+@|[0-9a-f]{8}-[0-9a-f]{4}-|(?<![0-9a-z])[0-9a-f]{16,}")
_OPAQUE = re.compile(r"[A-Za-z0-9_-]{16,}")

_MAILS = [
    # a.b@c.fr; then "a.b (at) c point fr"
    re.compile(r"(?<![\w.+%-])[\w.+%-]++@[\w-]++(?:\.[\w-]++)+"),
    re.compile(
        r"(?<![\w.+-])[\w.+-]++\s{0,3}(?:[(\[]at?[)\]]|arobase)\s{0,3}[\w-]++"
        r"(?:\s{0,3}(?:\.|[(\[](?:dot|point)[)\]]|\bpoint\b)\s{0,3}\w{2,})+",
        re.IGNORECASE,
    ),
]
# Eight digits or more
_NUMBERS = [
    # IBAN (ISO 13616): country, two digits, then groups of which each has a digit
    re.compile(
        rf"\b[A-Z]{{2}}\d{{2}}(?:{_SPACE}?(?=[A-Z]{{0,3}}\d)[A-Z0-9]{{4}}){{3,7}}(?:{_SPACE}?(?=[A-Z]*\d)[A-Z0-9]{{1,3}})?\b",
        re.IGNORECASE,
    ),
    # Payment card
    re.compile(r"(?<!\d)\d{4}([ .\-\u00a0]?)\d{4}\1\d{4}\1\d{4}(?!\d)"),
    # Social-security number: sex, year, month, département, commune, order, key (décret n° 82-103)
    re.compile(
        rf"(?<!\d)[12378]{_SPACE}?\d{{2}}{_SPACE}?(?:0[1-9]|1[0-2]|[2-9]\d){_SPACE}?(?:\d{{2}}|2[AB]){_SPACE}?"
        rf"\d{{3}}{_SPACE}?\d{{3}}(?:{_SPACE}?\d{{2}})?(?!\d)",
        re.IGNORECASE,
    ),
    # +33 6 …, 0044 20 …
    re.compile(r"(?<![\w+])(?:\+[1-9]|00[ .]?[1-9])(?:[ .\-/()\u00a0\u202f]{0,3}\d){7,14}(?!\d)"),
    # 06 12 34 56 78 in pairs with one separator; then any grouping, unless it is a date
    re.compile(rf"(?<!\d)(?<!\d[.,])0[1-9]({_SPACE}?)\d{{2}}(?:\1\d{{2}}){{3}}(?!\d)"),
    re.compile(rf"(?<!\d)(?<!\d[.,])(?!{_DATE})0[1-9](?:[ .\-\u00a0\u202f]?\d){{8}}(?!\d)"),
]
# Three digits or more
_PLATES = [
    # AB-123-CD, AB123CD; in capitals also AB 123 CD
    re.compile(rf"\b{_PLATE}{{2}}(-?)\d{{3}}\1{_PLATE}{{2}}\b", re.IGNORECASE),
    re.compile(rf"\b(?!(?:{_SHORT_WORDS})\b){_PLATE}{{2}}[ \u00a0-]?\d{{3}}[ \u00a0-]?{_PLATE}{{2}}\b"),
    # 1234 AB 75, until 2009
    re.compile(
        rf"\b(?:\d{{2,4}}([ \u00a0-])|\d{{3,4}}())(?!(?:{_SHORT_WORDS})(?![A-Z])){_PLATE}{{2,3}}(?:\1|\2)"
        rf"(?:97[1-6]|2[AB]|\d{{2}})\b"
    ),
]


def harmless(text: str) -> bool:
    """Whether `text` has nothing that `screen` could mask: much faster where that is so, and often it is."""
    return not (_may_be_mail(text) or _EIGHT_DIGITS.search(text) or _PLATE_HINT.search(text))


def _may_be_mail(text: str) -> bool:
    lower = text.lower()
    return "@" in text or "://" in text or "www." in lower or "arobase" in lower or "(a" in lower or "[a" in lower


def screen(text: str) -> str:
    """`text` with MASK in place of whatever has the form of personal data. Screening twice is screening once."""
    while True:
        screened = text
        if _may_be_mail(text):
            screened = _masked(_LINK.sub(_without_key, text), _MAILS)
        if _EIGHT_DIGITS.search(text):
            screened = _masked(screened, _NUMBERS)
        if _PLATE_HINT.search(text):
            screened = _masked(screened, _PLATES)
        if screened == text:
            return text
        text = screened


def _masked(text: str, patterns: list[re.Pattern]) -> str:
    for pattern in patterns:
        text = pattern.sub(MASK, text)
    return text


def _without_key(link: re.Match) -> str:
    """The link itself, or the mask where it holds a parameter, a password or something only a machine would write."""
    address = link[0]
    kinds = (str.isupper, str.islower, str.isdigit)
    opaque = any(all(any(map(kind, part)) for kind in kinds) for part in _OPAQUE.findall(address))
    return MASK if opaque or _KEY_IN_LINK.search(address) else address
