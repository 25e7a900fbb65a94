"""Ratios measured in one run: both sides in turn, so that a slow minute of the machine slows both."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    """One comparison. `ratio` is written as the name says; `target` is what it should reach, for the reader."""

    name: str
    figures: str
    ratio: float
    target: str
    reached: bool


@dataclass
class Report:
    """Collects lines and prints them as a table."""

    lines: list[Line] = field(default_factory=list)

    def at_least(self, name: str, ratio: float, target: float, figures: str) -> None:
        """A ratio that should be `target` or more."""
        self._add(Line(name, figures, ratio, f">= {target:g}", ratio >= target))

    def at_most(self, name: str, ratio: float, target: float, figures: str) -> None:
        """A ratio that should be `target` or less."""
        self._add(Line(name, figures, ratio, f"<= {target:g}", ratio <= target))

    def say(self, name: str, ratio: float, figures: str) -> None:
        """A ratio without a target."""
        self._add(Line(name, figures, ratio, "", True))

    def _add(self, line: Line) -> None:
        self.lines.append(line)
        print(_row(line), flush=True)

    def missed(self) -> list[Line]:
        """The lines that did not reach their target."""
        return [line for line in self.lines if not line.reached]

    def table(self) -> str:
        """All lines as Markdown."""
        head = "| what | measured | ratio | target | |\n| --- | --- | --- | --- | --- |"
        return "\n".join([head, *map(_row, self.lines)])


def _row(line: Line) -> str:
    mark = "" if not line.target else "reached" if line.reached else "MISSED"
    return f"| {line.name} | {line.figures} | {line.ratio:.2f} | {line.target} | {mark} |"


def in_turn(rounds: int, *acts: Callable[[int], object]) -> list[list[float]]:
    """Seconds of each act in each round; the acts take turns, and who goes first changes. One round warms up."""
    seconds: list[list[float]] = [[] for _act in acts]
    for number in range(-1, rounds):
        order = list(range(len(acts)))
        for position in order if number % 2 else reversed(order):
            started = time.perf_counter()
            acts[position](number)
            if number >= 0:
                seconds[position].append(time.perf_counter() - started)
    return seconds


def p95(seconds: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(seconds, n=20)[-1]


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
