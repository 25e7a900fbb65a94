"""Reading a .pb file line by line: memory grows with what it says, never with how long it is."""

import csv
import os
from array import array
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..election import CHOOSE_1, CUMULATIVE, ORDINAL, SCORING, WITHOUT_POINTS, Ballots, Election, Project
from . import amounts
from .errors import PabulibError
from .file import PabulibFile

SECTIONS = ("META", "PROJECTS", "VOTES")
FILE_VOTE_TYPES = (*WITHOUT_POINTS, ORDINAL, CUMULATIVE, SCORING)
COUNTED_KEYS = ("budget", "vote_type", "num_projects", "num_votes", "min_project_score_threshold", "default_score")
# The largest real file has 100,000 votes and 10 MB.
MOST_BYTES = 40_000_000
# Remarks after which no more are made: a file with so many is wrong as a whole.
MOST_REMARKS = 100
MOST_LINE = 1_000_000
MOST_PROJECTS, MOST_VOTES = 20_000, 2_000_000
# Files of the library write this for the cost of a project that was withdrawn after the vote.
WITHDRAWN_COST = 999_999_999


def read(source: str | os.PathLike | BinaryIO, *, limit: int = MOST_BYTES, voters: bool = True) -> PabulibFile:
    """Read a file, by its path or from a binary stream, of at most `limit` bytes.

    Forgives what real files do: a byte order mark, CRLF, empty lines, spaces around cells, more columns than the
    format knows, rows that are too long, costs like 4000.0, empty votes, an approval said twice, no
    `num_votes`. With `voters` false the columns of VOTES are not kept. Raises PabulibError with the line for
    everything that could change a result.
    """
    if isinstance(source, str | os.PathLike):
        if Path(source).stat().st_size > limit:
            raise PabulibError("too_large", 1, megabytes=f"{limit / 1e6:g}")
        with Path(source).open("rb") as stream:
            return _Reader(stream, limit, voters).read()
    return _Reader(source, limit, voters).read()


