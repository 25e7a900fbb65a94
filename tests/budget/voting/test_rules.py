"""Pure rules: what a ballot may say, who votes where, how codes and paper ballots are read."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budget.voting import choices, codes
from budget.voting.choices import KINDS, Limits, mistakes, read, written
from budget.voting.eligibility import ACCOUNT, CODE, DESK, Facts, Place, Rules, rights

CITY, WEST, EAST = 1, 2, 3
WESTS, EASTS, CITYS, THEME = 10, 20, 30, 40
PLACES = [
    Place(WESTS, "territory", WEST),
    Place(EASTS, "territory", EAST),
    Place(CITYS, "city"),
    Place(THEME, "theme"),
]


def rules(where="residence", proof="either", level=2, age=None):
    return Rules(where, proof, level, age, CITY)


def facts(way=ACCOUNT, level=2, places=(WEST, CITY), honour=False):
    return Facts(way, level, places, honour)


@pytest.mark.parametrize(
    ("given_rules", "given_facts", "opened", "one_of"),
    [
        (rules(), facts(), {WESTS, CITYS, THEME}, set()),
        (rules("choice"), facts(), {WESTS, EASTS, CITYS, THEME}, {WESTS, EASTS}),
        (rules("all"), facts(), {WESTS, EASTS, CITYS, THEME}, set()),
        # Only the town is known: the district is said on one's honour.
        (rules(), facts(places=(CITY,)), {WESTS, EASTS, CITYS, THEME}, {WESTS, EASTS}),
        (rules(), facts(CODE, 0, (EAST, CITY)), {EASTS, CITYS, THEME}, set()),
        (rules(proof="level"), facts(DESK, 0, (EAST, CITY)), {EASTS, CITYS, THEME}, set()),
    ],
)
def test_who_votes_where(given_rules, given_facts, opened, one_of):
    found = rights(given_rules, given_facts, PLACES)
    assert (found.open, found.one_of, found.refusal) == (opened, one_of, "")
    districts = [found.slots[one] for one in (WESTS, EASTS) if one in found.open]
    assert len(set(districts)) == (len(districts) if given_rules.where == "all" else 1)
    assert set(found.slots) == opened


@pytest.mark.parametrize(
    ("given_rules", "given_facts"),
    [
        (rules(), facts(level=1)),
        (rules(level=1), facts(level=0)),
        (rules(), facts(places=(99,))),
        (rules(proof="code"), facts()),
        (rules(proof="level"), facts(CODE)),
    ],
)
def test_who_does_not_vote_is_told_why(given_rules, given_facts):
    found = rights(given_rules, given_facts, PLACES)
    assert found.refusal
    assert not found.open


@pytest.mark.parametrize(
    ("age", "given_facts", "asked"),
    [
        (None, facts(), False),
        (16, facts(), True),
        (16, facts(honour=True), False),
        (16, facts(level=3), False),
        (21, facts(level=3), True),
        (16, facts(CODE, 3), True),
    ],
)
def test_age_is_asked_where_no_register_says_it(age, given_facts, asked):
    assert rights(rules(age=age), given_facts, PLACES).asks_age is asked


LIMITS = {"amount": 100, "costs": {1: 60, 2: 40, 3: 50}, "max_choices": 2, "max_points": 5, "max_points_each": 4}


@pytest.mark.parametrize(
    ("kind", "ballot", "right"),
    [
        ("money", {1: 1, 2: 1}, True),
        ("money", {1: 1, 3: 1}, False),
        ("approval", {1: 1, 3: 1}, True),
        ("approval", {1: 1, 2: 1, 3: 1}, False),
        ("one", {3: 1}, True),
        ("one", {1: 1, 3: 1}, False),
        ("points", {1: 4, 2: 1}, True),
        ("points", {1: 5}, False),
        ("points", {1: 3, 2: 3}, False),
        ("points", {1: -1}, False),
        ("ranking", {3: 1, 1: 2}, True),
        ("ranking", {3: 1, 1: 3}, False),
        ("ranking", {3: 1, 1: 1}, False),
        ("grades", {1: 4, 2: 0, 3: 2}, True),
        ("grades", {1: 5}, False),
        *((kind, {}, True) for kind in KINDS),
        *((kind, {7: 1}, False) for kind in KINDS),
    ],
)
def test_what_a_ballot_may_say(kind, ballot, right):
    assert (not mistakes(Limits(kind, **LIMITS), ballot)) is right


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(KINDS), st.dictionaries(st.integers(1, 9999), st.integers(0, 9999), max_size=12))
def test_a_choice_has_one_text(kind, ballot):
    if kind == choices.RANKING:
        ballot = {number: place for place, number in enumerate(ballot, 1)}
    elif kind not in choices.VALUED:
        ballot = dict.fromkeys(ballot, 1)
    assert read(kind, written(kind, ballot)) == ballot


@pytest.mark.parametrize("text", ["2,1", "1,1", "01", "1,", "-1", "1:1", "x", "1" * 30_000, "1\n", "１", "1;2", "0:0"])
def test_another_text_is_no_ballot(text):
    with pytest.raises(ValueError, match=r"."):
        read("money", text)


def test_a_code_is_read_as_people_type_it_and_one_wrong_sign_is_seen():
    code = codes.make()
    assert codes.read(f" {code.lower().replace('-', ' ')} ") == code
    bare = code.replace("-", "")
    for place in range(codes.LENGTH):
        for sign in codes.ALPHABET.replace(bare[place], ""):
            with pytest.raises(ValueError, match="code"):
                codes.read(bare[:place] + sign + bare[place + 1 :])
