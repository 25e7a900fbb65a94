"""What no page of ours can mean, what other sites may do, and what takes too long."""

import logging

from django.conf import settings
from django.db import OperationalError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled
from psycopg_pool import PoolTimeout

log = logging.getLogger(__name__)


class ZeroByteMiddleware:
    """No page has a zero byte in its path; the database would refuse it as an error of ours."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info:
            raise Http404
        return self.get_response(request)


class OtherSitesMiddleware:
    """Layers (settings.LAYER_PATHS) are there for programs and for maps of other sites: to read, from anywhere.

    No session crosses with `*` (Fetch, CORS protocol); a key may.
    """

    READ = ("GET", "HEAD", "OPTIONS")

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path.startswith(settings.LAYER_PATHS):
            return self.get_response(request)
        if request.method == "OPTIONS":
            response = HttpResponse(headers={"Allow": ", ".join(self.READ), "Access-Control-Max-Age": "86400"})
        elif request.method not in self.READ:
            body = {"code": "MethodNotAllowed", "description": _("This is for reading only.")}
            response = JsonResponse(body, status=405, headers={"Allow": ", ".join(self.READ)})
        else:
            response = self.get_response(request)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Headers"] = "Authorization"
        response.headers["Access-Control-Expose-Headers"] = "Content-Crs, Link, ETag, Location"
        return response


class BusyMiddleware:
    """A question that the database had no time for: given up (settings.STATEMENT_TIMEOUT), or no connection free.

    Answered with 503 in words, or as JSON to programs; others of the database's errors stay errors of ours.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, OperationalError) or not isinstance(
            exception.__cause__, QueryCanceled | PoolTimeout
        ):
            return None
        log.error("no answer in time to %s: %s", request.path, exception)
        if request.get_preferred_type(["application/json", "text/html"]) == "text/html":
            response = render(request, "503.html", status=503)
        else:
            said = _("This took too long and was given up. Ask for less at once, or try again in a minute.")
            response = JsonResponse({"code": "Busy", "description": said}, status=503)
        response.headers["Retry-After"] = "60"
        return response
