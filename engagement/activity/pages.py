"""Pages of a person's follows: choosing what to follow, changing it, and reading all of it."""

import json
import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from common import opaque
from engagement.activity import followables, follows, questions, topics
from engagement.activity import news as all_news
from engagement.activity.forms import SHAPES, CircleForm, form_of
from engagement.activity.models import Follow
from geo.routing import serving

USUAL_SHAPE = "lieu"

OLDER = "activity.news"  # what the place of a page is sealed for


def own(request, pk: int) -> Follow:
    """That follow of the person who asks; of anybody else's it says that there is none."""
    return get_object_or_404(Follow, pk=pk, user=request.user)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request):
    """Choose what to follow: around a place, an area, a territory or topics (`?forme=`)."""
    shape = request.GET.get("forme", USUAL_SHAPE)
    if shape not in SHAPES:
        raise Http404
    form = SHAPES[shape](request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _follow(request.user, shape, form)
        except follows.TooMany as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It is followed. Here is what happened there lately."))
            return redirect("activity:news")
    shapes = [
        ("lieu", _("Around a place")),
        ("zone", _("An area you draw")),
        ("territoire", _("A district or a town")),
    ]
    if topics.groups():
        shapes.append(("sujet", _("A topic")))
    return render(request, "activity/new.html", {"form": form, "shape": shape, "shapes": shapes})


def _follow(user, shape: str, form) -> None:
    """Write what the form says. Raises TooMany."""
    said = form.cleaned_data
    if shape == "sujet":
        titles = topics.titles()
        for topic in said["topics"]:
            follows.follow(
                user=user,
                object_type="topic",
                object_key=topic,
                title=titles[topic],
                url=reverse("activity:news"),
                rhythm=said["rhythm"],
            )
        return
    named = {"rhythm": said["rhythm"], "topics": said["topics"], "user": user}
    if shape == "territoire":
        title, url = followables.find(user, "territory", str(said["territory"].pk))
        followed = follows.follow(
            object_type="territory", object_key=said["territory"].pk, title=said["title"] or title, url=url, **named
        )
        if said["title"]:
            follows.change(follow=followed, title=said["title"])
        return
    follows.follow(
        object_type="area",
        object_key=(said["submission"] or uuid.uuid4()).hex,
        title=said["title"] or _usual_title(form),
        url=reverse("activity:news"),
        area=form.area(),
        **named,
    )


def _usual_title(form) -> str:
    if not isinstance(form, CircleForm):
        return _("Area drawn on the map")
    closest = serving(form.cleaned_data["place"], timezone.localdate())[0]
    return _("%(radius)d m around a place in %(territory)s") % {
        "radius": form.cleaned_data["radius"],
        "territory": closest.name,
    }


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """Change one follow: its name, its rhythm, its topics, its area."""
    followed = own(request, pk)
    form = form_of(followed)(request.POST or None, follow=followed)
    if request.method == "POST" and form.is_valid():
        follows.change(follow=followed, **form.changes())
        messages.success(request, _("Your changes are saved."))
        return redirect("account_home")
    context = {"form": form, "follow": followed, "addresses": addresses(followed)}
    return render(request, "activity/edit.html", context)


def addresses(followed: Follow) -> dict[str, str]:
    """Where a reader or a GIS finds the same news: {"atom": …, "geojson": …}, empty for things."""
    if followed.token:
        names = {"atom": "activity:feed_followed", "geojson": "activity:feed_followed_geojson"}
        return {form: settings.BASE_URL + reverse(name, args=[followed.token]) for form, name in names.items()}
    query = questions.query_of(followed)
    if not query:
        return {}
    names = {"atom": "activity:feed_all", "geojson": "activity:feed_all_geojson"}
    return {form: f"{settings.BASE_URL}{reverse(name)}?{query}" for form, name in names.items()}


@never_cache
@login_required
@require_safe
def news(request):
    """Everything I follow, or one follow (`?suivi=`), as a list beside a map; `?avant=` gives older acts."""
    mine = list(request.user.follows.all())
    chosen = None
    if asked := request.GET.get("suivi"):
        chosen = next((one for one in mine if str(one.pk) == asked), None)
        if chosen is None:
            raise Http404
    try:
        before = int(opaque.opened(OLDER, request.GET["avant"])) if request.GET.get("avant") else None
    except ValueError:
        raise Http404 from None
    page = all_news.page(request.user, follow=chosen, before=before)
    context = {
        "page": page,
        "older": page.older and opaque.sealed(OLDER, str(page.older)),
        "follows": mine,
        "chosen": chosen,
        "addresses": addresses(chosen) if chosen else {},
        "areas": [_drawn(one) for one in ([chosen] if chosen else mine) if one.area],
    }
    return render(request, "activity/news.html", context)


def _drawn(followed: Follow) -> dict:
    """What the map's script draws of an area."""
    if followed.center:
        lon, lat = followed.center.coords
        return {"title": followed.title, "center": [lat, lon], "radius": followed.radius}
    return {"title": followed.title, "geometry": json.loads(followed.area.geojson)}
