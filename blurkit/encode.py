"""The encode stage: a covered photo in, the bytes of a file out, with nothing in it but the picture."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from blurkit.choices import OutputFormat
from blurkit.errors import OutputNotWritable
from blurkit.records import Encoding, ImageFormat

if TYPE_CHECKING:
    from blurkit.records import Photo

HELD = {
    ImageFormat.JPEG: ("L", "RGB", "CMYK"),
    ImageFormat.PNG: ("L", "LA", "RGB", "RGBA", "P", "L;16", "RGB;16", "RGBA;16"),
    ImageFormat.WEBP: ("RGB", "RGBA"),
    ImageFormat.TIFF: ("L", "LA", "RGB", "RGBA", "CMYK", "P", "L;16", "RGB;16", "RGBA;16"),
    ImageFormat.BMP: ("L", "RGB", "P"),
    ImageFormat.GIF: ("L", "P"),
    ImageFormat.HEIF: ("RGB", "RGBA"),
    ImageFormat.AVIF: ("RGB", "RGBA"),
}
"""Kinds of samples that each format can hold here."""

PROFILED = (ImageFormat.JPEG, ImageFormat.PNG, ImageFormat.WEBP, ImageFormat.TIFF, ImageFormat.HEIF, ImageFormat.AVIF)
"""Formats that carry a colour profile."""

PHONE_ONLY = (ImageFormat.HEIF, ImageFormat.AVIF)
"""Formats that many websites refuse."""

QUALITY = 92
"""JPEG, WebP, HEIF and AVIF quality where the source's own tables cannot be kept, 0..100."""

