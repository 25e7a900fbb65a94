"""What alerts keep of a person: who reported them, who has the problem too, and the addresses for news."""

from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy import Holding, register
from alerts.models import Alert, AlertEvent, Support, Verdict


def _export(user: User) -> list[dict]:
    return [
        {
            "reference": alert.reference,
            "category": alert.category.name,
            "description": alert.description,
            "longitude": alert.point.x,
            "latitude": alert.point.y,
            "address": alert.address,
            "state": alert.get_status_display(),
            "contact_email": alert.contact_email,
            "photos": [photo.image.name for photo in alert.photos.all()],
            "reported": alert.created_at.isoformat(),
        }
        for alert in Alert.objects.of_person(user).select_related("category").prefetch_related("photos")
    ]


def _erase(user: User) -> int:
    """The report stays, as it belongs to the public; nothing in it leads to the person any more."""
    return Alert.objects.of_person(user).update(reporter=None, contact_email="")


register(
    Holding(
        name="alerts",
        purpose=_("Answer the person who reported a problem."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("Until the person asks for erasure or closes the account; the report itself stays, without them."),
        export=_export,
        erase=_erase,
    )
)


def _supports(user: User):
    return Support.objects.filter(Q(user=user) | Q(email__iexact=user.email))


def _export_supports(user: User) -> list[dict]:
    return [
        {
            "reference": support.alert.reference,
            "email": support.email,
            "told": support.told,
            "since": support.created_at.isoformat(),
        }
        for support in _supports(user).select_related("alert").order_by("pk")
    ]


register(
    Holding(
        name="supports",
        purpose=_("Count once each person who has the same problem, and tell them of the answers."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("Until the person asks for erasure or closes the account; the count stays, without them."),
        export=_export_supports,
        erase=lambda user: _supports(user).update(user=None, email="", told=False),
    )
)


def _verdicts(user: User):
    return Verdict.objects.filter(Q(user=user) | Q(email__iexact=user.email))


def _export_verdicts(user: User) -> list[dict]:
    return [
        {
            "reference": verdict.alert.reference,
            "fixed": verdict.fixed,
            "satisfaction": verdict.satisfaction,
            "comment": verdict.comment,
            "said": verdict.created_at.isoformat(),
        }
        for verdict in _verdicts(user).select_related("alert").order_by("pk")
    ]


def _erase_verdicts(user: User) -> int:
    """They stay counted, each as one person, under an address that leads nowhere (RFC 2606)."""
    nobody = Concat(Cast("pk", CharField()), Value("@erased.invalid"))
    return _verdicts(user).update(user=None, email=nobody, comment="")


register(
    Holding(
        name="verdicts",
        purpose=_("Know from those who were there whether a problem is really fixed."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("Until the person asks for erasure or closes the account; the count stays, without them."),
        export=_export_verdicts,
        erase=_erase_verdicts,
    )
)


def _export_messages(user: User) -> list[dict]:
    steps = AlertEvent.objects.filter(actor=user, body=None).exclude(message="").select_related("alert")
    return [
        {"reference": step.alert.reference, "message": step.message, "written": step.created_at.isoformat()}
        for step in steps.order_by("pk")
    ]


register(
    Holding(
        name="messages",
        purpose=_("Let residents add what they know to a report."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("As long as the report; once the account is closed nothing says who wrote them."),
        export=_export_messages,
        erase=lambda user: AlertEvent.objects.filter(actor=user, body=None).exclude(message="").count(),
    )
)


def _export_desk(user: User) -> list[dict]:
    filters = [{"filter": one.name, "query": one.query} for one in user.saved_filters.all()]
    listed = user.shortlist.values_list("alert__reference", flat=True)
    teams = user.teams.values_list("name", flat=True)
    return [*filters, *({"on_my_list": one} for one in listed), *({"team": one} for one in teams)]


def _erase_desk(user: User) -> int:
    given = Alert.objects.filter(assignee=user).update(assignee=None)
    kept = user.saved_filters.all().delete()[0] + user.shortlist.all().delete()[0]
    teams = user.teams.count()
    user.teams.clear()
    return given + kept + teams


register(
    Holding(
        name="desk",
        purpose=_("Share the work of a service: an agent's own filters and list, teams, and who has which report."),
        legal_basis=_("GDPR art. 6(1)(e): public-interest task"),
        retention=_("As long as the agent's account."),
        export=_export_desk,
        erase=_erase_desk,
    )
)
