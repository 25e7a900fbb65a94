"""What every deployment shares. A deployment changes it by environment variables, listed in docs/deployment.md."""

from pathlib import Path

import environ
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.broker import broker_url

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

# --- what the deployment gives -------------------------------------------------
DATA_DIR = Path(env("PARVIS_DATA", default=str(Path.home() / ".local/share/parvis")))
REDIS_URL = env("REDIS_URL", default="redis://localhost:6379/0")
BASE_URL = env("BASE_URL", default="http://localhost:8000").rstrip("/")
SITE_NAME = env("SITE_NAME", default="Parvis")
# What the audit found (RGAA): none, partial or full.
ACCESSIBILITY = env("ACCESSIBILITY", default="none")
# Where the source of this very version is: the licence (AGPL) asks a changed one to offer it.
SOURCE_URL = env("SOURCE_URL", default="")

# How long a statement may take: as long as it wants in commands and workers; config.asgi sets it for web pages.
STATEMENT_TIMEOUT = env("DATABASE_STATEMENT_TIMEOUT", default="0")
# postgis://user:password@host:port/name, or postgis://user@/name?host=/folder/of/the/socket
DATABASES = {"default": env.db_url_config(env("DATABASE_URL", default="postgis:///parvis"))}
DATABASES["default"] |= {
    "ENGINE": "django.contrib.gis.db.backends.postgis",
    # psycopg's pool; Django wants no persistent connections beside it.
    "CONN_MAX_AGE": 0,
    "OPTIONS": DATABASES["default"].get("OPTIONS", {})
    # Compiling a plan costs more than our longest query gains by it.
    | {"options": f"-c jit=off -c statement_timeout={STATEMENT_TIMEOUT}"}
    | {"pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", default=8), "timeout": 5}},
}
CACHES = {
    "default": {
        "BACKEND": "common.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

# --- applications, from the top of the house to the ground ------------------------
INSTALLED_APPS = [
    "config",
    "frontend",
    "alerts",
    "budget.results",
    "budget.recount",
    "budget.delivery",
    "budget.voting",
    "budget.evaluation",
    "budget.proposals",
    "budget.participatory",
    "engagement.discussion",
    "engagement.activity",
    "accounts",
    "geo",
    "common",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "leaflet",
    "ninja",
    "pghistory",
    "pgtrigger",
    "rules.apps.AutodiscoverRulesConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.gis",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "servestatic",
    "django.contrib.staticfiles",
    "django.forms",  # its templates, where frontend does not override them
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "common.middleware.ZeroByteMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "common.middleware.OtherSitesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.StaffMFAMiddleware",
    "accounts.middleware.LayerKeyMiddleware",
    "accounts.middleware.PrivateMiddleware",
    # Says in the history of mandates who changed them.
    "pghistory.middleware.HistoryMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "csp.middleware.CSPMiddleware",
    "common.middleware.BusyMiddleware",
]
# Where a key stands in for a session (accounts.middleware), and other sites may read (common.middleware).
LAYER_PATHS = ("/ogc/", "/tiles/", "/exports/")
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frontend.context.site",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- people ------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
# One door: an e-mail address, the code sent to it, in. Known or new, a person walks the same steps and nobody has a
# password.
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 8}
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {"request_login_code": "accounts.forms.SignInForm", "confirm_login_code": "accounts.forms.CodeForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# Mail to a slow provider takes minutes.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip,5/10m/key"}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_TOTP_ISSUER = SITE_NAME
# Phones are often half a minute off.
MFA_TOTP_TOLERANCE = 1
# FranceConnect, ProConnect…: [{"provider_id":…, "name":…, "client_id":…, "secret":…, "settings": {"server_url":…}}]
OIDC_PROVIDERS = env.json("OIDC_PROVIDERS", default=[])
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": OIDC_PROVIDERS}}
SOCIALACCOUNT_STORE_TOKENS = False
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
# People who act for a public body need a second factor.
STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=True)
# Accounts anybody may enter by a click; only the demo in development sets it.
DEMO_ACCOUNTS = False

# --- language and time ---------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("French")), ("en", _("English"))]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

