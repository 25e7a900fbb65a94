"""Who is asked whether a problem is really fixed, and the links by which they answer without signing in."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from alerts.models import Alert, AlertEvent, Support
from alerts.workflow import WORKFLOW
from common import opaque
from engagement.activity.models import Follow
from engagement.activity.services import follow_of

_signer = opaque.Signer(salt="alerts.verdict")


@dataclass(frozen=True)
class Judge:
    """A person by their address. `reported`: the alert they reported, this one or one joined with it."""

    email: str
    user: User | None = None
    reported: Alert | None = None

    def verdict_on(self, closing: AlertEvent):
        """What that person said of that closing; None where nothing yet."""
        same = Q(email__iexact=self.email) | (Q(user=self.user) if self.user else Q(pk=None))
        return closing.verdicts.filter(same).order_by("pk").first()


def closing_of(alert: Alert) -> AlertEvent | None:
    """The step by which a service resolved it, while that stands; None where it is open or its reporter closed it."""
    if alert.status != "resolved":
        return None
    last = alert.events.filter(transition__in=WORKFLOW.by_name).order_by("-pk").first()
    return last if last and last.transition == "resolve" else None


def author_of(alert: Alert) -> Judge:
    """The person who reported it. One who left no address has one that leads nowhere (RFC 2606), so is one person."""
    email = alert.contact_email or (alert.reporter.email if alert.reporter else "")
    return Judge(email or f"{alert.reference}@anonymous.invalid", alert.reporter, alert)


def judge_of(alert: Alert, user) -> Judge | None:
    """That signed-in person, where they reported it, joined it or follow it, or one of its duplicates."""
    if not user.is_authenticated:
        return None
    group = Q(pk=alert.pk) | Q(duplicate_of=alert)
    mine = Alert.objects.of_person(user).filter(group).select_related("reporter")
    if reported := min(mine, key=lambda one: one.pk != alert.pk, default=None):
        return author_of(reported)
    joined = Support.objects.filter(Q(user=user) | Q(email__iexact=user.email), alert__in=Alert.objects.filter(group))
    followed = Follow.objects.filter(user=user, object_type="alert", object_key=str(alert.pk))
    return Judge(user.email, user) if joined.exists() or followed.exists() else None


def author_url(closing: int, alert: Alert) -> str:
    """Where the person who reported `alert` (the one closed, or one joined with it) answers."""
    return _url(f"{closing}-a-{alert.pk}")


def supporter_url(closing: int, support: int) -> str:
    """Where somebody who joined the report answers."""
    return _url(f"{closing}-s-{support}")


def follower_url(closing: int, unsubscribe: str) -> str:
    """Where a follower answers, from the link that stops their mails; empty where they follow more than the report."""
    follow = follow_of(unsubscribe.rstrip("/").rpartition("/")[2])
    return _url(f"{closing}-f-{follow.pk}") if follow and follow.object_type == "alert" else ""


def _url(name: str) -> str:
    return reverse("alerts:verdict", args=[_signer.sign(name)])


def asked_by(token: str) -> tuple[AlertEvent | None, Judge | None]:
    """The closing a link is about and the person it was sent to; None for what is gone.

    Nothing personal is in the link, and it never expires. Raises django.core.signing.BadSignature.
    """
    closing, kind, pk = _signer.unsign(token).split("-")
    event = AlertEvent.objects.filter(pk=closing).select_related("alert__category", "alert__body").first()
    return event, (_KINDS[kind](int(pk)) if event else None)


def _author(pk: int) -> Judge | None:
    alert = Alert.objects.kept().select_related("reporter").filter(pk=pk).first()
    return alert and author_of(alert)


def _supporter(pk: int) -> Judge | None:
    support = Support.objects.select_related("user").filter(pk=pk).exclude(email="").first()
    return support and Judge(support.email, support.user)


def _follower(pk: int) -> Judge | None:
    follow = Follow.objects.select_related("user").filter(pk=pk, object_type="alert").first()
    return follow and Judge(follow.user.email, follow.user)


_KINDS = {"a": _author, "s": _supporter, "f": _follower}
