"""Following, and stopping to."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from common import opaque
from engagement.activity import followables, follows, services
from engagement.activity.models import FOLLOWED, Rhythm
from engagement.activity.pages import own
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
    try:
        services.follow(user=request.user, object_type=object_type, object_key=object_key, title=title, url=url)
    except follows.TooMany as error:
        messages.error(request, str(error))
        account = reverse("account_home")
        return HttpResponseClientRedirect(account) if request.htmx else redirect(account)
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
    try:
        key = opaque.opened(FOLLOWED, request.POST.get("object_key", ""))
    except ValueError:
        key = ""
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


@login_required
@require_POST
def pause(request):
    """Stop all mails of what I follow (`paused=1`), or let them come again."""
    paused = request.POST.get("paused") == "1"
    follows.pause(user=request.user, paused=paused)
    messages.success(
        request,
        _("We no longer write to you about what you follow. Your list is kept.")
        if paused
        else _("We write to you again about what you follow."),
    )
    return redirect("account_home")


@login_required
@require_POST
def rhythm(request, pk):
    """Change how often one follow writes, from the list."""
    followed = own(request, pk)
    chosen = request.POST.get("rhythm", "")
    if chosen not in Rhythm.values:
        raise Http404
    follows.change(follow=followed, rhythm=chosen)
    said = _("“%(title)s”: we write to you %(rhythm)s.") % {
        "title": followed.title,
        "rhythm": Rhythm(chosen).label,
    }
    if request.htmx:
        return HttpResponse(said, content_type="text/plain; charset=utf-8")
    messages.success(request, said)
    return redirect("account_home")


@login_required
@require_POST
def address(request, pk):
    """Give the feed of an area another secret address (`revoke=1`: none), so that the old one ends."""
    followed = own(request, pk)
    if followed.object_type != "area":
        raise Http404
    follows.change_address(follow=followed, token=request.POST.get("revoke") != "1")
    messages.success(request, _("The old address has ended."))
    return redirect("activity:edit", pk=followed.pk)


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


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_all(request, token):
    """Stop all mails of what a person follows from one of them, without signing in. The list is kept, paused."""
    try:
        person = follows.person_of(token)
    except signing.BadSignature:
        raise Http404(_("This link is not complete. Copy it whole from the mail.")) from None
    if person and request.method == "POST":
        follows.pause(user=person)
        return render(request, "activity/unsubscribe_all.html", {"stopped": True})
    return render(request, "activity/unsubscribe_all.html", {"person": person})
