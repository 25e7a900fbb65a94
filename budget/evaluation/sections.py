"""What the study adds to the pages of proposals, of budgets and of one's account."""

from collections import Counter

from django.urls import reverse

from accounts.models import Role
from accounts.rules import mandates
from budget.evaluation.models import Assignment
from budget.evaluation.querysets import open_now, ready, run_by, signed_by, unassigned
from budget.evaluation.services.answering import answers
from budget.participatory.models import Budget
from budget.proposals.models import Proposal

WORKERS = (Role.AGENT, Role.OFFICIAL, Role.ADMINISTRATOR)
SIGNED = ("feasible", "unfeasible", "elected", "not_elected", "underway", "delivered", "abandoned")


def of_proposal(request, proposal: Proposal) -> dict | None:
    """Who studies it until when; what was signed, upon which studies; the author's answers. None before that.

    What services wrote is public once it is signed, and what they write after it stays inside until signed again.
    """
    work = _work(request.user, proposal)
    if proposal.status == "posted":
        return {"work": work} if work else None
    signed = list(proposal.decisions.prefetch_related("studies__assignment__body").order_by("-number"))
    asked = list(proposal.assignments.select_related("body").order_by("deadline", "pk"))
    if not (asked or signed):
        return {"work": work} if work else None
    said = list(answers(proposal)) if signed else []
    for decision in signed:
        decision.answers = [event for event in said if event.data["decision"] == decision.number]
        decision.ordered = sorted(decision.studies.all(), key=lambda study: study.assignment.body.name)
    standing = signed[0] if signed and proposal.status in SIGNED else None
    return {
        "asked": asked if proposal.status == "study" else [],
        "decision": standing,
        "earlier": [decision for decision in signed if decision != standing],
        "may_answer": bool(standing and not standing.answers)
        and request.user.has_perm("proposals.own_proposal", proposal)
        and proposal.status in ("feasible", "unfeasible")
        and proposal.budget.allows("answer"),
        "work": work,
    }


def _work(user, proposal: Proposal) -> list[dict]:
    """Links for those whose work it is; residents cost no query."""
    if proposal.status not in ("posted", "study", "feasible", "unfeasible"):
        return []
    if not (user.is_superuser or mandates(user, *WORKERS)):
        return []
    asked = Assignment.objects.filter(proposal=proposal).handled_by(user).select_related("body")
    found = [{"kind": "study", "url": one.get_absolute_url(), "body": one.body} for one in asked]
    if user.has_perm("proposals.study_proposal", proposal):
        found.append({"kind": "assign", "url": reverse("evaluation:assign", args=[proposal.reference])})
    if user.has_perm("proposals.sign_proposal", proposal):
        found.append({"kind": "sign", "url": reverse("evaluation:decide", args=[proposal.reference])})
    return found


def of_budget(request, budget: Budget) -> dict | None:
    """How far the study is; for who runs the budget, the way to its desk."""
    runs = request.user.has_perm("participatory.run_budget", budget)
    if not budget.has_begun("evaluating"):
        return None
    rows = budget.proposals.public().living().values_list("status", flat=True).order_by()
    counts = Counter(rows)
    total = sum(counts.values())
    if not total:
        return None
    return {
        "total": total,
        "done": total - counts["posted"] - counts["study"],
        "feasible": sum(counts[state] for state in SIGNED if state != "unfeasible"),
        "unfeasible": counts["unfeasible"],
        "study": counts["study"],
        "runs": runs and budget.allows("evaluate"),
    }


def of_account(request) -> dict:
    """What waits for that person, and the way to the studies; nothing for who has no mandate."""
    user = request.user
    if not (user.is_superuser or mandates(user, *WORKERS)):
        return {}
    return counts(user) | {"works": True}


def counts(user) -> dict[str, int]:
    """How much waits: {"study", "late", "sign", "assign"}."""
    mine = Assignment.objects.handled_by(user).waiting()
    return {
        "study": mine.count(),
        "late": mine.late().count(),
        "sign": ready(Proposal.objects.filter(signed_by(user))).count(),
        "assign": unassigned(open_now(Proposal.objects.filter(run_by(user)))).count(),
    }
