"""Which format a file has, told from its first bytes; and which files travel with photos."""

from __future__ import annotations

from blurkit.records import ImageFormat

PHOTO_SUFFIXES = {
    ImageFormat.JPEG: (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    ImageFormat.PNG: (".png",),
    ImageFormat.WEBP: (".webp",),
    ImageFormat.TIFF: (".tif", ".tiff"),
    ImageFormat.BMP: (".bmp", ".dib"),
    ImageFormat.GIF: (".gif",),
    ImageFormat.HEIF: (".heic", ".heif", ".hif"),
    ImageFormat.AVIF: (".avif",),
}
"""Endings of each format, the usual one first."""

RAW_SUFFIXES = frozenset((".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2", ".pef", ".srw"))
"""Raw files of cameras: some are TIFF inside, but what they show is only their preview."""

COMPANIONS = {
    ".mov": "videos of Live Photos",
    ".mp4": "videos",
    ".m4v": "videos",
    ".3gp": "videos",
    ".aae": "edit lists (AAE)",
    ".xmp": "sidecars (XMP)",
    ".thm": "thumbnails (THM)",
    **dict.fromkeys(RAW_SUFFIXES, "raw photos (DNG and others)"),
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
