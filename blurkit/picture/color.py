"""Colour: which sRGB a photo's own samples show, and which samples show an sRGB colour.

No stage of its own: load, obscure and encode use it.

Invariant: the view of a picture (`Picture.pixels`) is always `to_srgb` of its samples.
"""

from __future__ import annotations

import io
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from blurkit.picture.profiles import is_srgb

if TYPE_CHECKING:
    import numpy.typing as npt
    from PIL import ImageCms

    from blurkit.records import Colors, Pixels, Samples

LUMA = (0.299, 0.587, 0.114)
"""Shares of red, green and blue in a gray. Source: ITU-R BT.601."""


def usable_profile(profile: object, mode: str) -> bytes | None:
    """Return a colour profile if it can be used for this kind of samples; a broken or wrong one is dropped.

    Args:
        profile: The profile found in a file, if any.
        mode: Kind of samples, as in `Picture.mode`.
    """
    from PIL import ImageCms

    if not isinstance(profile, bytes) or not profile or not mode:
        return None
    try:
        _transform(profile, _base(mode), inverse=False)
    except (OSError, ValueError, ImageCms.PyCMSError):
        return None
    return profile


def to_srgb(samples: Samples, mode: str, colors: Colors) -> Pixels:
    """Return the view that the models see: sRGB without alpha, so that nothing hides in a clear part.

    Args:
        samples: Of the kind `mode`, shape (H, W) or (H, W, C); returned itself if it is 8-bit sRGB.
        mode: Kind of samples, as in `Picture.mode`.
        colors: Its profile and palette.
    """
    from PIL import Image

    kind = _base(mode)
    shades: Pixels = (samples >> 8 if mode.endswith(";16") else samples).astype(np.uint8, copy=False)
    if mode.startswith(("LA", "RGBA")):
        shades = np.ascontiguousarray(shades[..., 0] if kind == "L" else shades[..., :3])
    elif mode == "P":
        table = np.zeros((256, 3), np.uint8)
        entries = _palette(colors)
        table[: len(entries)] = entries
        shades = table[shades]
    if colors.icc_profile is not None and not is_srgb(colors.icc_profile):
        return _converted(shades, _transform(colors.icc_profile, kind, inverse=False), kind)
    if kind == "L":
        return np.repeat(shades[..., None], 3, axis=2)
    return shades if kind == "RGB" else np.array(Image.fromarray(shades, kind).convert("RGB"))


def from_srgb(shades: npt.NDArray[np.uint8], mode: str, colors: Colors) -> Samples:
    """Return sRGB colours (n, 3) as n samples of a kind, opaque; of a palette, the nearest entries."""
    kind, profile = _base(mode), colors.icc_profile
    tones: npt.NDArray[np.uint8]
    if profile is not None and not is_srgb(profile) and (inverse := _inverse(profile, kind)) is not None:
        tones = _converted(shades[None], inverse, "RGB")[0]
    elif kind == "L":
        tones = np.round(shades @ np.array(LUMA)).astype(np.uint8)
    else:
        tones = np.column_stack([255 - shades, np.zeros(len(shades), np.uint8)]) if kind == "CMYK" else shades
    if mode == "P":
        return _nearest_entries(tones, colors)
    if mode.startswith(("LA", "RGBA")):
        tones = np.column_stack([tones, np.full(len(tones), 255, np.uint8)])
    return tones.astype(np.uint16) * np.uint16(257) if mode.endswith(";16") else tones


def opacity(samples: Samples, mode: str, colors: Colors) -> npt.NDArray[np.uint8] | None:
    """Return how opaque each pixel is, uint8 of shape (H, W, 1); None if all are."""
    if mode == "P":
        if colors.transparency is None:
            return None
        return _entry_opacity(colors)[samples][..., None]
    if not mode.startswith(("LA", "RGBA")):
        return None
    alpha = samples[..., -1:]
    return (alpha >> 8 if mode.endswith(";16") else alpha).astype(np.uint8)


def _base(mode: str) -> str:
    """Return Pillow's name for the colours of a kind of samples: L, RGB or CMYK."""
    return {"L": "L", "LA": "L", "CMYK": "CMYK"}.get(mode.removesuffix(";16"), "RGB")


def _palette(colors: Colors) -> npt.NDArray[np.uint8]:
    return np.frombuffer(colors.palette or b"", np.uint8).reshape(-1, 3)


def _entry_opacity(colors: Colors) -> npt.NDArray[np.uint8]:
    """Return the opacity of 256 palette entries."""
    table, clear = np.full(256, 255, np.uint8), colors.transparency
    if isinstance(clear, bytes):
        table[: len(clear)] = np.frombuffer(clear, np.uint8)[:256]
    elif clear is not None:
        table[clear] = 0
    return table


def _nearest_entries(tones: npt.NDArray[np.uint8], colors: Colors) -> npt.NDArray[np.uint8]:
    """Return for each colour (n, 3) the number of the nearest opaque palette entry."""
    palette = _palette(colors).astype(int)
    clear = _entry_opacity(colors)[: len(palette)] < 255
    distance = np.abs(palette[None] - tones[:, None].astype(int)).sum(axis=2) + 1000 * clear
    nearest: npt.NDArray[np.uint8] = distance.argmin(axis=1).astype(np.uint8)
    return nearest


def _converted(shades: npt.NDArray[np.uint8], transform: ImageCms.ImageCmsTransform, kind: str) -> Pixels:
    from PIL import Image, ImageCms

    converted: Pixels = np.array(ImageCms.applyTransform(Image.fromarray(shades, kind), transform))
    return converted


def _inverse(profile: bytes, kind: str) -> ImageCms.ImageCmsTransform | None:
    """Return the way from sRGB to a profile; None for profiles that lead one way only."""
    from PIL import ImageCms

    try:
        return _transform(profile, kind, inverse=True)
    except ImageCms.PyCMSError:
        return None


@lru_cache(maxsize=4)
def _transform(profile: bytes, kind: str, *, inverse: bool) -> ImageCms.ImageCmsTransform:
    """Return the way from a profile to sRGB, or back."""
    from PIL import ImageCms

    own, srgb = ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB")
    if inverse:
        return ImageCms.buildTransform(srgb, own, "RGB", kind)
    return ImageCms.buildTransform(own, srgb, kind, "RGB")
