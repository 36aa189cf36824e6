"""The encode stage: a covered photo in, the bytes of a file out, with nothing in it but the picture."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from blurkit.choices import OutputFormat
from blurkit.encode.bitmap import with_alpha
from blurkit.encode.blocks import obstacle, recode
from blurkit.errors import OutputNotWritable
from blurkit.machine.quiet import native_stderr_silenced
from blurkit.picture.color import opacity
from blurkit.picture.formats import FORMATS
from blurkit.records import Encoding, ImageFormat, Picture

if TYPE_CHECKING:
    import numpy.typing as npt

    from blurkit.records import Colors, Photo

    Mask = npt.NDArray[np.bool_]

QUALITY = 92
"""JPEG, WebP, HEIF and AVIF quality where the source's own tables cannot be kept, 0..100."""

HEIF_TILE = 1024
"""Side in pixels of the tiles that a larger HEIC is coded in, as phones do: its decoder refuses coded pieces of 16 MB
and more, which one piece of 25 megapixels can be."""

TIFF_LOSSLESS = ("raw", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits", "zstd")
"""TIFF compressions that are kept; from any other the output is deflated."""


def output_format(source: ImageFormat, wanted: OutputFormat) -> ImageFormat:
    """Return the format an output gets."""
    if wanted in (OutputFormat.JPEG, OutputFormat.PNG):
        return ImageFormat(wanted.value)
    if wanted is OutputFormat.AUTO and FORMATS[source].phones_only:
        return ImageFormat.JPEG
    return source


def prepare(photo: Photo, kind: ImageFormat) -> Photo:
    """Return the photo as the output format can hold it.

    What the format cannot hold becomes 8-bit sRGB; clear parts are laid on white.

    Args:
        photo: A photo with its covers drawn.
        kind: The output's format.
    """
    picture, facts = photo.picture, FORMATS[kind]
    as_source = picture.mode in facts.modes and (picture.colors.icc_profile is None or facts.has_profile)
    if as_source and not (kind is ImageFormat.JPEG and FORMATS[photo.format].phones_only):
        return photo if kind is photo.format else replace(photo, format=kind, encoding=_portable(photo.encoding))
    pixels = picture.pixels
    alpha = opacity(picture.samples, picture.mode, picture.colors)
    if alpha is not None:
        on_white = pixels.astype(np.uint16) * alpha + 255 * (255 - alpha.astype(np.uint16))
        pixels = ((on_white + 127) // 255).astype(np.uint8)
    gray = picture.mode.startswith("L") and "L" in facts.modes
    samples, mode = (np.ascontiguousarray(pixels[..., 0]), "L") if gray else (pixels, "RGB")
    shown = Picture(pixels, samples, mode)
    return replace(photo, picture=shown, format=kind, encoding=Encoding(dpi=photo.encoding.dpi))


def encode(photo: Photo) -> bytes:
    """Encode a photo in its own format, with nothing but the picture, its colour profile and density.

    JPEG keeps the source's quantisation tables, if they are of an encoder, subsampling and progression.

    Raises:
        OutputNotWritable: The picture is larger than the format allows.
    """
    try:
        with native_stderr_silenced():
            return _encode_deep(photo) if photo.picture.mode in ("RGB;16", "RGBA;16") else _encode(photo)
    except (OSError, ValueError) as fault:  # encoders refuse what does not fit the format, such as 70,000 px JPEG
        raise OutputNotWritable(
            f"cannot be encoded as {photo.format.value.upper()}: {fault}", hint="try --format png"
        ) from fault


def encode_keeping_blocks(photo: Photo, covered: Mask) -> tuple[bytes, str, Mask]:
    """Re-encode only the blocks that covers touch, if the photo is a JPEG that allows it; else all of it.

    Args:
        photo: A photo with its covers drawn.
        covered: Which pixels lie under covers, bool of shape (H, W).

    Returns:
        The bytes; how it was coded, in words; and which pixels may differ from the source.

    Raises:
        OutputNotWritable: As `encode`.
        PixelsChanged: The blocks could not be kept, though they should.
    """
    why = obstacle(photo)
    if why is not None:
        return encode(photo), f"{coding_words(photo)}, re-encoded as a whole: {why}", covered
    data, may_differ = recode(photo, covered)
    mode = photo.picture.mode
    words = f"JPEG, {mode}, the source's sampling and tables, baseline, only the blocks under covers re-encoded"
    return data, words, may_differ


def coding_words(photo: Photo) -> str:
    """Say how `encode` codes a photo: format, samples, and what is kept of the source's coding."""
    encoding, kind = photo.encoding, photo.format
    words = [kind.value.upper(), photo.picture.mode.replace(";", " ")]
    if kind is ImageFormat.JPEG:
        tables = "the source's tables" if encoding.quantization else f"quality {QUALITY}"
        chroma = encoding.subsampling or ("4:4:4" if encoding.quantization else "4:2:0")
        words += [chroma] if photo.picture.mode == "RGB" else []
        words += [tables, "progressive" if encoding.progressive else "baseline"]
    elif FORMATS[kind].phones_only or (kind is ImageFormat.WEBP and not encoding.lossless):
        words.append(f"quality {QUALITY}")
    else:
        words.append("lossless")
    return ", ".join(words)


def _encode(photo: Photo) -> bytes:
    from PIL import Image

    picture, encoding, kind = photo.picture, photo.encoding, photo.format
    if kind is ImageFormat.HEIF:
        from pillow_heif import register_heif_opener

        register_heif_opener()
    if kind is ImageFormat.BMP and picture.mode == "RGBA":
        return with_alpha(picture.samples, encoding.dpi)
    size = picture.size.width, picture.size.height
    mode = {"L;16": "I;16"}.get(picture.mode, picture.mode)
    image = Image.frombuffer(mode, size, np.ascontiguousarray(picture.samples), "raw", mode, 0, 1)
    colors = _used_entries(picture) if picture.mode == "P" else picture.colors
    if colors.palette is not None:
        image.putpalette(colors.palette, "RGB")
    options: dict[str, Any] = {}
    if kind is ImageFormat.JPEG:
        options = _jpeg_options(encoding, picture.mode)
    elif kind is ImageFormat.WEBP:
        options = {"exact": True} | ({"lossless": True} if encoding.lossless else {"quality": QUALITY})
    elif kind is ImageFormat.TIFF:
        options = {
            "compression": encoding.compression if encoding.compression in TIFF_LOSSLESS else "tiff_adobe_deflate"
        }
    elif FORMATS[kind].phones_only:
        options = {"quality": QUALITY} | ({"tile_size": HEIF_TILE} if kind is ImageFormat.HEIF else {})
    if picture.colors.icc_profile is not None and FORMATS[kind].has_profile:
        options["icc_profile"] = picture.colors.icc_profile
    if encoding.dpi is not None and FORMATS[kind].has_density:
        options["dpi"] = encoding.dpi
    if colors.transparency is not None and kind in (ImageFormat.PNG, ImageFormat.GIF):
        options["transparency"] = colors.transparency
    buffer = io.BytesIO()
    image.save(buffer, kind.value.upper(), **options)
    return buffer.getvalue()


def _jpeg_options(encoding: Encoding, mode: str) -> dict[str, Any]:
    if encoding.quantization is None:
        subsampling = encoding.subsampling or "4:2:0"
        return {"quality": QUALITY, "subsampling": subsampling, "progressive": encoding.progressive}
    tables = encoding.quantization[:1] if mode == "CMYK" else encoding.quantization  # the second is for chroma
    return {
        "qtables": [list(table) for table in tables],
        "subsampling": encoding.subsampling or "4:4:4",
        "progressive": encoding.progressive,
    }


def _used_entries(picture: Picture) -> Colors:
    """Return a palette in which the entries that the picture does not use are black: they may hold anything."""
    used = np.bincount(picture.samples.ravel(), minlength=256) > 0
    count = int(used.nonzero()[0][-1]) + 1
    palette, clear = picture.colors.palette or b"", picture.colors.transparency
    entries = np.zeros((count, 3), np.uint8)
    known = np.frombuffer(palette, np.uint8).reshape(-1, 3)[:count]
    entries[: len(known)] = known
    entries[~used[:count]] = 0
    if isinstance(clear, bytes):
        kept = np.frombuffer(clear[:count], np.uint8).copy()
        kept[~used[: len(kept)]] = 255
        clear = kept.tobytes() if (kept < 255).any() else None
    elif clear is not None and not used[clear]:
        clear = None
    return replace(picture.colors, palette=entries.tobytes(), transparency=clear)


def _encode_deep(photo: Photo) -> bytes:
    """Encode colour of 16 bits a sample, which Pillow cannot write."""
    picture, encoding = photo.picture, photo.encoding
    profile = picture.colors.icc_profile
    if photo.format is ImageFormat.TIFF:
        import tifffile

        options: dict[str, Any] = {"compression": None if encoding.compression == "raw" else "zlib"}
        if picture.mode == "RGBA;16":
            options["extrasamples"] = ["unassalpha"]
        if encoding.dpi is not None:
            options |= {"resolution": encoding.dpi, "resolutionunit": "INCH"}
        buffer = io.BytesIO()
        tifffile.imwrite(
            buffer, picture.samples, photometric="rgb", iccprofile=profile, metadata=None, software=False, **options
        )
        return buffer.getvalue()
    import cv2

    order = [2, 1, 0, 3][: picture.samples.shape[2]]
    kinds = [cv2.IMAGE_METADATA_ICCP] if profile else []
    chunks = [np.frombuffer(profile, np.uint8)] if profile else []
    done, data = cv2.imencodeWithMetadata(".png", np.ascontiguousarray(picture.samples[..., order]), kinds, chunks)
    if not done:
        raise OSError("the encoder refused the picture")
    return _with_density(data.tobytes(), encoding.dpi)


def _with_density(png: bytes, dpi: tuple[float, float] | None) -> bytes:
    """Return a PNG with its density put in behind the header."""
    if dpi is None:
        return png
    across, down = (round(value / 0.0254) for value in dpi)
    chunk = b"pHYs" + struct.pack(">IIB", across, down, 1)
    return png[:33] + struct.pack(">I", 9) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png[33:]


def _portable(encoding: Encoding) -> Encoding:
    """Return what another format keeps of a source's encoding."""
    return replace(encoding, quantization=None, subsampling=None, progressive=False, compression=None, stored=None)
