"""Reading and writing .pb files: what is forgiven, what is refused and where, and that others read ours."""

import contextlib
import io

import pytest
from pabulib.checker import Checker
from pabutools.election.pabulib import parse_pabulib_from_string

from budget.counting import count, pabulib
from budget.counting.pabulib import PabulibError

GOOD = """META
key;value
description;Benches and trees
country;France
unit;Ville
instance;2026
num_projects;3
num_votes;4
budget;1000
vote_type;cumulative
rule;greedy
date_begin;01.03.2026
date_end;31.03.2026
PROJECTS
project_id;cost;votes;score;name;selected;latitude;longitude
a;400;3;7;"Bench ""Oak""; north";1;43.6;1.44
b;300;2;4;Tree;1;43.61;1.45
c;900;1;1;Playground;0;43.62;1.46
VOTES
voter_id;vote;points;age
v1;a,b;3,2;33
v2;a;3;
v3;b,c,a;2,1,1;70
v4;;;41
"""


def read(text: str | bytes, **options):
    data = text if isinstance(text, bytes) else text.encode()
    return pabulib.read(io.BytesIO(data), **options)


def test_a_file_becomes_an_election():
    found = read(GOOD)
    election = found.election
    assert [one.name for one in election.projects] == ['Bench "Oak"; north', "Tree", "Playground"]
    assert (election.budget, election.costs, election.scale) == (1000, (400, 300, 900), 1)
    assert (election.votes, election.score) == ((3, 2, 1), (7, 4, 1))
    assert election.ballots.voters == 4
    assert found.selected == {"a": 1, "b": 1, "c": 0}
    assert found.votes["age"] == ["33", "", "70", "41"]
    assert found.warnings == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("", "\ufeff"),
        ("\n", "\r\n"),
        ("PROJECTS\n", "\nPROJECTS;;\n\n"),
        ("a;400", " a ; 400.0 "),
        ("budget;1000", "budget;1000,00"),
        ("voter_id;vote", "voter_id; vote"),
        ("a,b;3,2", "a, b;3, 2,"),
        ("num_votes;4\n", ""),
        ("Tree;1;43.61;1.45", "Tree"),
        ("v4;;;41", "v4"),
        ("selected", "selected;target;"),
        ("rule;greedy", "rule;greedy\nrule;unknown"),
    ],
)
def test_what_real_files_do_changes_nothing(old, new):
    text = new + GOOD if not old else GOOD.replace(old, new)
    assert text != GOOD
    said, plain = read(text), read(GOOD)
    assert count(said.election).hash == count(plain.election).hash
    assert said.election.score == plain.election.score


def test_an_approval_said_twice_is_one_approval():
    votes = GOOD[GOOD.index("VOTES") :]
    once = GOOD.replace("cumulative", "approval").replace(votes, "VOTES\nvoter_id;vote\n1;a\n2;a,b\n3;\n4;b\n")
    twice = once.replace("2;a,b", "2;a,b,a")
    assert read(twice).election.votes == read(once).election.votes == (2, 2, 0)
    assert "line 22: the vote names the project a twice" in map(str, read(twice).warnings)
    # Ten thousand times is one remark, and ten thousand remarks are a hundred.
    often = once.replace("2;a,b", "2;" + "a," * 10_000)
    assert len(read(often).warnings) < 10
    many = once.replace("num_votes;4\n", "") + "".join(f"w{one};b,{'b,' * one}\n" for one in range(200))
    assert str(read(many).warnings[-1]).endswith("and more from here on")
    assert len(read(many).warnings) == 101


@pytest.mark.parametrize(
    ("old", "new", "line", "code"),
    [
        ("META\n", "", 1, "before_section"),
        ("META\nkey;value\n", "META\n", 2, "column_missing"),
        ("PROJECTS\n", "", 18, "section_order"),
        ("VOTES\n", "VOTES\nVOTES\n", 20, "no_header"),
        ("v4;;;41\n", "v4;;;41\nPROJECTS\n", 25, "section_twice"),
        ("PROJECTS\n", "VOTES\n", 14, "section_order"),
        (GOOD[GOOD.index("VOTES") :], "", 18, "section_missing"),
        (GOOD[GOOD.index("voter_id") :], "", 19, "no_header"),
        ("voter_id;vote;", "voter_id;votes;", 20, "column_missing"),
        ("voter_id;vote;points", "voter_id;vote;vote", 20, "column_twice"),
        ("budget;1000\n", "", 1, "key_missing"),
        ("budget;1000", "budget;", 9, "key_missing"),
        ("budget;1000", "budget;much", 9, "not_amount"),
        ("budget;1000", "budget;-1", 9, "negative"),
        ("budget;1000", "budget;1e999", 9, "not_amount"),
        ("budget;1000", "budget;NaN", 9, "not_amount"),
        ("budget;1000", "budget;1000\nbudget;1000", 10, "key_twice"),
        ("vote_type;cumulative", "vote_type;loud", 10, "vote_type"),
        ("num_votes;4", "num_votes;four", 8, "not_whole"),
        ("num_votes;4", "num_votes;5", 8, "num_votes"),
        ("num_projects;3", "num_projects;2", 7, "num_projects"),
        ("b;300", "b;-300", 17, "negative"),
        ("b;300", "b;", 17, "not_amount"),
        ("b;300", ";300", 17, "project_empty"),
        ("b;300", "a;300", 17, "project_twice"),
        ("b;300", "b,2;300", 17, "project_comma"),
        ("Tree;1;", "Tree;7;", 17, "selected"),
        ("v2;a", ";a", 22, "voter_empty"),
        ("v2;a", "v1;a", 22, "voter_twice"),
        ("v2;a", "v2;z", 22, "project_unknown"),
        ("b,c,a", "b,c,b", 23, "project_repeated"),
        ("2,1,1", "2,1", 23, "points_missing"),
        ("v2;a;3", "v2;a;", 22, "points_missing"),
        ("2,1,1", "2,1,x", 23, "not_points"),
        ("2,1,1", "2,1,-1", 23, "negative_points"),
        ("2,1,1", "2,1,999999999999999", 23, "too_many_points"),
        ("Playground", "Play\0ground", 18, "encoding"),
        ("Playground", "x" * 140_000, 18, "csv"),
        # A quotation mark left open swallows what follows: the line to mend is the one it stands in.
        ("Playground", '"Playground', 18, "section_missing"),
        ("v1;a,b", 'v1;"a,b', 21, "project_unknown"),
        ("Playground", "x" * 1_100_000, 18, "long_line"),
    ],
)
def test_what_could_change_a_result_is_refused_with_its_line(old, new, line, code):
    text = GOOD.replace(old, new)
    if code == "too_many_points":
        text, line = text + "".join(f"w{one};a;999999999999999;\n" for one in range(9)), 19
        text = text.replace("num_votes;4", "num_votes;13")
    with pytest.raises(PabulibError) as refusal:
        read(text)
    assert (refusal.value.line, refusal.value.code) == (line, code)
    assert str(refusal.value) == f"line {line}: {refusal.value.message}"


