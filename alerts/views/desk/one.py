"""One alert: all that is known of it, the acts open to it, who has it, and what may be the same problem."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from alerts import equipment, people, services
from alerts.answers import in_words
from alerts.desk_forms import OrganiseForm
from alerts.forms import ActForm
from alerts.models import Alert, AlertPhoto, Priority, ShortlistItem, Team
from alerts.views.desk.base import (
    HANDLERS,
    came_from,
    make_queue,
    may_handle,
    no_mandate,
    one_alert,
    reserved,
    to_list,
)
from alerts.workflow import HANDLE, TOGETHER, WORKFLOW
from alerts.worklist import parameters
from common.images import PhotoError
from common.workflow import TransitionError
from geo.models import Body
from geo.routing import explain

NEIGHBOURS = 5
# Steps that are no acts of the workflow, and acts whose name says what is to be done, not what was.
WORDS = {
    "report": gettext_lazy("Alert reported"),
    "update": gettext_lazy("News added"),
    "note": gettext_lazy("Note"),
    "support": gettext_lazy("Somebody has the problem too"),
    "hide": gettext_lazy("Hidden from the public"),
    "lift": gettext_lazy("Shown to the public again"),
    "publish": gettext_lazy("Photo published"),
    "blur": gettext_lazy("Parts of a photo blurred"),
    "separated": gettext_lazy("A duplicate was separated again"),
    "conceal": gettext_lazy("Taken out of sight with its category"),
    "reply": gettext_lazy("Answer to the question"),
    "withdraw": gettext_lazy("The person says that it is solved"),
    "contest": gettext_lazy("The person says that it is not solved"),
    "transfer": gettext_lazy("Sent to another service"),
    "reopen": gettext_lazy("Reopened"),
    "merge": gettext_lazy("Joined with another report"),
    "unmerge": gettext_lazy("Separated again"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@reserved(*HANDLERS)
def handle(request, reference):
    """The page of one alert. A step is posted to it: `inserer` only puts the chosen template into the message."""
    alert = one_alert(request, reference, _whole())
    if not may_handle(request, alert):
        return no_mandate(request, alert)
    acts = [act for act in WORKFLOW.open_from(alert.status) if act.permission == HANDLE and act.name not in TOGETHER]
    events = list(alert.events.all())
    templates = people.templates(alert)
    form = ActForm(
        _inserted(request, templates) if request.method == "POST" else None,
        acts=acts,
        services=Alert.objects.other_services(alert),
        initial={"seen": _latest(events).pk},
    )
    photos = []
    if request.method == "POST":
        photos, problems = _photos(request)
        if "inserer" in request.POST:
            form.errors.clear()
        else:
            for problem in problems:
                form.add_error("photos", problem)
            if done := _act(request, alert, form, _latest(events), photos):
                return done
    return _page(request, alert, form, acts=acts, events=events, templates=templates, kept=photos)


def _page(request, alert, form, *, acts, events, templates, kept, organise=None, status=200):
    liste = came_from(request)
    before, after = make_queue(request.user, parameters(liste)).beside(alert)
    steps = [one for one in events if one.transition in WORKFLOW.by_name]
    context = {
        "alert": alert,
        "why": explain(alert.reasons),
        "form": form,
        "acts": acts,
        "kept": kept,
        "templates": templates,
        "organise": organise or _organise_form(alert),
        "events": _said(events),
        "last": steps[-1] if steps else None,
        "answers": in_words(alert, alert.category.questions.all(), public=False),
        "equipment": equipment.in_words([alert]).get(alert.pk, ""),
        "others": Body.objects.filter(pk__in=alert.also),
        "duplicates": alert.duplicates.select_related("category"),
        "near": _near(request, alert),
        "starred": ShortlistItem.objects.filter(user=request.user, alert=alert).exists(),
        "moderation": request.user.has_perm("alerts.moderate_alert", alert),
        "photos_max": services.MAX_PHOTOS,
        "liste": liste,
        "before": before,
        "next": after,
    }
    failed = (form.is_bound and form.errors) or (organise and organise.errors)
    return render(request, "alerts/desk/handle.html", context, status=422 if failed else status)


@require_POST
@reserved(*HANDLERS)
def organise(request, reference):
    """Who has it, how urgent it is, a note: what changed is recorded, in one transaction."""
    alert = one_alert(request, reference, _whole())
    if not may_handle(request, alert):
        return no_mandate(request, alert)
    form = _organise_form(alert, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        person, team = given["who"]
        try:
            with transaction.atomic():
                if "who" in form.changed_data:
                    services.assign(alert=alert, actor=request.user, assignee=person, team=team)
                services.prioritise(alert=alert, actor=request.user, priority=given["priority"])
                if given["note"]:
                    services.note(alert=alert, actor=request.user, text=given["note"])
        except services.NotTheirs as error:
            form.add_error("who", str(error))
        else:
            messages.success(request, _("Recorded for the service. The public sees none of it."))
            return redirect(_address(request, alert))
    acts = [act for act in WORKFLOW.open_from(alert.status) if act.permission == HANDLE and act.name not in TOGETHER]
    events = list(alert.events.all())
    act_form = ActForm(acts=acts, services=Alert.objects.other_services(alert), initial={"seen": _latest(events).pk})
    return _page(
        request, alert, act_form, acts=acts, events=events, templates=people.templates(alert), kept=[], organise=form
    )


def _organise_form(alert: Alert, data=None) -> OrganiseForm:
    agents = people.agents(alert.bodies, alert.territories)
    if alert.assignee and alert.assignee not in agents:  # an administrator, or a mandate that ended
        agents.append(alert.assignee)
    return OrganiseForm(data, alert=alert, people=agents, teams=people.teams(alert.bodies))


def _address(request, alert: Alert) -> str:
    """The page of the alert, with the list it was opened from."""
    liste = came_from(request)
    return f"{alert.get_handle_url()}?{urlencode({'liste': liste})}" if liste else alert.get_handle_url()


def _act(request, alert, form, latest, photos):
    """Take the step and go on, or leave in `form` why not."""
    if form.data.get("seen", "") != str(latest.pk):
        _say_changed(form, latest)
    if not form.is_valid():
        return None
    given = form.cleaned_data
    try:
        services.apply(
            alert=alert,
            transition=given["act"],
            actor=request.user,
            message=given["message"],
            note=given["note"],
            planned_for=given.get("planned_for"),
            body=given.get("service"),
            seen=given["seen"],
            photo_tokens=[photo.token for photo in photos],
        )
    except TransitionError:
        now = alert.events.filter(transition__in=["report", *WORKFLOW.by_name]).select_related("actor")
        _say_changed(form, now.order_by("pk").last())
        return None
    messages.success(request, _("Recorded. The person who reported it is told by e-mail if they left an address."))
    if given["act"] == "transfer":  # it may not be theirs any more
        return to_list(request)
    return redirect(_address(request, alert))


def _whole():
    return Alert.objects.with_late().prefetch_related("photos", "events__actor", "events__photos")


def _latest(events):
    """The last step that changed the state, or the report itself."""
    return [one for one in events if one.transition == "report" or one.transition in WORKFLOW.by_name][-1]


def _say_changed(form, event):
    """Somebody was faster: say who and what, and let the agent look again before sending."""
    form.add_error(
        None,
        _("This report changed while you were writing: it is now “%(state)s” (%(actor)s). Nothing was recorded.")
        % {"state": event.state.title, "actor": event.actor or _("a resident")},
    )
    form.data = form.data.copy()
    form.data["seen"] = str(event.pk)


def _inserted(request, templates):
    """The posted data; with `inserer`, the text of the chosen template stands at the end of the message."""
    if "inserer" not in request.POST:
        return request.POST
    data = request.POST.copy()
    chosen = next((one for one in templates if str(one.pk) == data.get("template")), None)
    if chosen:
        data["message"] = "\n\n".join(filter(None, [data.get("message", "").strip(), chosen.text]))
        if not data.get("act") and chosen.transition:
            data["act"] = chosen.transition
    return data


def _photos(request) -> tuple[list[AlertPhoto], list[str]]:
    """Photos of this step: those kept before, less those taken out, and those that come with it; and what is wrong."""
    removed = set(request.POST.getlist("photo_remove"))
    tokens = [token for token in request.POST.getlist("photo_tokens") if token not in removed]
    photos = list(
        AlertPhoto.objects.filter(token__in=[t.replace("\0", "") for t in tokens], alert=None)[: services.MAX_PHOTOS]
    )
    problems = []
    for file in request.FILES.getlist("photos"):
        if len(photos) == services.MAX_PHOTOS:
            problems.append(
                _("A step takes %(count)d photos; “%(file)s” was left out.")
                % {"count": services.MAX_PHOTOS, "file": file.name}
            )
            continue
        try:
            photos.append(services.keep_photo(file=file).photo)
        except PhotoError as error:
            problems.append(_("%(file)s: %(problem)s") % {"file": file.name, "problem": error})
    return photos, problems


def _near(request, alert: Alert) -> list[Alert]:
    """Open reports that may be the same problem and that this agent may join it with."""
    if alert.status == "duplicate":
        return []
    rows = Alert.objects.handled_by(request.user).same_problem(alert, settings.ALERTS_DUPLICATES_RADIUS)
    near = list(rows.select_related("category").prefetch_related("photos")[:NEIGHBOURS])
    for one in near:
        one.picture = next((photo for photo in one.photos.all() if photo.state != AlertPhoto.State.HIDDEN), None)
    return near


def _said(events) -> list:
    """The steps, each with its title `said` and, where one is given to somebody, to whom."""
    ids = [one.data.get(key) for one in events for key in ("assignee",) if one.transition == "assign"]
    names = {person.pk: str(person) for person in User.objects.filter(pk__in=filter(None, ids))} if ids else {}
    team_ids = [one.data.get("team") for one in events if one.transition == "assign"]
    teams = dict(Team.objects.filter(pk__in=filter(None, team_ids)).values_list("pk", "name")) if team_ids else {}
    for event in events:
        data = event.data
        if event.transition == "assign":
            holders = [names.get(data.get("assignee")), teams.get(data.get("team"))]
            held = " · ".join(filter(None, holders))
            event.said = _("Given to %(who)s") % {"who": held} if held else _("Given to nobody")
        elif event.transition == "prioritise":
            event.said = _("Priority: %(priority)s") % {"priority": Priority(data.get("priority", 0)).label}
        elif event.transition == "joined":
            event.said = _("Report %(reference)s was joined to this one") % {"reference": data.get("joined", "")}
        elif event.transition == "moved":
            event.said = _("Now a duplicate of %(reference)s") % {"reference": data.get("duplicate_of", "")}
        else:
            event.said = WORDS.get(event.transition) or capfirst(event.state.title)
    return events
