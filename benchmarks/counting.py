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

ROOT = Path(__file__).resolve().parents[1]
REALDATA = Path(os.environ.get("PARVIS_REALDATA") or ROOT.parent / "shared/data")
TOULOUSE = REALDATA / "pabulib" / "France_Toulouse_2022.pb"
# The command as people run it; then the seconds of its processor, all of them, and its peak in megabytes. (getrusage
# also counts what its parent had when it was started.)
PB_COUNT = """
import re, runpy, sys, time
from pathlib import Path
sys.argv = ["manage.py", "pb_count", *sys.argv[1:]]
runpy.run_path("manage.py", run_name="__main__")
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
print(time.process_time(), peak, file=sys.stderr)
"""
RUNS = 3


def town(voters: int, projects: int, seed: int, most: int = 5) -> str:
    """A made-up election of a large town: 40 districts, each voter names one to `most` projects, mostly of their own.

    Two voters of five name as many as they may, as in the large towns of Pabulib.
    """
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
    lengths = np.where(dice.random(voters) < 0.4, most, dice.integers(1, most, voters))
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
        "max_length": most,
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
                report.say(f"NOT MEASURED: Equal Shares with Add1, {name}", 0, f"{path.name} is not here")
        _read_and_count(report, Path(folder))


def _timed(act) -> float:
    started = time.process_time()
    act()
    return time.process_time() - started


def _beside_pabutools(report: Report, name: str, path: Path) -> None:
    election = pabulib.read(path).election
    rank = dict(zip((one.id for one in election.projects), Ties(election).rank, strict=True))
    instance, profile = parse_pabulib(str(path))
    own = min(_timed(lambda: count(election, "equal-shares-add1")) for _ in range(RUNS))
    ours = count(election, "equal-shares-add1")
    started = time.process_time()
    theirs = method_of_equal_shares(
        instance,
        profile,
        sat_class=Cost_Sat,
        tie_breaking=TieBreakingRule(lambda _instance, _profile, project: rank[project.name]),
        voter_budget_increment=1,
    )
    other = time.process_time() - started
    if [one.name for one in theirs] != list(ours.winners):
        raise AssertionError(f"{name}: pabutools finds other winners")
    report.at_least(
        f"Equal Shares with Add1, {name}: pabutools / ours, {len(ours.winners)} equal winners",
        other / own,
        50,
        f"{other:.1f} s / {own:.2f} s",
    )


def _read_and_count(report: Report, folder: Path) -> None:
    for most in (5, 15):
        path = folder / f"100000-{most}.pb"
        path.write_text(town(100_000, 160, 6, most), encoding="utf-8")
        for rule in ("greedy", "equal-shares"):
            runs = [_pb_count(path, rule) for _ in range(RUNS)]
            seconds, megabytes = min(one for one, _peak in runs), max(peak for _seconds, peak in runs)
            what = f"pb_count of 100,000 votes of up to {most} projects, {rule}"
            size = f"{path.stat().st_size / 1e6:.1f} MB, start included"
            report.at_most(f"{what}: seconds of one core, best of {RUNS}", seconds, 2, size)
            report.at_most(f"{what}: megabytes of memory", megabytes, 300, "peak of the process")


def _pb_count(path: Path, rule: str) -> tuple[float, float]:
    """(seconds of the processor, peak in megabytes) of the command, from its start to its end."""
    said = subprocess.run(
        [sys.executable, "-c", PB_COUNT, path, "--rule", rule], check=True, capture_output=True, text=True, cwd=ROOT
    )
    seconds, megabytes = said.stderr.split()[-2:]
    return float(seconds), float(megabytes)
