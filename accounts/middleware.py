"""Who asks: by a key where programs read layers; and staff go nowhere without a second factor."""

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from accounts import keys
from accounts.models import STAFF_ROLES
from accounts.rules import mandates

# All that staff may do before: set the second factor up, sign out, choose the language; and the state of the house.
OPEN = {
    "mfa_index",
    "mfa_activate_totp",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "account_login",
    "account_request_login_code",
    "account_logout",
    "set_language",
    "healthz",
}


class StaffMFAMiddleware:
    """Sends staff without a second factor to where they set one up, and nowhere else until they have."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not settings.STAFF_MFA_REQUIRED or not request.user.is_authenticated:
            return None
        if request.resolver_match.view_name in OPEN:
            return None
        staff = request.user.is_staff or mandates(request.user, *STAFF_ROLES)
        if not staff or is_mfa_enabled(request.user):
            return None
        said = _("Your mandate needs a second factor. Set one up to go on.")
        if not request.accepts("text/html"):
            return JsonResponse({"code": "second_factor_missing", "detail": said}, status=403)
        messages.warning(request, said)
        return redirect("mfa_activate_totp")


class LayerKeyMiddleware:
    """Where GIS programs read layers, the person of a key takes the place of the session's."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not request.path.startswith(settings.LAYER_PATHS) or not keys.presented(request):
            return self.get_response(request)
        request.user = keys.viewer_of(request, keys.LAYERS)
        if request.user.is_authenticated:
            response = self.get_response(request)
            keep_private(response)
            return response
        said = _("This key does not open the layers: it is unknown, ended or made for another use.")
        refusal = JsonResponse({"code": "KeyRefused", "description": said}, status=401)
        refusal["WWW-Authenticate"] = 'Basic realm="Parvis", charset="UTF-8"'
        return refusal


class PrivateMiddleware:
    """What somebody is shown as the person they are is theirs: nothing on the way keeps it for others."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        # A page that asked for nobody must not begin to depend on who is signed in.
        if request.session.accessed and request.user.is_authenticated:
            keep_private(response)
        return response


def keep_private(response) -> None:
    """Let nothing on the way keep that answer, where it does not say itself who may."""
    if not response.has_header("Cache-Control"):
        patch_cache_control(response, private=True, no_cache=True)
