"""The past, written at once: what alerts.services would have left had each act been done in its day.

Acts are told in any order of alerts, but in the order of time for each; `write` puts all of it into the database.
"""

import datetime as dt
import uuid
from dataclasses import dataclass, field

from django.utils import timezone

from accounts.models import User
from alerts.deadlines import due
from alerts.models import REFERENCE_ALPHABET, REFERENCE_LENGTH, Alert, AlertEvent, Support, Verdict
from alerts.services import activity_of
from alerts.workflow import OWN, WORKFLOW
from engagement.activity.models import Activity
from geo.models import Body

# Joined with the reference or a number, an address that leads nowhere (RFC 2606): a person of the demo who is nobody.
NOWHERE = "anonymous.invalid"


@dataclass
class Chronicle:
    """All that happened until now; `agents` are those who act for a service, by its id."""

    agents: dict[int, User] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    events: list[AlertEvent] = field(default_factory=list)
    supports: list[Support] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    originals: dict[str, Alert] = field(default_factory=dict)

    def report(self, alert: Alert) -> AlertEvent:
        """`alert` is not saved yet and has all that alerts.services.report gives one."""
        self.alerts.append(alert)
        return self._event(alert, "report", alert.created_at, before="", body=alert.body)

    def act(
        self,
        alert: Alert,
        name: str,
        at: dt.datetime,
        *,
        message="",
        planned_for=None,
        to: Body | None = None,
        data=None,
    ) -> AlertEvent:
        """One act of the workflow, as alerts.services.step has it; `to` is who gets it by "transfer"."""
        act = WORKFLOW.step(name, alert.status)
        own = act.permission == OWN
        event = self._event(
            alert,
            name,
            at,
            target=act.target,
            message=message,
            planned_for=planned_for,
            data=data,
            actor=alert.reporter if own else self._agent(alert),
            body=None if own else alert.body,
        )
        alert.status, alert.updated_at = act.target, at
        if not own and name not in ("transfer", "merge"):
            alert.answered_at = alert.answered_at or at
        if name == "plan":
            alert.planned_for, alert.due_on = planned_for, planned_for or alert.due_on
        if name in ("reopen", "contest"):
            alert.due_on, alert.planned_for = due(timezone.localdate(at), alert.category.target_days), None
            alert.confirmed = alert.contested = 0
        if name == "transfer":
            self._send_on(alert, to, at)
        alert.closed_at = at if alert.state.final else None
        return event

    def update(
        self, alert: Alert, at: dt.datetime, message: str, *, voice: str, author: User | None = None
    ) -> AlertEvent:
        """News between two steps by the `voice` of the reporter, a resident (`author`) or the service."""
        service = voice == "service"
        event = self._event(
            alert,
            "update",
            at,
            message=message,
            data={"voice": voice},
            actor=self._agent(alert) if service else author or alert.reporter,
            body=alert.body if service else None,
        )
        alert.updated_at = at
        if service:
            alert.answered_at = alert.answered_at or at
        return event

    def note(self, alert: Alert, at: dt.datetime, text: str) -> None:
        """For those who handle it alone."""
        self._event(alert, "note", at, note=text, public=False, actor=self._agent(alert), body=alert.body)

    def support(self, alert: Alert, at: dt.datetime, *, user: User | None = None) -> Support:
        """Somebody has the problem too; nobody in particular without `user`."""
        email = user.email.lower() if user else f"voisin-{len(self.supports)}@{NOWHERE}"
        one = Support(alert=alert, user=user, email=email, told=user is not None, created_at=at)
        self.supports.append(one)
        alert.supports += 1
        return one

    def judge(
        self, alert: Alert, closing: AlertEvent, at: dt.datetime, *, fixed: bool, satisfaction: int, **more
    ) -> None:
        """The author, or the `supporter` given, says whether it is fixed, with a `comment` for the service."""
        supporter: Support | None = more.get("supporter")
        author = alert.contact_email or f"{alert.reference}@{NOWHERE}"
        verdict = Verdict(
            alert=alert,
            closing=closing,
            user=supporter.user if supporter else alert.reporter,
            email=supporter.email if supporter else author,
            fixed=fixed,
            satisfaction=satisfaction,
            comment=more.get("comment", ""),
            created_at=at,
        )
        self.verdicts.append(verdict)
        alert.confirmed += fixed
        alert.contested += not fixed

    def join(self, alert: Alert, into: Alert, at: dt.datetime) -> None:
        """The service finds that `alert` is the same problem as `into`."""
        message = (
            f"Ce problème avait déjà été signalé (signalement {into.reference}). Le vôtre y est joint : vous recevrez "
            "ses réponses."
        )
        data = {"duplicate_of": into.reference, "brought": []}
        self.act(alert, "merge", at, message=message, data=data)
        self._event(into, "joined", at, data={"joined": alert.reference}, actor=self._agent(into), body=into.body)
        self.originals[alert.reference] = into
        into.supports += 1

    def write(self) -> None:
        """Everything, oldest first, so that keys grow with time. The news of the past is told to nobody any more."""
        self.alerts.sort(key=lambda alert: alert.created_at)
        self.events.sort(key=lambda event: event.created_at)
        Alert.objects.bulk_create(self.alerts)
        joined = [alert for alert in self.alerts if alert.reference in self.originals]
        for alert in joined:
            alert.duplicate_of = self.originals[alert.reference]
        Alert.objects.bulk_update(joined, ["duplicate_of"])
        AlertEvent.objects.bulk_create(self.events)
        Support.objects.bulk_create(self.supports)
        Verdict.objects.bulk_create(self.verdicts)
        said = [*map(_told, self.events), *map(_confided, self.verdicts)]
        Activity.objects.bulk_create(sorted(filter(None, said), key=lambda activity: activity.created_at))

    def _agent(self, alert: Alert) -> User | None:
        return self.agents.get(alert.body_id)

    def _send_on(self, alert: Alert, body: Body, at: dt.datetime) -> None:
        reason = {
            "step": "transfer",
            "from": alert.body.name,
            "body": body.name,
            "on": timezone.localdate(at).isoformat(),
        }
        alert.reasons = [*alert.reasons, reason]
        alert.body, alert.also = body, [pk for pk in alert.also if pk != body.pk]

    def _event(self, alert: Alert, name: str, at: dt.datetime, **more) -> AlertEvent:
        event = AlertEvent(
            alert=alert,
            transition=name,
            from_status=more.get("before", alert.status),
            to_status=more.get("target", alert.status),
            message=more.get("message", ""),
            note=more.get("note", ""),
            planned_for=more.get("planned_for"),
            is_public=more.get("public", True),
            data=more.get("data") or {},
            actor=more.get("actor"),
            body=more.get("body"),
            created_at=at,
        )
        self.events.append(event)
        return event


