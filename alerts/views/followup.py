"""The page of one report, and what people do from it: answer, contest, add news, say whether it is fixed."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from alerts import services
from alerts.drafts import WINDOW, collect
from alerts.followup import ACTS, VerdictForm, WordForm
from alerts.judges import author_of, closing_of, judge_of
from alerts.models import Alert
from alerts.story import tell
from alerts.workflow import CLOSED, OWN, WORKFLOW
from common.ratelimit import exceeded
from common.text import clean_text
from common.workflow import TransitionError
from geo.routing import explain


def page(request, alert: Alert, *, key: bool):
    """The page of an alert that alerts.story.whole read; `key`: the viewer came by the tracking link."""
    if request.method == "POST":
        if not (key or request.user.is_authenticated):
            return redirect_to_login(request.path)
        if request.POST.get("act") == "verdict":
            return _judge(request, alert, key)
        return _act(request, alert, key)
    return show(request, alert, key, forms={name: WordForm(name) for name in offered(request.user, alert, key)})


def owns(user, alert: Alert, key: bool) -> bool:
    """Whether the viewer is the person who reported it."""
    return key or (user.is_authenticated and alert.reporter_id == user.pk)


def offered(user, alert: Alert, key: bool) -> list[str]:
    """Names of the ACTS that this viewer may do now, in their order."""
    names = set()
    if owns(user, alert, key):
        names = {act.name for act in WORKFLOW.open_from(alert.status) if act.permission == OWN}
        if "contest" in names and timezone.now() > alert.reopens_until():
            names.remove("contest")
    if (key or user.is_authenticated) and services.takes_news(alert):
        names.add("update")
    return [name for name in ACTS if name in names]


def judged(request, alert: Alert, key: bool):
    """(closing, judge) where this viewer is asked whether it, or the report it was joined with, is fixed; or Nones."""
    about = alert.duplicate_of or alert
    if (closing := closing_of(about)) is None:
        return None, None
    judge = author_of(alert) if owns(request.user, alert, key) else judge_of(about, request.user)
    return (closing, judge) if judge else (None, None)


def show(request, alert: Alert, key: bool, *, forms=None, verdict_form=None, status=200, unsent=""):
    """The whole page, with these forms bound where something in them is to be corrected."""
    own = owns(request.user, alert, key)
    if verdict_form is None:
        closing, judge = judged(request, alert, key)
        verdict_form = judge and VerdictForm(
            judge=judge, verdict=judge.verdict_on(closing), reopens="contest" in forms
        )
    wrong = next((form.wrong for form in (*forms.values(), verdict_form) if form and form.wrong), [])
    context = {
        "alert": alert,
        "wrong": wrong,
        "story": tell(alert, request.user, own=own),
        "why": explain(alert.reasons),
        "key": alert.tracking_token if key else "",
        "own": own,
        "forms": forms,
        "contest": _contest(forms, verdict_form),
        "verdict_form": verdict_form,
        "unsent": unsent,
        "just_joined": "moi-aussi" in request.GET and not own,
        "just_sent": key and not wrong and "envoye" in request.GET and alert.status == "received",
        "too_late": own and alert.status in CLOSED and timezone.now() > alert.reopens_until(),
        "report_again": report_again(alert),
        "sign_in_to_judge": not (key or request.user.is_authenticated) and closing_of(alert) is not None,
    }
    return render(request, "alerts/detail.html", context, status=status)


def _contest(forms, verdict_form):
    """The form that opens it again, unless the question whether it is fixed has room for that."""
    form = forms.get("contest")
    asked = verdict_form is not None and "still" in verdict_form.fields
    return None if asked and form and not form.is_bound else form


def report_again(alert: Alert) -> str:
    """The form of a new report at the same place."""
    query = {"lon": f"{alert.point.x:.6f}", "lat": f"{alert.point.y:.6f}", "category": alert.category.code}
    return f"{reverse('alerts:report')}?{urlencode(query)}"


def _act(request, alert, key):
    """Take the step and go on, or come back with what was typed."""
    name = request.POST.get("act", "")
    names = offered(request.user, alert, key)
    forms = {one: WordForm(one) for one in names}
    if name not in forms and _done_already(request, alert, name):
        messages.success(request, ACTS[name].done)
        return redirect(request.path)
    if name not in forms:
        messages.error(request, _("This is not possible any more: the report has changed meanwhile."))
        return show(request, alert, key, forms=forms, status=409, unsent=clean_text(request.POST.get("message", "")))
    draft = collect(request)
    form = forms[name] = WordForm(name, request.POST, draft=draft)
    if problem := _problem(request, alert, key):
        form.add_error(None, problem)
    if not form.is_valid() or draft.errors:
        return show(request, alert, key, forms=forms, status=422)
    try:
        _write(request, alert, key, name, form.cleaned_data["message"], [photo.token for photo in draft.photos])
    except TransitionError as error:
        late = isinstance(error, services.TooLate)
        form.add_error(None, str(error) if late else _("The report has changed meanwhile. Look at it and send again."))
        return show(request, alert, key, forms=forms, status=409)
    messages.success(request, ACTS[name].done)
    return redirect(request.path)


def _done_already(request, alert, name) -> bool:
    """Whether that very form was sent before: pressed twice, or again after a connection that broke."""
    last = [event for event in alert.events.all() if event.is_public][-1:]
    said = clean_text(request.POST.get("message", ""))
    actor = request.user.pk
    return any((event.transition, event.message, event.actor_id) == (name, said, actor) for event in last)


def _problem(request, alert, key) -> str:
    """Why nothing is written now; empty where all is well."""
    if getattr(request, "expired", False):
        return _("This page had expired. Nothing is lost: check it and send it again.")
    caller = f"key-{alert.pk}" if key else f"user-{request.user.pk}"
    if exceeded(f"updates:{caller}", limit=settings.ALERTS_UPDATES_LIMIT, seconds=WINDOW):
        return _("You sent many messages. Nothing is lost: send this one again in ten minutes.")
    return ""


def _write(request, alert, key, name, message, tokens) -> None:
    actor = request.user if request.user.is_authenticated else None
    if name == "update":
        services.add_update(alert=alert, author=actor, text=message, photo_tokens=tokens, holds_key=key)
    else:
        services.apply(alert=alert, transition=name, actor=actor, message=message, photo_tokens=tokens, holds_key=key)


def _judge(request, alert, key):
    closing, judge = judged(request, alert, key)
    if closing is None and owns(request.user, alert, key):
        messages.info(request, _("The report is open again. Your opinion will be asked when it is closed."))
        return redirect(request.path)
    if closing is None:
        raise PermissionDenied
    forms = {one: WordForm(one) for one in offered(request.user, alert, key)}
    draft = collect(request)
    form = VerdictForm(
        request.POST, judge=judge, verdict=judge.verdict_on(closing), reopens="contest" in forms, draft=draft
    )
    if problem := _problem(request, alert, key):
        form.add_error(None, problem)
    if not form.is_valid() or draft.errors or not record(closing, judge, form):
        return show(request, alert, key, forms=forms, verdict_form=form, status=422)
    thank(request, form)
    return redirect(request.path)


def record(closing, judge, form: VerdictForm) -> bool:
    """Keep the verdict; False, with the reason in the form, where the report has changed meanwhile."""
    try:
        services.judge(closing=closing, by=judge, **form.said())
    except (services.Reopened, services.TooLate) as error:
        form.add_error(None, str(error))
        return False
    return True


def thank(request, form: VerdictForm) -> None:
    """Say what became of an opinion."""
    done = ACTS["contest"].done if form.reopened() else _("Thank you. Your opinion is recorded.")
    messages.success(request, done)
