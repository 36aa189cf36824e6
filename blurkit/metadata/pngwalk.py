"""What hides inside the chunks that a PNG needs: spare palette entries and tones, and palettes that are not needed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np

from blurkit.metadata.base import Hidden, Kind, Part
from blurkit.metadata.palettes import blanked, spare_entries
from blurkit.metadata.png import SIGNATURE, chunks
from blurkit.metadata.pngrows import chunk

if TYPE_CHECKING:
    from collections.abc import Iterator

_GRAY, _COLOR, _PALETTE = 0, 2, 3
_TONES = {_GRAY: 2, _COLOR: 6}
"""Bytes that name the clear tone or colour, by the kind of colours."""
_FRAME_SIZE, _FRAME_CONTENT = 12, 12
"""Bytes of a chunk before the width of a frame in `fcTL`, and before the content of a frame in `fdAT`."""
_MOST_PIXELS = 1 << 28


def parts_within(data: bytes) -> list[Part]:
    """Return the chunks of a PNG that hide something, as parts to be replaced.

    Raises:
        UnreadablePhoto: It is damaged.
    """
    every = list(chunks(data))
    found = {kind: (start, end) for kind, start, end in reversed(every)}
    kinds = data[25]
    if kinds != _PALETTE:
        return _other_kinds(data, found, kinds)
    if not {b"PLTE", b"IDAT"} <= found.keys():
        return []
    used: set[int] = set()
    for head, coded in _pictures(data, found, every):
        entries = _used(head, data[slice(*found[b"PLTE"])], coded)
        if entries is None:
            return []
        used |= entries
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


def _pictures(
    data: bytes, found: dict[bytes, tuple[int, int]], every: list[tuple[bytes, int, int]]
) -> Iterator[tuple[bytes, bytes]]:
    """Yield the `IHDR` and `IDAT` chunks of the picture, and of each further frame of an animation."""
    head = data[slice(*found[b"IHDR"])]
    yield head, data[slice(*found[b"IDAT"])]
    size, coded = head[8:16], b""
    for kind, start, end in [*every, (b"fcTL", 0, 0)]:
        if kind == b"fcTL":
            if coded:
                yield chunk(b"IHDR", size + head[16:-4]), chunk(b"IDAT", coded)
            size, coded = data[start + _FRAME_SIZE : start + _FRAME_SIZE + 8], b""
        elif kind == b"fdAT":
            coded += data[start + _FRAME_CONTENT : end - 4]


def _used(head: bytes, palette: bytes, coded: bytes) -> set[int] | None:
    """Return the palette entries that pixels use; None if the picture cannot be decoded."""
    from PIL import Image

    if int.from_bytes(head[8:12]) * int.from_bytes(head[12:16]) > _MOST_PIXELS:
        return None
    plain = SIGNATURE + head + palette + coded + chunk(b"IEND", b"")
    try:
        with Image.open(io.BytesIO(plain), formats=["PNG"]) as image:
            return set(np.unique(np.asarray(image)).tolist())
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # the decoder says so where it matters
        return None
