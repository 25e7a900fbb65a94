"""Where scheduled exports are put: folders and S3-compatible stores that the deployment names (EXPORT_STORES).

A reader never sees half a file: in a folder it is written under another name and moved once it is whole.
"""

import datetime as dt
import mimetypes
import shutil
from pathlib import Path, PurePosixPath
from uuid import uuid4

from django.conf import settings
from django.core.checks import Error, register
from pyarrow import fs

from geo.exports.formats import FORMATS

SCHEMES = ("file://", "s3://")
CHUNK = 8 * 1024 * 1024


class UnknownStore(LookupError):
    """The deployment names no such store (any more)."""


def names() -> list[str]:
    """The stores there are."""
    return sorted(settings.EXPORT_STORES)


def put(store: str, name: str, file: Path) -> None:
    """Put a copy of `file` into that store as `name`, a relative path that is `safe`; it replaces another.

    Raises UnknownStore, and OSError where the store does not take it. Keys come from the environment
    (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY).
    """
    if store not in settings.EXPORT_STORES:
        raise UnknownStore(store)
    if not safe(name):
        raise ValueError(f"{name!r} is not a path inside a store")
    system, root = _open(settings.EXPORT_STORES[store])
    target = f"{root}/{name}"
    if not isinstance(system, fs.LocalFileSystem):
        # Such a store shows an object once all of it has come.
        _copy(system, file, target, {"Content-Type": _media_type(name)})
        return
    system.create_dir(str(PurePosixPath(target).parent), recursive=True)
    part = f"{target}.{uuid4().hex}.part"
    try:
        _copy(system, file, part, None)
        system.move(part, target)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _copy(system: fs.FileSystem, file: Path, target: str, told: dict[str, str] | None) -> None:
    with file.open("rb") as source, system.open_output_stream(target, metadata=told) as sink:
        shutil.copyfileobj(source, sink, CHUNK)


def safe(name: str) -> bool:
    """Whether that is a relative path which stays inside: no empty part, no `..`, nothing hidden."""
    return all(
        part and not part.startswith(".") and part.isprintable() and "\\" not in part for part in name.split("/")
    )


def dated(template: str, day: dt.date) -> str:
    """The path with that day in the place of {date} (2026-11-23), {year}, {month} and {day}."""
    parts = {"date": f"{day:%Y-%m-%d}", "year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}"}
    for name, text in parts.items():
        template = template.replace(f"{{{name}}}", text)
    return template


def _open(uri: str) -> tuple[fs.FileSystem, str]:
    system, root = fs.FileSystem.from_uri(uri)
    return system, root.rstrip("/")


def _media_type(name: str) -> str:
    form = FORMATS.get(PurePosixPath(name).suffix.lstrip("."))
    return form.media_type if form else mimetypes.guess_type(name)[0] or "application/octet-stream"


@register()
def stores_are_addresses(**_more):
    """Each store is a folder or an S3 address."""
    wrong = [name for name, uri in settings.EXPORT_STORES.items() if not str(uri).startswith(SCHEMES)]
    said = "EXPORT_STORES: %s must begin with file:// or s3://"
    return [Error(said % name, id="geo.E001") for name in wrong]
