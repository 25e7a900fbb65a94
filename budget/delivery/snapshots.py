"""What an official signs: the execution page of an envelope as data, its SHA-256, and what has changed since."""

import hashlib
import json

from budget.delivery.models import Signature
from budget.delivery.works import Works, works
from budget.participatory.models import Envelope
from budget.proposals.models import Proposal


def snapshot(envelope: Envelope) -> dict:
    """Everything public about the works of an envelope: the same each time, until something changes."""
    return snapshots([envelope])[envelope.pk]


def snapshots(envelopes: list[Envelope]) -> dict[int, dict]:
    """`snapshot` of each of these, by its primary key, in a constant number of queries."""
    found = {one.pk: {"envelope": one.slug, "works": {}} for one in envelopes}
    for one in works(Proposal.objects.public().filter(envelope__in=envelopes)) if envelopes else ():
        found[one.proposal.envelope_id]["works"][one.proposal.reference] = _works(one)
    return found


def _works(one: Works) -> dict:
    return {
        "title": one.proposal.title,
        "status": one.proposal.status,
        "planned": one.planned,
        "spent": one.spent,
        "steps": [
            [
                step.title,
                step.first_planned_on.isoformat(),
                step.planned_on.isoformat(),
                step.done_on and step.done_on.isoformat(),
                step.message,
            ]
            for step in one.milestones
        ],
        "expenses": [
            [expense.label, expense.amount, expense.paid_on.isoformat(), expense.document, bool(expense.struck_at)]
            for expense in one.expenses
        ],
        "photos": [[photo.token, photo.moment, photo.caption] for photo in one.photos],
    }


def digest(data: dict) -> str:
    """SHA-256 of the data as canonical JSON."""
    text = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def changed_since(signature: Signature, present: dict) -> list[str]:
    """Titles of the projects that are not as they were signed, those that came or went too."""
    before, now = signature.snapshot["works"], present["works"]
    return sorted((now.get(key) or before[key])["title"] for key in {*before, *now} if before.get(key) != now.get(key))
