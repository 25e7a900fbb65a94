"""How agents share the work: who has it, how urgent it is, what they note; their saved filters and shortlists.

None of it is public and nobody outside is told: the steps are kept with `is_public` False and make no activity.
"""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from alerts.models import Alert, AlertEvent, Priority, SavedFilter, ShortlistItem, Team
from alerts.rules import acting_body
from alerts.services.reports import locked
from alerts.workflow import HANDLE

MAX_FILTERS, MAX_SHORTLIST = 20, 500
# Of SavedFilter: the one the queue opens with stands before the others.
DEFAULT, OTHERS = 0, 1


class NotTheirs(ValueError):
    """That person or team cannot handle this report; the message says so."""


class ListFull(ValueError):
    """No more fits on the list; the message says what to do."""


class NameTaken(ValueError):
    """This agent has a filter of that name already."""


@transaction.atomic
def assign(*, alert: Alert, actor: User, assignee: User | None = None, team: Team | None = None) -> Alert:
    """Give the report to an agent, to a team, to both, or back to nobody. The same again changes nothing.

    Raises NotTheirs where the person's mandates do not cover it or the team is of another service, PermissionDenied.
    """
    alert = _handled(alert, actor)
    if assignee and not assignee.has_perm(HANDLE, alert):
        raise NotTheirs(_("%(person)s does not handle reports of this service at this place.") % {"person": assignee})
    if team and team.body_id not in alert.bodies:
        raise NotTheirs(_("The team %(team)s belongs to another service.") % {"team": team})
    if (alert.assignee, alert.team) == (assignee, team):
        return alert
    alert.assignee, alert.team = assignee, team
    alert.save(update_fields=["assignee", "team"])
    internal(alert, actor, "assign", data={"assignee": assignee and assignee.pk, "team": team and team.pk})
    return alert


@transaction.atomic
def prioritise(*, alert: Alert, actor: User, priority: int) -> Alert:
    """Say how urgent it is (alerts.models.Priority). Raises PermissionDenied, ValueError."""
    alert = _handled(alert, actor)
    priority = Priority(priority)
    if alert.priority == priority:
        return alert
    alert.priority = priority
    alert.save(update_fields=["priority"])
    internal(alert, actor, "prioritise", data={"priority": priority.value})
    return alert


@transaction.atomic
def note(*, alert: Alert, actor: User, text: str) -> AlertEvent:
    """Keep a note that only those who handle the report read. Raises PermissionDenied."""
    return internal(_handled(alert, actor), actor, "note", note=text)


def internal(alert: Alert, actor: User, transition: str, *, note: str = "", data: dict | None = None) -> AlertEvent:
    """Append a step to a locked alert that leaves its state as it is and that the public does not see."""
    return AlertEvent.objects.create(
        alert=alert,
        transition=transition,
        from_status=alert.status,
        to_status=alert.status,
        note=note,
        is_public=False,
        data=data or {},
        actor=actor,
        body=acting_body(actor, alert),
    )


@transaction.atomic
def shortlist(*, user: User, alert: Alert, on: bool) -> None:
    """Put a report on the agent's own list, or take it off. Raises ListFull, PermissionDenied."""
    mine = ShortlistItem.objects.filter(user=user)
    if not on:
        mine.filter(alert=alert).delete()
        return
    if not user.has_perm(HANDLE, alert):
        raise PermissionDenied
    if mine.count() >= MAX_SHORTLIST:
        raise ListFull(_("Your list holds %(count)d reports: take some off first.") % {"count": MAX_SHORTLIST})
    mine.get_or_create(user=user, alert=alert)


@transaction.atomic
def save_filter(*, user: User, name: str, query: str) -> SavedFilter:
    """Keep a search under a name; one of the same name is replaced. Raises ListFull."""
    mine = _filters(user)
    if len(mine) >= MAX_FILTERS and name not in {one.name for one in mine}:
        raise ListFull(_("You have %(count)d filters: delete one first.") % {"count": MAX_FILTERS})
    saved, _created = SavedFilter.objects.update_or_create(
        user=user, name=name, defaults={"query": query}, create_defaults={"query": query, "position": OTHERS}
    )
    return saved


@transaction.atomic
def rename_filter(*, saved: SavedFilter, name: str) -> SavedFilter:
    """Raises NameTaken."""
    if any(one.name == name and one != saved for one in _filters(saved.user)):
        raise NameTaken(_("You have a filter of this name already."))
    saved.name = name
    saved.save(update_fields=["name"])
    return saved


@transaction.atomic
def open_with(*, user: User, saved: SavedFilter | None) -> None:
    """The queue of that agent opens with this filter; with none of them where None."""
    _filters(user)
    user.saved_filters.update(position=OTHERS)
    if saved:
        user.saved_filters.filter(pk=saved.pk).update(position=DEFAULT)


def _filters(user: User) -> list[SavedFilter]:
    """The agent's filters; the agent's row is locked, so that two windows do not pass a limit together."""
    User.objects.select_for_update().get(pk=user.pk)
    return list(user.saved_filters.all())


def _handled(alert: Alert, actor: User) -> Alert:
    alert = locked(alert)
    if not actor.has_perm(HANDLE, alert):
        raise PermissionDenied
    return alert
