"""Two reports of one problem: joined, and separated again. Only links move; each keeps its own history."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from alerts.models import Alert, AlertEvent, Support
from alerts.rules import acting_body
from alerts.services.reports import Changed, announce, step
from alerts.workflow import HANDLE, WORKFLOW

ATTEMPTS = 5


class CannotMerge(ValueError):
    """These reports cannot be joined; the message says why."""


@transaction.atomic
def merge(*, alerts: list[Alert], into: Alert, actor: User) -> Alert:
    """Make `alerts` duplicates of `into`, in one act. Returns `into` as it is now.

    What was a duplicate of one of them becomes one of `into`, so that a duplicate never has duplicates; see recount()
    for the people counted then. Those who reported or joined them are told, and told again when `into` is answered
    (alerts.audience). Raises CannotMerge, PermissionDenied, common.workflow.TransitionError, Changed.
    """
    named = {into.pk, *(alert.pk for alert in alerts)}
    rows = _locked_together(named)
    into, merged = rows[into.pk], [rows[alert.pk] for alert in sorted(set(alerts), key=lambda one: one.pk)]
    for alert in (into, *merged):
        if not actor.has_perm(HANDLE, alert):
            raise PermissionDenied
    _check_original(into)
    for alert in merged:
        _check(alert, into)
        WORKFLOW.step("merge", alert.status)
    for alert in merged:
        brought = [one for one in rows.values() if one.duplicate_of_id == alert.pk]
        _join(alert, into, brought, actor)
    recount(into)
    return into


@transaction.atomic
def unmerge(*, alert: Alert, actor: User) -> Alert:
    """Separate a duplicate again: its state before, and the duplicates it had brought along, come back.

    Raises common.workflow.TransitionError where it is none, PermissionDenied, Changed.
    """
    before = Alert.objects.only("duplicate_of").get(pk=alert.pk).duplicate_of_id
    rows = _locked_together({pk for pk in (alert.pk, before) if pk})
    alert, original = rows[alert.pk], rows.get(before)
    if alert.duplicate_of_id != before:
        raise Changed(f"{alert.reference} has changed meanwhile")
    if not actor.has_perm(HANDLE, alert):
        raise PermissionDenied
    act = WORKFLOW.step("unmerge", alert.status)
    joined = alert.events.filter(transition="merge").order_by("pk").last()
    event = step(alert=alert, act=act, actor=actor, acting=acting_body(actor, alert))
    if original:
        for one in rows.values():
            if one.pk in joined.data.get("brought", []) and one.duplicate_of_id == original.pk:
                _point(one, alert, actor)
        _append(original, actor, "separated", public=alert.is_public, data={"separated": alert.reference})
        recount(original)
    recount(alert)
    announce(alert, event)
    return alert


def recount(alert: Alert) -> int:
    """Bring `alert.supports` up to date and return it. The caller holds the row.

    People who have the problem too, each once: supporters of the report and of its duplicates, and those who reported
    the duplicates; not the person who reported it. One who left no address counts as somebody else.
    """
    group = [alert.pk, *alert.duplicates.values_list("pk", flat=True)]
    people = {
        _person(email, user, f"support {pk}")
        for pk, email, user in Support.objects.filter(alert__in=group).values_list("pk", "email", "user__email")
    }
    for pk, email, user in alert.duplicates.values_list("pk", "contact_email", "reporter__email"):
        people.add(_person(email, user, f"report {pk}"))
    people.discard(_person(alert.contact_email, alert.reporter and alert.reporter.email, ""))
    alert.supports = len(people)
    alert.save(update_fields=["supports"])
    return alert.supports


def _person(email: str, account: str | None, otherwise: str) -> str:
    return (account or email or otherwise).lower()


def _locked_together(named: set[int]) -> dict[int, Alert]:
    """These alerts and their duplicates by pk, locked in the order of their keys: two acts that cross never wait
    for each other in a circle. Where a duplicate came or went meanwhile the locks are let go and taken anew.
    """
    for _attempt in range(ATTEMPTS):
        wanted = named | _duplicates(named)
        point = transaction.savepoint()
        rows = Alert.objects.select_for_update(of=("self",)).select_related("category", "body", "reporter")
        found = {row.pk: row for row in rows.filter(pk__in=wanted).order_by("pk")}
        if _duplicates(named) <= wanted:
            transaction.savepoint_commit(point)
            return found
        transaction.savepoint_rollback(point)
    raise Changed("the duplicates of these reports keep changing")


def _duplicates(named: set[int]) -> set[int]:
    return set(Alert.objects.filter(duplicate_of__in=named).values_list("pk", flat=True))


def _check_original(into: Alert) -> None:
    if into.status == "duplicate":
        raise CannotMerge(
            _("Report %(reference)s is itself a duplicate: join with its original.") % {"reference": into.reference}
        )
    if into.erased_at:
        raise CannotMerge(_("Report %(reference)s is not kept any more.") % {"reference": into.reference})
    if into.state.final:
        raise CannotMerge(
            _("Report %(reference)s is closed, nobody would answer: reopen it first.") % {"reference": into.reference}
        )


def _check(alert: Alert, into: Alert) -> None:
    if alert.pk == into.pk:
        raise CannotMerge(_("A report cannot be joined with itself."))
    if alert.erased_at:
        raise CannotMerge(_("Report %(reference)s is not kept any more.") % {"reference": alert.reference})
    heading = (alert.category.parent_id or alert.category_id, into.category.parent_id or into.category_id)
    if heading[0] != heading[1]:
        raise CannotMerge(
            _("%(one)s and %(other)s are different problems: %(first)s, %(second)s.")
            % {
                "one": alert.reference,
                "other": into.reference,
                "first": alert.category,
                "second": into.category,
            }
        )


def _join(alert: Alert, into: Alert, brought: list[Alert], actor: User) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        if into.is_public:
            message = _(
                "This problem had been reported already, in report %(reference)s. The two are joined: "
                "the answers given there are for both."
            ) % {"reference": into.reference}
        else:
            message = _("This problem had been reported already: the two are joined, and the answers are for both.")
    alert.duplicate_of = into
    event = step(
        alert=alert,
        act=WORKFLOW.by_name["merge"],
        actor=actor,
        acting=acting_body(actor, alert),
        message=message,
        data={"duplicate_of": into.reference, "brought": [one.pk for one in brought]},
    )
    for one in brought:
        _point(one, into, actor)
    recount(alert)
    _append(into, actor, "joined", public=alert.is_public, data={"joined": alert.reference})
    announce(alert, event)


def _point(duplicate: Alert, original: Alert, actor: User) -> None:
    duplicate.duplicate_of = original
    duplicate.save(update_fields=["duplicate_of"])
    _append(duplicate, actor, "moved", public=False, data={"duplicate_of": original.reference})


def _append(alert: Alert, actor: User, transition: str, *, public: bool, data: dict) -> None:
    AlertEvent.objects.create(
        alert=alert,
        transition=transition,
        from_status=alert.status,
        to_status=alert.status,
        is_public=public,
        actor=actor,
        body=acting_body(actor, alert),
        data=data,
    )
