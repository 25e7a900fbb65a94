"""Asking for a count, counting, and what follows from it: in one transaction, once."""

import datetime as dt
import logging
from dataclasses import asdict

import numpy as np
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from budget.counting import Election, Result, count
from budget.participatory.models import Budget, Envelope, Rule
from budget.proposals import services as proposals
from budget.proposals.models import Proposal
from budget.proposals.workflow import WORKFLOW
from budget.results.elections import Vote, options_of, vote_of
from budget.results.models import Count, CountOrder, Source
from budget.voting import checking, published
from common import workers
from common.money import euros
from engagement.activity import services as activity

log = logging.getLogger(__name__)

RUN, SIGN = "participatory.run_budget", "participatory.sign_envelope"
# Shown side by side after the official count; what cannot count a ballot of that kind is left out.
OTHERS = (Rule.GREEDY, Rule.NO_SKIP, Rule.SHARES, Rule.ADD1, Rule.COMPLETED, Rule.PHRAGMEN)


class CountError(ValueError):
    """It cannot be counted now; the message says why."""


def may_order(user: User, envelope: Envelope) -> bool:
    """An administrator of the budget, or an official of the envelope's territory."""
    return user.has_perm(RUN, envelope.budget) or user.has_perm(SIGN, envelope)


def refusal(budget: Budget) -> str:
    """Why the votes of a budget cannot be counted now, in words; empty where they can."""
    if not published.is_closed(budget):
        return _("The vote is not closed yet: votes are counted once it is.")
    if not budget.has_begun("counting"):
        return _("The phase of counting has not opened yet.")
    return ""


@transaction.atomic
def order(*, budget: Budget, user: User) -> int:
    """Have the envelopes counted that this person may order; returns how many. Raises CountError, PermissionDenied.

    An envelope ordered or counted already stays so.
    """
    chosen = []
    for envelope in budget.envelopes.filter(paper__isnull=False).distinct().select_related("territory"):
        envelope.budget = budget
        if may_order(user, envelope):
            chosen.append(envelope)
    if not chosen:
        raise PermissionDenied
    if why := refusal(budget):
        raise CountError(why)
    before = CountOrder.objects.filter(envelope__in=chosen).count()
    CountOrder.objects.bulk_create([CountOrder(envelope=one, asked_by=user) for one in chosen], ignore_conflicts=True)
    workers.call("budget.results.tasks.count_waiting")
    return len(chosen) - before


def waiting():
    """Envelopes ordered and not counted, the oldest order first."""
    orders = CountOrder.objects.exclude(envelope__counts__official=True)
    return [one.envelope_id for one in orders.order_by("asked_at", "envelope")]


@transaction.atomic
def count_official(*, envelope_id: int) -> Count | None:
    """Count an ordered envelope by its published rule; its projects are chosen or not in the same transaction.

    A worker killed in the middle leaves nothing; counted already is counted once. None where another worker is at it.
    """
    orders = CountOrder.objects.select_for_update(skip_locked=True, of=("self",))
    found = orders.select_related("envelope__budget__territory", "envelope__territory").filter(pk=envelope_id).first()
    if found is None:
        return None
    envelope = found.envelope
    if done := Count.objects.filter(envelope=envelope, official=True).first():
        return done
    made = _count(envelope, envelope.rule, options_of(envelope), official=True)
    settle(made, actor=User.objects.filter(pk=found.asked_by_id).first())
    workers.call("budget.results.tasks.count_otherwise", envelope.pk)
    return made


@transaction.atomic
def count_past(*, envelope: Envelope, now: dt.datetime | None = None) -> Count:
    """Count a closed vote that is long over, as of `now`; nobody is told of it."""
    made = _count(envelope, envelope.rule, options_of(envelope), official=True, now=now)
    settle(made, actor=None, tell=False, at=now)
    return made


def _count(
    envelope: Envelope, rule: str, options: dict, *, official: bool, vote: Vote | None = None, now=None
) -> Count:
    vote = vote or vote_of(envelope)
    result = count(vote.election, rule, **options)
    record = envelope.budget.closing.envelopes.get(envelope.slug, {})
    return Count.objects.create(
        envelope=envelope,
        official=official,
        rule=rule,
        options=dict(result.options),
        winners=list(result.winners),
        steps=[asdict(step) for step in result.steps],
        notes=dict(result.notes),
        figures=_figures(vote, result),
        cost=result.cost,
        hash=result.hash,
        made_at=now or timezone.now(),
        ballots_hash=record.get("file") or checking.file_hash(published.ballot_file(envelope)),
    )


