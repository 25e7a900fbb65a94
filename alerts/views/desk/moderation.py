"""What the public is to see: photos that wait, what is hidden and why, and areas to blur."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alerts import services
from alerts.answers import in_words
from alerts.desk_forms import AreaFormSet, HideForm
from alerts.models import Alert, AlertPhoto, Moderation
from alerts.trace import hidden_steps
from alerts.views.desk.base import MODERATORS, no_mandate, one_alert, reserved

PAGE, RECENT = 24, 10
MODERATE = "alerts.moderate_alert"


@require_safe
@reserved(*MODERATORS)
def waiting(request):
    """Photos that wait to be checked, oldest first, and what was hidden last."""
    mine = Alert.objects.moderated_by(request.user)
    photos = AlertPhoto.objects.filter(state=AlertPhoto.State.WAITING, alert__in=mine).order_by("pk")
    hidden = Moderation.objects.filter(alert__in=mine, lifted_at=None).order_by("-pk")
    context = {
        "page": Paginator(photos.select_related("alert__category"), PAGE).get_page(request.GET.get("page")),
        "hidden": hidden.select_related("alert__category", "actor")[:RECENT],
        "form": HideForm(label_suffix="", auto_id=False),
    }
    return render(request, "alerts/desk/moderation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@reserved(*MODERATORS)
def moderate(request, reference):
    """All texts and photos of one alert: `do` hides (`target`, with `photo` or `step`), lifts (`moderation`) or
    publishes (`photo`) one of them.
    """
    alert = one_alert(request, reference, Alert.objects.prefetch_related("photos", "events"))
    if not request.user.has_perm(MODERATE, alert):
        return no_mandate(request, alert)
    form, wrong = HideForm(label_suffix="", auto_id=False), ""
    if request.method == "POST":
        form = HideForm(request.POST, label_suffix="", auto_id=False)
        try:
            if _do(request, alert, form):
                return redirect(_after(request, alert))
        except services.NothingToModerate as error:
            messages.error(request, str(error))
            return redirect(_after(request, alert))
        wrong = _name(request.POST)
    in_force = {_of(one): one for one in alert.moderations.filter(lifted_at=None).select_related("actor")}
    items = _items(alert, in_force)
    context = {
        "alert": alert,
        "items": items,
        "form": form,
        "empty": HideForm(label_suffix="", auto_id=False),
        "wrong": wrong,
        "past": alert.moderations.exclude(lifted_at=None).select_related("actor", "lifted_by"),
        "hidden_steps": hidden_steps(alert),
    }
    return render(request, "alerts/desk/moderate.html", context, status=422 if wrong else 200)


def _do(request, alert: Alert, form: HideForm) -> bool:
    """False where the form says what is missing."""
    given, actor = request.POST, request.user
    if given.get("do") == "publish":
        services.publish_photo(photo=_part(alert.photos, given.get("photo")), actor=actor)
        messages.success(request, _("The photo is published."))
    elif given.get("do") == "lift":
        services.lift(moderation=_part(alert.moderations, given.get("moderation")), actor=actor)
        messages.success(request, _("It is shown to the public again. The trace stays."))
    else:
        if not form.is_valid():
            return False
        target = given.get("target", "")
        if target not in Moderation.Target:
            raise services.NothingToModerate(_("Say what is to be hidden."))
        services.hide(
            alert=alert,
            actor=actor,
            target=target,
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            photo=_part(alert.photos, given.get("photo")) if target == "photo" else None,
            step=_part(alert.events, given.get("step")) if target == "step" else None,
        )
        messages.success(request, _("Hidden. The public reads that something was hidden, and the reason."))
    return True


def _part(rows, key: str | None):
    sound = key and key.isascii() and key.isdigit() and len(key) < 18
    return get_object_or_404(rows, pk=int(key) if sound else 0)


def _items(alert: Alert, in_force: dict) -> list[dict]:
    """What can be hidden of an alert: {target, key, title, text or photo, moderation, name}."""
    target = Moderation.Target
    items = [{"target": target.ALERT.value, "key": "", "title": _("The whole report")}]
    items.append({"target": target.TEXT.value, "key": "", "title": _("Description"), "text": alert.description})
    if alert.address:
        items.append({"target": target.ADDRESS.value, "key": "", "title": _("Address"), "text": alert.address})
    if answers := in_words(alert, alert.category.questions.filter(is_public=True), public=False):
        said = "\n".join(f"{question} {answer}" for question, answer in answers)
        items.append({"target": target.ANSWERS.value, "key": "", "title": _("Answers to the questions"), "text": said})
    for number, photo in enumerate(alert.photos.all(), 1):
        title = _("Photo %(number)d") % {"number": number}
        items.append({"target": target.PHOTO.value, "key": photo.pk, "title": title, "photo": photo})
    for event in alert.events.all():
        if event.is_public and event.message:
            title = _("Message of %(date)s") % {"date": event.created_at.strftime("%d/%m/%Y")}
            items.append({"target": target.STEP.value, "key": event.pk, "title": title, "text": event.message})
    for item in items:
        item["moderation"] = in_force.get((item["target"], item["key"] or None))
        item["name"] = f"{item['target']}-{item['key']}"
    return items


def _of(moderation: Moderation) -> tuple:
    return (moderation.target, moderation.photo_id or moderation.step_id)


def _name(given) -> str:
    target = given.get("target", "")
    return f"{target}-{given.get(target, '') if target in ('photo', 'step') else ''}"


def _after(request, alert: Alert) -> str:
    if request.POST.get("from") == "waiting":
        return reverse("alerts:moderation")
    return reverse("alerts:moderate", args=[alert.reference])


@require_http_methods(["GET", "HEAD", "POST"])
@reserved(*MODERATORS)
def blur(request, token):
    """Areas of a photo to blur for good, drawn or typed in percent; with `publish`, the photo is then published."""
    photo = get_object_or_404(
        AlertPhoto.objects.exclude(alert=None).select_related("alert"), token=token.replace("\0", "")
    )
    if not request.user.has_perm(MODERATE, photo.alert):
        return no_mandate(request, photo.alert)
    areas = AreaFormSet(request.POST if request.method == "POST" else None, prefix="area")
    if request.method == "POST" and areas.is_valid():
        photo = services.blur_photo(photo=photo, areas=areas.areas(), actor=request.user)
        if "publish" in request.POST and photo.state == AlertPhoto.State.WAITING:
            services.publish_photo(photo=photo, actor=request.user)
        messages.success(request, _("Blurred for good: the photo as it was is deleted."))
        return redirect("alerts:moderate", reference=photo.alert.reference)
    context = {"photo": photo, "alert": photo.alert, "areas": areas, "most": services.MAX_AREAS}
    return render(request, "alerts/desk/blur.html", context, status=422 if areas.is_bound else 200)