class _Reader:
    def __init__(self, stream: BinaryIO, limit: int, voters: bool):
        self.stream, self.limit, self.voters = stream, limit, voters
        # The line that a row begins on, and how many lines were read.
        self.line = self.lines_read = 0
        self.found: dict[str, int] = {}
        self.warnings: list[PabulibError] = []
        self.meta: dict[str, str] = {}
        self.meta_lines: dict[str, int] = {}
        self.whole: dict[str, int] = {}
        self.projects: list[dict[str, str]] = []
        self.costs: list[tuple[int, int]] = []
        self.positions: dict[str, int] = {}
        self.votes: dict[str, list[str]] = {}
        self.voter_ids: set[str] = set()
        # Each different vote once: its place among them, how many cast it, how many projects it names, which (all in
        # one row), and its points in the file's words.
        self.said: dict[tuple[str, str], int] = {}
        self.weights: list[int] = []
        self.lengths: list[int] = []
        self.named = array("q")
        self.given: list[str] = []

    def read(self) -> PabulibFile:
        rows = self._rows()
        accept = None
        for row in rows:
            word = row[0].strip().upper() if row else ""
            if word in SECTIONS and not any(row[1:]):
                accept = self._section(word, rows)
            elif not any(map(str.strip, row)):
                continue
            elif accept is None:
                raise PabulibError("before_section", self.line)
            else:
                accept(row)
        return self._finish()

    def _rows(self) -> Iterator[list[str]]:
        """Rows of cells. Where a quotation mark is left open, a row goes on over many lines: its first is to mend."""
        rows = csv.reader(self._lines(), delimiter=";")
        while True:
            first = self.lines_read + 1
            try:
                row = next(rows, None)
            except csv.Error:
                raise PabulibError("csv", first) from None
            if row is None:
                return
            self.line = first
            yield row

    def _lines(self) -> Iterator[str]:
        size = 0
        while raw := self.stream.readline(MOST_LINE + 1):
            self.lines_read = line = self.lines_read + 1
            size += len(raw)
            if size > self.limit:
                raise PabulibError("too_large", line, megabytes=f"{self.limit / 1e6:g}")
            if len(raw) > MOST_LINE:
                raise PabulibError("long_line", line, most=MOST_LINE)
            try:
                text = raw.decode("utf-8-sig" if line == 1 else "utf-8")
            except UnicodeDecodeError:
                raise PabulibError("encoding", line) from None
            if "\0" in text:
                raise PabulibError("encoding", line)
            yield text

    def _remark(self, code: str, line: int, **params) -> None:
        if len(self.warnings) < MOST_REMARKS:
            self.warnings.append(PabulibError(code, line, **params))
        elif len(self.warnings) == MOST_REMARKS:
            self.warnings.append(PabulibError("more_remarks", line))

    def _section(self, name: str, rows: Iterator[list[str]]):
        if name in self.found:
            raise PabulibError("section_twice", self.line, section=name)
        for needed in SECTIONS[: SECTIONS.index(name)]:
            if needed not in self.found:
                raise PabulibError("section_order", self.line, section=name, missing=needed)
        self.found[name] = self.line
        header = [cell.strip() for cell in next((row for row in rows if any(map(str.strip, row))), [])]
        if not header or header[0].upper() in SECTIONS:
            raise PabulibError("no_header", self.line, section=name)
        needed = {"META": ("key", "value"), "PROJECTS": ("project_id", "cost"), "VOTES": ("voter_id", "vote")}[name]
        for column in needed:
            if column not in header:
                raise PabulibError("column_missing", self.line, section=name, column=column)
        while header and not header[-1]:
            header.pop()
        for column in header:
            if header.count(column) > 1:
                raise PabulibError("column_twice", self.line, section=name, column=column)
        if name == "META":
            return self._meta
        if name == "PROJECTS":
            self._vote_type()
            return lambda row: self._project(header, row)
        return self._votes(header)

    def _meta(self, row: list[str]) -> None:
        key = row[0].strip()
        if key in self.meta:
            if key in COUNTED_KEYS:
                raise PabulibError("key_twice", self.line, key=key)
            self._remark("key_twice", self.line, key=key)
            return
        self.meta[key] = row[1].strip() if len(row) > 1 else ""
        self.meta_lines[key] = self.line

    def _vote_type(self) -> None:
        for key in ("budget", "vote_type"):
            if not self.meta.get(key):
                raise PabulibError("key_missing", self.meta_lines.get(key, self.found["META"]), key=key)
        if self.meta["vote_type"] not in FILE_VOTE_TYPES:
            raise PabulibError("vote_type", self.meta_lines["vote_type"], value=self.meta["vote_type"])
        self.budget = self._amount("budget", self.meta["budget"], self.meta_lines["budget"])
        for key in ("num_projects", "num_votes"):
            if value := self.meta.get(key):
                self.whole[key] = self._whole(key, value, self.meta_lines[key])
        if value := self.meta.get("min_project_score_threshold"):
            self._amount("min_project_score_threshold", value, self.meta_lines["min_project_score_threshold"])
        if self.meta.get("default_score", "0").strip("0.,"):
            self._remark("default_score", self.meta_lines["default_score"])

    def _whole(self, key: str, value: str, line: int) -> int:
        number = amounts.split(value)
        if number is None or number[0] < 0 or number[1]:
            raise PabulibError("not_whole", line, key=key, value=value)
        return number[0]

    def _amount(self, key: str, value: str, line: int) -> tuple[int, int]:
        number = amounts.split(value)
        if number is None:
            raise PabulibError("not_amount", line, key=key, value=value)
        if number[0] < 0:
            raise PabulibError("negative", line, key=key, value=value)
        return number

    def _cells(self, header: list[str], row: list[str]) -> dict[str, str]:
        if len(row) > len(header):
            if any(map(str.strip, row[len(header) :])):
                self._remark("more_cells", self.line)
            row = row[: len(header)]
        row = row + [""] * (len(header) - len(row))
        return dict(zip(header, map(str.strip, row), strict=True))

    def _project(self, header: list[str], row: list[str]) -> None:
        cells = self._cells(header, row)
        own = cells["project_id"]
        if not own:
            raise PabulibError("project_empty", self.line)
        if "," in own:
            raise PabulibError("project_comma", self.line, project=own)
        if own in self.positions:
            raise PabulibError("project_twice", self.line, project=own)
        if len(self.projects) == MOST_PROJECTS:
            raise PabulibError("too_many_lines", self.line, most=MOST_PROJECTS, section="PROJECTS")
        if (chosen := cells.get("selected")) and self._whole("selected", chosen, self.line) > 3:
            raise PabulibError("selected", self.line, value=chosen)
        self.costs.append(self._amount("cost", cells["cost"], self.line))
        self.positions[own] = len(self.projects)
        self.projects.append(cells)

    def _votes(self, header: list[str]):
        """Gives the function that takes one vote; made once, because it runs once for each voter."""
        voter, vote = header.index("voter_id"), header.index("vote")
        points = header.index("points") if "points" in header else None
        if self.meta["vote_type"] in WITHOUT_POINTS:
            points = None
        columns = [self.votes.setdefault(name, []) for name in header] if self.voters else []
        width, same, ids, said, weights = len(header), {}, self.voter_ids, self.said, self.weights

        def take(row: list[str]) -> None:
            if len(row) != width:
                row = list(self._cells(header, row).values())
            own = row[voter].strip()
            if own in ids or not own:
                raise PabulibError(
                    "voter_twice" if own else "voter_empty", self.line, **({"voter": own} if own else {})
                )
            if len(ids) == MOST_VOTES:
                raise PabulibError("too_many_lines", self.line, most=MOST_VOTES, section="VOTES")
            ids.add(own)
            what = (row[vote], row[points] if points is not None else "")
            place = said.get(what)
            if place is None:
                self._new(*what)
                said[what] = len(weights)
                weights.append(1)
            else:
                weights[place] += 1
            for column, cell in zip(columns, row, strict=False):
                cell = cell.strip()
                column.append(same.setdefault(cell, cell) if len(cell) < 40 else cell)

        return take

    def _new(self, vote: str, points: str) -> None:
        """Keep a vote that says something new. Raises at once, with the line, what is wrong with it."""
        kind, named = self.meta["vote_type"], _list(vote)
        try:
            positions = [self.positions[project] for project in named]
        except KeyError as unknown:
            raise PabulibError("project_unknown", self.line, project=unknown.args[0]) from None
        if len(set(positions)) < len(positions):
            project = next(one for one, times in Counter(named).items() if times > 1)
            # An approval said twice is one approval; twice in a ranking, or with points, could mean anything.
            if kind not in WITHOUT_POINTS:
                raise PabulibError("project_repeated", self.line, project=project)
            self._remark("project_repeated", self.line, project=project)
            positions = list(dict.fromkeys(positions))
        if kind == CHOOSE_1 and len(positions) > 1:
            raise PabulibError("choose_one", self.line, count=len(positions))
        self.lengths.append(len(positions))
        self.named.extend(positions)
        if kind in WITHOUT_POINTS:
            return
        given = _list(points)
        if (given or kind in (CUMULATIVE, SCORING)) and len(given) != len(named):
            raise PabulibError("points_missing", self.line, points=len(given), count=len(named))
        for value in given:
            number = amounts.split(value)
            if number is None:
                raise PabulibError("not_points", self.line, value=value)
            if number[0] < 0 and kind == CUMULATIVE:
                raise PabulibError("negative_points", self.line, value=value)
        # A ranking without points: the last gets one point, each before it one more.
        self.given += given or map(str, range(len(named), 0, -1))

    def _finish(self) -> PabulibFile:
        for name in SECTIONS:
            if name not in self.found:
                raise PabulibError("section_missing", self.line, section=name)
        for key, count in (("num_projects", len(self.projects)), ("num_votes", len(self.voter_ids))):
            if self.whole.get(key, count) != count:
                raise PabulibError(key, self.meta_lines[key], said=self.whole[key], count=count)
        (budget, *costs), scale = amounts.whole([self.budget, *self.costs])
        projects = tuple(
            Project(cells["project_id"], cost, cells.get("name", ""), cost == WITHDRAWN_COST * scale, cells)
            for cells, cost in zip(self.projects, costs, strict=True)
        )
        ballots, points_scale = self._ballots()
        election = Election(projects, ballots, budget, self.meta["vote_type"], scale, points_scale)
        self._compare(election)
        return PabulibFile(self.meta, tuple(self.projects), self.votes, election, tuple(self.warnings))

    def _ballots(self) -> tuple[Ballots, int]:
        points, scale = None, 1
        if self.meta["vote_type"] not in WITHOUT_POINTS:
            split = {text: amounts.split(text) for text in self.given}
            values, scale = amounts.whole(list(split.values()))
            worth = dict(zip(split, values, strict=True))
            points = [worth[text] for text in self.given]
        try:
            return Ballots.packed(self.lengths, self.named, points, self.weights), scale
        except (ValueError, OverflowError):
            raise PabulibError("too_many_points", self.found["VOTES"]) from None

    def _compare(self, election: Election) -> None:
        """Say where the file's own sums differ from its votes."""
        for column, counted, scale in (("votes", election.votes, 1), ("score", election.score, election.points_scale)):
            for cells, count in zip(self.projects, counted, strict=True):
                said = amounts.split(cells.get(column) or "") if cells.get(column) else None
                if said and said[0] * scale != count * 10 ** said[1]:
                    self._remark(
                        "other_sum",
                        self.found["PROJECTS"],
                        project=cells["project_id"],
                        column=column,
                        said=cells[column],
                        counted=f"{count / scale:g}",
                    )


def _list(cell: str) -> list[str]:
    """The entries of a list; a comma too many says nothing."""
    return [entry for entry in map(str.strip, cell.split(",")) if entry]