def test_other_encodings_are_refused_with_their_line():
    with pytest.raises(PabulibError, match="line 17: the text is not UTF-8"):
        read(GOOD.replace("Tree", "Tręe").encode("cp1250"))
    with pytest.raises(PabulibError, match="line 1: the text is not UTF-8"):
        read(GOOD.encode("utf-16"))
    with pytest.raises(PabulibError, match="META is missing"):
        read(b"")


def test_a_choice_of_one_is_one():
    text = GOOD.replace("cumulative", "choose-1")
    with pytest.raises(PabulibError, match="line 21: the vote names 2 projects"):
        read(text)


class Endless(io.RawIOBase):
    """A file that goes on and on, one more voter in each line."""

    def __init__(self, size):
        self.left, self.number = size, 0
        self.head = io.BytesIO(GOOD.replace("num_votes;4\n", "").encode())

    def readline(self, size=-1):
        if line := self.head.readline():
            return line
        self.number += 1
        line = b"voter%d;a,b;2,1;44\n" % self.number
        self.left -= len(line)
        return line if self.left > 0 else b""


def test_two_hundred_megabytes_are_refused_when_the_limit_is_read_and_no_more():
    stream = Endless(200_000_000)
    with pytest.raises(PabulibError, match="larger than 1 MB") as refusal:
        pabulib.read(stream, limit=1_000_000, voters=False)
    assert refusal.value.line > 10_000
    assert stream.left > 199_000_000


def test_a_ranking_without_points_gives_each_one_more_than_the_next():
    text = GOOD.replace("cumulative", "ordinal").replace(";points", ";was").replace(";3;7;", ";3;6;")
    assert read(text).election.score == (2 + 1 + 1, 1 + 3, 2)


def test_points_in_halves_are_counted_exactly():
    found = read(GOOD.replace("cumulative", "scoring").replace("a,b;3,2", "a,b;2.5,0.25"))
    assert found.election.points_scale == 100
    assert found.election.score == (250 + 300 + 100, 25 + 200, 100)
    assert count(found.election).steps[0].value == "13/2"


def test_costs_in_cents_are_counted_exactly():
    found = read(GOOD.replace("a;400", "a;400.10").replace("budget;1000", "budget;700.1"))
    assert found.election.scale == 10
    assert count(found.election).as_data()["cost"] == 700.1


def test_a_sum_that_the_votes_do_not_give_is_said():
    remarks = read(GOOD.replace("b;300;2;4", "b;300;2;5")).warnings
    assert list(map(str, remarks)) == ["line 14: project b: score 5, counted 4"]


def test_what_is_written_reads_the_same_and_others_accept_it():
    found = read(GOOD)
    assert read(pabulib.write(found.meta, found.projects, found.votes)) == found
    full = GOOD.replace("v4;;;41", "v4;a;1;41").replace("a;400;3;7", "a;400;4;8")
    found = read(full.replace("rule;greedy", "rule;greedy\nmax_sum_points;5"))
    text = pabulib.write(found.meta, found.projects, found.votes)
    with contextlib.redirect_stdout(io.StringIO()):
        said = Checker().process_files([text])
    assert said[1]["results"]["errors"] == {}
    instance, profile = parse_pabulib_from_string(text)
    assert (len(instance), profile.num_ballots()) == (3, 4)


def test_lines_and_lists_are_written_as_the_format_wants():
    text = pabulib.write(
        {"budget": 5, "vote_type": "approval"},
        [{"project_id": "a", "name": "two\nlines; one", "cost": 3, "category": ["sport", "green"]}],
        [{"voter_id": 1, "vote": ["a"]}, {"voter_id": 2, "vote": []}],
    )
    assert text.splitlines()[-7:] == [
        "PROJECTS",
        "project_id;cost;name;category",
        'a;3;"two lines; one";sport,green',
        "VOTES",
        "voter_id;vote",
        "1;a",
        "2;",
    ]
    assert read(text).meta == {"num_projects": "1", "num_votes": "2", "budget": "5", "vote_type": "approval"}
