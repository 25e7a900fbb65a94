"""A .pb file as it was read: the words of its columns, and the election that they make."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..election import Election
from .amounts import split
from .errors import PabulibError


@dataclass(frozen=True)
class PabulibFile:
    """`meta` by key, `projects` one mapping for each, `votes` one list for each column (empty if read without voters).

    Values are the file's own words, trimmed; a column that a row leaves out is "". Two files are equal if these are.
    `warnings` are errors that were not raised: what the file gets wrong without changing a result.
    """

    meta: Mapping[str, str]
    projects: tuple[Mapping[str, str], ...]
    votes: Mapping[str, list[str]]
    election: Election = field(compare=False)
    warnings: tuple[PabulibError, ...] = field(default=(), compare=False)

    @property
    def selected(self) -> dict[str, int]:
        """What the organiser chose, by project id (1 chosen, 2 and 3 chosen in a special way); empty if not said."""
        return {one["project_id"]: int(float(one["selected"])) for one in self.projects if one.get("selected")}

    @property
    def threshold(self) -> int:
        """The fewest votes or points that a project needs, as META says, made whole upwards; 0 if it does not."""
        number, decimals = split(self.meta.get("min_project_score_threshold") or "0")
        return -(-number // 10**decimals)
