"""Photos people send: checked, turned upright, re-encoded, and stripped of everything but pixels."""

import io
import math
import warnings
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageFilter, ImageOps

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 64_000_000
MAX_SIDE = 2048
THUMBNAIL_SIDE = 480
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
QUALITY = 82


class PhotoError(Exception):
    """The file cannot be taken; the message says why and what to do."""


@dataclass(frozen=True)
class Photo:
    """A clean JPEG and its thumbnail; `place` is (lon, lat) in degrees where the camera had written it."""

    jpeg: bytes
    thumbnail: bytes
    width: int
    height: int
    place: tuple[float, float] | None


def clean_photo(file) -> Photo:
    """Read an uploaded file, refuse what is not a photo, and return it without metadata.

    The format is found from the content, never from the name. The pixel count is read from the header, before
    anything is unpacked, so that a decompression bomb costs nothing. Raises PhotoError.
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise PhotoError(_("This photo is larger than %(size)d MB.") % {"size": MAX_BYTES // 1024 // 1024})
    if not data:
        raise PhotoError(_("This file is empty."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise PhotoError(_too_many_pixels()) from None
    except Exception:
        raise PhotoError(_("This file is not a photo we can read. Send a JPEG, PNG, WebP or GIF.")) from None
    if image.width * image.height > MAX_PIXELS:
        raise PhotoError(_too_many_pixels())
    place = _place(image)
    try:
        image.draft("RGB", (MAX_SIDE, MAX_SIDE))
        image.load()
        image = ImageOps.exif_transpose(image)
    except Exception:
        raise PhotoError(_("This photo is damaged: it could not be read to its end.")) from None
    image = _flatten(image)
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return Photo(_jpeg(image), _jpeg(small), image.width, image.height, place)


def _too_many_pixels() -> str:
    return _("This picture has more than %(count)d million pixels.") % {"count": MAX_PIXELS // 1_000_000}


def _flatten(image: Image.Image) -> Image.Image:
    """RGB on white; a new image, so that no metadata comes along."""
    image = image.convert("RGBA") if image.mode in ("P", "LA", "PA", "RGBA") else image.convert("RGB")
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return flat


def _jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _place(image: Image.Image) -> tuple[float, float] | None:
    """(lon, lat) from the EXIF GPS block (Exif 2.32, tags 1-4), or None where absent or nonsense."""
    try:
        gps = image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        lat = _degrees(gps[ExifTags.GPS.GPSLatitude], gps.get(ExifTags.GPS.GPSLatitudeRef, "N") == "S")
        lon = _degrees(gps[ExifTags.GPS.GPSLongitude], gps.get(ExifTags.GPS.GPSLongitudeRef, "E") == "W")
    except Exception:
        return None
    if not (math.isfinite(lon) and math.isfinite(lat)) or abs(lat) > 90 or abs(lon) > 180 or lon == lat == 0:
        return None
    return lon, lat


def _degrees(dms, negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in dms)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if negative else value


# Left, top, width and height as shares of the picture, from 0 to 1.
Area = tuple[float, float, float, float]
# A blurred area is left with so few blocks on its longer side that no face, plate or writing can be made out.
BLOCKS = 6


def blurred(file, areas: list[Area]) -> Photo:
    """The photo in `file` with these areas made unrecognisable: averaged into a few blocks, then smoothed.

    What was there cannot be computed back: all of an area's pixels become at most BLOCKS x BLOCKS averages. Raises
    ValueError where an area has no size or lies outside.
    """
    image = Image.open(file, formats=["JPEG"]).convert("RGB")
    for area in areas:
        box = _pixels(area, image.size)
        part = image.crop(box)
        longer = max(part.size)
        small = part.resize([max(1, round(BLOCKS * side / longer)) for side in part.size], Image.Resampling.BOX)
        part = small.resize(part.size, Image.Resampling.NEAREST)
        image.paste(part.filter(ImageFilter.GaussianBlur(longer / BLOCKS / 4)), box)
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return Photo(_jpeg(image), _jpeg(small), image.width, image.height, None)


def _pixels(area: Area, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The area in whole pixels (left, top, right, bottom), rounded outwards and cut at the edges."""
    left, top, width, height = area
    if not (0 <= left < 1 and 0 <= top < 1 and 0 < width <= 1 and 0 < height <= 1):
        raise ValueError(f"{area} is not an area of a picture")
    across, down = size
    return (
        math.floor(left * across),
        math.floor(top * down),
        min(across, math.ceil((left + width) * across)),
        min(down, math.ceil((top + height) * down)),
    )
