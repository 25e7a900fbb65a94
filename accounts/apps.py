from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts and mandates")

    def ready(self):
        from accounts import administration, keys, sections, signals  # noqa: F401

        # geo, whose layers they are, knows no keys.
        keys.register_scope(keys.LAYERS, _("GIS: read layers in QGIS, ArcGIS and other programs"))
        sections.register(
            "accounts/administration_section.html",
            lambda request: {"open": administration.may_enter(request)},
        )

        sections.register(
            "accounts/keys_section.html",
            lambda request: {"keys": keys.held_by(request.user), "scopes": keys.offered_to(request.user)},
        )

        from geo.imports import views as imports

        sections.register("geo/imports/section.html", imports.section)

        # Each app says in its own privacy.py what it knows of a person.
        autodiscover_modules("privacy")
