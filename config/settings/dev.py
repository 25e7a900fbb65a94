"""A developer's or a newcomer's machine. Never a real town: see common.checks."""

from config.settings.base import *
from config.settings.base import STORAGES, env

DEBUG = env.bool("DEBUG", default=False)
DEVELOPMENT = True
# Not a secret: production refuses to start without its own.
SECRET_KEY = "development-only"
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = "common.devmail.EmailBackend"
DEMO_ACCOUNTS = True
# PARVIS_DEMO=0 leaves an empty database empty, for a real town's territories.
DEMO_CITY = env.bool("PARVIS_DEMO", default=True)
STAFF_MFA_REQUIRED = False
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = True
