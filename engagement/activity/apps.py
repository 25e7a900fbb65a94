from django.apps import AppConfig
from django.template.context_processors import csrf
from django.utils.translation import gettext_lazy as _


class ActivityConfig(AppConfig):
    name = "engagement.activity"
    label = "activity"
    verbose_name = _("Activity")

    def ready(self):
        from accounts import sections

        sections.register("activity/follows.html", _follows)


def _follows(request) -> dict:
    from engagement.activity.models import Rhythm

    follows = list(request.user.follows.all())
    paused = bool(follows) and all(follow.paused for follow in follows)
    return {"follows": follows, "paused": paused, "rhythms": Rhythm.choices, **csrf(request)}
