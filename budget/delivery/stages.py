"""How far the works of a project have come. Dates decide: nothing is flipped by a job. Reads no database."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Stage:
    """What people read: title, public colour and sign."""

    name: str
    title: str
    group: str
    color: str
    sign: str


STAGES = {
    one.name: one
    for one in (
        Stage("planned", _("to begin"), "planned", "#2438a8", "+"),
        Stage("underway", _("works under way"), "progress", "#8a5a00", "…"),
        Stage("late", _("late"), "open", "#b3261e", "!"),
        Stage("delivered", _("done"), "fixed", "#1d6b3a", "✓"),
        Stage("abandoned", _("given up"), "closed", "#5a5f6a", "×"),
    )
}


def stage(status: str, late_by: int) -> Stage:
    """The stage of a project of that status whose step most behind is so many days late (0: none)."""
    if status in ("delivered", "abandoned"):
        return STAGES[status]
    if late_by:
        return STAGES["late"]
    return STAGES["underway" if status == "underway" else "planned"]


def late_by(steps: Sequence[tuple[dt.date, dt.date | None]], today: dt.date) -> int:
    """Days by which the step most behind is late: the day it was planned for is over and it is not done.

    `steps` are pairs (planned on, done on). The planned day itself is in time.
    """
    return max((max((today - planned).days, 0) for planned, done in steps if done is None), default=0)
