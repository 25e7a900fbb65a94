"""What every call shares: its format, its jurisdiction, who asks, and errors in the shape of the specification."""

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt

from accounts import keys
from accounts.models import ApiKey, Role, User
from alerts.open311.formats import respond
from common.ratelimit import exceeded
from geo.models import Territory

log = logging.getLogger(__name__)
SCOPE = "open311"
WINDOW = 600  # seconds
keys.register_scope(SCOPE, gettext_lazy("Open311: send and read reports"), (Role.AGENT, Role.ADMINISTRATOR))


class Refused(Exception):
    """The call cannot be answered: one status of HTTP, and a sentence for each thing that is wrong."""

    def __init__(self, status: int, *descriptions: str):
        super().__init__(status, *descriptions)
        self.status = status
        self.descriptions = descriptions


@dataclass(frozen=True)
class Call:
    """One call. `territory` is the jurisdiction asked for, None for all; `key` is None where none was given."""

    request: object
    fmt: str
    territory: Territory | None
    key: ApiKey | None
    viewer: User | AnonymousUser

    @property
    def given(self) -> QueryDict:
        """The parameters, from where this method has them."""
        return self.request.POST if self.request.method == "POST" else self.request.GET

    def text(self, name: str) -> str:
        """A parameter; empty and missing are the same, as the specification says."""
        return self.given.get(name, "").replace("\0", "").strip()

    def must_cover(self, territory_ids) -> None:
        """Refuse where none of these is the territory of the key's mandate."""
        if self.key.mandate.territory_id not in territory_ids:
            name = self.key.mandate.territory
            raise Refused(403, _("This api_key is for %(name)s; the place lies outside.") % {"name": name})

    def answer(self, root: str, document) -> HttpResponse:
        return respond(self.fmt, root, document)


def endpoint(*methods: str) -> Callable:
    """A view `view(call, **path)` for these methods. No cookie counts here: who asks is said by the key alone."""

    def decorator(view):
        @csrf_exempt
        @functools.wraps(view)
        def wrapped(request, fmt, **path):
            answered_as = fmt if fmt in ("xml", "json") else "xml"
            try:
                if answered_as != fmt:
                    raise Refused(404, _("There is no such format: ask for .xml or .json."))
                response = _answer(request, fmt, methods, view, path)
            except Refused as refused:
                errors = [{"code": refused.status, "description": one} for one in refused.descriptions]
                response = respond(answered_as, "errors", errors, refused.status)
            except (BadRequest, SuspiciousOperation, MultiPartParserError, UnreadablePostError):
                error = {"code": 400, "description": _("This request cannot be read: send a form in UTF-8.")}
                response = respond(answered_as, "errors", [error], 400)
            except Exception:
                log.exception("Open311: %s %s failed", request.method, request.path)
                error = {"code": 500, "description": _("Something broke on our side. Send this again later.")}
                response = respond(answered_as, "errors", [error], 500)
            if response.status_code == 405 or request.method == "OPTIONS":
                response.headers["Allow"] = ", ".join(_allowed(methods))
            if request.method != "POST":
                response.headers["Access-Control-Allow-Origin"] = "*"
            return response

        return wrapped

    return decorator


def _allowed(methods) -> list[str]:
    return [*(["GET", "HEAD"] if "GET" in methods else []), *(["POST"] if "POST" in methods else []), "OPTIONS"]


def _answer(request, fmt, methods, view, path) -> HttpResponse:
    if request.method == "OPTIONS":
        answer = HttpResponse(status=204)
        answer.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        answer.headers["Access-Control-Allow-Headers"] = "Authorization"
        return answer
    if request.method not in _allowed(methods):
        raise Refused(405, _("This address does not answer to %(method)s.") % {"method": request.method[:20]})
    key, viewer = _asked_by(request)
    asked = request.POST.get("jurisdiction_id") or request.GET.get("jurisdiction_id")
    response = view(Call(request, fmt, jurisdiction(asked), key, viewer), **path)
    if key:
        response.headers["Cache-Control"] = "no-store"
    return response


def _asked_by(request) -> tuple[ApiKey | None, User | AnonymousUser]:
    """The key and its person. A key that does not work is refused, also for reading: its holder wants to know."""
    if not keys.presented(request):
        if request.method == "POST":
            raise Refused(403, _("This needs an api_key. Where to get one: see discovery."))
        return None, AnonymousUser()
    viewer = keys.viewer_of(request, SCOPE)
    if request.api_key is None:
        raise Refused(403, _("This api_key is not known, was revoked, or its mandate has ended."))
    if request.method == "POST" and exceeded(
        f"open311:{request.api_key.pk}", limit=settings.OPEN311_POSTS_LIMIT, seconds=WINDOW
    ):
        raise Refused(429, _("Too many requests came with this api_key. Send this one again in ten minutes."))
    return request.api_key, viewer


def jurisdiction(asked: str | None) -> Territory | None:
    """The territory that a jurisdiction_id names: in OPEN311_JURISDICTIONS, else a code of the home level.

    Where one is set it is the default; where several are, one must be named. Raises Refused.
    """
    asked, names = (asked or "").replace("\0", "").strip(), settings.OPEN311_JURISDICTIONS
    if not asked and len(names) > 1:
        raise Refused(400, _("A jurisdiction_id is needed here: %(names)s.") % {"names": ", ".join(sorted(names))})
    if not (asked or names):
        return None
    rows = Territory.objects.select_related("level")
    if names:
        level, _colon, code = names.get(asked or next(iter(names)), "").rpartition(":")
        rows = rows.filter(level__code=level) if level else rows.filter(level__is_home=True)
    else:
        code, rows = asked, rows.filter(level__is_home=True)
    found = rows.filter(code=code).first() if code else None
    if found is None:
        raise Refused(404, _("There is no jurisdiction_id “%(name)s” here.") % {"name": asked[:60]})
    return found
