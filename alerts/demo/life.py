"""How a report of the demo city lives until today: what its service does, what residents add, what they find."""

import datetime as dt
import math
import random

from django.utils import timezone

from alerts.demo import words
from alerts.demo.chronicle import Chronicle
from alerts.demo.texts import PLANNED, QUALIFIED, REJECTED, Kind
from alerts.models import Alert, AlertEvent
from geo.models import Body

# Of the reports of the last months, and of all old enough to have been treated.
FORGOTTEN, REJECTED_SHARE, NOT_FOUND, WITHDRAWN, ASKED, UNANSWERED = 0.08, 0.07, 0.03, 0.02, 0.1, 0.4
TRANSFERRED = 0.6
NEWS, NOTED = 0.1, 0.08
# Of those that wait, and of those that were resolved.
SUPPORTED = {False: 0.4, True: 0.15}
JUDGED, NOT_FIXED, CONTESTED = 0.4, 0.2, 0.35
MONTHS = dt.timedelta(days=120)
PATIENCE = dt.timedelta(days=30)  # for an answer
SOON = dt.timedelta(minutes=17)
OWN = ("reporter", "reply", "withdraw")
Step = tuple[float, str, str]  # when (share of the whole time), act, message


class Lives:
    """Lets reports live in one chronicle; the same `rng` and `now` give the same lives."""

    def __init__(self, chronicle: Chronicle, rng: random.Random, now: dt.datetime, services: dict[str, Body]):
        self.chronicle, self.rng, self.now, self.services = chronicle, rng, now, services

    def live(self, alert: Alert, kind: Kind) -> None:
        """From the report until today, or until it is closed."""
        self.chronicle.report(alert)
        if self.rng.random() < FORGOTTEN and self.now - alert.created_at < MONTHS:
            self._supporters(alert)
            return
        total = kind.days * math.exp(self.rng.gauss(0, 0.7))
        closing = self._through(alert, self._plan(alert, kind), alert.created_at, total)
        supporters = self._supporters(alert)
        if closing and closing.transition == "resolve" and self.rng.random() < JUDGED:
            self._judged(alert, closing, supporters, total)

    def _through(self, alert: Alert, plan: list[Step], start: dt.datetime, total: float) -> AlertEvent | None:
        """As much of the plan as is over; the step that closed it, if any."""
        event, last = None, start
        for share, act, message in sorted(plan):
            at = start + dt.timedelta(days=total * share)
            last = at = max(at if act in OWN else _at_work(at), last + SOON)
            if at > self.now:
                break
            event = self._step(alert, act, message, at)
        return event if alert.state.final else None

    def _step(self, alert: Alert, act: str, message: str, at: dt.datetime) -> AlertEvent | None:
        if act == "note":
            return self.chronicle.note(alert, at, message)
        if act in ("reporter", "service"):
            return self.chronicle.update(alert, at, message, voice=act)
        day = (at + dt.timedelta(days=self.rng.randint(6, 20))).date() if act == "plan" else None
        to = self.services[words.TRANSFERRED[alert.category.code][0]] if act == "transfer" else None
        return self.chronicle.act(alert, act, at, message=message, planned_for=day, to=to)

    def _plan(self, alert: Alert, kind: Kind) -> list[Step]:
        rng, plan = self.rng, []
        if kind.code in words.TRANSFERRED and rng.random() < TRANSFERRED:
            plan.append((0.1 * rng.random(), "transfer", words.TRANSFERRED[kind.code][1]))
        plan.append((0.15 + 0.2 * rng.random(), "qualify", rng.choice(QUALIFIED)))
        if rng.random() < NEWS:
            plan.append((0.5, "reporter", rng.choice(words.NEWS_OF_REPORTER)))
        if rng.random() < NOTED:
            plan.append((0.4, "note", rng.choice(words.NOTES)))
        end = rng.random()
        for share, act, messages in (
            (REJECTED_SHARE, "reject", REJECTED),
            (NOT_FOUND, "not_found", words.NOT_FOUND),
            (WITHDRAWN, "withdraw", words.WITHDRAWN),
        ):
            end -= share
            if end < 0:
                return [*plan, (0.6, act, rng.choice(messages))]
        if rng.random() < ASKED:
            question, answer = rng.choice(words.QUESTIONS)
            plan.append((0.41, "ask", question))
            if rng.random() < UNANSWERED:
                return self._unanswered(alert, plan)
            plan.append((0.45, "reply", answer))
        if rng.random() < 0.6:
            plan.append((0.48, "plan", rng.choice(PLANNED)))
        if rng.random() < NEWS:
            plan.append((0.6, "service", rng.choice(words.NEWS_OF_SERVICE)))
        if rng.random() < 0.5:
            plan.append((0.65, "start", ""))
        return [*plan, (1.0, "resolve", rng.choice(_answers(alert, kind)))]

    def _unanswered(self, alert: Alert, plan: list[Step]) -> list[Step]:
        """Closed once the service has waited long enough; until then the question stands."""
        waited = self.now - alert.created_at > 2 * PATIENCE
        return [*(step for step in plan if step[0] < 0.42), *([(2.0, "reject", words.NO_ANSWER)] if waited else [])]

    def _supporters(self, alert: Alert) -> list:
        """Who said “me too” while it was open: a few, seldom many."""
        if self.rng.random() > SUPPORTED[alert.state.final]:
            return []
        end = alert.closed_at or self.now
        moments = sorted(
            alert.created_at + (end - alert.created_at) * self.rng.random() ** 2
            for _person in range(min(1 + int(self.rng.expovariate(0.35)), 20))
        )
        return [self.chronicle.support(alert, at) for at in moments] if alert.is_public else []

    def _judged(self, alert: Alert, closing: AlertEvent, supporters: list, total: float) -> None:
        """The author, then some of those who had the problem too. Who is not content may have it reopened."""
        rng = self.rng
        fixed = rng.random() > NOT_FIXED
        at = closing.created_at + dt.timedelta(hours=rng.uniform(3, 120))
        if at > self.now:
            return
        comment = rng.choice(words.PRAISE if fixed else words.BLAME)
        self.chronicle.judge(alert, closing, at, fixed=fixed, satisfaction=_stars(rng, fixed), comment=comment)
        for one in supporters[:3]:
            agrees = fixed if rng.random() < 0.85 else not fixed
            later = closing.created_at + dt.timedelta(hours=rng.uniform(3, 120))
            if later < self.now:
                self.chronicle.judge(
                    alert, closing, later, fixed=agrees, satisfaction=_stars(rng, agrees), supporter=one
                )
        back = at + dt.timedelta(hours=130)
        if not fixed and back < self.now and rng.random() < CONTESTED:
            self.chronicle.act(alert, "contest", back, message=rng.choice(words.CONTESTED))
            again = [(0.3, "qualify", words.AGAIN), (0.6, "start", ""), (1.0, "resolve", words.FIXED_AGAIN)]
            self._through(alert, again, back, total)


def _answers(alert: Alert, kind: Kind) -> list[str]:
    """Those of its kind that fit what was reported."""
    fitting = words.FITTING.get(kind.code)
    if not fitting or alert.description not in kind.reports:
        return list(kind.answers)
    return [kind.answers[one] for one in fitting[kind.reports.index(alert.description)]]


def _at_work(at: dt.datetime) -> dt.datetime:
    """The same day between 8 in the morning and 5 in the afternoon; what came later comes later still."""
    local = timezone.localtime(at)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + dt.timedelta(hours=8) + (local - midnight) * 9 / 24


def _stars(rng: random.Random, fixed: bool) -> int:
    return rng.choices((3, 4, 5) if fixed else (1, 2, 3), (2, 5, 6) if fixed else (6, 4, 1))[0]
