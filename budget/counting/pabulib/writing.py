"""Writing a .pb file that other people's tools read."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

META_FIRST = ("description", "country", "unit", "district", "subunit", "instance", "num_projects", "num_votes",
              "budget", "vote_type", "rule", "date_begin", "date_end")  # fmt: skip
PROJECTS_FIRST = ("project_id", "cost", "votes", "score", "name", "category", "beneficiaries", "selected",
                  "neighborhood", "subunit", "district", "description", "proposer", "public_id", "latitude",
                  "longitude")  # fmt: skip


def write(
    meta: Mapping[str, object],
    projects: Sequence[Mapping[str, object]],
    votes: Mapping[str, Sequence[object]] | Iterable[Mapping[str, object]],
) -> str:
    """The text of a file. `votes` is one list for each column, or one mapping for each voter.

    Columns stand in the format's order, others after them; lists are joined by commas without spaces; line breaks in
    values become spaces, because readers take the file line by line. `num_projects` and `num_votes` are filled in.
    """
    if not isinstance(votes, Mapping):
        rows = list(votes)
        votes = {name: [row.get(name, "") for row in rows] for name in _columns(rows, ("voter_id", "vote", "points"))}
    count = len(votes.get("voter_id", ()))
    meta = {**meta, "num_projects": len(projects), "num_votes": count}
    out = io.StringIO()
    table = csv.writer(out, delimiter=";", lineterminator="\n")
    table.writerows([["META"], ["key", "value"]])
    table.writerows([key, _cell(meta[key])] for key in _ordered(meta, META_FIRST))
    columns = _columns(projects, PROJECTS_FIRST)
    table.writerows([["PROJECTS"], columns])
    table.writerows([_cell(one.get(name, "")) for name in columns] for one in projects)
    header = list(votes) or ["voter_id", "vote"]
    table.writerows([["VOTES"], header])
    table.writerows([_cell(cell) for cell in row] for row in zip(*votes.values(), strict=True))
    return out.getvalue()


def _ordered(names: Iterable[str], first: Sequence[str]) -> list[str]:
    names = list(names)
    return [name for name in first if name in names] + [name for name in names if name not in first]


def _columns(rows: Sequence[Mapping[str, object]], first: Sequence[str]) -> list[str]:
    return _ordered(dict.fromkeys(name for row in rows for name in row) or first[:2], first)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ",".join(_cell(one) for one in value)
    return " ".join(str(value).splitlines()).strip()
