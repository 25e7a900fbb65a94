"""What everybody may see of an alert, and what only its reporter may."""

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from alerts.models import Alert, AlertPhoto
from geo.routing import explain

YEAR = 365 * 24 * 3600  # seconds; a photo never changes under its address


@require_safe
def detail(request, reference):
    """The public page: no personal data in it."""
    alert = get_object_or_404(_whole(Alert.objects.visible_to(request.user)), reference=reference.upper())
    return render(request, "alerts/detail.html", _context(alert))


@never_cache
@require_safe
def tracking(request, token):
    """The same for the person who reported it, who holds the only link."""
    alert = get_object_or_404(_whole(Alert.objects.all()), tracking_token=token)
    just_sent = "envoye" in request.GET and alert.status == "received"
    context = _context(alert) | {"tracking": True, "just_sent": just_sent}
    return render(request, "alerts/detail.html", context)


@require_safe
def photo(request, token):
    """A photo, or with `?petit` its thumbnail, for whoever may see its alert.

    One of a report not sent yet is for whoever holds its token; `?suivi=` is the reporter's own key.
    """
    photo = get_object_or_404(AlertPhoto.objects.select_related("alert"), token=token)
    if photo.alert and not _may_see(request, photo.alert):
        raise Http404
    file = photo.thumbnail if "petit" in request.GET else photo.image
    return FileResponse(
        file.open("rb"),
        content_type="image/jpeg",
        headers={"Cache-Control": f"private, max-age={YEAR}, immutable", "X-Content-Type-Options": "nosniff"},
    )


def _may_see(request, alert: Alert) -> bool:
    if alert.is_public or request.GET.get("suivi") == alert.tracking_token:
        return True
    return Alert.objects.visible_to(request.user).filter(pk=alert.pk).exists()


def _whole(alerts):
    return alerts.select_related("category", "body").prefetch_related("photos", "events__body")


def _context(alert: Alert) -> dict:
    return {"alert": alert, "why": explain(alert.reasons), "events": alert.events.all()}
