"""A real town. Everything secret comes from the environment and nothing has a default that would be unsafe."""

from config.settings.base import *
from config.settings.base import SILENCED_SYSTEM_CHECKS, env

DEBUG = False
DEVELOPMENT = False
SECRET_KEY = env("SECRET_KEY")
BASE_URL = env("BASE_URL").rstrip("/")
# Only who writes http:// there, to have a look on one machine, goes without: a browser keeps Secure cookies from http.
HTTPS = not BASE_URL.startswith("http://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[BASE_URL])
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=False)
# Whether the town's other sites are ready for HTTPS alone is not ours to decide.
SILENCED_SYSTEM_CHECKS = [*SILENCED_SYSTEM_CHECKS, "security.W005", "security.W021"]
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
