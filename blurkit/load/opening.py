"""Opens the bytes of a photo with Pillow, and turns every fault of a decoder into an error of ours."""

from __future__ import annotations

import io
import logging
import struct
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from blurkit.errors import PhotoError, PhotoTooLarge, UnreadablePhoto, UnsupportedFormat
from blurkit.load import bitmap
from blurkit.load.deep import BIG_ENDIAN, kind_of_tiff, ordinary_tiff
from blurkit.machine.quiet import warnings_silenced
from blurkit.picture.formats import FORMATS
from blurkit.records import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

    from blurkit.settings import LoadSettings

logging.getLogger("PIL").addHandler(logging.NullHandler())  # its remarks on damaged files are no lines of ours

MAX_FRAMES = 4096
"""Files of more pages or frames are refused."""

_SMALL_COPY_OR_MASK = 5
"""Bits of TIFF's tag 254 that say that a page is not to be shown."""

COPY_AGAIN = "the file may be cut short or damaged; copy it again from the phone or camera"


def open_image(data: bytes, kind: ImageFormat, settings: LoadSettings) -> Image.Image:
    """Open a file as the one format that its content names, unless it has more megapixels than the limit."""
    image = _opened(data, kind, settings)
    if image.width * image.height > settings.max_megapixels * 1e6:
        image.close()
        raise too_large(settings)
    return image


def _opened(data: bytes, kind: ImageFormat, settings: LoadSettings) -> Image.Image:
    from PIL import UnidentifiedImageError

    if kind is ImageFormat.HEIF:
        from pillow_heif import register_heif_opener

        register_heif_opener()
    if kind is ImageFormat.BMP and bitmap.is_unusual(data):
        try:
            return bitmap.decoded(data, settings.max_megapixels)
        except UnreadablePhoto as error:
            error.hint = COPY_AGAIN
            raise
    try:
        return _made(data, FORMATS[kind].pillow)
    except UnidentifiedImageError as fault:
        named = kind_of_tiff(data) if kind is ImageFormat.TIFF else None
        if named is None:
            raise
        if not data.startswith(BIG_ENDIAN):
            raise named from fault
        try:
            return _made(ordinary_tiff(data, settings.max_megapixels), FORMATS[kind].pillow)
        except (UnidentifiedImageError, UnsupportedFormat):
            raise named from fault


def _made(data: bytes, name: str) -> Image.Image:
    """Open a file as `Image.open` does, but for its limit on pixels, which is one for the whole process."""
    from PIL import Image, UnidentifiedImageError

    Image.preinit()
    if name not in Image.OPEN:
        Image.init()
    factory, accept = Image.OPEN[name]
    try:
        if accept is not None and accept(data[:16]) is not True:
            raise UnidentifiedImageError
        return factory(io.BytesIO(data), "")
    except (SyntaxError, IndexError, TypeError, struct.error) as fault:
        raise UnidentifiedImageError from fault


def shown_frames(image: Image.Image, kind: ImageFormat) -> int:
    """Return how many pages or frames a file shows: small copies and masks in a TIFF do not count."""
    frames = int(getattr(image, "n_frames", 1))
    if kind is not ImageFormat.TIFF or frames == 1:
        return frames
    extra = 0
    for number in range(1, min(frames, MAX_FRAMES)):
        image.seek(number)
        extra += is_extra(image)
    image.seek(0)
    return frames - extra


def is_extra(image: Image.Image) -> bool:
    """Return whether a page of a TIFF is a small copy, a mask, or the thumbnail of an EXIF block."""
    tags: Any = image.tag_v2  # type: ignore[attr-defined]
    return bool(int(tags.get(254, 0)) & _SMALL_COPY_OR_MASK) or 513 in tags


def clear_tone(png: bytes) -> bytes:
    """Return the content of the `tRNS` chunk of a PNG; empty if it has none."""
    at = png.find(b"tRNS", 0, max(0, png.find(b"IDAT")))
    return png[at + 4 : at + 4 + int.from_bytes(png[at - 4 : at])] if at > 0 else b""


@contextmanager
def decoder_faults(settings: LoadSettings) -> Iterator[None]:
    """Map every fault of a decoder to a `PhotoError`, and refuse decompression bombs before they unpack."""
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings_silenced():
            yield
    except (PhotoError, MemoryError) as fault:
        if isinstance(fault, PhotoError):
            raise
        raise too_large(settings) from fault
    except Image.DecompressionBombError as fault:
        raise too_large(settings) from fault
    except UnidentifiedImageError as fault:
        raise UnreadablePhoto("its beginning is that of a photo, but what follows is not", hint=COPY_AGAIN) from fault
    except Exception as fault:  # decoders raise anything on damaged files; none of it lets a photo through
        raise UnreadablePhoto(f"cannot be decoded: {str(fault) or type(fault).__name__}", hint=COPY_AGAIN) from fault


def too_large(settings: LoadSettings) -> PhotoTooLarge:
    """Return the refusal of a photo above the limit."""
    return PhotoTooLarge(
        f"more than {settings.max_megapixels:g} megapixels",
        hint="raise the limit with --max-megapixels, or make the photo smaller",
    )
