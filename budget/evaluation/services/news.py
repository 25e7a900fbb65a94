"""What services are told: one activity for a service and a budget, however many proposals it is about."""

import datetime as dt
from itertools import groupby

from django.urls import reverse

from accounts.models import User
from budget.evaluation.models import Assignment
from engagement.activity import services as activity

# Titles that a mail lists; it says how many more there are.
MOST_TITLES = 20


def tell_services(verb: str, assignments: list[Assignment], *, actor: User | None = None, **data) -> None:
    """Record `evaluation.<verb>` once for each service and budget of these (with proposal, budget and body)."""
    ordered = sorted(assignments, key=lambda one: (one.proposal.budget_id, one.body_id, one.deadline, one.pk))
    for (_budget, _body), group in groupby(ordered, key=lambda one: (one.proposal.budget_id, one.body_id)):
        some = list(group)
        _record(verb, some, actor, data)


def _record(verb: str, some: list[Assignment], actor: User | None, data: dict) -> None:
    first = some[0]
    budget, alone = first.proposal.budget, first.proposal if len(some) == 1 else None
    activity.record(
        verb=f"evaluation.{verb}",
        actor=actor,
        object_type="proposal" if alone else "budget",
        object_key=alone.pk if alone else budget.pk,
        title=alone.title if alone else budget.title,
        url=first.get_absolute_url() if alone else f"{reverse('evaluation:desk')}?budget={budget.slug}",
        territories=alone.territories if alone else [budget.territory_id],
        public=False,
        data={
            "body": first.body_id,
            "service": first.body.name,
            "titles": [one.proposal.title for one in some[:MOST_TITLES]],
            "more": max(0, len(some) - MOST_TITLES),
            "deadline": _earliest(some).isoformat(),
            "places": alone.territories if alone else [budget.territory_id],
            **data,
        },
    )


def _earliest(some: list[Assignment]) -> dt.date:
    return min(one.deadline for one in some)
