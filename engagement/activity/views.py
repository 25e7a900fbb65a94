"""Following, and stopping to."""

from urllib.parse import urlencode

from django.core import signing
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from engagement.activity import followables, services
from engagement.activity.templatetags.activity import button_context


@require_POST
def follow(request):
    """Follow the thing named by `object_type` and `object_key`, where this person may see it."""
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    object_type, object_key = _named(request)
    found = followables.find(request.user, object_type, object_key)
    if found is None:
        raise Http404(_("There is nothing like that to follow."))
    title, url = found
    services.follow(user=request.user, object_type=object_type, object_key=object_key, title=title, url=url)
    return _answer(request, object_type, object_key, title, url)


@require_POST
def unfollow(request):
    """Stop following. Also what is no longer there, or no longer to be seen."""
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    object_type, object_key = _named(request)
    services.unfollow(user=request.user, object_type=object_type, object_key=object_key)
    title, url = followables.find(request.user, object_type, object_key) or ("", "/")
    return _answer(request, object_type, object_key, title, url)


def _named(request) -> tuple[str, str]:
    # A NUL is refused by PostgreSQL; no key is longer than the column.
    key = request.POST.get("object_key", "").replace("\x00", "")[:60]
    return request.POST.get("object_type", "").replace("\x00", "")[:40], key


def _answer(request, object_type, object_key, title, url):
    """The button as it is now for htmx; otherwise back to where the person was."""
    if request.htmx:
        return render(request, "activity/follow_button.html", button_context(request, object_type, object_key, title))
    return redirect(_back(request) or url)


def _back(request) -> str:
    """The page the person was on; empty where it is not one of ours."""
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return back if ours else ""


def _sign_in_first(request):
    """Whose session ended meanwhile comes back to the page, not to this address that only takes forms."""
    url = f"{reverse('account_login')}?{urlencode({'next': _back(request) or '/'})}"
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """Stop one follow from a mail, without signing in.

    Mail scanners open every link, so GET only asks; mail programs POST (RFC 8058), which brings no cookie and needs
    no CSRF token: the signed link is the proof.
    """
    try:
        follow = services.follow_of(token)
    except signing.BadSignature:
        raise Http404(_("This link is not complete. Copy it whole from the mail.")) from None
    if follow and request.method == "POST":
        services.unfollow(user=follow.user, object_type=follow.object_type, object_key=follow.object_key)
        return render(request, "activity/unsubscribe.html", {"stopped": follow})
    return render(request, "activity/unsubscribe.html", {"follow": follow})
