"""One act on many reports: what would happen to each, then each in a transaction of its own."""

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from alerts.models import Alert, AlertEvent, Priority, Team
from alerts.services.desk import NotTheirs, assign, prioritise
from alerts.services.reports import Changed, MessageMissing, ServiceMissing, apply, locked
from alerts.workflow import HANDLE, WORKFLOW
from common.workflow import TransitionError
from geo.models import Body

log = logging.getLogger(__name__)
MAX_AT_ONCE = 500
# Acts of the workflow that make sense for many at once; a question, say, is asked to one person.
STEPS = ("qualify", "plan", "start", "resolve", "not_found", "reject", "transfer")
ACTS = (*STEPS, "assign", "prioritise")


@dataclass(frozen=True)
class Wish:
    """An act (of ACTS) and what it needs."""

    act: str
    message: str = ""
    note: str = ""
    planned_for: dt.date | None = None
    body: Body | None = None
    assignee: User | None = None
    team: Team | None = None
    priority: int = Priority.NORMAL


@dataclass(frozen=True)
class Outcome:
    """What will happen, or happened, to one alert; `why` says why not. `seen` is its last step so far."""

    alert: Alert
    done: bool
    why: str = ""
    seen: int = 0


def foresee(*, alerts: Iterable[Alert], wish: Wish, actor: User) -> list[Outcome]:
    """What the act would do to each, in their order; nothing is written, and no query depends on their number."""
    alerts = list(alerts)
    pks = [alert.pk for alert in alerts]
    last = AlertEvent.objects.filter(alert__in=pks).order_by().values("alert").annotate(last=Max("pk"))
    seen = dict(last.values_list("alert", "last"))
    outcomes = []
    for alert in alerts:
        why = _why_not(alert, wish, actor)
        outcomes.append(Outcome(alert, not why, why, seen.get(alert.pk, 0)))
    return outcomes


def carry_out(*, seen: dict[int, int], wish: Wish, actor: User) -> list[Outcome]:
    """Do it to the alerts with these keys, each with the id of its last step that the actor was shown.

    Each has a transaction of its own, so that one that cannot be done stops no other, and a worker that dies leaves
    whole steps. What somebody changed since it was shown is refused; what the actor did in this very way since it was
    shown (the form sent twice) counts as done and is not done again.
    """
    rows = Alert.objects.handled_by(actor).filter(pk__in=seen).select_related("category", "body").order_by("pk")
    outcomes = []
    for alert in rows:
        try:
            with transaction.atomic():
                now = _one(alert, seen[alert.pk], wish, actor)
            outcomes.append(Outcome(now, True))
        except Changed:
            outcomes.append(Outcome(alert, False, _("Somebody changed it meanwhile: look at it again.")))
        except (MessageMissing, ServiceMissing, NotTheirs) as error:
            outcomes.append(Outcome(alert, False, str(error)))
        except (TransitionError, PermissionDenied):
            why = _why_not(Alert.objects.select_related("category", "body").get(pk=alert.pk), wish, actor)
            outcomes.append(Outcome(alert, False, why))
        except Exception:
            log.exception("a bulk act failed on alert %s", alert.pk)
            outcomes.append(Outcome(alert, False, _("An error on our side: nothing was recorded for this report.")))
    return outcomes


def _one(alert: Alert, seen: int, wish: Wish, actor: User) -> Alert:
    alert = locked(alert)
    later = alert.events.filter(pk__gt=seen, transition__in=[*WORKFLOW.by_name, wish.act]).order_by("pk")
    if first := later.first():
        if (first.transition, first.actor_id, first.message) == (wish.act, actor.pk, _message(wish)):
            return alert
        raise Changed(f"{alert.reference} has changed since step {seen}")
    if wish.act == "assign":
        return assign(alert=alert, actor=actor, assignee=wish.assignee, team=wish.team)
    if wish.act == "prioritise":
        return prioritise(alert=alert, actor=actor, priority=wish.priority)
    return apply(
        alert=alert,
        transition=wish.act,
        actor=actor,
        message=wish.message,
        note=wish.note,
        planned_for=wish.planned_for,
        body=wish.body,
    )


def _message(wish: Wish) -> str:
    return wish.message if wish.act in STEPS else ""


def _why_not(alert: Alert, wish: Wish, actor: User) -> str:
    """Why the act is not possible on an alert with its category and body; empty where it is."""
    if not actor.has_perm(HANDLE, alert):
        return _("Your mandates do not cover it.")
    if wish.act == "assign":
        if wish.assignee and not wish.assignee.has_perm(HANDLE, alert):
            return _("%(person)s does not handle reports of this service at this place.") % {"person": wish.assignee}
        if wish.team and wish.team.body_id not in alert.bodies:
            return _("The team %(team)s belongs to another service.") % {"team": wish.team}
        return ""
    if wish.act == "prioritise":
        return ""
    if alert.status not in WORKFLOW.by_name[wish.act].sources:
        return _("This step is not open: the report is “%(state)s”.") % {"state": alert.state.title}
    if wish.act == "transfer" and wish.body:
        if wish.body.pk == alert.body_id:
            return _("%(body)s has it already.") % {"body": wish.body}
        if wish.body.territory_id not in alert.territories:
            return _("%(body)s does not serve this place.") % {"body": wish.body}
    return ""
