"""For `manage.py pb_count` alone: it reads one file, so it starts with its own room and nothing of a city."""

INSTALLED_APPS = ["budget.recount"]
LANGUAGE_CODE = "fr"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"
