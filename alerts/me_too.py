"""The “me too” button: what it says to this viewer of this report."""

from alerts import services
from alerts.models import Alert


def me_too_context(request, alert: Alert, **known) -> dict:
    """What alerts/_me_too_box.html needs.

    `known` may bring `supported` and `own`, where the caller has asked for many reports at once; `inside`: the button
    stands in the form of a new report; `state`: "asking" for the e-mail, "mailed" or empty; `email`, `problem`.
    """
    user = request.user
    if "supported" not in known:
        known["supported"] = services.support_by(alert=alert, user=user) is not None
    if "own" not in known:
        known["own"] = user.is_authenticated and alert.reporter_id == user.pk
    return {"alert": alert, "signed_in": user.is_authenticated, "request": request, **known}
