"""A real browser for the pages. What goes wrong in it fails the test: script errors, CSP, requests to other hosts."""

import os
import threading
import time
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.signals import request_finished, request_started
from django.db import connection
from playwright.sync_api import Page, Request, sync_playwright

from config.local.packages import chromium
from engagement.activity.services import hand_on, send_waiting
from tests.browser.phone import PROVOKED, Phone

CHROMIUM = chromium()
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"]
# Seconds for what a test left under way.
PATIENCE = 5
WIDTHS = {360: 740, 1280: 900}
# htmx logs as errors that a newer request took the place of an older one (hx-sync). Real failures log more.
ABORTED = ("htmx:sendAbort", "htmx:afterRequest")
# WCAG 2.1 A and AA and what axe holds to be good practice.
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    "resultTypes": ["violations"],
}

# Playwright's loop runs in this thread, where Django would take each query for one from asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="package")
def browser(django_db_setup):
    """One Chromium per worker, for as long as it runs tests of this folder."""
    if not CHROMIUM:
        pytest.fail("There is no Chromium: install it (apt-get install chromium) or set PARVIS_CHROMIUM.")
    contents = connection._test_serialized_contents
    with sync_playwright() as playwright:
        # Where a loop runs Django uses another connection: it too must know what migrations made.
        connection._test_serialized_contents = contents
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
        connection.close()


class Watch:
    """What went wrong on the pages of a test; `expect(text)` lets through what a test provokes."""

    def __init__(self, host: str):
        self.host = host
        self.expected: list[str] = list(ABORTED)
        self.found: list[str] = []
        self.under_way: dict[Request, Page] = {}

    def expect(self, text: str) -> None:
        self.expected.append(text)

    def follow(self, page: Page) -> None:
        page.on("pageerror", lambda error: self._note(f"script error: {error}"))
        # Chromium reports CSP violations and failed requests as console errors too.
        page.on("console", lambda message: message.type == "error" and self._note(f"console: {message.text}"))
        page.on("request", lambda request: self._request(request, page))
        for end in ("requestfinished", "requestfailed"):
            page.on(end, lambda request: self.under_way.pop(request, None))

    def settle(self, pages: list[Page]) -> None:
        """Until the requests of these pages are answered: one cut off by closing would be noted as an error."""
        end = time.monotonic() + PATIENCE
        for page in pages:
            while page in self.under_way.values() and time.monotonic() < end:
                page.wait_for_timeout(10)
        for request in self.under_way:
            print("never answered:", request.method, request.url)

    def _request(self, request: Request, page: Page) -> None:
        self.under_way[request] = page
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.host:
            self._note(f"request to another host: {request.url}")

    def _note(self, text: str) -> None:
        if not any(one in text for one in self.expected):
            self.found.append(text)


class Served:
    """Requests that the live server has begun and not ended, even if their browser is gone: they hold the database."""

    def __init__(self):
        self.by_thread: dict[int, int] = {}
        request_started.connect(self._started)
        request_finished.connect(self._finished)

    def _started(self, **_more):
        self.by_thread[threading.get_ident()] = 1

    def _finished(self, **_more):
        self.by_thread.pop(threading.get_ident(), None)

    def wait(self) -> None:
        self.by_thread.pop(threading.get_ident(), None)  # a test's own client
        end = time.monotonic() + PATIENCE
        while self.by_thread and time.monotonic() < end:
            time.sleep(0.005)
        self.by_thread.clear()  # one whose browser went away while it was written to tells no end


SERVED = Served()


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def width(request) -> int:
    """Each test that names it runs on a phone's width and on a desktop's.

    A path through pages that are looked at on both elsewhere names one of the two with `parametrize`.
    """
    return request.param


@pytest.fixture
def open_page(browser, live_server, settings):
    """`open_page(path="/", width=1280, **context)` opens a page on the live server and returns it.

    Keywords go to Playwright's context (java_script_enabled, geolocation, permissions, color_scheme). The page has
    `watch`; at the end of the test anything it noted fails the test.
    """
    settings.BASE_URL = live_server.url
    watch = Watch(urlsplit(live_server.url).netloc)
    contexts = []

    def open_one(path="/", width=1280, **context) -> Page:
        viewport = {"width": width, "height": WIDTHS[width]}
        # A service worker goes on fetching after its page has closed; tests/browser/test_offline.py has it.
        options = {"base_url": live_server.url, "locale": "fr-FR", "service_workers": "block"} | context
        contexts.append(browser.new_context(viewport=viewport, **options))
        page = contexts[-1].new_page()
        page.watch = watch
        watch.follow(page)
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        watch.settle(context.pages)
        context.close()
    SERVED.wait()
    assert watch.found == []


@pytest.fixture
def phone(browser, live_server, settings, tmp_path):
    """A `Phone` with a profile of its own; what goes wrong on its pages fails the test."""
    settings.BASE_URL = live_server.url
    watch = Watch(urlsplit(live_server.url).netloc)
    for text in PROVOKED:
        watch.expect(text)
    options = {"executable_path": CHROMIUM, "args": ARGUMENTS}
    one = Phone(browser, live_server.url, tmp_path / "profile", watch, options)
    yield one
    watch.settle(one.context.pages if one.context else [])
    one.close()
    SERVED.wait()
    assert watch.found == []


@pytest.fixture
def axe():
    """`axe(page)` gives the violations axe finds, as "rule: selector" lines; none is an accessible page."""
    runner = Axe()

    def violations(page: Page) -> list[str]:
        results = runner.run(page, options=AXE)
        return [
            f"{one['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
            for one in results.response["violations"]
            for node in one["nodes"]
        ]

    return violations


@pytest.fixture
def drain():
    """`drain()` hands on all waiting news and sends the mails at once, as worker and sweep do."""

    def run() -> int:
        while hand_on():
            pass
        return send_waiting()

    return run
