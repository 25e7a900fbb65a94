"""What no page of ours can mean."""

from django.http import Http404


class ZeroByteMiddleware:
    """No page has a zero byte in its path; the database would refuse it as an error of ours."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info:
            raise Http404
        return self.get_response(request)
