"""Pictures of pages: taken with scroll and size, made small, kept under their name."""

import io
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

from accounts.models import User
from config.local.packages import chromium

FOLDER = Path(__file__).resolve().parents[2] / "images" / "guides"
LIMIT = 150_000  # bytes of a picture
COLOURS = (256, 128, 64, 32, 16)
ABOVE = 16  # pixels left above what a picture begins with
PHONE, DESKTOP = (360, 740), (1280, 800)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]


class Album:
    """A browser, the people in it, and the pictures taken so far."""

    def __init__(self, playwright, address: str):
        self.address = address
        # The browser's own words (“Choose a file”) follow this variable, not the locale of a page.
        self.browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=ARGUMENTS,
            env=os.environ | {"LANGUAGE": "fr"},
        )
        self.taken: set[str] = set()

    def page(self, size: tuple[int, int], *, as_: User | None = None, workers="block") -> Page:
        """A page of `size` in a browser of its own, signed in by the demo's click where `as_` says who."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": size[0], "height": size[1]},
            device_scale_factor=2 if size == PHONE else 1,
            has_touch=size == PHONE,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            reduced_motion="reduce",
            service_workers=workers,
        )
        context.set_default_timeout(15_000)
        page = context.new_page()
        if as_:
            page.goto("/compte/connexion/")
            page.locator(f"form[action$='/demo/{as_.pk}/'] button").click()
            page.wait_for_load_state("networkidle")
        return page

    def take(self, page: Page, name: str, *, at: Locator | None = None, height: int | None = None) -> None:
        """Keep what the page shows from `at` (else from its top), `height` pixels of it, as `name`.png.

        Raises ValueError where even the fewest colours leave more than LIMIT bytes.
        """
        size = page.viewport_size
        if height:
            page.set_viewport_size({"width": size["width"], "height": height})
        page.wait_for_load_state("networkidle")
        top = at.bounding_box()["y"] + page.evaluate("scrollY") - ABOVE if at else 0
        page.evaluate("top => scrollTo({ top, behavior: 'instant' })", top)
        page.mouse.move(0, 0)  # nothing under the pointer
        page.wait_for_load_state("networkidle")
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(_small(name, page.screenshot(animations="disabled", caret="hide")))
        page.set_viewport_size(size)
        self.taken.add(name)
        print(f"  {name}", flush=True)

    def tidy(self) -> None:
        """Remove the pictures of earlier walks that this one did not take."""
        for path in FOLDER.glob("*.png"):
            if path.stem not in self.taken:
                path.unlink()


def _small(name: str, png: bytes) -> bytes:
    """The same picture in a palette, with as many colours as LIMIT allows."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in COLOURS:
        out = io.BytesIO()
        image.quantize(colours, kmeans=2, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= LIMIT:
            return out.getvalue()
    raise ValueError(f"{name}: {out.tell()} bytes with {COLOURS[-1]} colours")