# --- files -----------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(DATA_DIR / "static")))
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(DATA_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "servestatic.storage.CompressedManifestStaticFilesStorage"},
}
# Large exports wait here to be fetched; no web server serves this folder.
EXPORTS_ROOT = Path(env("EXPORTS_ROOT", default=str(DATA_DIR / "exports")))
# Objects that are sent at once; a file of more is made by a worker and fetched afterwards.
EXPORTS_AT_ONCE = env.int("EXPORTS_AT_ONCE", default=20_000)
# Large exports that one person may ask for within an hour.
EXPORTS_LIMIT = env.int("EXPORTS_LIMIT", default=20)
# Room that all large exports together may take.
EXPORTS_MAX_BYTES = env.int("EXPORTS_MAX_BYTES", default=20_000_000_000)
# Where scheduled exports may be put: {"opendata": "file:///srv/opendata", "seau": "s3://seau/dossier?region=…"}
EXPORT_STORES = env.json("EXPORT_STORES", default={})
# A phone's photo is up to 20 MB and a report takes three of them.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- mail ------------------------------------------------------------------------------
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://localhost:25")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=f"{SITE_NAME} <no-reply@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- tasks -----------------------------------------------------------------------------
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="") or broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "engagement.activity.tasks.*": {"queue": "mail"},
    "accounts.tasks.send_confirmations": {"queue": "mail"},
    "frontend.tasks.monthly_reports": {"queue": "mail"},
    "geo.tasks.*": {"queue": "geo"},
    "budget.results.tasks.*": {"queue": "count"},
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A resident does not wait for a broker that is away: one quick second try, then the sweep sends the news.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "max_retries": 1,
    "interval_start": 0,
}
CELERY_BEAT_SCHEDULE = {
    "heartbeat": {"task": "common.tasks.heartbeat", "schedule": 10.0},
    "snapshot-open-data": {"task": "geo.tasks.snapshot_open_data", "schedule": 600.0},
    "work-imports": {"task": "geo.tasks.work_imports", "schedule": 60.0},
    "drop-imported-files": {"task": "geo.tasks.drop_imported_files", "schedule": crontab(hour=3, minute=35)},
    "sweep-activity": {"task": "engagement.activity.tasks.deliver", "schedule": 60.0},
    "sweep-confirmations": {"task": "accounts.tasks.send_confirmations", "schedule": 60.0},
    "send-digests": {"task": "engagement.activity.tasks.digests", "schedule": 60.0},
    "prune-mails": {"task": "engagement.activity.tasks.prune", "schedule": crontab(hour=3, minute=50)},
    "prune-accounts": {"task": "accounts.tasks.prune", "schedule": 3600.0},
    "retention-of-alerts": {"task": "alerts.tasks.apply_retention", "schedule": crontab(hour=3, minute=20)},
    "sweep-exports": {"task": "geo.tasks.sweep_exports", "schedule": 60.0},
    "scheduled-exports": {"task": "geo.tasks.run_schedules", "schedule": 60.0},
    "drop-draft-photos": {"task": "alerts.tasks.drop_draft_photos", "schedule": 3600.0},
    "drop-draft-photos-of-proposals": {"task": "budget.proposals.tasks.drop_draft_photos", "schedule": 3600.0},
    "send-monthly-reports": {
        "task": "frontend.tasks.monthly_reports",
        "schedule": crontab(minute="*/10"),
    },
    "prune-monthly-reports": {"task": "frontend.tasks.prune_reports", "schedule": crontab(hour=4, minute=5)},
    "remind-of-studies": {"task": "budget.evaluation.tasks.remind", "schedule": crontab(hour=7, minute=15)},
    "print-ballot-papers": {"task": "budget.voting.tasks.print_papers", "schedule": 60.0},
    "sweep-counts": {"task": "budget.results.tasks.sweep", "schedule": 60.0},
    "ask-if-fixed": {"task": "alerts.tasks.ask_again", "schedule": 3600.0},
}

# --- following ---------------------------------------------------------------------------
# Hour (TIME_ZONE) and day (1 is Monday) at which digests leave, and how many lines one has at most.
FOLLOW_DIGEST_HOUR = env.int("FOLLOW_DIGEST_HOUR", default=7)
FOLLOW_DIGEST_WEEKDAY = env.int("FOLLOW_DIGEST_WEEKDAY", default=1)
FOLLOW_DIGEST_LINES = env.int("FOLLOW_DIGEST_LINES", default=30)
# Mails at once that a follower gets within an hour; the rest comes in one digest at its end.
FOLLOW_INSTANT_PER_HOUR = env.int("FOLLOW_INSTANT_PER_HOUR", default=10)

# Hours (TIME_ZONE) between which nobody is written to about replies and mentions; the digest after them brings them.
QUIET_FROM = env.int("QUIET_FROM", default=21)
QUIET_UNTIL = env.int("QUIET_UNTIL", default=7)

# --- discussions -------------------------------------------------------------------------
# Comments that one person may write within ten minutes; they may support ten times as many.
DISCUSSION_LIMIT = env.int("DISCUSSION_LIMIT", default=15)

# --- reports to take away -----------------------------------------------------------------
# Hour (TIME_ZONE) from which officials get the report of the month before, on the first three days of a month.
REPORT_HOUR = env.int("REPORT_HOUR", default=7)
# Reports that one person may take away within ten minutes.
REPORTS_LIMIT = env.int("REPORTS_LIMIT", default=30)

