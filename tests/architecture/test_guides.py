"""The guides show what there is: pictures, links, and headings."""

import re
import unicodedata
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from PIL import Image

ROOT = Path(settings.BASE_DIR)
PICTURES = ROOT / "docs/images/guides"
LIMIT = 150_000  # bytes of a picture: a guide is read on a phone
MOST = 36
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|^ {4}.*?$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


class Pictures(HTMLParser):
    """The attributes of each <img>."""

    def __init__(self, text: str):
        super().__init__()
        self.found: list[dict] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.found.append(dict(attrs))


def prose(page: Path) -> str:
    return CODE.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """Of the headings of a page, as the forges make them: letters, digits and hyphens, in lower case."""
    titles = (unicodedata.normalize("NFC", title.strip()).lower() for title in HEADING.findall(page.read_text()))
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def pictures(page: Path) -> list[dict]:
    return Pictures(prose(page)).found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    targets = LINK.findall(prose(page)) + [one["src"] for one in pictures(page)]
    broken = []
    for target in targets:
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


def test_each_picture_is_shown_and_described_and_small():
    shown = [one for page in (ROOT / "docs/guides").glob("*.md") for one in pictures(page)]
    assert all(len(one["alt"]) > 20 for one in shown)
    kept = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert {Path(one["src"]).name for one in shown} == set(kept)
    assert 0 < len(kept) <= MOST
    assert {name: size for name, size in kept.items() if size > LIMIT} == {}


def test_pictures_are_as_wide_as_they_say():
    """A whole number of times their width: of a phone for residents, of a desk for the others."""
    for page, width in (("habitants", 360), ("agents", 1280), ("elus", 1280), ("sig", 1280)):
        for one in pictures(ROOT / f"docs/guides/{page}.md"):
            assert int(one["width"]) == width
            with Image.open(PICTURES / Path(one["src"]).name) as image:
                assert image.width % width == 0
