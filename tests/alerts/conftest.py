"""A resident's phone, and photos of every kind it may send."""

import io
import struct
import uuid
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import ExifTags, Image


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    """Files of a test go with it."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def phone() -> Client:
    """An English-speaking client with an address of its own, so that rate limits count no other test."""
    return Client(REMOTE_ADDR=f"test-{uuid.uuid4()}", headers={"accept-language": "en"})


@pytest.fixture
def agent(town):
    """An agent of the lighting service."""
    return town.light_agent()


@pytest.fixture
def desk(phone, agent):
    """Their browser."""
    phone.force_login(agent)
    return phone


def upload(content: bytes, name="photo.jpg", kind="image/jpeg"):
    return SimpleUploadedFile(name, content, kind)


def jpeg(color="red", size=(60, 40), place=None) -> bytes:
    """A small JPEG; `place` is (lon, lat) in degrees written as a camera does."""
    exif = Image.Exif()
    if place:
        lon, lat = place
        exif.get_ifd(ExifTags.IFD.GPSInfo).update(
            {
                ExifTags.GPS.GPSLatitudeRef: "N" if lat >= 0 else "S",
                ExifTags.GPS.GPSLatitude: (abs(lat), 0, 0),
                ExifTags.GPS.GPSLongitudeRef: "E" if lon >= 0 else "W",
                ExifTags.GPS.GPSLongitude: (abs(lon), 0, 0),
            }
        )
    out = io.BytesIO()
    Image.new("RGB", size, color).save(out, "JPEG", exif=exif)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes whose header promises 50,000 x 50,000 pixels."""
    header = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"\0" * 1000))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
