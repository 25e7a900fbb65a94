"""The product as it runs in a town, without its certificates, its limits on senders and its mail."""

from config.settings.dev import *

DEBUG = False
ROOT_URLCONF = "benchmarks.urls"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
# One sender posts hundreds of alerts.
ALERTS_REPORTS_LIMIT = 10**9
PROOF = False
LOGGING = {"version": 1, "disable_existing_loggers": False, "root": {"level": "WARNING"}}
