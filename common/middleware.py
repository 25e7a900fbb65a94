"""What no page of ours can mean, and what takes too long."""

import logging

from django.db import OperationalError
from django.http import Http404, JsonResponse
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
