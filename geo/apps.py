from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class GeoConfig(AppConfig):
    name = "geo"
    verbose_name = _("Territories and bodies")

    def ready(self):
        # Each app declares its layers in its own layers.py; geo's own are in ground.py.
        autodiscover_modules("layers")
        from geo import ground  # noqa: F401
