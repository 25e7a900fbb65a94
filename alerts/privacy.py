"""What alerts keep of a person: who reported them, and the address for news."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy import Holding, register
from alerts.models import Alert


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
