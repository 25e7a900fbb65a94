"""The files of the snapshot and their catalogue, for everybody and for caches on the way."""

import json

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from geo.exports import streams
from geo.exports.formats import FORMATS
from geo.opendata import catalogue, snapshot

SHARED = "public, max-age=3600"


@require_safe
def file(request, name, file_format, day=None):
    """One file of the current snapshot, or of that of a day (YYYYMMDD) that is still kept."""
    folder = snapshot.on(day) if day is not None else snapshot.current()
    held = snapshot.manifest(folder) if folder else None
    known = held and held["layers"].get(name, {}).get("files", {}).get(file_format)
    if not known:
        raise Http404(_("There is no such file in the snapshot."))
    etag = f'"{known["sha256"]}"'
    headers = {"ETag": etag, "Cache-Control": SHARED, "Access-Control-Allow-Origin": "*"}
    if etag in [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]:
        return HttpResponse(status=304, headers=headers)
    headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{name}-{held['made'][:10]}.{file_format}"
    )
    media_type = FORMATS[file_format].media_type
    try:
        return streams.of_file(request, folder / f"{name}.{file_format}", content_type=media_type, headers=headers)
    except FileNotFoundError:
        raise Http404(_("There is no such file in the snapshot.")) from None


@require_safe
def describe(request):
    """The catalogue, in JSON-LD. 404 until the first snapshot is made."""
    held = snapshot.manifest()
    if held is None:
        raise Http404(_("There is no snapshot yet: it is made each night."))
    body = json.dumps(catalogue.document(held), ensure_ascii=False, indent=1)
    headers = {"Cache-Control": SHARED, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(body, content_type=catalogue.MEDIA_TYPE, headers=headers)
