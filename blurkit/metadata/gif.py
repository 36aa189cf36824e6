"""GIF: what is hidden in its extensions, in further frames and after its end marker."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto
from blurkit.metadata.base import Hidden, Kind, Part, cleaned, hidden_in
from blurkit.metadata.embedded import find_embedded, trailer
from blurkit.metadata.xmp import find_xmp
from blurkit.picture.reading import MAX_PARTS, uint

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXTENSION, IMAGE, _END = 0x21, 0x2C, 0x3B
_CONTROL, _COMMENT, _PLAIN_TEXT, _APPLICATION = 0xF9, 0xFE, 0x01, 0xFF
_CONTROL_SIZE, _LOOP_SIZE = 8, 19
_LOOP = b"\x21\xff\x0bNETSCAPE2.0"
HEAD = 13
BLOCKS = (_EXTENSION, IMAGE)
"""First bytes of the blocks that hold something."""
_MEAN_SUB_BLOCK = 64
"""Encoders fill sub-blocks up to 255 bytes; a file of far smaller ones is no photo."""


def find(data: bytes) -> tuple[Hidden, ...]:
    """List what a GIF hides."""
    return hidden_in(_parts(data))


def strip(data: bytes) -> bytes:
    """Keep palettes and frames with their timing; their data stays as it is."""
    return cleaned(data, _parts(data))


def table_size(flags: int) -> int:
    """Return the bytes of the colour table that flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def blocks(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield first byte and end of each block, the end marker last.

    Raises:
        UnreadablePhoto: One is cut off or unknown, or the end marker is missing.
    """
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        raise UnreadablePhoto("the GIF header is damaged")
    position = HEAD + table_size(uint(data, 10, 1))
    budget = MAX_PARTS + len(data) // _MEAN_SUB_BLOCK
    for _ in range(MAX_PARTS):
        kind = uint(data, position, 1)
        if kind == _END:
            yield position, position + 1
            return
        if kind == _EXTENSION:
            start = position + 2
        elif kind == IMAGE:
            start = position + 11 + table_size(uint(data, position + 9, 1))
        else:
            raise UnreadablePhoto("the GIF holds an unknown block")
        end, budget = sub_blocks(data, start, budget)
        yield position, end
        position = end
    raise UnreadablePhoto(f"the GIF has more than {MAX_PARTS:,} blocks")


def sub_blocks(data: bytes, position: int, budget: int) -> tuple[int, int]:
    """Return where a run of sub-blocks ends, and how many more may follow in the file."""
    while position < len(data) and budget:
        size = data[position]
        position += 1 + size
        budget -= 1
        if not size:
            return position, budget
    raise UnreadablePhoto("the GIF is cut off, or cut into too small pieces")


def _parts(data: bytes) -> list[Part]:
    """Split a GIF into parts to keep and parts to drop."""
    found = list(blocks(data))
    images = [i for i, (start, _) in enumerate(found) if data[start] == IMAGE]
    if not images:
        raise UnreadablePhoto("the GIF holds no picture")
    loops = [i for i, (start, _) in enumerate(found) if data[start : start + len(_LOOP)] == _LOOP]
    first = {images[0], *_timing(data, found, images[0]), len(found) - 1, *loops[:1]}
    further = {i for image in images[1:] for i in (image, *_timing(data, found, image))}
    parts = [Part(0, found[0][0])]
    for i, (start, end) in enumerate(found):
        clean = _plain(data[start:end]) if i in first | further else b""
        is_same = clean == data[start:end]
        hidden = () if i in first and is_same else _describe(data, start, end)
        parts.append(Part(start, end, hidden, None if is_same else clean))
    end = found[-1][1]
    return [*parts, Part(end, len(data), trailer(data, end, "GIF"), b"")]


def _timing(data: bytes, found: list[tuple[int, int]], image: int) -> list[int]:
    """Return the number of the block that times a frame, in a list; an empty list if no block does."""
    for i in range(image - 1, -1, -1):
        label = data[found[i][0] + 1]
        if data[found[i][0]] == IMAGE or label == _PLAIN_TEXT:
            break
        if label == _CONTROL:
            return [i]
    return []


def _plain(block: bytes) -> bytes:
    """Return a block without what is too long in it: a frame's timing, or how often an animation repeats."""
    if block[:2] == b"\x21\xf9":
        return block[:2] + b"\4" + block[3:7] + b"\0" if len(block) >= _CONTROL_SIZE and block[2] >= 4 else b""
    if block[: len(_LOOP)] == _LOOP:
        return _LOOP + b"\3\1" + block[16:18] + b"\0" if len(block) >= _LOOP_SIZE and block[15] == 1 else b""
    return block


def _describe(data: bytes, start: int, end: int) -> tuple[Hidden, ...]:
    """Say what a block is that is dropped."""
    label = data[start + 1] if data[start] == _EXTENSION else IMAGE
    where = f"GIF block at byte {start}"
    if label == _APPLICATION and data[start + 3 : start + 14] == b"XMP DataXMP":
        return find_xmp(data[start + 14 : end], where, start + 14)
    kinds = {
        IMAGE: (Kind.FRAME, "frame of an animation"),
        _CONTROL: (Kind.FRAME if end - start == _CONTROL_SIZE else Kind.OTHER, "timing of a frame"),
        _COMMENT: (Kind.COMMENT, "comment"),
        _PLAIN_TEXT: (Kind.TEXT, "text drawn over the picture"),
    }
    kind, words = kinds.get(label, (Kind.OTHER, "data of an application"))
    content = b"" if label in (IMAGE, _CONTROL) else content_of(data, start + 2, end)
    pictures = (replace(piece, offset=None) for piece in find_embedded(content, 0, len(content), where))
    return (Hidden(kind, where, end - start, words, start), *pictures)


def content_of(data: bytes, start: int, end: int) -> bytes:
    """Return what the sub-blocks of a stretch hold together."""
    pieces, at = [], start
    while at < end and data[at]:
        pieces.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return b"".join(pieces)
