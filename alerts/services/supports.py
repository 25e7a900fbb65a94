"""“Me too”: somebody else has the problem as well."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from alerts.models import Alert, Support
from alerts.services.duplicates import recount
from alerts.services.reports import locked

CLOSED = gettext_lazy("This report is closed. If the problem is still there, report it anew.")


class NotSupportable(ValueError):
    """This report takes no “me too” of that person; the message says why."""


@transaction.atomic
def support(*, alert: Alert, user: User | None = None, email: str = "", told: bool = True) -> bool:
    """Count somebody who has the same problem, once; True where they were not counted before.

    Signed in it is `user`, otherwise `email`, which the caller has had confirmed. `told`: they want the news. Of a
    duplicate it goes to the report it was joined with. The report is locked, so that many at once are one after the
    other. Raises NotSupportable for a closed report and for the person who reported it, ValueError without either.
    """
    email = (user.email if user else email).strip().lower()
    if not email:
        raise ValueError("a support needs an account or an address")
    alert = _original(alert)
    if alert.state.final:
        raise NotSupportable(CLOSED)
    if (user and alert.reporter_id == user.pk) or alert.contact_email.lower() == email:
        raise NotSupportable(_("You reported this problem yourself: you are counted already."))
    known = alert.supporters.filter(_of(user, email)).first()
    if known:
        known.user, known.told = known.user or user, told
        known.save(update_fields=["user", "told"])
        return False
    Support.objects.create(alert=alert, user=user, email=email, told=told)
    recount(alert)
    return True


@transaction.atomic
def leave(*, support: Support, withdraw: bool = False) -> None:
    """End the mails of a “me too”; `withdraw` takes it back altogether. Twice is once."""
    alert = locked(support.alert)
    row = alert.supporters.filter(pk=support.pk)
    if withdraw:
        row.delete()
        recount(alert)
    else:
        row.update(told=False)


def support_by(*, alert: Alert, user: User) -> Support | None:
    """The “me too” of somebody who is signed in, on this very report."""
    return alert.supporters.filter(_of(user, user.email)).first() if user.is_authenticated else None


def _of(user: User | None, email: str) -> Q:
    return (Q(user=user) if user else Q(pk=None)) | Q(email__iexact=email)


def _original(alert: Alert) -> Alert:
    """The report that goes on, locked: this one, or the one it was joined with. It alone is locked."""
    seen = set()
    while alert.duplicate_of_id and alert.pk not in seen:
        seen.add(alert.pk)
        alert = alert.duplicate_of
    alert = locked(alert)
    joined_meanwhile = alert.duplicate_of_id and alert.pk not in seen
    return _original(alert) if joined_meanwhile else alert
