"""“Me too”: said, confirmed by e-mail, taken back, and its mails stopped."""

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.confirmations import TooManyConfirmations
from alerts import services
from alerts.audience import support_of
from alerts.confirmed import ask_support
from alerts.me_too import me_too_context
from alerts.models import Alert
from common.caller import address

SALT = "alerts.mailed"
NO_ADDRESS = gettext_lazy("This is not an e-mail address. Example: name@example.org.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def support(request, reference):
    """Say “me too”, or with `undo` take it back. Signed in at once; otherwise `email` is confirmed first."""
    visible = Alert.objects.visible_to(request.user).select_related("category", "duplicate_of")
    alert = get_object_or_404(visible, reference=reference.upper().replace("\0", ""))
    if request.method != "POST":
        return render(request, "alerts/me_too.html", me_too_context(request, alert, state="asking"))
    if alert.state.final and not alert.duplicate_of_id:
        return _answer(
            request, alert, problem=_("This report is closed. If the problem is still there, report it anew.")
        )
    if not request.user.is_authenticated:
        return _ask(request, alert)
    if "undo" in request.POST:
        if said := services.support_by(alert=alert, user=request.user):
            services.leave(support=said, withdraw=True)
    else:
        try:
            services.support(alert=alert, user=request.user)
        except services.NotSupportable as error:
            return _answer(request, alert, problem=str(error))
    alert.refresh_from_db(fields=["supports"])
    return _answer(request, alert)


def _ask(request, alert: Alert):
    """Have the address of somebody without an account confirmed."""
    typed = request.POST.get(f"email-{alert.reference}", request.POST.get("email", "")).strip()
    if not typed and request.htmx:
        return _answer(request, alert, state="asking")
    field = forms.EmailField(error_messages={"required": NO_ADDRESS, "invalid": NO_ADDRESS})
    try:
        email = field.clean(typed)
        ask_support(alert=alert, email=email, caller=address(request))
    except forms.ValidationError as error:
        return _answer(request, alert, state="asking", email=typed, problem=error.messages[0])
    except TooManyConfirmations as error:
        return _answer(request, alert, state="asking", email=typed, problem=str(error))
    if request.htmx:
        return _answer(request, alert, state="mailed", email=email)
    return redirect(mailed_url(email))


def _answer(request, alert: Alert, **said):
    """The button as it is now for a script; otherwise the report, or the page of the button where more is to say."""
    if request.htmx:
        context = me_too_context(request, alert, inside="inside" in request.GET, **said)
        return render(request, "alerts/_me_too_box.html", context)
    if said:
        status = 422 if said.get("problem") else 200
        return render(request, "alerts/me_too.html", me_too_context(request, alert, **said), status=status)
    if "undo" not in request.POST:
        messages.success(request, _("It is noted: you have this problem too. We will tell you of the answers."))
    return redirect(alert)


def mailed_url(email: str) -> str:
    """Where somebody goes whose act waits for the mail to `email`."""
    return reverse("alerts:mailed", args=[signing.dumps(email, salt=SALT)])


@never_cache
@require_safe
def mailed(request, token):
    """A mail is on its way, and to which address."""
    try:
        email = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Http404(_("This link is not complete. Copy it whole from the mail.")) from None
    return render(request, "alerts/mailed.html", {"email": email})


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request, token):
    """Stop the mails of one “me too” from a mail, without signing in.

    Mail scanners open every link, so GET only asks; mail programs POST (RFC 8058), which brings no cookie and needs
    no CSRF token: the signed link is the proof.
    """
    try:
        said = support_of(token)
    except signing.BadSignature:
        raise Http404(_("This link is not complete. Copy it whole from the mail.")) from None
    if said and request.method == "POST":
        services.leave(support=said)
        said.told = False
    return render(request, "alerts/leave.html", {"support": said})
