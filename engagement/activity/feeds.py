"""What happens, asked in one way and answered in two: Atom 1.0 (RFC 4287, GeoRSS simple) and GeoJSON (RFC 7946)."""

import datetime as dt
import hashlib
import json
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.gis.feeds import GeoAtom1Feed
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common import opaque
from engagement.activity import questions
from engagement.activity.models import Activity, Follow
from engagement.activity.sentences import say
from geo.answers import refused
from geo.layers import BadParameter
from geo.models import Territory

LATEST = 50
# The year tag URIs (RFC 4151) of this platform began: an id stays the same when the address of the site changes path.
SINCE = 2026


class AtomFeed(GeoAtom1Feed):
    """An empty feed has a date too, and always the same: it has not changed."""

    def latest_post_date(self):
        return super().latest_post_date() if self.items else dt.datetime(SINCE, 1, 1, tzinfo=dt.UTC)


@require_safe
def everything(request, form):
    """The latest public acts of the whole platform, or those that the parameters ask for (questions.py)."""
    with translation.override(settings.LANGUAGE_CODE):
        try:
            question = questions.parse(request.GET)
        except questions.BadQuestion as problem:
            return _refusal(problem, form)
        title = _("Everything on %(site)s") % {"site": settings.SITE_NAME}
        if question.territory:
            title = _("%(place)s on %(site)s") % {"place": question.territory, "site": settings.SITE_NAME}
        page = question.territory.get_absolute_url() if question.territory else reverse("frontend:home")
        return _respond(request, question.select(), title, page, form)


@require_safe
def territory(request, level, code):
    """The latest public acts in one territory."""
    place = get_object_or_404(Territory.objects.select_related("level"), level__code=level, code=code)
    with translation.override(settings.LANGUAGE_CODE):
        title = _("%(place)s on %(site)s") % {"place": place, "site": settings.SITE_NAME}
        rows = Activity.objects.public().in_territory(place)
        return _respond(request, rows, title, place.get_absolute_url(), "atom")


@require_safe
def followed(request, token, form):
    """The latest public acts in an area somebody follows. Whoever has the secret address may read it."""
    follow = Follow.objects.filter(token=token, user__is_active=True).first()
    if follow is None:
        raise Http404(_("This address has ended. Its owner may have made a new one."))
    with translation.override(settings.LANGUAGE_CODE):
        title = _("%(place)s on %(site)s") % {"place": follow.title, "site": settings.SITE_NAME}
        rows = Activity.objects.public().matching(follow)
        response = _respond(request, rows, title, follow.get_absolute_url(), form, shared=False)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _refusal(problem: questions.BadQuestion, form: str) -> HttpResponse:
    if form == "geojson":
        return refused(BadParameter(problem.parameter, str(problem)))
    return HttpResponse(f"{problem.parameter}: {problem}\n", status=400, content_type="text/plain; charset=utf-8")


def _respond(request, rows, title: str, page: str, form: str, *, shared: bool = True) -> HttpResponse:
    """The feed, or 304 where the reader has it already."""
    activities = list(rows[:LATEST])
    # Rows never change, so their names and the title say it all.
    seen = repr((form, title, [opaque.name_of("activity", activity.pk) for activity in activities])).encode()
    etag = quote_etag(hashlib.sha256(seen).hexdigest()[:32])
    path = request.get_full_path()
    feed = _feed(activities, title, page, path)
    modified = int(feed.latest_post_date().timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is None:
        body = feed.writeString("utf-8") if form == "atom" else json.dumps(_collection(activities), ensure_ascii=False)
        response = HttpResponse(
            body,
            content_type=feed.content_type if form == "atom" else "application/geo+json",
            headers={"ETag": etag, "Last-Modified": http_date(modified)},
        )
    patch_cache_control(response, **({"public": True} if shared else {"private": True}), max_age=60)
    return response


def _feed(activities: list[Activity], title: str, page: str, path: str) -> AtomFeed:
    base = settings.BASE_URL
    host = urlsplit(base).hostname
    feed = AtomFeed(
        title=title,
        link=base + page,
        description=None,
        subtitle=_("The latest acts of residents and of those who answer them."),
        language=settings.LANGUAGE_CODE,
        author_name=settings.SITE_NAME,
        feed_url=base + path,
        feed_guid=f"tag:{host},{SINCE}:{path}",
    )
    for activity in activities:
        feed.add_item(
            title=f"{say(activity)} – {activity.title}",
            link=base + activity.url,
            description=activity.summary or None,
            unique_id=f"tag:{host},{SINCE}:activity/{opaque.name_of('activity', activity.pk)}",
            pubdate=activity.created_at,
            updateddate=activity.created_at,
            geometry=activity.place,
        )
    return feed


def _collection(activities: list[Activity]) -> dict:
    return {"type": "FeatureCollection", "features": [_feature(activity) for activity in activities]}


def _feature(activity: Activity) -> dict:
    place = activity.place and {"type": "Point", "coordinates": [round(part, 6) for part in activity.place.coords]}
    return {
        "type": "Feature",
        "id": opaque.name_of("activity", activity.pk),
        "geometry": place,
        "properties": {
            "act": activity.verb,
            "said": say(activity),
            "title": activity.title,
            "summary": activity.summary,
            "topic": activity.topic,
            "url": settings.BASE_URL + activity.url,
            "date": activity.created_at.isoformat(),
        },
    }
