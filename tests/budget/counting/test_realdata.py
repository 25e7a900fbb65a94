"""Real elections: our sums are those of the files, and our winners the towns'."""

import os
from pathlib import Path

import pytest
from pabutools.election import Cardinality_Sat, Cost_Sat, parse_pabulib
from pabutools.rules import method_of_equal_shares
from pabutools.tiebreaking import TieBreakingRule

from budget.counting import count, pabulib
from budget.counting.ties import Ties

FOLDER = Path(os.environ.get("PARVIS_REALDATA") or Path(__file__).resolve().parents[4] / "shared/data") / "pabulib"
FILES = sorted(FOLDER.glob("*.pb")) if FOLDER.is_dir() else []

pytestmark = [pytest.mark.realdata, pytest.mark.skipif(not FILES, reason=f"no real elections in {FOLDER}")]

# The rule in META, as we name it and with what the town did beside it.
RULES = {
    "greedy": ("greedy", {}),
    "greedy-no-skip": ("greedy-no-skip", {}),
    "greedy-threshold": ("greedy-threshold", {}),
    # Poznań: from the top until one does not fit (1); other money for what comes next (2 and 3).
    "greedy-custom": ("greedy-no-skip", {}),
    "equalshares/add1-comparison": ("equal-shares-add1", {"stop": "overshoot", "comparison": True}),
}


def file(name: str):
    (path,) = FOLDER.glob(f"{name}.pb")
    return pabulib.read(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem[:40])
def test_every_file_is_read_counted_and_written_as_it_is(path, tmp_path):
    found = pabulib.read(path)
    # Warnings would say where `votes` or `score` of PROJECTS are not what the votes give.
    assert found.warnings == ()
    assert all("votes" in one for one in found.projects)
    rule, options = RULES[found.meta["rule"]]
    result = count(found.election, rule, threshold=found.threshold, **options)
    official = {project for project, how in found.selected.items() if how == 1}
    assert not official or set(result.winners) == official
    again = tmp_path / "again.pb"
    again.write_text(pabulib.write(found.meta, found.projects, found.votes), encoding="utf-8")
    assert pabulib.read(again) == found


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.stem.startswith(("Poland_G", "Poland_K", "Poland_P", "France_Toulouse_2019"))],
    ids=lambda path: path.stem[:20],
)
def test_pabutools_reads_the_same_and_shares_the_same(path):
    """Cumulative, ordinal, choose-1: who is named supports, whatever the points."""
    election = pabulib.read(path).election
    instance, profile = parse_pabulib(str(path))
    rank = dict(zip((one.id for one in election.projects), Ties(election).rank, strict=True))
    ties = TieBreakingRule(lambda _instance, _profile, project: rank[project.name])
    for utility, satisfaction in (("cost", Cost_Sat), ("cardinality", Cardinality_Sat)):
        theirs = method_of_equal_shares(instance, profile, sat_class=satisfaction, tie_breaking=ties)
        assert [one.name for one in theirs] == list(count(election, "equal-shares", utility=utility).winners)


def test_there_is_an_official_outcome_among_them():
    assert sum(bool(pabulib.read(path, voters=False).selected) for path in FILES) >= 3


def test_wieliczka_is_as_published():
    election = file("Poland_Wieliczka_2023_Green_Budget").election
    published = count(election, "equal-shares-add1", stop="overshoot", comparison=True)
    assert (len(published.winners), published.cost) == (30, 995_079)
    assert published.notes["kept"] == "equal-shares"
    first = count(election, "equal-shares-add1")
    assert (len(first.winners), first.cost) == (31, 984_579)


def test_toulouse_by_equal_shares():
    result = count(file("France_Toulouse_2022").election, "equal-shares-add1")
    assert (len(result.winners), result.cost) == (128, 7_986_220)
