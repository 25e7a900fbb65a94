from django.apps import AppConfig
from django.template.context_processors import csrf
from django.utils.translation import gettext_lazy as _


class FrontendConfig(AppConfig):
    name = "frontend"
    verbose_name = _("Pages")

    def ready(self):
        from accounts import sections

        sections.register("frontend/dashboard/_mine.html", _mine)
        sections.register("frontend/report/section.html", _monthly)


def _mine(request) -> dict:
    from frontend.dashboard import mine

    return {"places": mine.watched(request.user)}


def _monthly(request) -> dict:
    from frontend.report import monthly

    return {"shown": monthly.may_want(request.user), "wanted": monthly.wish_of(request.user), **csrf(request)}
