"""`{% follow_button "territory" territory.pk territory.name %}` and `{% activity_list activities %}`."""

from django import template
from django.middleware.csrf import get_token

from common import opaque
from engagement.activity.models import FOLLOWED, Follow
from engagement.activity.sentences import say as say_activity

register = template.Library()


@register.inclusion_tag("activity/follow_button.html", takes_context=True)
def follow_button(context, object_type, object_key, title="", url=""):
    """A button to follow or to stop; a link to the sign-in page, and back, for a stranger.

    `title` completes the label for those who cannot see what is beside the button; `url` is where to come back to
    (the page itself where empty).
    """
    return button_context(context["request"], object_type, object_key, title, url)


def button_context(request, object_type, object_key, title="", url="") -> dict:
    """What the template of the button needs."""
    user = request.user
    mine = user.is_authenticated and Follow.objects.filter(
        user=user, object_type=object_type, object_key=str(object_key)
    )
    return {
        "request": request,
        "user": user,
        "csrf_token": get_token(request),
        "object_type": object_type,
        "object_key": opaque.sealed(FOLLOWED, str(object_key)),
        "title": title,
        "back": url or request.POST.get("next") or request.get_full_path(),
        "followed": bool(mine and mine.exists()),
    }


@register.inclusion_tag("activity/list.html")
def activity_list(activities):
    """Acts as a list, newest first as given; no query of its own."""
    return {"activities": activities}


@register.filter
def say(activity):
    """What happened, in the reader's language."""
    return say_activity(activity)
