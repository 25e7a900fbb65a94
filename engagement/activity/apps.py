from django.apps import AppConfig
from django.template.context_processors import csrf
from django.utils.translation import gettext_lazy as _


class ActivityConfig(AppConfig):
    name = "engagement.activity"
    label = "activity"
    verbose_name = _("Activity")

    def ready(self):
        from accounts import sections

        sections.register(
            "activity/follows.html", lambda request: {"follows": request.user.follows.all(), **csrf(request)}
        )
