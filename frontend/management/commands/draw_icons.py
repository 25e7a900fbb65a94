"""Draws the icons of the installed site from our own sign, img/favicon.svg; run it again when the sign changes."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from frontend.views.pwa import ACCENT, PAPER

STATIC = Path(settings.BASE_DIR) / "frontend/static/frontend"
# Name, side in pixels, share of it the sign takes. A launcher may cut a maskable icon down to a circle of 80 %.
ICONS = (
    ("192", 192, 0.8),
    ("512", 512, 0.8),
    ("maskable-192", 192, 0.56),
    ("maskable-512", 512, 0.56),
    ("apple", 180, 0.66),
)
PAGE = """<style>body {{ margin: 0; display: grid; place-items: center; height: 100vh; background: {paper} }}
svg {{ width: {share}vw; height: {share}vw }}</style>{sign}"""


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser that draws")

    def handle(self, *, chromium, **options):
        from playwright.sync_api import sync_playwright  # only developers have it

        sign = (STATIC / "img/favicon.svg").read_text()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for name, side, share in ICONS:
                page = browser.new_page(viewport={"width": side, "height": side})
                maskable = name.startswith("maskable")
                drawn = sign.replace(ACCENT, PAPER) if maskable else sign
                page.set_content(PAGE.format(paper=ACCENT if maskable else PAPER, share=share * 100, sign=drawn))
                page.screenshot(path=STATIC / f"pwa/icons/{name}.png")
            browser.close()
