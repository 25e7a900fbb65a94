"""Who votes where, and why: facts in, envelopes and reasons out. Reads no database."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

ACCOUNT, CODE, DESK = "account", "code", "desk"
RESIDENCE_LEVEL, ELECTOR_LEVEL = 2, 3  # accounts.models.Verification, which this module does not load
OF_AGE = 18  # electors are (Code électoral, art. L2)
DISTRICT = "district"


@dataclass(frozen=True)
class Rules:
    """Of a budget: its columns votes_where, votes_proof, votes_level, votes_age, and its territory's id."""

    where: str
    proof: str
    level: int
    age: int | None
    territory: int


@dataclass(frozen=True)
class Facts:
    """What is known of a person: how they came in, and where they live (ids, from the smallest territory up)."""

    way: str
    level: int = 0
    places: tuple[int, ...] = ()
    of_age_on_honour: bool = False


@dataclass(frozen=True)
class Place:
    """An envelope: its id, what it is for (participatory.models.Scope), its territory's id."""

    id: int
    scope: str
    territory: int | None = None


@dataclass(frozen=True)
class Rights:
    """Ids of the envelopes in which a person votes; where it is none, why.

    `one_of`: of these, one is to be chosen. `asks_age`: first the person must say on their honour that they are old
    enough.
    """

    open: frozenset[int] = frozenset()
    one_of: frozenset[int] = frozenset()
    reason: str = ""
    refusal: str = ""
    asks_age: bool = False
    slots: dict[int, str] = field(default_factory=dict)


def asks_age(rules: Rules, facts: Facts) -> bool:
    """Whether age must be declared: a register of electors already says it."""
    known = facts.way == ACCOUNT and facts.level >= ELECTOR_LEVEL and (rules.age or 0) <= OF_AGE
    return rules.age is not None and not known


def refusal(rules: Rules, facts: Facts) -> str:
    """Why this person does not vote at all; empty where they do."""
    if facts.way == ACCOUNT and rules.proof == CODE:
        return _("One votes here with the code of the letter that the city sent.")
    if facts.way == CODE and rules.proof == "level":
        return _("One votes here with a verified account, not with a code.")
    if facts.way != ACCOUNT:
        return ""
    if facts.level < rules.level:
        if rules.level >= RESIDENCE_LEVEL:
            return _("Your account does not say yet where you live. The town hall checks it: ask at its counter.")
        return _("Confirm your e-mail address first.")
    if rules.level >= RESIDENCE_LEVEL and rules.territory not in facts.places:
        return _("This vote is for people who live in this town, and your account says that you live elsewhere.")
    return ""


def rights(rules: Rules, facts: Facts, envelopes: Iterable[Place]) -> Rights:
    """Where this person votes.

    A slot is what one has a single ballot for: an envelope, or all districts together where one votes in one of them.
    """
    envelopes = list(envelopes)
    if said := refusal(rules, facts):
        return Rights(refusal=said)
    districts = {one.id: one.territory for one in envelopes if one.scope == "territory"}
    others = frozenset(one.id for one in envelopes) - districts.keys()
    one_of, reason = frozenset(), ""
    if rules.where == "all":
        own = frozenset(districts)
        reason = _("Everybody votes in every district.")
    elif rules.where == "choice":
        own = one_of = frozenset(districts)
        reason = _("Choose the district in which you vote: where you live, work or study.")
    else:
        own, reason = _of_residence(facts, districts)
        one_of = own if len(own) > 1 else frozenset()
    slots = {id: str(id) if rules.where == "all" or id in others else DISTRICT for id in own | others}
    asked = asks_age(rules, facts) and not facts.of_age_on_honour
    return Rights(own | others, one_of, reason if districts else "", asks_age=asked, slots=slots)


def _of_residence(facts: Facts, districts: dict[int, int | None]) -> tuple[frozenset[int], str]:
    by_territory = {territory: id for id, territory in districts.items()}
    for place in facts.places:
        if place in by_territory:
            return frozenset({by_territory[place]}), _("It is the district in which you live.")
    return frozenset(districts), _("Choose the district in which you live, on your honour.")
