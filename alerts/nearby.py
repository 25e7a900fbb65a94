"""What is around the place of a new report: the same problem reported already, and the equipment it may be about."""

from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.db.models import Prefetch, Q

from alerts.models import Alert, AlertPhoto, Category, Support
from geo.models import Asset

MOST = 5
MOST_EQUIPMENT = 5
# Metres around the place within which a piece of equipment may be meant.
REACH = 100


@dataclass(frozen=True)
class Near:
    """An open report nearby; `metres` away. `supported`: this viewer said “me too”; `own`: they reported it."""

    alert: Alert
    metres: int
    photo: AlertPhoto | None
    supported: bool
    own: bool


def reported_nearby(viewer, category: Category, place: Point) -> list[Near]:
    """Open reports of that category within its radius that `viewer` may see, nearest first, at most MOST.

    `place` is EPSG:4326. The same few queries whatever is there.
    """
    shown = AlertPhoto.objects.filter(state=AlertPhoto.State.SHOWN, step=None)
    found = list(
        Alert.objects.visible_to(viewer)
        .possible_duplicates(category, place)
        .select_related("category")
        .prefetch_related(Prefetch("photos", shown, to_attr="shown_photos"))[:MOST]
    )
    joined = set()
    if viewer.is_authenticated and found:
        mine = Support.objects.filter(Q(user=viewer) | Q(email__iexact=viewer.email), alert__in=found)
        joined = set(mine.values_list("alert", flat=True))
    return [
        Near(
            alert=alert,
            metres=round(alert.distance),
            photo=next(iter(alert.shown_photos), None),
            supported=alert.pk in joined,
            own=viewer.is_authenticated and alert.reporter_id == viewer.pk,
        )
        for alert in found
    ]


def equipment_nearby(category: Category, place: Point) -> list[Asset]:
    """What the category is about within REACH of `place` (EPSG:4326), nearest first, with `distance` in metres."""
    if not category.asset_kind:
        return []
    known = Asset.objects.of_kind(category.asset_kind).active().select_related("kind")
    return list(known.near(place, REACH)[:MOST_EQUIPMENT])
