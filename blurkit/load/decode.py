"""The load stage: a file in, an upright photo out, with what is needed to write it the same way again."""

from __future__ import annotations

import errno
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from blurkit.errors import PhotoError, PhotoTooLarge, UnreadablePhoto, UnsupportedFormat
from blurkit.load.beside import without_beside
from blurkit.load.canvas import clear_beside
from blurkit.load.colors import own_colors
from blurkit.load.deep import read_png, read_tiff, refuse_rare_compression
from blurkit.load.encoding import colors_of, encoding_of
from blurkit.load.opening import COPY_AGAIN, clear_tone, decoder_faults, open_image, shown_frames
from blurkit.machine.files import read_regular
from blurkit.machine.quiet import native_stderr_silenced
from blurkit.picture.animations import has_further_frames
from blurkit.picture.color import to_srgb
from blurkit.picture.crop import crop_of
from blurkit.picture.formats import FORMATS, RAW_SUFFIXES, sniff
from blurkit.picture.orientation import SHORT, TURNED, orientation_of
from blurkit.picture.orientation import TAG as ORIENTATION
from blurkit.picture.others import READ, what_else
from blurkit.records import ImageFormat, Photo, Picture

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

    from blurkit.records import Samples
    from blurkit.settings import LoadSettings

MODES = {
    "1": "L",
    "L": "L",
    "LA": "LA",
    "RGB": "RGB",
    "RGBA": "RGBA",
    "CMYK": "CMYK",
    "P": "P",
    "YCbCr": "RGB",
    "PA": "RGBA",
}
"""Pillow's modes and the kind of samples each becomes."""

RARE_MODES = {"F": "floating-point values", "I": "32 bits per sample", "LAB": "Lab colours"}
"""What Pillow's modes are called that are not read."""

WITH_ALPHA = {"L": "LA", "RGB": "RGBA"}

SUBFILE_TYPE, DNG_VERSION = 254, 50706
"""TIFF tags that tell a camera's raw file: its first picture is only a preview, or it says that it is a DNG."""

STRIP = 32
"""Rows that are copied at once: pieces small enough that their memory is used again are many times faster."""


def read(path: Path) -> bytes:
    """Read a file.

    Raises:
        UnreadablePhoto: It is not there, is a folder, a pipe or a device, or may not be read.
        PhotoTooLarge: The file is larger than any photo.
    """
    try:
        return read_regular(path)
    except OSError as fault:
        if fault.errno == errno.EFBIG:
            raise PhotoTooLarge(str(fault.strerror), path=path, hint=READ) from fault
        raise UnreadablePhoto(
            f"cannot be read: {fault.strerror or fault}", path=path, hint="check its name and who may read it"
        ) from fault


def decode(data: bytes, settings: LoadSettings, *, source: Path | None = None) -> Photo:
    """Decode the bytes of a photo and turn it upright.

    Args:
        data: The whole file; its content decides the format, not its name.
        settings: The limit on megapixels.
        source: Where it came from.

    Returns:
        The photo with sRGB pixels for the models and the source's own samples for the output.

    Raises:
        UnreadablePhoto: The file is empty, truncated or damaged.
        UnsupportedFormat: Not a photo blurkit reads, animated, or several pages.
        PhotoTooLarge: More megapixels than the limit.
    """
    try:
        return _decode(data, settings, source)
    except PhotoError as error:
        error.path = source
        raise


def _decode(data: bytes, settings: LoadSettings, source: Path | None) -> Photo:
    if not data:
        raise UnreadablePhoto("the file is empty", hint=COPY_AGAIN)
    kind = sniff(data[:64])
    if source is not None and source.suffix.lower() in RAW_SUFFIXES:
        raise UnsupportedFormat("a raw photo of a camera", hint=READ)
    if kind is None:
        what, remedy = what_else(data[:64])
        raise UnsupportedFormat(what, hint=remedy)
    plain = without_beside(data, kind)
    with native_stderr_silenced(), decoder_faults(settings), open_image(plain, kind, settings) as image:
        _refuse_several(image, kind, plain)
        _refuse_raw(image, kind)
        if kind is ImageFormat.TIFF:
            refuse_rare_compression(image.tag_v2)  # type: ignore[attr-defined]
        frame = image.tile[0].extents if kind is ImageFormat.GIF and image.tile else None  # type: ignore[attr-defined]
        image.load()
        samples, mode = _samples(image, plain, kind)
        found = colors_of(image, mode, data, kind)
        if frame is not None and mode == "P":
            samples, found = clear_beside(samples, found, frame)
        samples, mode, colors = own_colors(samples, mode, found)
        is_converted = found.icc_profile is not None and colors.icc_profile is None
        if kind is ImageFormat.AVIF and (crop := crop_of(data, image.size)):  # HEIF is cropped by its decoder
            samples = samples[crop.top : crop.bottom, crop.left : crop.right]
        orientation = _orientation(image, kind)
        encoding = encoding_of(image, data, kind, turned=orientation in (5, 6, 7, 8))
        if kind is ImageFormat.JPEG and orientation == 1 and not is_converted:
            encoding = replace(encoding, stored=data)
        samples = _upright(samples, orientation)
    samples.flags.writeable = False
    pixels = to_srgb(samples, mode, colors)
    pixels.flags.writeable = False
    picture = Picture(pixels, samples, mode, colors)
    return Photo(picture, kind, encoding, source, hashlib.sha256(data).hexdigest())


