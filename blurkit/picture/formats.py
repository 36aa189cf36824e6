"""Facts of each file format, which of them a file has by its first bytes, and which files travel with photos."""

from __future__ import annotations

from dataclasses import dataclass

from blurkit.language import mark
from blurkit.records import ImageFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What is to be known of a file format."""

    pillow: str
    """What Pillow calls it; a file is opened as nothing else."""
    suffixes: tuple[str, ...]
    """Its endings, the usual one first."""
    modes: tuple[str, ...]
    """Kinds of samples that it can hold here; `;16` for 16 bits."""
    has_profile: bool = True
    """Whether it carries a colour profile."""
    has_density: bool = True
    """Whether it carries pixels per inch."""
    shows_frames: bool = False
    """Whether a viewer shows its further frames or pages; in JPEG and HEIF they are extras, and dropped."""
    phones_only: bool = False
    """Whether many websites refuse it."""


_DEEP = ("L;16", "RGB;16", "RGBA;16")

FORMATS = {
    ImageFormat.JPEG: Format(
        pillow="JPEG", suffixes=(".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"), modes=("L", "RGB", "CMYK")
    ),
    ImageFormat.PNG: Format(
        pillow="PNG", suffixes=(".png",), modes=("L", "LA", "RGB", "RGBA", "P", *_DEEP), shows_frames=True
    ),
    ImageFormat.WEBP: Format(
        pillow="WEBP", suffixes=(".webp",), modes=("RGB", "RGBA"), has_density=False, shows_frames=True
    ),
    ImageFormat.TIFF: Format(
        pillow="TIFF",
        suffixes=(".tif", ".tiff"),
        modes=("L", "LA", "RGB", "RGBA", "CMYK", "P", *_DEEP),
        shows_frames=True,
    ),
    ImageFormat.BMP: Format(
        pillow="BMP", suffixes=(".bmp", ".dib"), modes=("L", "RGB", "RGBA", "P"), has_profile=False
    ),
    ImageFormat.GIF: Format(
        pillow="GIF", suffixes=(".gif",), modes=("P",), has_profile=False, has_density=False, shows_frames=True
    ),
    ImageFormat.HEIF: Format(
        pillow="HEIF",
        suffixes=(".heic", ".heif", ".hif"),
        modes=("L", "RGB", "RGBA"),
        has_density=False,
        phones_only=True,
    ),
    ImageFormat.AVIF: Format(
        pillow="AVIF",
        suffixes=(".avif",),
        modes=("L", "RGB", "RGBA"),
        has_density=False,
        shows_frames=True,
        phones_only=True,
    ),
}
"""Every format that is read and written."""

PHOTO_SUFFIXES = {kind: facts.suffixes for kind, facts in FORMATS.items()}
"""Endings of each format, the usual one first."""

RAW_SUFFIXES = frozenset((".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2", ".pef", ".srw"))
"""Raw files of cameras: some are TIFF inside, but what they show is only their preview."""

COMPANIONS = {
    ".mov": mark("videos of Live Photos"),
    ".mp4": mark("videos"),
    ".m4v": mark("videos"),
    ".3gp": mark("videos"),
    ".aae": mark("edit lists (AAE)"),
    ".xmp": mark("sidecars (XMP)"),
    ".thm": mark("thumbnails (THM)"),
    **dict.fromkeys(RAW_SUFFIXES, mark("raw photos (DNG and others)")),
}
"""Files that travel with photos, and what to call them; never processed nor copied."""

_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), ImageFormat.AVIF),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), ImageFormat.HEIF),
}


def sniff(head: bytes) -> ImageFormat | None:
    """Return the format of a file from its first 64 bytes; None if it is no photo."""
    if head.startswith(b"\xff\xd8\xff"):
        return ImageFormat.JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageFormat.PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return ImageFormat.WEBP
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+") and head[8:10] != b"CR":  # a raw CR2 has that there
        return ImageFormat.TIFF
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return ImageFormat.GIF
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return ImageFormat.BMP
    if head[4:8] == b"ftyp":
        brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(int.from_bytes(head[:4]), len(head)), 4))]
        known = [_BRANDS[brand] for brand in brands if brand in _BRANDS]
        return ImageFormat.AVIF if ImageFormat.AVIF in known else (known[0] if known else None)
    return None
