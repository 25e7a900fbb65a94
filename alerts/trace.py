"""What the public reads of moderation: that something was hidden, by whom, when and why; never what."""

import datetime as dt
from dataclasses import dataclass

from alerts.models import Alert, AlertEvent


@dataclass(frozen=True)
class Trace:
    """One thing hidden. `by` is the service that did it, empty for the platform's moderation."""

    what: str
    why: str
    by: str
    on: dt.datetime
    lifted: dt.datetime | None


def public_trace(alert: Alert) -> list[Trace]:
    """What was hidden of that alert, oldest first."""
    steps = AlertEvent.objects.filter(alert=alert, transition="hide", data__has_key="moderation")
    bodies = dict(steps.values_list("data__moderation", "body__name"))
    return [
        Trace(
            what=one.get_target_display(),
            why=one.get_reason_display(),
            by=bodies.get(one.pk) or "",
            on=one.created_at,
            lifted=one.lifted_at,
        )
        for one in alert.moderations.all()
    ]


def hidden_steps(alert: Alert) -> set[int]:
    """Ids of the steps whose message the public does not see."""
    in_force = alert.moderations.filter(target="step", lifted_at=None)
    return set(in_force.values_list("step", flat=True))
