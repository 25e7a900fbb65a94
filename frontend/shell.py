"""What a device keeps of the site so that it opens without a network: no more than everybody may see."""

import functools
import hashlib
from urllib.parse import urljoin

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.templatetags.static import static
from django.urls import reverse

# Fetched as a stranger would, without cookies: nothing personal can be in them. The report page holds its categories.
PAGES = ("frontend:offline", "frontend:drafts", "alerts:report", "frontend:home")
# Pages whose form a new version must not change under the hands of who fills it in.
FORMS = ("alerts:report",)
PLAN_RANKS = range(1, 6)
OURS = ("frontend/css/", "frontend/js/", "frontend/pwa/", "frontend/img/", "common/js/", "alerts/")
FOLDERS = (*OURS, "leaflet/leaflet.")
FILES = ("leaflet/images/layers.png", "django_htmx/htmx-2.min.js")
KINDS = (".css", ".js", ".svg", ".png")


def assets() -> list[str]:
    """Addresses of the files the kept pages are made of.

    A module imports another by its plain name, so scripts are there under that name too.
    """
    names = sorted(_files())
    plain = [urljoin(settings.STATIC_URL, name) for name in names if name.endswith(".js")]
    return list(dict.fromkeys([*(static(name) for name in names), *plain]))


def pages(names=PAGES) -> list[str]:
    return [reverse(name) for name in names]


def data(language: str) -> list[str]:
    """Addresses of what scripts fetch: words, settings and outlines of the maps, questions, the plan of the city."""
    return [
        reverse("frontend:offline_words", args=[language]),
        reverse("frontend:map_config", args=[language]),
        reverse("frontend:outlines"),
        reverse("alerts:report_all_questions", args=[language]),
        *(reverse("geo:plan", args=[rank]) for rank in PLAN_RANKS),
    ]


@functools.cache
def version() -> str:
    """Changes whenever one of the files does."""
    digest = hashlib.sha256()
    for name, (storage, path) in sorted(_files().items()):
        digest.update(name.encode())
        with storage.open(path) as file:
            digest.update(file.read())
    return digest.hexdigest()[:12]


def _files() -> dict:
    """Name -> (storage, path in it); the first finder that has a name is the one whose file is served."""
    found = {}
    for finder in get_finders():
        for path, storage in finder.list([]):
            prefix = getattr(storage, "prefix", None)
            name = f"{prefix}/{path}" if prefix else path
            if name in FILES or (name.startswith(FOLDERS) and name.endswith(KINDS)):
                found.setdefault(name, (storage, path))
    return found
