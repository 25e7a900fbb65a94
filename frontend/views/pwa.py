"""The site as an application on a phone: what it is called, what works without a network, what waits to be sent."""

import json
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from frontend import shell
from frontend.context import device_owner
from frontend.speech import speech

# --paper and --accent of tokens.css, which a manifest cannot read.
PAPER = "#faf6ed"
ACCENT = "#2438a8"
ICONS = (("192", "any"), ("512", "any"), ("maskable-192", "maskable"), ("maskable-512", "maskable"))


@require_safe
def manifest(request):
    """What a phone asks before it installs the site (W3C Web Application Manifest)."""
    body = {
        "id": "/",
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME[:12].strip(),
        "description": _("Report a problem, follow what happens in your town, and see who is in charge, on one map."),
        "lang": get_language(),
        "dir": "ltr",
        "start_url": reverse("frontend:home"),
        "scope": "/",
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": ACCENT,
        "categories": ["government", "utilities"],
        "icons": [_icon(name, purpose) for name, purpose in ICONS],
        "shortcuts": [
            {"name": title, "url": reverse(name), "icons": [_icon("192", "any")]}
            for title, name in (
                (_("Report a problem"), "alerts:report"),
                (_("My reports"), "frontend:drafts"),
                (_("Map"), "frontend:home"),
            )
        ],
    }
    return JsonResponse(body, content_type="application/manifest+json", headers={"Cache-Control": "max-age=3600"})


def _icon(name: str, purpose: str) -> dict:
    size = name.removeprefix("maskable-")
    src = static(f"frontend/pwa/icons/{name}.png")
    return {"src": src, "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}


@require_safe
def worker(request):
    """The service worker, which has to live at the root. `?langue=` is the language of the pages it keeps."""
    language = request.GET.get("langue")
    if language not in dict(settings.LANGUAGES):
        language = settings.LANGUAGE_CODE
    kept = {
        "version": shell.version(),
        "language": language,
        "static": settings.STATIC_URL,
        "pages": shell.pages(),
        "offline": reverse("frontend:offline"),
        "forms": shell.pages(shell.FORMS),
        "assets": shell.assets(),
        "data": shell.data(language),
        "outbox": static("frontend/pwa/outbox.js"),
        "proof": static("common/js/proof-work.js"),
    }
    script = Path(finders.find("frontend/pwa/worker.js")).read_text()
    body = f"self.SHELL = {json.dumps(kept)};\n{script}"
    return HttpResponse(body, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@never_cache
@require_safe
def session(request):
    """For what is sent later: a fresh token of this browser, and whose it is (see context.device_owner)."""
    return JsonResponse(
        {"token": get_token(request), "owner": device_owner(request.user)},
        headers={"Cross-Origin-Resource-Policy": "same-origin"},
    )


@require_safe
def offline(request):
    """What stands in for a page that cannot be had."""
    return render(request, "frontend/offline.html")


@require_safe
def drafts(request):
    """What this device keeps: the list itself is on the device and filled in there."""
    return render(request, "frontend/drafts.html")


@require_safe
def words(request, language):
    """What the scripts of drafts say, and the addresses they need, in that language."""
    with translation.override(language):
        body = {
            "urls": {"drafts": reverse("frontend:drafts"), "session": reverse("frontend:session")},
            "words": speech(),
        }
    return JsonResponse(body, headers={"Cache-Control": "max-age=300"})
