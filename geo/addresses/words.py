"""How the words of an address are compared, and what a typed address may mean. Imports no Django."""

import functools
import re
import unicodedata
from dataclasses import dataclass

LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ß": "ss"})
NEITHER = re.compile(r"[^a-z0-9]+")
ARTICLES = frozenset(("de", "du", "des", "d", "la", "le", "les", "l", "a", "au", "aux", "et", "en", "sur", "sous"))
# What a street's first word may be, and how people shorten it.
TYPES = {
    "allee": ("all", "alle", "allees"),
    "avenue": ("av", "ave", "aven"),
    "boulevard": ("bd", "bld", "bld", "blvd", "boul", "bvd"),
    "chaussee": ("chs", "chau"),
    "chemin": ("ch", "che", "chem", "chm"),
    "cite": (),
    "clos": (),
    "cour": (),
    "cours": ("crs",),
    "descente": (),
    "esplanade": ("esp", "espl"),
    "faubourg": ("fbg", "fg", "faub"),
    "hameau": ("ham",),
    "impasse": ("imp",),
    "lotissement": ("lot",),
    "mail": (),
    "montee": ("mte",),
    "passage": ("pas", "pass", "psg"),
    "parvis": (),
    "place": ("pl", "plc"),
    "placette": (),
    "promenade": ("prom",),
    "quai": ("qu", "q"),
    "residence": ("res", "resid"),
    "route": ("rte", "rt"),
    "rue": ("r",),
    "ruelle": ("rle",),
    "sente": (),
    "sentier": ("sen", "sent"),
    "square": ("sq",),
    "traverse": ("tra", "trav"),
    "venelle": ("ven",),
    "villa": ("vla",),
    "voie": (),
}
SHORT_TYPES = {short: full for full, shorts in TYPES.items() for short in (*shorts, full)}
# Shortened anywhere in a name.
TITLES = {
    "st": "saint",
    "ste": "sainte",
    "sts": "saints",
    "stes": "saintes",
    "gal": "general",
    "gral": "general",
    "mal": "marechal",
    "mar": "marechal",
    "pdt": "president",
    "pres": "president",
    "dr": "docteur",
    "doct": "docteur",
    "pr": "professeur",
    "prof": "professeur",
    "cdt": "commandant",
    "cne": "capitaine",
    "cap": "capitaine",
    "col": "colonel",
    "lt": "lieutenant",
    "sgt": "sergent",
    "gd": "grand",
    "gde": "grande",
    "vx": "vieux",
    "vve": "veuve",
    "nd": "notre dame",
}
POSTCODE = re.compile(r"\d{5}")
NUMBER = re.compile(r"(\d{1,4})([a-z]|bis|ter|quater|quinquies)?")
SUFFIXES = {"bis": "bis", "b": "bis", "ter": "ter", "t": "ter", "quater": "quater", "quinquies": "quinquies"}
MAX_WORDS = 15
# Readings of a number in the text: "12 rue du 8 mai 1945" has three.
MAX_NUMBERS = 3


def plain(text: str) -> str:
    """Small letters and figures alone, one space between words; the same as geo_plain() in the database."""
    text = unicodedata.normalize("NFKD", text.translate(LIGATURES)).lower()
    return NEITHER.sub(" ", "".join(c for c in text if not unicodedata.combining(c))).strip()


@functools.lru_cache(4096)
def keys(name: str) -> tuple[str, str]:
    """How a street's name is compared: whole, and without its type. "Av. de la Gare" → ("avenue gare", "gare")."""
    return _keys(plain(name).split())


@functools.lru_cache(1024)
def city_key(name: str) -> str:
    """How a city's name is compared: "St-Jean-d'Angély" → "saint jean angely"."""
    return _city(plain(name).split())


def _keys(words: list[str]) -> tuple[str, str]:
    words = [TITLES.get(word, word) for word in words]
    kind = SHORT_TYPES.get(words[0]) if words else None
    rest = words[1:] if kind else words
    # "Place de la" or "Les Allées" would have no word left.
    core = " ".join(word for word in rest if word not in ARTICLES) or " ".join(rest) or (kind or "")
    return (f"{kind} {core}" if kind and core != kind else core), core


def _city(words: list[str]) -> str:
    words = [TITLES.get(word, word) for word in words]
    return " ".join(word for word in words if word not in ARTICLES) or " ".join(words)


def shown(street: str) -> str:
    """The name as it follows a house number: "Rue des Lilas" → "rue des Lilas", "Grande Rue" stays."""
    first = street.split(" ", 1)[0]
    return street[:1].lower() + street[1:] if first.istitle() and plain(first) in SHORT_TYPES else street


@dataclass(frozen=True)
class Reading:
    """One way to understand the text: words of the street (see `keys`), of the city, and a house number."""

    key: str
    core: str
    city: str
    number: int | None
    suffix: str


@dataclass(frozen=True)
class Typed:
    """All ways to understand a text; `postcode` is "" where it has none, `plain` is the whole of it."""

    plain: str
    postcode: str
    readings: tuple[Reading, ...]


def understand(text: str) -> Typed:
    """The ways to understand what somebody typed; none of them where it has no word.

    A number may be that of the house or part of the street's name, and the first or last words may name the city.
    """
    whole = plain(text)
    words = whole.split()[:MAX_WORDS]
    postcode = next((word for word in words if POSTCODE.fullmatch(word)), "")
    if postcode:
        words.remove(postcode)
    readings = {}
    for street, number, suffix in _numbers(words):
        for some, city in _cities(street):
            key, core = _keys(some)
            # "Rue" alone is a street only where nothing else was typed.
            if len(core) > 1 and not (city and core in TYPES):
                readings[Reading(key, core, _city(city), number, suffix)] = None
    return Typed(whole, postcode, tuple(readings))


def _numbers(words: list[str]):
    """(words left, number, suffix): each number taken for that of the house, and none."""
    places = [at for at, word in enumerate(words) if NUMBER.fullmatch(word)][:MAX_NUMBERS]
    for at in places:
        found, after = NUMBER.fullmatch(words[at]), (words[at + 1 : at + 2] or [""])[0]
        suffix, rest = found[2] or "", words[at + 1 :]
        if not suffix and (after in SUFFIXES or (len(after) == 1 and after not in ("l", "d", "r"))):
            suffix, rest = after, rest[1:]
        yield words[:at] + rest, int(found[1]), SUFFIXES.get(suffix, suffix)
        # "12 rue…" can only be the number of a house.
        if at == 0 and rest and rest[0] in SHORT_TYPES:
            return
    yield words, None, ""


def _cities(words: list[str]):
    """(words of the street, words of the city): all for the street, or up to four at the end or the start apart."""
    yield words, []
    for count in range(1, min(len(words), 5)):
        yield words[:-count], words[-count:]
        yield words[count:], words[:count]
