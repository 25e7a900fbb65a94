"""Reads of territories, outlines, bodies and equipment."""

import datetime as dt

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point, Polygon
from django.contrib.gis.measure import D
from django.db import connection, models
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from geo.functions import Geography


class TerritoryQuerySet(models.QuerySet):
    def current(self, on: dt.date | None = None):
        """Those with an outline valid on that day (today where none is given)."""
        return self.filter(boundaries__validity__contains=on or timezone.localdate())

    def with_geometry(self, on: dt.date | None = None):
        """Adds `geometry`: the outline valid on that day, or None."""
        from geo.models import Boundary

        valid = Boundary.objects.valid(on).filter(territory=OuterRef("pk"))
        return self.annotate(geometry=Subquery(valid.values("geometry")[:1]))


class BoundaryQuerySet(models.QuerySet):
    def valid(self, on: dt.date | None = None):
        """Outlines valid on that day (today where none is given)."""
        return self.filter(validity__contains=on or timezone.localdate())


class BodyQuerySet(models.QuerySet):
    def competent(self, *, competence_ids: list[int], territory_ids: list[int], on: dt.date | None = None):
        """Bodies with a rule for one of these competences in one of these territories on that day."""
        on = on or timezone.localdate()
        return self.filter(
            Q(jurisdictions__validity=None) | Q(jurisdictions__validity__contains=on),
            jurisdictions__competence__in=competence_ids,
            jurisdictions__territory__in=territory_ids,
        ).distinct()


class PlanFeatureQuerySet(models.QuerySet):
    def as_geojson(self) -> str:
        """A GeoJSON FeatureCollection made by the database, five decimals (about a metre)."""
        sql, parameters = self.order_by("pk").values("pk").query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(PLAN.format(keys=sql), parameters)
            return cursor.fetchone()[0]


class AssetQuerySet(models.QuerySet):
    def active(self):
        """Those that the city's file still has."""
        return self.filter(is_active=True)

    def of_kind(self, code: str):
        """Those of the kind with that code, active or not."""
        return self.filter(kind__code=code)

    def near(self, place: Point, metres: float):
        """Those within so many metres of `place` (EPSG:4326), the closest first; adds `distance` in metres."""
        return self.with_distance(place).filter(on_earth__dwithin=(place, D(m=metres))).order_by("distance", "code")

    def with_distance(self, place: Point):
        """Adds `distance`, in metres over the round earth, from `place` (EPSG:4326)."""
        return self.alias(on_earth=Geography("point")).annotate(distance=Distance("on_earth", place))

    def in_bbox(self, box: tuple[float, float, float, float]):
        """Those inside west, south, east, north, in degrees (EPSG:4326)."""
        frame = Polygon.from_bbox(box)
        frame.srid = 4326
        return self.filter(point__coveredby=frame)


class ImportQuerySet(models.QuerySet):
    def seen_by(self, user, territories: list[int] | None):
        """Their own, and those made for one of these territories (None: all of them)."""
        if territories is None:
            return self
        return self.filter(Q(owner=user) | Q(territories__overlap=territories))

    def waiting(self):
        """Those that a worker must read, check or import, the oldest first."""
        return self.filter(state__in=self.model.WORKING).order_by("changed_at", "pk")


PLAN = """
SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object(
    'type', 'Feature', 'properties', json_build_object('kind', kind, 'name', name),
    'geometry', ST_AsGeoJSON(geometry, 5)::json) ORDER BY id), '[]'::json))::text
FROM geo_planfeature WHERE id IN ({keys})
"""


class ExportQuerySet(models.QuerySet):
    def open(self):
        """Still to be made, or being made."""
        return self.filter(state__in=self.model.OPEN)

    def ready(self, now=None):
        """Made, and still there."""
        return self.filter(state=self.model.State.DONE, expires_at__gt=now or timezone.now())

    def of(self, viewer):
        """Those that this person asked for; of a stranger none."""
        return self.filter(owner=viewer) if viewer.is_authenticated else self.none()
