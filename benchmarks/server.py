"""The product's own web server, in a process of its own, for measurements through real HTTP."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx


@contextmanager
def running(path: str = "/bench/constant"):
    """Start the server on a free port; gives a client with keep-alive. Raises RuntimeError where it does not start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", str(port), "--log-level", "error"]
    process = subprocess.Popen(command, env=os.environ | {"DJANGO_SETTINGS_MODULE": "benchmarks.settings"})
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
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
