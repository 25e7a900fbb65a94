"""What a service writes of a proposal."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from budget.evaluation.models import Assignment, Study, Verdict
from budget.evaluation.services.assigning import refuse_closed
from budget.evaluation.words import too_short
from budget.proposals.services import Changed, ProposalError

ANSWERS = ("yes", "no", "na")
MAX_TEXT, MAX_REMARK = 6000, 500
CONTENT = ("verdict", "reason", "answers", "lines", "yearly", "note")


class Incomplete(ProposalError):
    """Something is missing: `errors` says what to do, by field (verdict, reason, lines, the code of a question)."""

    def __init__(self, errors: dict[str, str]):
        super().__init__(" ".join(errors.values()))
        self.errors = errors


@transaction.atomic
def save_study(
    *,
    assignment: Assignment,
    author: User,
    seen: int,
    verdict: str = "",
    reason: str = "",
    answers: dict[str, tuple[str, str]] | None = None,
    lines: list[dict] = (),
    yearly: int | None = None,
    note: str = "",
    submit: bool = False,
    now: dt.datetime | None = None,
) -> Study:
    """Append a version of the service's study; with `submit` hand it in, after which it is final.

    `answers` are (yes, no or na, remark) by the code of the question; `lines` [{"name", "amount"}] in cents; `seen`
    the version that the author was shown. Raises Changed where a colleague saved meanwhile, Incomplete, Closed,
    ProposalError for what was handed in already, or PermissionDenied.
    """
    now = now or timezone.now()
    assignment = locked_assignment(assignment)
    if not author.has_perm("evaluation.study_assignment", assignment):
        raise PermissionDenied
    refuse_closed(assignment.proposal.budget, now)
    if assignment.submitted_at or assignment.proposal.status != "study":
        raise ProposalError(_("This study has been handed in: only who signs can give it back to you."))
    if seen != assignment.version:
        raise Changed(f"{assignment.reference} is at version {assignment.version}, not {seen}")
    items = list(assignment.proposal.budget.check_items.all())
    answers = answers or {}
    if submit and (wrong := missing(items, verdict, reason, answers)):
        raise Incomplete(wrong)
    study = Study.objects.create(
        assignment=assignment,
        version=assignment.version + 1,
        verdict=verdict,
        reason=reason,
        answers=_checked(items, answers),
        lines=[{"name": line["name"], "amount": line["amount"]} for line in lines],
        yearly=yearly,
        note=note,
        submitted=submit,
        author=author,
        created_at=now,
    )
    assignment.version, assignment.submitted_at = study.version, now if submit else None
    assignment.save(update_fields=["version", "submitted_at"])
    return study


def locked_assignment(assignment: Assignment) -> Assignment:
    """The assignment as it is now, its row locked until the transaction ends."""
    rows = Assignment.objects.select_for_update(of=("self",))
    return rows.select_related("proposal__budget__territory", "body").get(pk=assignment.pk)


def missing(items, verdict: str, reason: str, answers: dict) -> dict[str, str]:
    """What must be there before a study is handed in: {field: what to do}."""
    wrong = {}
    if verdict not in Verdict.values:
        wrong["verdict"] = _("Say whether it can be done.")
    if problem := too_short(reason, refusal=verdict != Verdict.FEASIBLE):
        wrong["reason"] = problem
    for item in items:
        if item.mandatory and answers.get(item.code, ("", ""))[0] not in ANSWERS:
            wrong[item.code] = _("Answer this question, or say that it does not apply.")
    return wrong


def _checked(items, answers: dict[str, tuple[str, str]]) -> list[dict]:
    """Answers to questions of this budget, each as it was asked."""
    found = []
    for item in items:
        answer, remark = answers.get(item.code, ("", ""))
        if answer in ANSWERS or remark:
            answer = answer if answer in ANSWERS else ""
            said = {"answer": answer, "remark": remark[:MAX_REMARK], "public": item.is_public}
            found.append({"code": item.code, "question": item.question, **said})
    return found
