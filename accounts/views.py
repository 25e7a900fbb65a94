"""The account page and the doors to it that allauth does not have."""

from allauth.account.utils import get_next_redirect_url
from allauth.account.views import RequestLoginCodeView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import confirmations, demo, keys, privacy, sections, services
from accounts.forms import CloseForm, KeyForm, ProfileForm
from accounts.models import ApiKey, Mandate

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class SignInView(RequestLoginCodeView):
    """E-mail address, please; in the demo also: whom would you like to be?"""

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"request": self.request}

    def form_valid(self, form):
        answer = super().form_valid(form)
        form.note_act()
        return answer

    def get_context_data(self, **kwargs):
        people = demo.people() if demo.offered() else ()
        return super().get_context_data(**kwargs) | {"demo_people": people}


@require_POST
def demo_sign_in(request, pk):
    """Become somebody of the demo. It does not exist anywhere else."""
    if not demo.offered():
        raise Http404
    person = get_object_or_404(demo.people(), pk=pk)
    login(request, person, backend=BACKEND)
    return redirect(get_next_redirect_url(request) or settings.LOGIN_REDIRECT_URL)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request):
    """My account: what others see, what is known of me, what I may do, what I follow."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your public name is saved."))
        return redirect("account_home")
    context = {
        "form": form,
        "mandates": Mandate.objects.held_by(request.user).select_related("territory__level", "body"),
        "sections": sections.for_page(request),
    }
    # A refused name stays in the form, not in the header of the page.
    request.user.refresh_from_db(fields=["display_name"])
    return render(request, "accounts/account.html", context)


@never_cache
@login_required
@require_safe
def export(request):
    """All that is known of me, as a file (GDPR art. 15 and 20)."""
    filename = f"{settings.SITE_NAME.lower()}-{timezone.localdate():%Y%m%d}.json"
    return JsonResponse(
        privacy.export(request.user),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request):
    """Close my account and erase what is known of me, after I typed my address."""
    form = CloseForm(request.POST or None, user=request.user)
    blocked = services.why_not_close(request.user)
    if request.method == "POST" and not blocked and form.is_valid():
        services.close(user=request.user)
        logout(request)
        messages.success(request, _("Your account is closed and your data erased."))
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/close.html", {"form": form, "blocked": blocked})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def access_keys(request):
    """My keys, and a new one, whose text this answer alone shows."""
    form = KeyForm(request.POST or None, user=request.user)
    made = form.issue() if request.method == "POST" and form.is_valid() else None
    context = {
        "form": KeyForm(user=request.user) if made else form,
        "made": made,
        "keys": keys.held_by(request.user),
        "scopes": keys.offered_to(request.user),
    }
    return render(request, "accounts/keys.html", context)


@login_required
@require_POST
def revoke_key(request, pk):
    """End one of my keys."""
    key = get_object_or_404(ApiKey, pk=pk, user=request.user)
    keys.revoke(key=key)
    messages.success(request, _("The key “%(name)s” no longer opens anything.") % {"name": key.label})
    return redirect("account_keys")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request, token):
    """The page a mail's link opens. Looking does nothing, as mail scanners look too; the button acts, once."""
    answer = _confirm(request, token)
    # The address of this page is the proof: it goes to no other page, be it one of ours.
    answer.headers["Referrer-Policy"] = "strict-origin"
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def _confirm(request, token):
    try:
        found = confirmations.find(token)
    except confirmations.UnknownConfirmation:
        return render(request, "accounts/confirm.html", {"state": "unknown"}, status=404)
    context = {"confirmation": found, "title": confirmations.title_of(found)}
    if request.method == "POST" and "again" in request.POST:
        confirmations.mail_again(confirmation=found)
        return render(request, "accounts/confirm.html", context | {"state": "mailed"})
    if request.method == "POST":
        try:
            return HttpResponseRedirect(confirmations.confirm(token=token).result_url)
        except confirmations.ConfirmationRefused as refused:
            return render(request, "accounts/confirm.html", context | {"refused": str(refused)}, status=409)
        except confirmations.ExpiredConfirmation:
            pass
    if confirmations.is_expired(found):
        return render(request, "accounts/confirm.html", context | {"state": "expired"}, status=410)
    return render(request, "accounts/confirm.html", context | {"state": "done" if found.done_at else ""})