def _figures(vote: Vote, result: Result) -> dict:
    scores = dict(zip(vote.ids, vote.election.score, strict=True))
    return {
        "scores": scores,
        "voters": vote.election.ballots.voters,
        "channels": vote.channels,
        "blank": vote.blank,
        "satisfied": satisfied(vote.election, result.winners),
    }


def satisfied(election: Election, winners) -> int:
    """Voters who gave something to at least one winner."""
    positions = {one.id: position for position, one in enumerate(election.projects)}
    glad = np.zeros(len(election.ballots.weights), bool)
    for winner in winners:
        glad[election.supporters[positions[winner]].rows] = True
    return int(election.ballots.weights[glad].sum())


def settle(made: Count, *, actor: User | None, tell: bool = True, at: dt.datetime | None = None) -> None:
    """Each project of the paper is chosen by the vote, or not; who follows it, or its district, is told."""
    envelope, won = made.envelope, set(made.winners)
    rows = list(
        Proposal.objects.select_for_update(of=("self",))
        .select_related("budget__territory", "envelope", "theme")
        .filter(paper_lines__envelope=envelope)
        .order_by("paper_lines__number")
    )
    codes = dict(Source.objects.filter(envelope=envelope).values_list("envelope", "codes")).get(envelope.pk, {})
    for proposal in rows:
        chosen = codes.get(proposal.reference, proposal.reference) in won
        name = "elect" if chosen else "pass_over"
        if proposal.status not in WORKFLOW.by_name[name].sources:
            log.error("%s was on the paper of %s and is %s", proposal.reference, envelope, proposal.status)
            continue
        act, said = WORKFLOW.step(name, proposal.status), {"count": made.hash}
        event = proposals.step(proposal=proposal, act=act, actor=actor, data=said, at=at)
        if tell:
            proposals.announce(proposal, event)
    if tell:
        _announce(made, actor)


def _announce(made: Count, actor: User | None) -> None:
    envelope = made.envelope
    number = len(made.winners)
    summary = ngettext(
        "%(number)d project chosen, for %(cost)s.", "%(number)d projects chosen, for %(cost)s.", number
    ) % {"number": number, "cost": euros(made.cost)}
    activity.record(
        verb="results.counted",
        actor=actor,
        object_type="envelope",
        object_key=envelope.pk,
        title=f"{envelope.budget.title}, {envelope.title}",
        summary=summary,
        url=url_of(envelope),
        territories=[envelope.territory_id or envelope.budget.territory_id],
        public=bool(envelope.budget.published_at),
        data={"hash": made.hash},
    )


def url_of(envelope: Envelope) -> str:
    """The page of an envelope's result."""
    return reverse("results:envelope", args=[envelope.budget.slug, envelope.slug])


def count_otherwise(*, envelope_id: int) -> int:
    """Count an envelope under the other rules, for comparison; returns how many counts are new. Twice is once."""
    envelope = Envelope.objects.select_related("budget__closing", "source").get(pk=envelope_id)
    official = Count.objects.filter(envelope=envelope, official=True).first()
    if official is None:
        return 0
    done = set(Count.objects.filter(envelope=envelope).values_list("rule", flat=True))
    missing = [rule for rule in OTHERS if rule not in done]
    vote = vote_of(envelope) if missing else None
    made = 0
    for rule in missing:
        with transaction.atomic():
            locked = Envelope.objects.select_for_update(skip_locked=True, of=("self",), no_key=True)
            if not locked.filter(pk=envelope.pk).exists():
                return made
            if Count.objects.filter(envelope=envelope, rule=rule, official=False).exists():
                continue
            _count(envelope, rule, _plain(envelope, rule), official=False, vote=vote)
            made += 1
    return made


def lacking() -> list[int]:
    """Ids of envelopes that were counted, but not under all the other rules yet."""
    known = {}
    for envelope, rule in Count.objects.values_list("envelope", "rule"):
        known.setdefault(envelope, set()).add(rule)
    return [envelope for envelope, rules in known.items() if set(OTHERS) - rules]


def _plain(envelope: Envelope, rule: str) -> dict:
    """Options of another rule: the envelope's where it has them, no threshold and no comparison."""
    said = {"seed": envelope.seed}
    return said | ({"utility": envelope.utility, "stop": envelope.stop} if rule.startswith("equal-shares") else {})