def new_alert(rng, *, at: dt.datetime, **fields) -> Alert:
    """A report made then, with a reference, a tracking link and a form's number drawn from `rng`."""
    return Alert(
        reference="".join(rng.choices(REFERENCE_ALPHABET, k=REFERENCE_LENGTH)),
        tracking_token=f"demo-{rng.getrandbits(128):032x}",
        submission=uuid.UUID(int=rng.getrandbits(128), version=4),
        due_on=due(timezone.localdate(at), fields["category"].target_days),
        created_at=at,
        updated_at=at,
        **fields,
    )


def _told(event: AlertEvent) -> Activity | None:
    """What followers heard of a step; nothing of notes, nor of what a duplicate leaves on its original."""
    if not event.is_public or event.transition == "joined":
        return None
    told = activity_of(event.alert, event, event.alert.address)
    if "voice" in event.data:
        told["data"] |= {"voice": event.data["voice"]}
    return Activity(**told, created_at=event.created_at)


def _confided(verdict: Verdict) -> Activity | None:
    """What the service alone heard of a resident's opinion."""
    if not verdict.comment:
        return None
    told = activity_of(verdict.alert, verdict.closing, verdict.alert.address)
    changes = {"verb": "alerts.judged", "actor": None, "summary": verdict.comment, "public": False}
    return Activity(
        **told | changes | {"data": told["data"] | {"fixed": verdict.fixed}}, created_at=verdict.created_at
    )