TIFF_LOSSLESS = ("raw", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits", "zstd")
"""TIFF compressions that are kept; from any other the output is deflated."""


def output_format(source: ImageFormat, wanted: OutputFormat) -> ImageFormat:
    """Return the format an output gets."""
    if wanted in (OutputFormat.JPEG, OutputFormat.PNG):
        return ImageFormat(wanted.value)
    if wanted is OutputFormat.AUTO and source in PHONE_ONLY:
        return ImageFormat.JPEG
    return source


def prepare(photo: Photo, kind: ImageFormat) -> Photo:
    """Return the photo as the output format can hold it.

    What the format cannot hold becomes 8-bit sRGB; clear parts are laid on white.

    Args:
        photo: A photo with its covers drawn.
        kind: The output's format.
    """
    as_source = photo.mode in HELD[kind] and (photo.encoding.icc_profile is None or kind in PROFILED)
    if as_source and not (kind is ImageFormat.JPEG and photo.format in PHONE_ONLY):
        return photo if kind is photo.format else replace(photo, format=kind, encoding=_portable(photo.encoding))
    encoding = Encoding(dpi=photo.encoding.dpi)
    pixels, mode = photo.pixels, "RGB"
    if photo.mode.startswith(("LA", "RGBA")) or photo.encoding.transparency is not None:
        alpha = _alpha(photo)
        if "RGBA" in HELD[kind]:
            pixels, mode = np.concatenate([pixels, alpha], axis=2), "RGBA"
        else:
            pixels = ((pixels.astype(np.uint16) * alpha + 255 * (255 - alpha.astype(np.uint16)) + 127) // 255).astype(
                np.uint8
            )
    if kind is ImageFormat.GIF:
        pixels, mode, encoding = _in_palette(pixels, encoding)
    elif photo.mode.startswith("L") and "L" in HELD[kind] and mode == "RGB":
        pixels, mode = np.ascontiguousarray(pixels[..., 0]), "L"
    return replace(photo, samples=pixels, mode=mode, format=kind, encoding=encoding)


def encode(photo: Photo) -> bytes:
    """Encode a photo in its own format, with nothing but the picture, its colour profile and density.

    JPEG keeps the source's quantisation tables, subsampling and progression.

    Raises:
        OutputNotWritable: The picture is larger than the format allows.
    """
    try:
        return _encode_deep(photo) if photo.mode in ("RGB;16", "RGBA;16") else _encode(photo)
    except (OSError, ValueError) as fault:  # encoders refuse what does not fit the format, such as 70,000 px JPEG
        raise OutputNotWritable(
            f"cannot be encoded as {photo.format.value.upper()}: {fault}", hint="try --format png"
        ) from fault


def _encode(photo: Photo) -> bytes:
    from PIL import Image

    encoding, kind = photo.encoding, photo.format
    if kind is ImageFormat.HEIF:
        from pillow_heif import register_heif_opener

        register_heif_opener()
    size = photo.size.width, photo.size.height
    mode = {"L;16": "I;16"}.get(photo.mode, photo.mode)
    image = Image.frombytes(mode, size, np.ascontiguousarray(photo.samples).tobytes())
    if photo.mode == "P" and encoding.palette is not None:
        image.putpalette(encoding.palette, "RGB")
    options: dict[str, Any] = {}
    if kind is ImageFormat.JPEG:
        options = _jpeg_options(encoding)
    elif kind is ImageFormat.WEBP:
        options = {"lossless": True, "exact": True} if encoding.lossless else {"quality": QUALITY}
    elif kind is ImageFormat.TIFF:
        options = {
            "compression": encoding.compression if encoding.compression in TIFF_LOSSLESS else "tiff_adobe_deflate"
        }
    elif kind in PHONE_ONLY:
        options = {"quality": QUALITY}
    if encoding.icc_profile is not None and kind in PROFILED:
        options["icc_profile"] = encoding.icc_profile
    if encoding.dpi is not None and kind not in (*PHONE_ONLY, ImageFormat.WEBP, ImageFormat.GIF):
        options["dpi"] = encoding.dpi
    if encoding.transparency is not None and kind in (ImageFormat.PNG, ImageFormat.GIF):
        options["transparency"] = encoding.transparency
    buffer = io.BytesIO()
    image.save(buffer, kind.value.upper(), **options)
    return buffer.getvalue()


def _jpeg_options(encoding: Encoding) -> dict[str, Any]:
    if encoding.quantization is None:
        return {"quality": QUALITY, "subsampling": "4:2:0", "progressive": encoding.progressive}
    return {
        "qtables": [list(table) for table in encoding.quantization],
        "subsampling": encoding.subsampling or "4:4:4",
        "progressive": encoding.progressive,
    }


def _encode_deep(photo: Photo) -> bytes:
    """Encode colour of 16 bits a sample, which Pillow cannot write."""
    profile = photo.encoding.icc_profile
    if photo.format is ImageFormat.TIFF:
        import tifffile

        buffer = io.BytesIO()
        extra = {"extrasamples": ["unassalpha"]} if photo.mode == "RGBA;16" else {}
        tifffile.imwrite(
            buffer, photo.samples, photometric="rgb", iccprofile=profile, metadata=None, software=False, **extra
        )
        return buffer.getvalue()
    import cv2

    order = [2, 1, 0, 3][: photo.samples.shape[2]]
    kinds = [cv2.IMAGE_METADATA_ICCP] if profile else []
    chunks = [np.frombuffer(profile, np.uint8)] if profile else []
    done, data = cv2.imencodeWithMetadata(".png", np.ascontiguousarray(photo.samples[..., order]), kinds, chunks)
    if not done:
        raise OSError("the encoder refused the picture")
    return bytes(data.tobytes())


def _portable(encoding: Encoding) -> Encoding:
    """Return what another format keeps of a source's encoding."""
    return replace(encoding, quantization=None, subsampling=None, progressive=False, compression=None)


def _alpha(photo: Photo) -> np.ndarray:
    """Return opacity, uint8 of shape (H, W, 1)."""
    if photo.mode == "P":
        table = np.full(256, 255, np.uint8)
        clear = photo.encoding.transparency
        if isinstance(clear, bytes):
            table[: len(clear)] = np.frombuffer(clear, np.uint8)
        elif clear is not None:
            table[clear] = 0
        return table[photo.samples][..., None]
    alpha = photo.samples[..., -1:]
    return (alpha >> 8).astype(np.uint8) if alpha.dtype == np.uint16 else alpha.astype(np.uint8)


def _in_palette(pixels: np.ndarray, encoding: Encoding) -> tuple[np.ndarray, str, Encoding]:
    from PIL import Image

    image = Image.fromarray(pixels).quantize(256)
    return np.array(image), "P", replace(encoding, palette=bytes(image.getpalette("RGB") or b""))
