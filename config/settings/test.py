"""The test-suite: real PostGIS, Redis and Celery; mails stay in memory unless a test reads them over SMTP."""

import os

from config.settings.base import CACHES, DATABASES, REDIS_URL
from config.settings.dev import *

DEMO_ACCOUNTS = False
PROOF = False
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["OPTIONS"].pop("pool")  # a pool would keep test databases open
# Each worker of the suite has a Redis database of its own, so that it may empty it.
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
REDIS_URL = f"{REDIS_URL.partition('?')[0]}?db={(int(REDIS_URL.partition('?db=')[2] or 0) + _worker) % 16}"
CACHES["default"]["LOCATION"] = REDIS_URL
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
