"""The test-suite's settings for a process of its own, on the test's database and towards the test's mail server."""

import os

from config.settings.test import *
from config.settings.test import DATABASES

DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST, EMAIL_PORT = "127.0.0.1", int(os.environ["TEST_SMTP_PORT"])
EMAIL_USE_TLS = EMAIL_USE_SSL = False
EMAIL_HOST_USER = EMAIL_HOST_PASSWORD = ""
FOLLOW_INSTANT_PER_HOUR = int(os.environ.get("TEST_INSTANT_PER_HOUR", "10"))
