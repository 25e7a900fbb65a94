"""What alerts keep of a person: who reported them, who has the problem too, and the addresses for news."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy import Holding, register
from alerts.models import Alert, Support


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
