"""What each phase of a budget allows. Dates decide: nothing is flipped by a job. Reads no database."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

PROPOSE, SUPPORT, EVALUATE, ANSWER, PUBLISH, VOTE, COUNT, DELIVER = ACTS = (
    "propose",
    "support",
    "evaluate",
    "answer",
    "publish",
    "vote",
    "count",
    "deliver",
)


@dataclass(frozen=True)
class Kind:
    """A phase: what people call it, what it allows, and what a resident can do meanwhile."""

    name: str
    title: str
    allows: frozenset[str]
    help: str


KINDS = {
    kind.name: kind
    for kind in (
        Kind("informing", _("Information"), frozenset(), _("Learn how it works and prepare your ideas.")),
        Kind("collecting", _("Ideas"), frozenset({PROPOSE}), _("Propose equipment for your district.")),
        Kind("supporting", _("Supports"), frozenset({SUPPORT}), _("Say which proposals you support.")),
        Kind(
            "evaluating",
            _("Study by the services"),
            frozenset({EVALUATE, ANSWER}),
            _("The services study whether each proposal can be done, and what it costs."),
        ),
        Kind(
            "publishing",
            _("Projects put to the vote"),
            frozenset({PUBLISH}),
            _("Read the projects on the ballot paper before the vote."),
        ),
        Kind("voting", _("Vote"), frozenset({VOTE}), _("Vote for the projects you want.")),
        Kind("counting", _("Counting"), frozenset({COUNT}), _("The votes are counted; anybody can count again.")),
        Kind("delivering", _("Works"), frozenset({DELIVER}), _("Follow the works, what they cost and when they end.")),
    )
}
ORDER = tuple(KINDS)


@dataclass(frozen=True)
class Window:
    """From when (included) until when (excluded, None: open) a phase lasts. Moments know their zone."""

    kind: str
    opens_at: dt.datetime
    closes_at: dt.datetime | None

    def holds(self, now: dt.datetime) -> bool:
        return self.opens_at <= now and (self.closes_at is None or now < self.closes_at)

    def begun(self, now: dt.datetime) -> bool:
        return self.opens_at <= now

    def over(self, now: dt.datetime) -> bool:
        return self.closes_at is not None and self.closes_at <= now


def allowed(windows: Iterable[Window], now: dt.datetime) -> frozenset[str]:
    """Every act that one of the phases open at that moment allows."""
    return frozenset().union(*(KINDS[window.kind].allows for window in windows if window.holds(now)))


def mistakes(windows: Iterable[Window]) -> list[tuple[str, str]]:
    """(kind, what is wrong) of windows that would make a vote unfair; empty where all is well.

    A phase ends after it begins; nothing is proposed, studied or put on the paper once the vote is open; votes are
    counted after the vote.
    """
    by_kind = {window.kind: window for window in windows}
    wrong = [
        (one.kind, _("This phase must end after it begins."))
        for one in by_kind.values()
        if one.closes_at and one.closes_at <= one.opens_at
    ]
    vote = by_kind.get("voting")
    if vote is None:
        return wrong
    if vote.closes_at is None:
        wrong.append(("voting", _("Say when the vote closes.")))
    for kind in ("collecting", "supporting", "evaluating", "publishing"):
        window = by_kind.get(kind)
        if window and (window.closes_at is None or window.closes_at > vote.opens_at):
            wrong.append((kind, _("This phase must be over when the vote opens.")))
    counting = by_kind.get("counting")
    if counting and vote.closes_at and counting.opens_at < vote.closes_at:
        wrong.append(("counting", _("Votes are counted once the vote is closed.")))
    return wrong
