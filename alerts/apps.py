from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    name = "alerts"
    verbose_name = _("Alerts")

    def ready(self):
        from accounts import sections
        from alerts import audience, confirmed, routing  # noqa: F401
        from alerts.models import Alert
        from alerts.open311 import calls  # noqa: F401

        sections.register("alerts/my_reports.html", lambda request: {"alerts": Alert.objects.latest_of(request.user)})
