"""Everything that changes a study or a decision."""

from budget.evaluation.services.answering import answer
from budget.evaluation.services.assigning import assign, assign_all, take_back, usual_checklist
from budget.evaluation.services.reminding import remind
from budget.evaluation.services.signing import reopen, seen_of, sign
from budget.evaluation.services.studying import Incomplete, save_study

__all__ = [
    "Incomplete",
    "answer",
    "assign",
    "assign_all",
    "remind",
    "reopen",
    "save_study",
    "seen_of",
    "sign",
    "take_back",
    "usual_checklist",
]