def _refuse_several(image: Image.Image, kind: ImageFormat, data: bytes) -> None:
    """Refuse what shows several pictures: covers on the first would leave the others open."""
    frames = shown_frames(image, kind)
    if frames == 1 and kind is ImageFormat.PNG and has_further_frames(data):
        frames = 2
    if FORMATS[kind].shows_frames and frames > 1:
        word, remedy = (
            ("pages", "save each page as a file of its own")
            if kind is ImageFormat.TIFF
            else ("frames: it is animated", "save the frame you need as a still picture")
        )
        raise UnsupportedFormat(f"{kind.value.upper()} with {frames} {word}", hint=remedy)


def _refuse_raw(image: Image.Image, kind: ImageFormat) -> None:
    """Refuse a camera's raw file under another name: what it shows is only its preview."""
    if kind is ImageFormat.TIFF:
        tags = image.tag_v2  # type: ignore[attr-defined]
        if DNG_VERSION in tags or int(tags.get(SUBFILE_TYPE, 0)) & 1:
            raise UnsupportedFormat("a raw photo, of which only a preview can be shown", hint=READ)


def _samples(image: Image.Image, data: bytes, kind: ImageFormat) -> tuple[Samples, str]:
    """Return the stored samples, not yet upright, and their kind."""
    if _depth(image, data, kind) > 8:
        if kind is ImageFormat.TIFF:
            stored, mode, turned = read_tiff(data)
            samples = _upright(stored, turned if turned in TURNED else 1)  # as Pillow does itself with 8 bits
        else:
            samples, mode = read_png(data, clear_tone(data))
        if samples.shape[:2] != (image.height, image.width):
            raise UnsupportedFormat(f"{kind.value.upper()} with samples of a rare kind", hint="save it with 8 bits")
        return samples, mode
    if kind is ImageFormat.HEIF and image.mode == "I;16":  # gray of 10 or 12 bits
        return (np.asarray(image) >> 8).astype(np.uint8), "L"
    if image.mode not in MODES:
        words = RARE_MODES.get(image.mode, f"samples of kind {image.mode}")
        raise UnsupportedFormat(f"{kind.value.upper()} with {words}", hint="save it as 8-bit RGB")
    mode = MODES[image.mode]
    if kind is ImageFormat.GIF and mode == "L":  # a palette of grays
        mode = "P"
    elif mode in WITH_ALPHA and "transparency" in image.info:  # one tone or colour is clear
        mode = WITH_ALPHA[mode]
    return _array(image if mode == image.mode else image.convert(mode)), mode


def _array(image: Image.Image) -> np.ndarray:
    """Return an image's samples, copied strip by strip: of a whole image Pillow would make two more copies."""
    line = np.asarray(image.crop((0, 0, image.width, 1)))
    samples = np.empty((image.height, *line.shape[1:]), line.dtype)
    for top in range(0, image.height, STRIP):
        bottom = min(top + STRIP, image.height)
        samples[top:bottom] = np.asarray(image.crop((0, top, image.width, bottom)))
    return samples


def _depth(image: Image.Image, data: bytes, kind: ImageFormat) -> int:
    """Return bits a sample in the file; Pillow shows colour of 16 bits as 8."""
    if kind is ImageFormat.PNG:
        return data[24]
    if kind is ImageFormat.TIFF:
        bits = image.tag_v2.get(258, 1)  # type: ignore[attr-defined]
        depth = max(bits) if isinstance(bits, tuple) else int(bits)
        return depth if image.mode.startswith(("RGB", "I;16", "I")) else 8
    return 8


def _orientation(image: Image.Image, kind: ImageFormat) -> int:
    """Return the orientation 1..8 that is still to be applied: what browsers obey, and nothing else."""
    if kind is ImageFormat.TIFF:
        tags = image.tag_v2  # type: ignore[attr-defined]
        value = tags.get(ORIENTATION, 1)
        return value if tags.tagtype.get(ORIENTATION) == SHORT and value in TURNED else 1
    if kind in (ImageFormat.HEIF, ImageFormat.WEBP):  # turned by its decoder; turned by no browser
        return 1
    return orientation_of(image.info.get("exif") or b"")


def _upright(samples: np.ndarray, orientation: int) -> np.ndarray:
    """Turn and mirror an array as EXIF orientation 1..8 asks for."""
    turned = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1),
        6: lambda a: np.rot90(a, -1),
        7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
        8: lambda a: np.rot90(a, 1),
    }[orientation](samples)
    return np.ascontiguousarray(turned)
