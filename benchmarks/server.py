"""Web servers in processes of their own, the product's and those it is measured against, through real HTTP."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx

PRODUCT = (sys.executable, "-m", "uvicorn", "config.asgi:application", "--log-level", "error")


@contextmanager
def running(path: str = "/bench/constant", workers: int = 1):
    """The product on a free port; gives a client with keep-alive. Raises RuntimeError where it does not start."""
    own = os.environ | {"DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    with started([*PRODUCT, "--workers", str(workers)], own, path) as client:
        yield client


@contextmanager
def started(command: list[str], env: dict, path: str):
    """Any server that takes `--port`; it is there once `path` answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([*command, "--port", str(port)], env=env, stdout=subprocess.DEVNULL)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=300) as client:
            _wait(process, client, path)
            yield client
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(process: subprocess.Popen, client: httpx.Client, path: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            client.get(path).raise_for_status()
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("the server did not answer within a minute")
