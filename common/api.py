"""What every JSON endpoint shares: errors in one form, and public reading from any site."""

import functools

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import ValidationError


class ErrorOut(Schema):
    """`code` is for programs, `detail` for people."""

    code: str
    detail: str


def one_form_of_error(api: NinjaAPI) -> None:
    """Parameters that cannot be read are answered like every other error: 422 with `code` and `detail`."""

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        wrong = ", ".join(dict.fromkeys(str(one["loc"][-1]) for one in error.errors))
        detail = _("These parameters are missing or cannot be read: %(names)s.") % {"names": wrong}
        return api.create_response(request, {"code": "invalid_parameter", "detail": detail}, status=422)


def public(seconds: int):
    """For public GET endpoints (ninja's `decorate_view`): any site may read, answers may be kept for `seconds`."""

    def decorator(view):
        @functools.wraps(view)
        def wrapped(request, *args, **kwargs):
            response = view(request, *args, **kwargs)
            response.headers["Access-Control-Allow-Origin"] = "*"
            if response.status_code == 200:
                patch_cache_control(response, public=True, max_age=seconds)
            return response

        return wrapped

    return decorator
