"""Who gets the report of the month before by mail, and the rows of what is to be sent."""

import datetime as dt

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Role, User
from accounts.rules import mandates
from common import opaque
from frontend.models import ReportWish
from geo.dashboards.periods import month_before

HOLDERS = (Role.OFFICIAL, Role.ADMINISTRATOR)
# One statement, however many: officials who did not say no, and administrators who said yes.
PLAN = """
INSERT INTO frontend_monthlyreport (key, user_id, territory_id, month, attempts)
SELECT gen_random_uuid(), due.user_id, due.territory_id, %(month)s, 0 FROM (
    SELECT DISTINCT m.user_id, m.territory_id
    FROM accounts_mandate m JOIN accounts_user u ON u.id = m.user_id
    LEFT JOIN frontend_reportwish w ON w.user_id = m.user_id
    WHERE m.valid_from <= %(first)s AND (m.valid_until IS NULL OR m.valid_until >= %(today)s) AND u.is_active
      AND m.role = ANY(%(roles)s) AND coalesce(w.wanted, m.role = %(usual)s)) AS due
ON CONFLICT DO NOTHING
"""
_signer = opaque.Signer(salt="frontend.report.stop")


def is_time(now: dt.datetime) -> bool:
    """Whether the mails of the month before leave at that moment, on any day: a server may be down on the first."""
    return timezone.localtime(now).hour >= settings.REPORT_HOUR


@transaction.atomic
def plan(*, today: dt.date) -> int:
    """Write down who gets the report of which territory for the month before `today`; returns how many are new.

    Whose mandate began before this month and lasts: who comes later begins with the next one.
    Once written, a row is not written again for that month, however often and by however many this runs.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            PLAN,
            {
                "month": month_before(today).since,
                "today": today,
                "first": today.replace(day=1),
                "roles": [str(role) for role in HOLDERS],
                "usual": str(Role.OFFICIAL),
            },
        )
        return cursor.rowcount


def may_want(user) -> bool:
    """Whether there is any report to send to that person."""
    return bool(mandates(user, *HOLDERS))


def wish_of(user) -> bool:
    """Whether that person gets the monthly mail: officials unless they said no, administrators where they said yes."""
    if not may_want(user):
        return False
    said = ReportWish.objects.filter(user=user).values_list("wanted", flat=True).first()
    return bool(mandates(user, Role.OFFICIAL)) if said is None else said


@transaction.atomic
def choose(*, user: User, wanted: bool) -> None:
    """Remember whether that person wants the monthly mail. What waits for who no longer does is not sent."""
    ReportWish.objects.update_or_create(user=user, defaults={"wanted": wanted})


def stop_token(user: User) -> str:
    """Names a person in a mail's link. It never expires: an old mail must still be able to stop the next one."""
    return _signer.sign(user.pk)


def person_of(token: str) -> User | None:
    """Whom such a token names; None where the account is closed. Raises django.core.signing.BadSignature."""
    return User.objects.filter(pk=_signer.unsign(token)).first()
