"""What an agent types into the search of the queue: a reference, or words of the report, its place or its category.

Words are compared as geo.addresses does (small letters, no accents, hyphens or apostrophes) and by their beginnings;
all of them must be there. Only where no report has them all is one wrong letter in each forgiven.
"""

import re

from django.db.models import BooleanField, F, Func, Q, TextField, Value

from alerts.models import Alert, Category
from alerts.models.alert import REFERENCE_ALPHABET, REFERENCE_LENGTH
from geo.addresses.words import MAX_WORDS, plain

# Beginnings of references that are searched: fewer letters are a word's, not a reference's.
LEAST_OF_REFERENCE = 4
# Shorter words have too many neighbours one letter away; up to the second length the whole word must be like it.
FORGIVEN, SHORT = 4, 5
REFERENCE = re.compile(f"[{REFERENCE_ALPHABET}]{{{LEAST_OF_REFERENCE},{REFERENCE_LENGTH}}}")


class Words(Func):
    """Description and address as they are searched: plain, a space on both sides. The index alert_words holds it."""

    template = "(' ' || geo_plain(%(expressions)s) || ' ')"
    arg_joiner = " || ' ' || "
    output_field = TextField()


class LikeAny(Func):
    template = "%(expressions)s)"
    arg_joiner = " LIKE ANY ("
    output_field = BooleanField()


def wanted(text: str, categories: list[Category]) -> Q:
    """Which alerts are meant by that text. `categories`: all of them, by whose words a report is found too.

    One statement asks whether any report of the town has these words as they were typed: asked of one service's alone,
    PostgreSQL would read them all where its word is frequent elsewhere.
    """
    words = list(dict.fromkeys(word for word in plain(text).split() if len(word) > 1))[:MAX_WORDS]
    exact = _reference(text) | _all(words, categories, lambda word: [f"% {word}%"])
    if not any(map(_forgiven, words)) or Alert.objects.kept().filter(exact).exists():
        return exact
    return _all(words, categories, patterns)


def patterns(word: str) -> list[str]:
    """LIKE patterns of that plain word in plain text, one letter wrong, missing or too many, or two swapped."""
    if not _forgiven(word):
        return [f"% {word}%"]
    end = " %" if len(word) <= SHORT else "%"
    cuts = [(word[:at], word[at:]) for at in range(len(word))]
    variants = [f"{before}_{rest[1:]}" for before, rest in cuts]
    variants += [f"{before}{rest[1:]}" for before, rest in cuts]
    variants += [f"{before}_{rest}" for before, rest in cuts]
    variants += [f"{before}{rest[1]}{rest[0]}{rest[2:]}" for before, rest in cuts if len(rest) > 1]
    return [f"% {variant}{end}" for variant in dict.fromkeys(variants)]


def _forgiven(word: str) -> bool:
    return len(word) >= FORGIVEN and word.isalpha()


def _reference(text: str) -> Q:
    typed = re.sub(r"[\s-]", "", text).upper()
    return Q(reference__startswith=typed) if REFERENCE.fullmatch(typed) else Q(pk__in=[])


def _all(words: list[str], categories: list[Category], like) -> Q:
    """Rows with each of the words, in their own text or their category's."""
    if not words:
        return Q(pk__in=[])
    known = _words_of(categories)
    found = Q()
    for word in words:
        shapes = like(word)
        # A category's words are matched by the very same patterns.
        shape = re.compile("|".join(re.escape(one).replace("%", ".*").replace("_", ".") for one in shapes))
        inside = [pk for pk, text in known.items() if shape.fullmatch(text)]
        found &= Q(LikeAny(Words(F("description"), F("address")), Value(shapes))) | Q(category__in=inside)
    return found


def _words_of(categories: list[Category]) -> dict[int, str]:
    """{category's key: its name and the words people use for it, with those of what it is inside, as searched}."""
    by_key = {one.pk: one for one in categories}
    texts = {}
    for one in categories:
        lineage, above = [], one
        while above and above not in lineage:
            lineage.append(above)
            above = by_key.get(above.parent_id)
        texts[one.pk] = f" {plain(' '.join(f'{each.name} {each.keywords}' for each in lineage))} "
    return texts
