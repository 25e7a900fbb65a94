"""`make screenshots`: walk through the demo city as its people do, and take the pictures of the guides.

It needs what DATABASE_URL and REDIS_URL name to be the demo city, and writes a report into it.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import django
from playwright.sync_api import sync_playwright

# Playwright's loop runs in this thread, where Django would take each query for one from asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@contextmanager
def running():
    """The product's own web server on a free port; gives its address. Raises RuntimeError where it does not start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://localhost:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", address.rsplit(":", 1)[1]]
    process = subprocess.Popen([*command, "--log-level", "warning"], env=os.environ | {"BASE_URL": address})
    try:
        _wait(process, address)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(process: subprocess.Popen, address: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            urllib.request.urlopen(f"{address}/a-propos/", timeout=30).close()
            return
        except urllib.error.URLError as error:
            if isinstance(error, urllib.error.HTTPError):
                raise
            time.sleep(0.1)
    raise RuntimeError("the server did not answer within a minute")


def main() -> int:
    django.setup()
    from accounts.demo import people
    from docs.guides.screenshots import agents, budgets, gis, officials, residents
    from docs.guides.screenshots.album import Album

    if not people().exists():
        print("Cette base n'est pas celle de la ville de démonstration : rien n'a été fait.", file=sys.stderr)
        return 2
    with running() as address, sync_playwright() as playwright:
        album = Album(playwright, address)
        report = residents.reports(album)
        agents.asks(album, report)
        residents.answers(album, report)
        agents.resolves(album, report)
        residents.judges(album, report)
        residents.elsewhere(album)
        agents.day(album)
        agents.moderates(album, report)
        gis.imports(album)
        officials.looks(album)
        budgets.residents(album)
        budgets.desks(album)
        album.browser.close()
    album.tidy()
    print(f"{len(album.taken)} images")
    return 0


if __name__ == "__main__":
    sys.exit(main())
