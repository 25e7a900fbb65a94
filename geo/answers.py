"""Answers that several doors give in the same words."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from geo.layers import BadParameter


def refused(error: BadParameter) -> JsonResponse:
    """400 with an OGC exception that names the parameter (OGC API – Common, 8.1)."""
    body = {"code": "InvalidParameterValue", "parameter": error.parameter, "description": str(error)}
    return JsonResponse(body, status=400)


def check_known(request: HttpRequest, known: set[str]) -> None:
    """Raises BadParameter for one that an address does not know: it would seem to be obeyed."""
    for unknown in sorted(set(request.GET) - known):
        raise BadParameter(unknown, _("This parameter does not exist."))
