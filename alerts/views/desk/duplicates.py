"""Two reports of one problem: joined and separated by one click."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alerts import services
from alerts.models import Alert
from alerts.views.desk.base import HANDLERS, came_from, may_handle, no_mandate, one_alert, reserved
from common.workflow import TransitionError


@require_POST
@reserved(*HANDLERS)
def join(request, reference):
    """This report becomes a duplicate of `other` (a reference); with `original`, the other one becomes one of this."""
    alert = one_alert(request, reference)
    if not may_handle(request, alert):
        return no_mandate(request, alert)
    typed = request.POST.get("other", "").replace(" ", "").replace("-", "").replace("\0", "").upper()
    other = Alert.objects.visible_to(request.user).filter(reference=typed).first()
    if other is None:
        return _back(request, alert, _("There is no report “%(reference)s”. Check its eight signs."), typed)
    if not may_handle(request, other):
        return _back(request, alert, _("Report %(reference)s is in the hands of another service."), typed)
    one, into = (other, alert) if "original" in request.POST else (alert, other)
    try:
        services.merge(alerts=[one], into=into, actor=request.user)
    except services.CannotMerge as error:
        return _back(request, alert, str(error), typed)
    except services.Changed:
        return _back(request, alert, _("Somebody changed these reports meanwhile. Look at them again."), typed)
    except TransitionError:
        return _back(request, alert, _("Report %(reference)s is closed or joined already."), one.reference)
    said = _("Report %(one)s is joined to %(into)s. Those who reported it are told; you can separate them again.")
    messages.success(request, said % {"one": one.reference, "into": into.reference})
    return redirect(_address(request, into))


@require_POST
@reserved(*HANDLERS)
def separate(request, reference):
    """Undo a join: the report is as it was before."""
    alert = one_alert(request, reference)
    if not may_handle(request, alert):
        return no_mandate(request, alert)
    try:
        services.unmerge(alert=alert, actor=request.user)
    except TransitionError:
        return _back(request, alert, _("Report %(reference)s is not joined with another one."), alert.reference)
    messages.success(request, _("The reports are separated again, each as it was before."))
    return redirect(_address(request, alert))


def _back(request, alert: Alert, problem: str, reference: str):
    """Say what is wrong, and keep the reference that was typed."""
    messages.error(request, problem % {"reference": reference[:20]})
    return redirect(f"{_address(request, alert)}{'&' if came_from(request) else '?'}autre={reference[:20]}#doublons")


def _address(request, alert: Alert) -> str:
    liste = came_from(request)
    return f"{alert.get_handle_url()}?{urlencode({'liste': liste})}" if liste else alert.get_handle_url()
