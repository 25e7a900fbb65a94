from django.apps import AppConfig


class Config(AppConfig):
    name = "config"

    def ready(self):
        # shared_task needs the Celery app in every process, the web server included.
        from config import celery  # noqa: F401