# --- alerts ------------------------------------------------------------------------------
# How often one address may send within ten minutes.
ALERTS_REPORTS_LIMIT = env.int("ALERTS_REPORTS_LIMIT", default=10)
ALERTS_PHOTOS_LIMIT = env.int("ALERTS_PHOTOS_LIMIT", default=30)
ALERTS_UPDATES_LIMIT = env.int("ALERTS_UPDATES_LIMIT", default=10)
# When to ask once more whether a resolved problem is really fixed.
ALERTS_ASK_AFTER_DAYS = env.int("ALERTS_ASK_AFTER_DAYS", default=14)
# {"ville.example": "commune:31555"}: what others call our territories. Empty: by the codes of the home level.
OPEN311_JURISDICTIONS = env.json("OPEN311_JURISDICTIONS", default={})
# Whom developers may write to; the address of this site where empty.
OPEN311_CONTACT = env("OPEN311_CONTACT", default="")
# Reports and updates that one key may send within ten minutes.
OPEN311_POSTS_LIMIT = env.int("OPEN311_POSTS_LIMIT", default=600)
# How far around a report agents are shown what may be the same problem, in metres.
ALERTS_DUPLICATES_RADIUS = env.int("ALERTS_DUPLICATES_RADIUS", default=250)
# Whose public holidays are no working days: a country (ISO 3166) and a region where it has its own (57, 67: Alsace).
HOLIDAYS_COUNTRY = env("HOLIDAYS_COUNTRY", default="FR")
HOLIDAYS_REGION = env("HOLIDAYS_REGION", default="")

# --- votes -------------------------------------------------------------------------------
# Ballots that one link of the public chain holds at least: among fewer, an hour would tell whose one is.
VOTING_BATCH = env.int("VOTING_BATCH", default=20)
# Wrong codes from one connection within ten minutes; a tablet at a desk is one connection.
VOTING_CODES_LIMIT = env.int("VOTING_CODES_LIMIT", default=20)

# --- proposals ---------------------------------------------------------------------------
# How often one person may send within ten minutes.
PROPOSALS_LIMIT = env.int("PROPOSALS_LIMIT", default=10)
PROPOSALS_PHOTOS_LIMIT = env.int("PROPOSALS_PHOTOS_LIMIT", default=30)

# --- limits ------------------------------------------------------------------------------
# Whom to believe about the visitor's address: how many proxies stand before us, or their networks (common/caller.py).
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
# Proof of work (common/proof.py): the most numbers a browser tries, a second or two on a phone; and how often all
# callers together may do one thing within ten minutes before each of them is asked for it.
PROOF = env.bool("PROOF", default=True)
PROOF_EFFORT = env.int("PROOF_EFFORT", default=60_000)
PROOF_SITE_FREE = env.int("PROOF_SITE_FREE", default=200)
# Confirmations by e-mail that one address is sent, and that one caller asks for, within an hour.
CONFIRMATIONS_PER_ADDRESS = env.int("CONFIRMATIONS_PER_ADDRESS", default=10)
CONFIRMATIONS_PER_CALLER = env.int("CONFIRMATIONS_PER_CALLER", default=30)

# --- browser security ---------------------------------------------------------------------
TILES = env.json(
    "TILES", default=[]
)  # [{"name":…, "url": "https://…/{z}/{x}/{y}.png", "attribution":…, "max_zoom": 19}]
TILE_HOSTS = ["/".join(tile["url"].replace("{s}", "*").split("/")[:3]) for tile in TILES]
# The button of a provider posts to us and is sent on to it.
OIDC_HOSTS = ["/".join(one["settings"]["server_url"].split("/")[:3]) for one in OIDC_PROVIDERS]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", *TILE_HOSTS],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF, *OIDC_HOSTS],
        "frame-ancestors": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "frontend.views.errors.csrf_failure"

# --- maps ------------------------------------------------------------------------------------
# Plane system in which metres are measured and lengths given (France: Lambert-93).
METRIC_SRID = 2154
LEAFLET_CONFIG = {"RESET_VIEW": False}

# --- imports ---------------------------------------------------------------------------------
# The largest file that may be brought by the page of imports, and for how many days it is kept.
IMPORT_MAX_BYTES = env.int("IMPORT_MAX_MB", default=200) * 1_000_000
IMPORT_FILE_DAYS = env.int("IMPORT_FILE_DAYS", default=30)

# --- open data -------------------------------------------------------------------------------
# Where the daily files lie (web and worker see it), who publishes them and whom to write to about them.
OPENDATA_ROOT = Path(env("OPENDATA_ROOT", default=str(MEDIA_ROOT / "opendata")))
OPENDATA_PUBLISHER = env("OPENDATA_PUBLISHER", default="")
OPENDATA_CONTACT = env("OPENDATA_CONTACT", default="")

# --- addresses -------------------------------------------------------------------------------
# A geocoder that speaks as the national one does (https://data.geopf.fr/geocodage); empty: the table of addresses.
GEOCODER_URL = env("GEOCODER_URL", default="")
# Seconds to wait for it before our own addresses answer.
GEOCODER_TIMEOUT = env.float("GEOCODER_TIMEOUT", default=2)
# How often one connection may search within a minute: one search is several questions while typing.
ADDRESSES_LIMIT = env.int("ADDRESSES_LIMIT", default=240)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "null": {"class": "logging.NullHandler"},
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # Anybody can send a wrong Host; the answer is a refusal, not news.
    "loggers": {"django.security.DisallowedHost": {"handlers": ["null"], "propagate": False}},
}
# Debian 12 ships GDAL 3.6. GeoDjango's GDAL only ever reads files an administrator names, never what a visitor sends.
SILENCED_SYSTEM_CHECKS = ["gis.W001"]
