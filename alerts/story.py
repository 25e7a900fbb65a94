"""One alert as its page tells it: what this viewer may read, who speaks, and what was hidden and why."""

from dataclasses import dataclass, replace

from alerts import equipment
from alerts.answers import in_words
from alerts.models import Alert, AlertEvent, AlertPhoto, Moderation
from alerts.screening import screen
from alerts.workflow import OWN, WORKFLOW
from geo.models import Body

WAITING, SHOWN = AlertPhoto.State.WAITING, AlertPhoto.State.SHOWN


@dataclass(frozen=True)
class Step:
    """A step everybody may read. `voice`: reporter, resident or service; `hidden`: why its `message` is not shown."""

    event: AlertEvent
    voice: str
    message: str
    photos: list[AlertPhoto]
    hidden: Moderation | None


@dataclass(frozen=True)
class Story:
    """What a page says of one alert. `before` came with the report, `after` with the service's steps."""

    steps: list[Step]
    before: list[AlertPhoto]
    after: list[AlertPhoto]
    hidden_alert: Moderation | None
    text: str
    hidden_text: Moderation | None
    address: str
    hidden_address: Moderation | None
    hidden_answers: Moderation | None
    hidden_photos: list[Moderation]
    answers: list[tuple[str, str]]
    equipment: str
    also: list[Body]
    duplicates: list[Alert]
    question: AlertEvent | None


def whole(alerts):
    """The rows with all that `tell` reads, in a fixed number of queries."""
    return (
        alerts.with_late()
        .select_related("category", "body", "reporter", "duplicate_of__category")
        .prefetch_related("photos", "events__body", "moderations", "category__questions")
    )


def tell(alert: Alert, viewer, *, own: bool = False) -> Story:
    """The story of an alert that `whole` read. `own`: its reporter looks, who also sees what waits to be checked."""
    hidden = [one for one in alert.moderations.all() if one.lifted_at is None]
    events = {event.pk: event for event in alert.events.all()}
    by_step = {one.step_id: one for one in hidden if one.target == Moderation.Target.STEP}
    seen: dict[int | None, list[AlertPhoto]] = {}
    for photo in alert.photos.all():
        if photo.step_id not in by_step and may_see(photo, events.get(photo.step_id), viewer, own=own):
            seen.setdefault(photo.step_id, []).append(photo)
    steps = [
        Step(event, voice, _words(event, voice, own=own), seen.get(event.pk, []), by_step.get(event.pk))
        for event in events.values()
        for voice in (who(event),)
        if event.is_public
    ]
    whole_report = {one.target: one for one in hidden}
    return Story(
        steps=[replace(step, photos=[]) if step.voice == "service" else step for step in steps],
        before=seen.get(None, []),
        after=[photo for step in steps if step.voice == "service" for photo in step.photos],
        hidden_alert=whole_report.get(Moderation.Target.ALERT),
        text=alert.description if own and not alert.text_hidden else alert.shown_text,
        hidden_text=whole_report.get(Moderation.Target.TEXT),
        address=alert.address if own else alert.shown_address,
        hidden_address=whole_report.get(Moderation.Target.ADDRESS),
        hidden_answers=whole_report.get(Moderation.Target.ANSWERS),
        hidden_photos=[one for one in hidden if one.target == Moderation.Target.PHOTO],
        answers=in_words(alert, alert.category.questions.all(), public=not own),
        equipment=equipment.in_words([alert]).get(alert.pk, ""),
        also=list(Body.objects.filter(pk__in=alert.also).order_by("name")) if alert.also else [],
        duplicates=list(alert.duplicates.kept().select_related("category").order_by("created_at", "pk")),
        question=_last_question(steps) if alert.status == "waiting" else None,
    )


def who(event: AlertEvent) -> str:
    """Who speaks in that step: reporter, resident or service."""
    if event.transition == "update":
        return event.data.get("voice", "resident")
    act = WORKFLOW.by_name.get(event.transition)
    own = event.transition == "report" or (act is not None and act.permission == OWN)
    return "reporter" if own else "service"


def _words(event: AlertEvent, voice: str, *, own: bool) -> str:
    """What a resident wrote is for the public without personal data; a service answers for its own words."""
    return event.message if voice == "service" or own else screen(event.message)


def may_see(photo: AlertPhoto, step: AlertEvent | None, viewer, *, own: bool) -> bool:
    """Whether the public page shows that photo: one that waits, only to whoever sent it."""
    if photo.state == SHOWN:
        return True
    if photo.state != WAITING:
        return False
    if own and (step is None or who(step) == "reporter"):
        return True
    return step is not None and viewer.is_authenticated and step.actor_id == viewer.pk


def _last_question(steps: list[Step]) -> AlertEvent | None:
    return next((step.event for step in reversed(steps) if step.event.transition == "ask" and not step.hidden), None)
