"""An envelope's election as a Pabulib file (pabulib.org/format) that anybody counts again."""

from collections.abc import Iterator
from itertools import islice

from django.utils.timezone import localtime

from budget.counting import pabulib
from budget.participatory.models import Theme
from budget.results.ballots import KNOWN
from budget.results.elections import paper_ids
from budget.results.models import Count, Source
from budget.voting import choices, published
from budget.voting.models import CountedBallot

CHUNK = 2000
VOTE_TYPES = {
    "money": "approval",
    "approval": "approval",
    "one": "choose-1",
    "points": "cumulative",
    "ranking": "ordinal",
    "grades": "scoring",
}
WITH_POINTS = ("points", "grades")
DAY = "%d.%m.%Y"


def lines(count: Count) -> Iterator[str]:
    """The file of an official count, piece by piece. Raises voting.published.NotClosed."""
    envelope = count.envelope
    published.refuse_open(envelope.budget)
    paper = published.paper(envelope)
    ids = paper_ids(envelope, paper)
    told = set(count.figures["channels"]) & KNOWN
    columns = ["voter_id", "vote"]
    columns += ["points"] * (envelope.ballot in WITH_POINTS) + ["voting_method"] * bool(told)
    head = pabulib.write(_meta(count), _projects(count, paper, ids), {name: [] for name in columns})
    # The writer counts the votes it is given; they come after it, one by one.
    yield head.replace("num_votes;0\n", f"num_votes;{count.figures['voters']}\n", 1)
    own = {line.number: project for line, project in zip(paper, ids, strict=True)}
    rows = CountedBallot.objects.filter(envelope=envelope).order_by("receipt")
    # The format knows no blank ballot; they are not in the count either (elections.vote_of).
    if not Source.objects.filter(envelope=envelope).exists():
        rows = rows.exclude(choices="")
    for receipt, channel, text in rows.values_list("receipt", "channel", "choices").iterator(CHUNK):
        given = choices.read(envelope.ballot, text)
        cells = [receipt, ",".join(own[one] for one in given)]
        if envelope.ballot in WITH_POINTS:
            cells.append(",".join(map(str, given.values())))
        if told:
            cells.append(channel if channel in KNOWN else "")
        yield _row(cells)


def pieces(count: Count) -> Iterator[bytes]:
    """The same in UTF-8, in pieces of some thousand lines."""
    rows = lines(count)
    while some := list(islice(rows, CHUNK)):
        yield "".join(some).encode()


def _row(cells: list[str]) -> str:
    """One line of votes; ids hold no separator (paper ids are references, or were read from such a file)."""
    return ";".join(f'"{one}"' if ";" in one or '"' in one else one for one in cells) + "\n"


def _meta(count: Count) -> dict:
    envelope, budget = count.envelope, count.envelope.budget
    source = Source.objects.filter(envelope=envelope).first()
    if source:
        return _imported(source, count)
    vote = budget.window("voting")
    meta = {
        "description": f"{budget.title}, {envelope.title}",
        "country": "France",
        "unit": budget.territory.name,
        **({"subunit": envelope.title, "district": envelope.territory.name} if envelope.scope == "territory" else {}),
        "instance": str(localtime(vote.opens_at).year),
        "budget": _amount(envelope.amount),
        "vote_type": VOTE_TYPES[envelope.ballot],
        "rule": _rule(count),
        "date_begin": localtime(vote.opens_at).strftime(DAY),
        "date_end": localtime(vote.closes_at).strftime(DAY),
        "language": "fr",
        "currency": "EUR",
    }
    if envelope.ballot == "money":
        meta["max_sum_cost"] = _amount(envelope.amount)
    if envelope.ballot == "points":
        meta |= _said(max_sum_points=envelope.max_points, max_points=envelope.max_points_each)
    elif envelope.ballot != "one":
        meta |= _said(max_length=envelope.max_choices)
    if meta["rule"] == "greedy-threshold":
        meta["min_project_score_threshold"] = envelope.threshold
    # What the format has no word for, so that the count can be done again.
    said = [f"rule {envelope.rule}", f"seed of the lots among equals {envelope.seed}"]
    if envelope.rule.startswith("equal-shares"):
        said += [f"utility {envelope.utility}", f"stop {envelope.stop}"]
    return meta | {"comment": "#1: " + ", ".join(said)}


def _said(**known) -> dict:
    return {name: value for name, value in known.items() if value}


def _imported(source: Source, count: Count) -> dict:
    """What the file said; its rule too where our count gives what the organiser published, else the one we used."""
    won = {own for own, chosen in source.selected.items() if chosen}
    if won and won == set(count.winners):
        return source.meta
    meta = {key: value for key, value in source.meta.items() if key != "min_project_score_threshold"}
    meta |= {"rule": _rule(count)}
    if meta["rule"] == "greedy-threshold":
        meta["min_project_score_threshold"] = count.envelope.threshold
    if source.meta.get("rule") != meta["rule"]:
        meta["comment"] = f"#1: counted by {count.rule}; the file it came from says {source.meta.get('rule')}"
    return meta


def _rule(count: Count) -> str:
    """The format's name of the rule; "unknown" where the format's own checks would count in another way.

    They know greedy with ties in the order of the file, and Equal Shares without ties, in whole units of money.
    """
    envelope = count.envelope
    if count.rule in ("greedy", "greedy-threshold"):
        return "greedy-threshold" if envelope.threshold else "greedy"
    if count.rule == "greedy-no-skip" and not envelope.threshold:
        return count.rule
    plain = count.rule == "equal-shares" and not (count.options["comparison"] or count.options["threshold"])
    by_cost = plain and count.options["utility"] == "cost" and VOTE_TYPES[envelope.ballot] == "approval"
    costs = [envelope.amount, *(step["cost"] for step in count.steps)]
    whole = all(cost and cost % 100 == 0 for cost in costs)
    return "equalshares" if by_cost and whole and not any(step["tied"] for step in count.steps) else "unknown"


def _projects(count: Count, paper, ids) -> list[dict]:
    """One for each line of the paper, in the order of the count: it settles ties for readers who have no other rule.

    Costs in euros, what it got, whether it won, where it is.
    """
    steps, won = {one["project"]: one for one in count.steps}, set(count.winners)
    points = count.envelope.ballot in (*WITH_POINTS, "ranking")
    placed = any(line.proposal.point for line in paper)
    themes = dict(Theme.objects.values_list("pk", "name"))
    rows = []
    for line, own in zip(paper, ids, strict=True):
        point, theme = line.proposal.point, themes.get(line.proposal.theme_id, "")
        rows.append(
            {
                "project_id": own,
                "cost": _amount(line.cost),
                "votes": steps[own]["votes"],
                **({"score": count.figures["scores"][own]} if points else {}),
                "name": line.title,
                "category": theme.replace(",", " "),
                "selected": int(own in won),
                **({"latitude": point.y if point else "", "longitude": point.x if point else ""} if placed else {}),
            }
        )
    order = {own: at for at, own in enumerate(steps)}
    return sorted(rows, key=lambda row: order[row["project_id"]])


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}" if cents % 100 else str(cents // 100)
