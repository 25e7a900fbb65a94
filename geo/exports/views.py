"""Files at addresses that stay: small ones at once, rows as they are read, large ones once they are made."""

import logging
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import caller
from geo import layers
from geo.answers import check_known, refused
from geo.exports import jobs, streams, styles, writers
from geo.exports.wanted import NotThere, Wanted, count, wanted
from geo.layers import BadParameter
from geo.models import Export

log = logging.getLogger(__name__)
# What the session remembers of who has no account.
REMEMBERED = "exports"
MAX_REMEMBERED = 10
RETRY_AFTER = 10  # seconds
STYLES = {"qml": ("text/xml", styles.qml), "sld": ("application/vnd.ogc.sld+xml", styles.sld)}


@require_safe
def export(request, name, file_format):
    """The layer `name`, or several in one file, as `?crs=EPSG:2154` (default EPSG:4326) and the layer's filters say.

    More than EXPORTS_AT_ONCE rows in a format that does not stream: 202 and where to look (JSON), or the page that
    shows how far it is, until the same address gives the file. To a program with a key it is given at once however
    large: what the key opens ends with the request.
    """
    try:
        asked = wanted(request.user, name, file_format, request.GET)
        selected = asked.select(request.user)
    except NotThere as error:
        raise Http404(str(error)) from error
    except BadParameter as error:
        return refused(error)
    if request.method == "HEAD":
        return HttpResponse(**_named(asked))
    if asked.form.streams:
        (layer, rows) = selected[0]
        return streams.of_rows(request, writers.stream(layer, rows, asked.form.name, asked.srid), **_named(asked))
    if count(selected, settings.EXPORTS_AT_ONCE + 1) <= settings.EXPORTS_AT_ONCE:
        return _at_once(request, asked, selected)
    if getattr(request, "api_key", None):
        try:
            jobs.refuse_floods(request.user, caller.address(request))
        except jobs.TooManyExports as error:
            return _too_many(error)
        return _at_once(request, asked, selected)
    return _later(request, asked)


def _named(asked: Wanted) -> dict:
    return {
        "content_type": asked.form.media_type,
        "headers": {
            "Content-Disposition": f'attachment; filename="{asked.filename}"',
            "Cache-Control": "private, no-cache",
        },
    }


def _at_once(request, asked: Wanted, selected):
    # The folder goes when the block ends; the open file stays readable until it has been sent.
    with tempfile.TemporaryDirectory(prefix="parvis-export-") as folder:
        path = Path(folder) / asked.filename
        rows = asked.write(selected, path)
        log.info("export %s: %d rows", asked.filename, rows)
        return streams.of_file(request, path, **_named(asked))


def _later(request, asked: Wanted):
    page = request.get_preferred_type(["application/json", "text/html"]) == "text/html"
    try:
        job = jobs.ask(viewer=request.user, asked=asked, caller=caller.address(request))
    except jobs.TooManyExports as error:
        if not page:
            return _too_many(error)
        messages.warning(request, str(error))
        return redirect("geo:exports")
    if job.is_ready:
        return _file(request, job, asked)
    where = reverse("geo:export_job", args=[job.token])
    if page:
        remember(request, job)
        return HttpResponse(status=303, headers={"Location": where})
    told = {"state": job.state, "page": request.build_absolute_uri(where), "total": job.total, "done": jobs.done(job)}
    return JsonResponse(told, status=202, headers={"Location": where, "Retry-After": str(RETRY_AFTER)})


def _too_many(error: jobs.TooManyExports) -> JsonResponse:
    body = {"code": "TooManyRequests", "description": str(error)}
    return JsonResponse(body, status=429, headers={"Retry-After": str(jobs.HOUR)})


def remember(request, job: Export) -> None:
    """Keep in the session of a person without an account what they asked for."""
    if not request.user.is_authenticated:
        known = [token for token in request.session.get(REMEMBERED, []) if token != job.token]
        request.session[REMEMBERED] = [job.token, *known][:MAX_REMEMBERED]


def find(request, token: str) -> Export:
    """The export of that token if it is this person's, or anybody's. Raises Http404."""
    job = Export.objects.select_related("owner").filter(token=token).first()
    mine = job and (job.owner_id is None or job.owner_id == request.user.pk)
    # A key may open less than its person may.
    if not mine or (job.owner_id and getattr(request, "api_key", None)):
        raise Http404(_("There is no such export, or it is another person's."))
    return job


@require_safe
def fetch(request, token):
    """The file of an export, to who asked for it, as long as its layers are open to them."""
    if sent := to_sign_in(request, token):
        return sent
    job = find(request, token)
    try:
        asked = jobs.again(job)
        # As long as that person's rights are what they were: the file holds what these showed.
        if asked.digest(job.owner or AnonymousUser()) != job.digest:
            raise NotThere(_("What you may see has changed since. Ask for it again."))
    except NotThere as error:
        raise Http404(str(error)) from error
    if not job.is_ready or not jobs.file_of(job).exists():
        raise Http404(_("This file is not there any more. Ask for it again."))
    return _file(request, job, asked)


def to_sign_in(request, token: str):
    """Where a mail's link is followed before signing in: the way to sign in, else None."""
    if request.user.is_authenticated or not Export.objects.filter(token=token).exclude(owner=None).exists():
        return None
    return redirect_to_login(request.get_full_path())


def _file(request, job: Export, asked: Wanted):
    return streams.of_file(request, jobs.file_of(job), **_named(asked))


@require_safe
def style(request, name, kind):
    """How the layer is drawn: QML for QGIS, SLD for others."""
    layer = layers.find(name, request.user)
    if layer is None:
        raise Http404(_("There is no such layer."))
    try:
        check_known(request, {"api_key"})
    except BadParameter as error:
        return refused(error)
    media_type, made = STYLES[kind]
    text = made(layer, layer.type_of(layer.queryset(request.user)))
    return HttpResponse(
        text, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{layer.name}.{kind}"'}
    )
