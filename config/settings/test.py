"""The test-suite: real PostGIS, Redis and Celery; mails stay in memory unless a test reads them over SMTP."""

from config.settings.base import DATABASES
from config.settings.dev import *

DEMO_ACCOUNTS = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["OPTIONS"].pop("pool")  # a pool would keep test databases open
