"""Counting participatory budgets: exact, deterministic, without Django. Ballots in, winners and reasons out."""

from .election import Ballots, Election, Project
from .result import Result, Step
from .rules import RULES, count

__all__ = ["RULES", "Ballots", "Election", "Project", "Result", "Step", "count"]
