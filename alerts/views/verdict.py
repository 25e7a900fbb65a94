"""“Is it really fixed?”, asked by mail: the link names the person and the closing, and opening it does nothing."""

from django.core import signing
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from alerts.drafts import collect
from alerts.followup import VerdictForm
from alerts.judges import asked_by, closing_of
from alerts.models import Alert
from alerts.story import tell, whole
from alerts.views.followup import record, report_again, thank
from alerts.workflow import CLOSED


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verdict(request, token):
    """The report before and after, and two buttons. Only POST records, as mail scanners open every link."""
    try:
        closing, judge = asked_by(token)
    except (signing.BadSignature, ValueError, KeyError):
        raise Http404(_("This link is not complete. Copy it whole from the mail.")) from None
    alert = closing and whole(Alert.objects.kept()).filter(pk=closing.alert_id).first()
    if alert is None or judge is None:
        return render(request, "alerts/verdict.html", {"alert": None}, status=410)
    return _answer(request, alert, closing, judge)


def _expired(request):
    """The opinion comes back with a fresh token."""
    request.expired = True
    return verdict(request, token=request.resolver_match.kwargs["token"])


verdict.on_csrf_failure = _expired


def _answer(request, alert, closing, judge):
    said = judge.verdict_on(closing)
    draft = collect(request) if request.method == "POST" else None
    form = VerdictForm(
        request.POST if draft else None, judge=judge, verdict=said, reopens=_reopens(alert, judge), draft=draft
    )
    if draft:
        if getattr(request, "expired", False):
            form.add_error(None, _("This page had expired. Nothing is lost: check it and send it again."))
        if form.is_valid() and not draft.errors and record(closing, judge, form):
            if form.reopened():
                thank(request, form)
                return redirect(alert.get_tracking_url())
            return redirect(f"{request.path}?merci")
    standing = closing_of(alert)
    context = {
        "alert": alert,
        "story": tell(alert, request.user),
        "verdict_form": form,
        "wrong": form.wrong,
        "said": said,
        "thanks": "merci" in request.GET and said is not None,
        "standing": standing is not None and standing.pk == closing.pk,
        "joined": judge.reported if judge.reported and judge.reported.pk != alert.pk else None,
        "report_again": report_again(alert),
    }
    return render(request, "alerts/verdict.html", context, status=422 if form.errors or form.photo_errors else 200)


def _reopens(alert, judge) -> bool:
    """Whether it falls to that person to open it again: who reported it, while there is time."""
    mine = judge.reported is not None and judge.reported.pk == alert.pk
    return mine and alert.status in CLOSED and timezone.now() <= alert.reopens_until()
