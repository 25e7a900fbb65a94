"""What everybody may see of an alert, and what only its reporter may."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alerts.models import Alert, AlertPhoto, Moderation
from alerts.story import may_see, whole
from alerts.views import followup

YEAR = 365 * 24 * 3600  # seconds; a photo never changes under its address


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request, reference):
    """The public page: no personal data in it. Who signed in also acts from here."""
    reference = reference.upper()
    alert = whole(Alert.objects.visible_to(request.user)).filter(reference=reference).first()
    if alert is None:
        return _gone(request, reference)
    return followup.page(request, alert, key=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tracking(request, token):
    """The same for the person who reported it, who holds the only link."""
    alert = get_object_or_404(whole(Alert.objects.kept()), tracking_token=token)
    return followup.page(request, alert, key=True)


def _expired(request):
    """What was typed comes back with a fresh token, after Django refused the one it was sent with."""
    match, request.expired = request.resolver_match, True
    return match.func(request, **match.kwargs)


detail.on_csrf_failure = tracking.on_csrf_failure = _expired


@require_safe
def photo(request, token):
    """A photo, or with `?petit` its thumbnail, for whoever may see its alert.

    One of a report not sent yet is for whoever holds its token; `?suivi=` is the reporter's own key.
    """
    rows = AlertPhoto.objects.select_related("alert", "step")
    photo = get_object_or_404(rows, token=token)
    if photo.alert and not _may_see(request, photo):
        raise Http404
    file = photo.thumbnail if "petit" in request.GET else photo.image
    # At most a few hundred kilobytes: read at once, as an asynchronous server would anyway.
    with file.open("rb") as opened:
        content = opened.read()
    return HttpResponse(
        content,
        content_type="image/jpeg",
        headers={"Cache-Control": f"private, max-age={YEAR}, immutable", "X-Content-Type-Options": "nosniff"},
    )


def _may_see(request, photo: AlertPhoto) -> bool:
    alert, viewer = photo.alert, request.user
    if viewer.has_perm("alerts.moderate_alert", alert):
        return True
    key = request.GET.get("suivi") == alert.tracking_token
    if not may_see(photo, photo.step, viewer, own=key or (viewer.is_authenticated and alert.reporter_id == viewer.pk)):
        return False
    return key or Alert.objects.visible_to(viewer).filter(pk=alert.pk).exists()


def _gone(request, reference: str):
    """A report that was taken out of the public's sight says so and why; of any other, nothing."""
    hidden = (
        Moderation.objects.filter(
            alert__reference=reference, alert__erased_at=None, target=Moderation.Target.ALERT, lifted_at=None
        )
        .select_related("alert")
        .last()
    )
    if hidden is None:
        raise Http404
    return render(request, "alerts/hidden.html", {"hidden": hidden}, status=410)
