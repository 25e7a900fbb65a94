from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiscussionConfig(AppConfig):
    name = "engagement.discussion"
    label = "discussion"
    verbose_name = _("Discussions")

    def ready(self):
        from accounts import sections
        from engagement.discussion import audience, page  # noqa: F401

        sections.register("discussion/section.html", page.section)
