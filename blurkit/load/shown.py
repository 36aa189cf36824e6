"""What viewers show of a file, whole: every page and frame as stored, and how it is turned. Part of the load stage."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from blurkit.errors import UnsupportedFormat
from blurkit.load.beside import without_beside
from blurkit.load.opening import MAX_FRAMES, decoder_faults, is_extra, open_image, too_large
from blurkit.machine.quiet import native_stderr_silenced
from blurkit.picture.formats import FORMATS, sniff
from blurkit.picture.orientation import orientation_of
from blurkit.picture.others import what_else
from blurkit.records import ImageFormat

if TYPE_CHECKING:
    from PIL import Image

    from blurkit.settings import LoadSettings


def shown_hash(data: bytes, settings: LoadSettings) -> str:
    """Return the sha256 of all that a file shows: sizes, samples or palette colours, clear parts, timing, orientation.

    Raises:
        PhotoError: It cannot be decoded, or is too large.
    """
    kind = sniff(data[:64])
    if kind is None:
        what, remedy = what_else(data[:64])
        raise UnsupportedFormat(what, hint=remedy)
    digest = hashlib.sha256()
    plain = without_beside(data, kind)
    with native_stderr_silenced(), decoder_faults(settings), open_image(plain, kind, settings) as image:
        count = getattr(image, "n_frames", 1) if FORMATS[kind].shows_frames else 1
        if count > MAX_FRAMES:
            raise UnsupportedFormat(f"more than {MAX_FRAMES} pages or frames")
        for number in range(count):
            if count > 1:
                image.seek(number)
            if kind is ImageFormat.TIFF and number and is_extra(image):
                continue
            if image.width * image.height > settings.max_megapixels * 1e6:
                raise too_large(settings)
            image.load()
            is_palette = image.mode in ("P", "PA")
            clear = None if is_palette else image.info.get("transparency")
            facts = (image.size, image.mode, image.info.get("duration"), clear)
            digest.update(repr((facts, image.info.get("loop"), _orientation(image, kind))).encode())
            digest.update((image.convert("RGBA") if is_palette else image).tobytes())
    return digest.hexdigest()


def _orientation(image: Image.Image, kind: ImageFormat) -> int:
    if kind is ImageFormat.TIFF:
        return int(image.tag_v2.get(274, 1))  # type: ignore[attr-defined]
    return orientation_of(image.info.get("exif") or b"")
