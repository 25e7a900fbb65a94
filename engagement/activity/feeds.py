"""What happens in a territory, or everywhere, as Atom 1.0 (RFC 4287) with places (GeoRSS simple)."""

import datetime as dt
import hashlib
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.gis.feeds import GeoAtom1Feed
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date, quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from engagement.activity.models import Activity
from engagement.activity.sentences import say
from geo.models import Territory

LATEST = 50
# The year tag URIs (RFC 4151) of this platform began: an id stays the same when the address of the site changes path.
SINCE = 2026


class AtomFeed(GeoAtom1Feed):
    """An empty feed has a date too, and always the same: it has not changed."""

    def latest_post_date(self):
        return super().latest_post_date() if self.items else dt.datetime(SINCE, 1, 1, tzinfo=dt.UTC)


@require_safe
def everything(request):
    """The latest public acts of the whole platform."""
    with translation.override(settings.LANGUAGE_CODE):
        title = _("Everything on %(site)s") % {"site": settings.SITE_NAME}
        return _respond(request, Activity.objects.public(), title, reverse("frontend:home"))


@require_safe
def territory(request, level, code):
    """The latest public acts in one territory."""
    place = get_object_or_404(Territory.objects.select_related("level"), level__code=level, code=code)
    with translation.override(settings.LANGUAGE_CODE):
        title = _("%(place)s on %(site)s") % {"place": place, "site": settings.SITE_NAME}
        rows = Activity.objects.public().in_territory(place)
        return _respond(request, rows, title, place.get_absolute_url())


def _respond(request, rows, title: str, page: str) -> HttpResponse:
    """The feed, or 304 where the reader has it already."""
    activities = list(rows[:LATEST])
    # Rows never change, so their keys and the title say it all.
    seen = repr((title, [activity.pk for activity in activities])).encode()
    etag = quote_etag(hashlib.sha256(seen).hexdigest()[:32])
    feed = _feed(activities, title, page, request.path)
    modified = int(feed.latest_post_date().timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is None:
        response = HttpResponse(
            feed.writeString("utf-8"),
            content_type=feed.content_type,
            headers={"ETag": etag, "Last-Modified": http_date(modified)},
        )
    patch_cache_control(response, public=True, max_age=60)
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
            unique_id=f"tag:{host},{SINCE}:activity/{activity.pk}",
            pubdate=activity.created_at,
            updateddate=activity.created_at,
            geometry=activity.place,
        )
    return feed
