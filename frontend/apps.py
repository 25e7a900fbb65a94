from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FrontendConfig(AppConfig):
    name = "frontend"
    verbose_name = _("Pages")

    def ready(self):
        from accounts import sections
        from frontend.dashboard import mine

        sections.register("frontend/dashboard/_mine.html", lambda request: {"places": mine.watched(request.user)})
