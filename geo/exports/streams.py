"""Large answers in small pieces: nothing is gathered in memory, and what breaks in the middle is seen to break.

Django under ASGI would read a synchronous iterator to its end before it sends anything.
"""

import asyncio
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import close_old_connections
from django.http import StreamingHttpResponse
from django.utils.cache import patch_vary_headers

PIECE = 256 * 1024  # bytes


def of_rows(request, pieces: Iterator[bytes], **given) -> StreamingHttpResponse:
    """An answer made while it is read; an error before its first piece is raised here, a later one cuts it off."""
    zipped = "gzip" in request.headers.get("Accept-Encoding", "")
    pieces = _zipped(pieces) if zipped else pieces
    first = next(pieces, b"")
    content = _spooled(first, pieces) if isinstance(request, ASGIRequest) else chain([first], pieces)
    response = StreamingHttpResponse(content, **given)
    # Django 5.2 makes each piece of an asynchronous answer a gzip file of its own, of which browsers read the first.
    response.headers["Content-Encoding"] = "gzip" if zipped else "identity"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def of_file(request, path: Path, **given) -> StreamingHttpResponse:
    """The file at `path`, which may be removed once this has returned."""
    file = path.open("rb")
    pieces = iter(lambda: file.read(PIECE), b"")
    response = StreamingHttpResponse(_read(file) if isinstance(request, ASGIRequest) else pieces, **given)
    response._resource_closers.append(file.close)
    response.headers["Content-Length"] = path.stat().st_size
    # Its length is known to who waits for it: it is not compressed on the way.
    response.headers["Content-Encoding"] = "identity"
    return response


def _zipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces as one gzip file."""
    gzip = zlib.compressobj(level=1, wbits=31)
    with closing(pieces):
        for piece in pieces:
            if some := gzip.compress(piece):
                yield some
    yield gzip.flush()


async def _read(file) -> AsyncIterator[bytes]:
    # The connection goes back before a slow reader takes its time.
    await sync_to_async(close_old_connections)()
    while piece := await sync_to_async(file.read)(PIECE):
        yield piece


async def _spooled(first: bytes, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces as fast as the reader takes them, from a file into which the database writes at its own speed.

    A reader who takes hours holds a file, not one of the few connections.
    """
    yield first
    news = asyncio.Event()
    with tempfile.TemporaryFile(prefix="parvis-export-") as spool:
        producer = asyncio.create_task(_fill(spool, pieces, news))
        producer.add_done_callback(lambda _task: news.set())
        try:
            place = 0
            while True:
                ended = producer.done()
                if piece := await sync_to_async(_at)(spool, place):
                    place += len(piece)
                    yield piece
                elif ended:
                    break
                else:
                    await news.wait()
                    news.clear()
            await producer  # raises what broke it
        finally:
            producer.cancel()
            await asyncio.gather(producer, return_exceptions=True)


async def _fill(spool, pieces: Iterator[bytes], news: asyncio.Event) -> None:
    try:
        while (piece := await sync_to_async(next)(pieces, None)) is not None:
            await sync_to_async(_append)(spool, piece)
            news.set()
    finally:
        await sync_to_async(_close)(pieces)


def _append(spool, piece: bytes) -> None:
    spool.seek(0, 2)
    spool.write(piece)


def _at(spool, place: int) -> bytes:
    spool.seek(place)
    return spool.read(PIECE)


def _close(pieces: Iterator[bytes]) -> None:
    pieces.close()
    close_old_connections()
