"""What rooms above, and everybody, read of a vote: its paper, its chain, its ballots once it is closed."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db.models import Count, Window
from django.db.models.functions import RowNumber

from budget.participatory.models import Budget, Envelope
from budget.voting import checking, choices
from budget.voting.models import Ballot, ChainLink, Closing, CountedBallot, PaperLine, Unsealed
from budget.voting.polls import lines_of
from budget.voting.services.paper import described, paper_hash

CHUNK = 2000  # rows at a time of a streamed file


class NotClosed(RuntimeError):
    """No ballot is shown to anybody before the vote is closed."""


def is_closed(budget: Budget) -> bool:
    """Whether the vote was closed by its record, which is when ballots are public."""
    return Closing.objects.filter(budget=budget).exists()


def paper(envelope: Envelope) -> list[PaperLine]:
    """The lines of the ballot paper by number, each with its proposal; empty where none was printed."""
    return lines_of(envelope)


def start_of(envelope: Envelope) -> str:
    """The hash of the paper, with which the chain begins."""
    return paper_hash(envelope, lines_of(envelope))


def votes(envelope: Envelope) -> Iterator[tuple[dict[int, int], int, str]]:
    """Each different ballot as ({number: value}, how many voters cast it, channel), blank ones too ({}).

    Values are as budget.voting.choices says: 1, place, points or grade. One query, grouped by the database. Raises
    NotClosed.
    """
    refuse_open(envelope.budget)
    rows = (
        CountedBallot.objects.filter(envelope=envelope)
        .order_by("choices", "channel")
        .values_list("choices", "channel")
        .annotate(voters=Count("pk"))
    )
    for text, channel, voters in rows.iterator(CHUNK):
        yield choices.read(envelope.ballot, text), voters, channel


def refuse_open(budget: Budget) -> None:
    """Raises NotClosed."""
    if not is_closed(budget):
        raise NotClosed(f"the vote of {budget.slug} is not closed")


def ballot_file(envelope: Envelope, *, closed: bool = False) -> Iterator[str]:
    """The file of ballots as CSV, line by line, sorted by receipt: receipt, channel, choices, salt. Raises NotClosed.

    The same ballots give the same bytes. `closed` skips the question whether they may be seen.
    """
    if not closed:
        refuse_open(envelope.budget)
    return _lines(ballot_rows(envelope, closed=True))


def ballot_rows(envelope: Envelope, *, closed: bool = False) -> Iterator[tuple[str, str, str, str]]:
    """(receipt, channel, choices, salt) of each ballot, sorted by receipt. Raises NotClosed; `closed` does not ask."""
    if not closed:
        refuse_open(envelope.budget)
    rows = CountedBallot.objects.filter(envelope=envelope).order_by("receipt")
    return rows.values_list(*checking.COLUMNS).iterator(CHUNK)


def _lines(rows) -> Iterator[str]:
    yield ",".join(checking.COLUMNS) + "\n"
    while chunk := list(islice(rows, CHUNK)):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(chunk)
        yield text.getvalue()


def chain_file(envelope: Envelope) -> dict:
    """The paper and the chain as `checking.check` reads them. Public at any moment: it says nothing of choices."""
    lines = lines_of(envelope)
    links = ChainLink.objects.filter(envelope=envelope).order_by("n")
    return {
        "paper": described(envelope, lines),
        "paper_hash": paper_hash(envelope, lines),
        "links": list(links.values("n", "ballots", "added", "removed", "hash")),
    }


def heads(envelopes: Iterable[Envelope], most: int = 10) -> dict[int, list[ChainLink]]:
    """The last links of envelopes by their id, the newest first, without their commitments; one query."""
    found: dict[int, list[ChainLink]] = {one.pk: [] for one in envelopes}
    place = Window(RowNumber(), partition_by="envelope", order_by="-n")
    rows = ChainLink.objects.filter(envelope__in=found).annotate(place=place).filter(place__lte=most)
    for link in rows.order_by("-n").defer("added", "removed"):
        found[link.envelope_id].append(link)
    return found


def turnout(budget: Budget) -> dict[int, dict[str, int]]:
    """{envelope id: {channel: ballots}} as they are now: of counted ballots once closed, of ballots while open."""
    model = CountedBallot if is_closed(budget) else Ballot
    rows = model.objects.filter(envelope__budget=budget).order_by()
    found: dict[int, dict[str, int]] = {}
    for envelope, channel, count in rows.values_list("envelope", "channel").annotate(Count("pk")):
        found.setdefault(envelope, {})[channel] = count
    return found


def verify(envelope: Envelope) -> list[str]:
    """What is wrong with the ballots of an envelope against its chain and the record; empty where all is well.

    While the vote is open the journal counts as the chain's end.
    """
    head, live, wrong = checking.follow(
        start_of(envelope),
        ChainLink.objects.filter(envelope=envelope).order_by("n").values("n", "ballots", "added", "removed", "hash"),
    )
    closing = Closing.objects.filter(budget=envelope.budget).first()
    model = CountedBallot if closing else Ballot
    columns = checking.COLUMNS
    if not closing:
        for commitment, added in Unsealed.objects.filter(envelope=envelope).values_list("commitment", "added"):
            live[commitment] += 1 if added else -1
        live = Counter({one: times for one, times in live.items() if times})
    wrong += checking.compare(live, model.objects.filter(envelope=envelope).values_list(*columns).iterator(CHUNK))
    if closing:
        wrong += _against(closing.envelopes.get(envelope.slug), envelope, head)
    return wrong


def _against(record: dict | None, envelope: Envelope, head: str) -> list[str]:
    if record is None:
        return ["the record of the closing does not name this envelope"]
    found = []
    if record["head"] != head:
        found.append("the chain does not end with the hash of the record")
    if record["file"] != checking.file_hash(ballot_file(envelope)):
        found.append("the file of ballots is not the one of the record")
    return found
