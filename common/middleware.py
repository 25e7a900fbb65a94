"""What no page of ours can mean."""

from django.core.exceptions import BadRequest
from django.http import Http404


class ZeroByteMiddleware:
    """Refuses zero bytes in an address before a view hands them to the database, which takes none."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info:
            raise Http404
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("zero byte in the query string")
        return self.get_response(request)
