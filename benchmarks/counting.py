"""Counting: Equal Shares with Add1 beside pabutools, and how fast a large file is read and counted."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from pabutools.election import Cost_Sat, parse_pabulib
from pabutools.rules import method_of_equal_shares
from pabutools.tiebreaking import TieBreakingRule

from benchmarks.report import Report
from budget.counting import count, pabulib
from budget.counting.ties import Ties

REALDATA = Path(os.environ.get("PARVIS_REALDATA") or Path(__file__).resolve().parents[2] / "shared/data")
TOULOUSE = REALDATA / "pabulib" / "France_Toulouse_2022.pb"
READ_AND_COUNT = """
import re, sys, time
from pathlib import Path
from budget.counting import count, pabulib
before = time.process_time()
result = count(pabulib.read(sys.argv[1], voters=False).election, sys.argv[2])
seconds = time.process_time() - before
# The peak of this program alone; getrusage also counts what its parent had when it was started.
peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024
print(seconds, peak, len(result.winners))
"""


def town(voters: int, projects: int, seed: int) -> str:
    """A made-up election of a large town: 40 districts, each voter names one to five projects, mostly of their own."""
    dice = np.random.default_rng(seed)
    districts = 40
    costs = (dice.lognormal(9.5, 0.9, projects).astype(int) // 100 + 5) * 100
    liked = dice.lognormal(0, 0.8, projects)
    home = dice.integers(0, districts, voters)
    votes = []
    at = [np.flatnonzero(np.arange(projects) % districts == one) for one in range(districts)]
    chances = [liked / liked.sum()]
    for own in at:
        weights = liked.copy()
        weights[own] *= 60
        chances.append(weights / weights.sum())
    lengths = dice.choice([1, 2, 3, 4, 5], voters, p=[0.1, 0.1, 0.2, 0.2, 0.4])
    for district in range(districts):
        for voter in np.flatnonzero(home == district).tolist():
            named = dice.choice(projects, lengths[voter], replace=False, p=chances[district + 1])
            votes.append({"voter_id": voter, "vote": [one + 1 for one in named.tolist()]})
    meta = {
        "description": "A large town",
        "country": "Poland",
        "unit": "Town",
        "instance": "2024",
        "budget": int(costs.sum() // 3),
        "vote_type": "approval",
        "rule": "unknown",
        "date_begin": "2024",
        "date_end": "2024",
        "max_length": 5,
    }
    return pabulib.write(
        meta,
        [{"project_id": one + 1, "cost": int(cost), "name": f"Project {one + 1}"} for one, cost in enumerate(costs)],
        votes,
    )


def run(report: Report) -> None:
    """Seconds of pabutools over ours, from the same file to the same winners; then our own seconds and megabytes."""
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "large.pb"
        large.write_text(town(90_000, 160, 5), encoding="utf-8")
        for name, path in (("Toulouse 2022, 4,532 × 199", TOULOUSE), ("a large town, 90,000 × 160", large)):
            if path.exists():
                _beside_pabutools(report, name, path)
            else:
                print(f"{path} is not here: {name} is left out", file=sys.stderr)
        _read_and_count(report, Path(folder))


def _beside_pabutools(report: Report, name: str, path: Path) -> None:
    election = pabulib.read(path).election
    rank = dict(zip((one.id for one in election.projects), Ties(election).rank, strict=True))
    instance, profile = parse_pabulib(str(path))
    started = time.perf_counter()
    ours = count(election, "equal-shares-add1")
    own = time.perf_counter() - started
    started = time.perf_counter()
    theirs = method_of_equal_shares(
        instance,
        profile,
        sat_class=Cost_Sat,
        tie_breaking=TieBreakingRule(lambda _instance, _profile, project: rank[project.name]),
        voter_budget_increment=1,
    )
    other = time.perf_counter() - started
    if [one.name for one in theirs] != list(ours.winners):
        raise AssertionError(f"{name}: pabutools finds other winners")
    report.at_least(
        f"Equal Shares with Add1, {name}: pabutools / ours, {len(ours.winners)} equal winners",
        other / own,
        50,
        f"{other:.1f} s / {own:.2f} s",
    )


def _read_and_count(report: Report, folder: Path) -> None:
    path = folder / "100000.pb"
    path.write_text(town(100_000, 160, 6), encoding="utf-8")
    for rule in ("greedy", "equal-shares"):
        said = subprocess.run(
            [sys.executable, "-c", READ_AND_COUNT, path, rule], check=True, capture_output=True, text=True
        ).stdout
        seconds, megabytes, winners = (float(one) for one in said.split())
        what = f"reading and counting 100,000 votes, {rule} ({winners:.0f} winners)"
        report.at_most(f"{what}: seconds of one core", seconds, 2, f"{path.stat().st_size / 1e6:.1f} MB")
        report.at_most(f"{what}: megabytes of memory", megabytes, 300, "peak of the process")
