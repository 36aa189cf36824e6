"""What hides inside the chunks that a PNG needs: spare palette entries and tones, and palettes that are not needed."""

from __future__ import annotations

import io

import numpy as np

from blurkit.metadata.base import Hidden, Kind, Part
from blurkit.metadata.palettes import blanked, spare_entries
from blurkit.metadata.png import SIGNATURE, chunks
from blurkit.metadata.pngrows import chunk

_GRAY, _COLOR, _PALETTE = 0, 2, 3
_TONES = {_GRAY: 2, _COLOR: 6}
"""Bytes that name the clear tone or colour, by the kind of colours."""
_MOST_PIXELS = 1 << 28


def parts_within(data: bytes) -> list[Part]:
    """Return the chunks of a PNG that hide something, as parts to be replaced.

    Raises:
        UnreadablePhoto: It is damaged.
    """
    found = {kind: (start, end) for kind, start, end in reversed(list(chunks(data)))}
    kinds = data[25]
    if kinds != _PALETTE:
        return _other_kinds(data, found, kinds)
    if b"PLTE" not in found or b"acTL" in found:
        return []
    used = _used(data, found)
    if used is None:
        return []
    parts = []
    for kind, size in ((b"PLTE", 3), (b"tRNS", 1)):
        if kind in found:
            start, end = found[kind]
            content = data[start + 8 : end - 4]
            if spare := spare_entries(content, used, size=size):
                words = "palette entries that no pixel uses"
                hidden = Hidden(Kind.OTHER, f"PNG {kind.decode()} at byte {start}", size * len(spare), words, start)
                parts.append(Part(start, end, (hidden,), chunk(kind, blanked(content, spare, size=size))))
    return parts


def _other_kinds(data: bytes, found: dict[bytes, tuple[int, int]], kinds: int) -> list[Part]:
    """Return palettes of pictures that have none, and clear tones that are too long."""
    parts = []
    for kind, most in ((b"PLTE", 0), (b"tRNS", _TONES.get(kinds, 0))):
        start, end = found.get(kind, (0, 0))
        content = data[start + 8 : end - 4] if end else b""
        if len(content) > most:
            words = "palette that the picture does not need" if kind == b"PLTE" else "bytes behind the clear tone"
            hidden = Hidden(Kind.OTHER, f"PNG {kind.decode()} at byte {start}", len(content) - most, words, start)
            parts.append(Part(start, end, (hidden,), chunk(kind, content[:most]) if most else b""))
    return parts


def _used(data: bytes, found: dict[bytes, tuple[int, int]]) -> set[int] | None:
    """Return the palette entries that pixels use; None if the picture cannot be decoded."""
    from PIL import Image

    if int.from_bytes(data[16:20]) * int.from_bytes(data[20:24]) > _MOST_PIXELS:
        return None
    plain = SIGNATURE + b"".join(data[slice(*found[kind])] for kind in (b"IHDR", b"PLTE", b"IDAT", b"IEND"))
    try:
        with Image.open(io.BytesIO(plain), formats=["PNG"]) as image:
            return set(np.unique(np.asarray(image)).tolist())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # the decoder says so where it matters
        return None
