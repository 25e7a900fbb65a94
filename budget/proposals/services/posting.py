"""Taking a proposal."""

import uuid

from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User, Verification
from budget.participatory.models import Budget, Envelope, Theme
from budget.proposals.models import Price, Proposal, ProposalEvent
from budget.proposals.services.photos import join_photos
from budget.proposals.services.steps import ProposalError, announce
from geo.lookup import territory_ids_at

ON_IT = "SELECT ST_AsEWKB(ST_PointOnSurface(ST_GeomFromEWKB(%s)))"
MAX_QUANTITY = 1_000_000
# A path may leave the town by so much: outlines are simplified, and follow the middle of streets.
BORDER = 100  # metres
OUTSIDE = """
SELECT EXISTS (
    SELECT FROM geo_boundary AS outline, ST_DumpPoints(ST_GeomFromEWKB(%(shape)s)) AS corner
    WHERE outline.territory_id = %(territory)s AND outline.validity @> %(day)s::date
      AND NOT ST_Covers(outline.geometry, corner.geom)
      AND NOT ST_DWithin(corner.geom::geography, outline.geometry::geography, %(metres)s)
)
"""


class Closed(ProposalError):
    """The budget takes no proposals, or no changes, now."""


class NotHere(ProposalError):
    """No envelope of the budget is for that place."""


@transaction.atomic
def post(
    *,
    budget: Budget,
    author: User,
    title: str,
    text: str,
    shape: GEOSGeometry | None,
    theme: Theme | None = None,
    envelope: Envelope | None = None,
    address: str = "",
    quantities: dict[str, int] | None = None,
    estimate: int | None = None,
    photo_tokens: list[str] = (),
    submission: uuid.UUID | None = None,
) -> Proposal:
    """Take a proposal; the same `submission` twice gives the same one.

    `shape` is a point, line or area in EPSG:4326; it decides the envelope, unless the author chose another of those
    that are open there (or, without a place, the whole city's). `quantities` are numbers of things of the price list
    by code; `estimate` (cents) is the author's own sum where there are none. Raises Closed, NotHere, ProposalError,
    or PermissionDenied for somebody whose e-mail is not confirmed.
    """
    if not author.is_authenticated or author.verification < Verification.EMAIL:
        raise PermissionDenied
    if known := Proposal.objects.filter(submission=submission or uuid.uuid4(), author=author).first():
        return known
    if not budget.allows("propose"):
        raise Closed(_("This budget takes no proposals now."))
    shape = whole(shape)
    refuse_outside(budget, shape)
    point = on_it(shape) if shape else None
    chosen = choose_envelope(budget=budget, point=point, theme=theme, wanted=envelope)
    lines = estimate_lines(quantities or {})
    now = timezone.now()
    proposal, created = Proposal.objects.get_or_create(
        submission=submission or uuid.uuid4(),
        defaults={
            "budget": budget,
            "envelope": chosen,
            "theme": theme,
            "title": title,
            "text": text,
            "shape": shape,
            "point": point,
            "address": address,
            "territories": territories_of(chosen, point),
            "author": author,
            "author_name": author.display_name,
            "estimate_lines": lines,
            "estimate": total(lines) if lines else estimate,
            "created_at": now,
            "updated_at": now,
        },
    )
    if created:
        join_photos(proposal=proposal, tokens=photo_tokens, owner=author)
        event = ProposalEvent.objects.create(
            proposal=proposal, act="post", to_status=proposal.status, actor=author, data={"envelope": chosen.slug}
        )
        announce(proposal, event)
    return proposal


def whole(shape: GEOSGeometry | None) -> GEOSGeometry | None:
    """The shape as it is kept: an area, of one piece or several, is a MultiPolygon."""
    if shape is None or shape.geom_type != "Polygon":
        return shape
    return MultiPolygon(shape, srid=shape.srid)


def on_it(shape: GEOSGeometry) -> Point:
    """A point that surely lies on the shape (EPSG:4326)."""
    with connection.cursor() as cursor:
        cursor.execute(ON_IT, [bytes(shape.ewkb)])
        return GEOSGeometry(memoryview(cursor.fetchone()[0]))


def refuse_outside(budget: Budget, shape: GEOSGeometry | None) -> None:
    """Raises NotHere where a corner of a shape (EPSG:4326) lies more than BORDER metres outside the whole town.

    Where that territory has no outline nothing is refused.
    """
    if shape is None:
        return
    with connection.cursor() as cursor:
        known = {"territory": budget.territory_id, "day": timezone.localdate(), "metres": BORDER}
        cursor.execute(OUTSIDE, known | {"shape": bytes(shape.ewkb)})
        (outside,) = cursor.fetchone()
    if outside:
        raise NotHere(_("A part of it lies outside %(territory)s. Draw it inside.") % {"territory": budget.territory})


def choose_envelope(
    *, budget: Budget, point: Point | None, theme: Theme | None, wanted: Envelope | None = None
) -> Envelope:
    """The envelope that a place falls into, or the one wanted of those it may belong to. Raises NotHere."""
    open_here = envelopes_at(budget=budget, point=point, theme=theme)
    if wanted and wanted in open_here:
        return wanted
    if wanted:
        raise NotHere(_("“%(envelope)s” is not for this place. Choose another envelope.") % {"envelope": wanted})
    if not open_here:
        raise NotHere(_("No envelope of this budget is for this place. Move it inside the outlines on the map."))
    return open_here[0]


def envelopes_at(*, budget: Budget, point: Point | None, theme: Theme | None) -> list[Envelope]:
    """Those a proposal may belong to, the closest first; without a place, the whole city's."""
    if point is None:
        return list(budget.envelopes.filter(scope="city"))
    return list(budget.envelopes.at(point, theme=theme))


def territories_of(envelope: Envelope, point: Point | None) -> list[int]:
    """Where the proposal is told of: where it lies, and its envelope's territory."""
    here = territory_ids_at(point) if point else []
    own = envelope.territory_id or envelope.budget.territory_id
    return [*here, *([own] if own not in here else [])]


def estimate_lines(quantities: dict[str, int]) -> list[dict]:
    """Lines of an estimate with the prices of today. Raises ProposalError for an impossible quantity."""
    lines = []
    for price in Price.objects.offered().filter(code__in=[code for code, count in quantities.items() if count]):
        count = quantities[price.code]
        if not 0 < count <= MAX_QUANTITY:
            raise ProposalError(
                _("“%(count)s” is no possible quantity of %(thing)s.") % {"count": count, "thing": price}
            )
        lines.append(
            {"code": price.code, "name": price.name, "unit": price.unit, "cost": price.cost, "quantity": count}
        )
    return lines


def total(lines: list[dict]) -> int:
    """The sum of an estimate, in cents."""
    return sum(line["cost"] * line["quantity"] for line in lines)
