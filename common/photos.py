"""Clean photos as files: kept in a row, and shown to who may see them."""

import uuid

from django.core.files.base import ContentFile
from django.http import HttpResponse

from common.images import Photo

YEAR = 365 * 24 * 3600  # seconds; a photo never changes under its address


def keep(row, clean: Photo):
    """Save a row with `image`, `thumbnail`, `width` and `height` of that photo, under a name that tells nothing."""
    name = uuid.uuid4().hex
    row.width, row.height = clean.width, clean.height
    row.image.save(f"{name}.jpg", ContentFile(clean.jpeg), save=False)
    row.thumbnail.save(f"{name}-s.jpg", ContentFile(clean.thumbnail), save=False)
    row.save()
    return row


def shown(row, *, small: bool) -> HttpResponse:
    """The photo of a row, or its thumbnail, as a browser keeps it."""
    with (row.thumbnail if small else row.image).open("rb") as opened:
        content = opened.read()
    return HttpResponse(
        content,
        content_type="image/jpeg",
        headers={"Cache-Control": f"private, max-age={YEAR}, immutable", "X-Content-Type-Options": "nosniff"},
    )
