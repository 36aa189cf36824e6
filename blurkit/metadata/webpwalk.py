"""What hides behind the coded pictures of a WebP, inside their chunks: bytes that its decoder does not miss.

libwebp refuses a picture whose bytes end too early, so bytes without which it still shows the same are spare.
Source: RFC 6386, section 9
"""

from __future__ import annotations

import io
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto
from blurkit.metadata.base import Hidden, Kind, Part
from blurkit.metadata.beyond import beyond_webp
from blurkit.metadata.embedded import leftovers
from blurkit.metadata.webp import FRAME_HEAD, PICTURE, chunks, chunks_between
from blurkit.picture.reading import uint

if TYPE_CHECKING:
    from collections.abc import Iterator

_ENOUGH = 16
"""Bytes that an encoder may write more than it needs."""
_KEPT = 2
"""Bytes that are kept of what is spare: encoders round up."""
_MOST_PIXELS = 1 << 27
_HEAD, _TAG, _SIZE = 8, 10, 3
"""Bytes of a chunk before its content, of a VP8 frame before its first part, and of the size of another part."""
_HAS_ALPHA = b"VP8X\n\0\0\0\x10\0\0\0"


def parts_within(data: bytes) -> list[Part]:
    """Return the chunks of pictures that hold spare bytes, as parts to be replaced.

    Raises:
        UnreadablePhoto: It is damaged.
    """
    found: list[Part] = []
    for start, end, pictures in _pictures(data):
        new: dict[int, bytes] = {}
        hidden: tuple[Hidden, ...] = ()
        for number, (kind, first, _) in enumerate(pictures):
            content = data[first + _HEAD : first + _HEAD + uint(data, first + 4, 4, "little")]
            others = [data[at:stop] for i, (_, at, stop) in enumerate(pictures) if i != number]
            where = f"WebP {kind.decode('latin-1').strip()} at byte {first}, behind its pixels"
            if kind == b"VP8 ":
                hidden += tuple(beyond_webp(content, f"WebP VP8 at byte {first}"))
            kept, spare = _without_spare(kind, content, others)
            if spare:
                pieces = leftovers(spare, [(0, len(spare))], where, Kind.GAP)
                hidden += tuple(replace(piece, offset=None) for piece in pieces)
                new[first] = _chunk(kind, kept)
        if hidden:
            found.append(Part(start, end, hidden, partial(_rebuilt, data, (start, end), new)))
    return found


def with_size(data: bytes) -> bytes:
    """Return the file with its size in its header."""
    return data[:4] + (len(data) - 8).to_bytes(4, "little") + data[8:]


def _pictures(data: bytes) -> Iterator[tuple[int, int, list[tuple[bytes, int, int]]]]:
    """Yield each picture: first byte and end of all its chunks, and those of the coded ones."""
    still = []
    for kind, start, end in chunks(data):
        if kind in (*PICTURE, b"ALPH"):
            still.append((kind, start, end))
        elif kind == b"ANMF":
            inner = chunks_between(data, start + FRAME_HEAD, start + _HEAD + uint(data, start + 4, 4, "little"))
            yield start, end, [each for each in inner if each[0] in (*PICTURE, b"ALPH")]
    if still:
        yield min(at for _, at, _ in still), max(end for *_, end in still), still


def _rebuilt(data: bytes, place: tuple[int, int], new: dict[int, bytes]) -> bytes:
    """Return a stretch of chunks, some of which are new; a frame's own size is set again."""
    start, end = place
    is_frame = data[start : start + 4] == b"ANMF"
    at = start + FRAME_HEAD if is_frame else start
    whole = data[start + _HEAD : at]
    for _, first, last in chunks_between(data, at, end):
        whole += new.get(first, data[first:last])
    return _chunk(b"ANMF", whole) if is_frame else whole


def _chunk(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)


def _without_spare(kind: bytes, content: bytes, others: list[bytes]) -> tuple[bytes, bytes]:
    """Return what a chunk needs to hold, and the bytes it does not need.

    Args:
        kind: The chunk's.
        content: What it holds.
        others: The picture's other chunks.
    """

    def shown(new: bytes) -> bytes | None:
        return _shown(kind, new, others)

    target = shown(content)
    if target is None:
        raise UnreadablePhoto("a picture of the WebP cannot be decoded")
    parts, spare = _split(kind, content), b""
    for number, part in enumerate(parts):

        def is_same(
            count: int, number: int = number, part: bytes = part, now: tuple[bytes, ...] = tuple(parts)
        ) -> bool:
            cut = part[: len(part) - count]
            return shown(_joined(kind, content, [*now[:number], cut, *now[number + 1 :]])) == target

        if len(part) < _ENOUGH or not is_same(_ENOUGH):
            continue
        least, most = _ENOUGH, len(part)
        while most - least > 1:
            middle = (least + most) // 2
            least, most = (middle, most) if is_same(middle) else (least, middle)
        end = len(part) - least
        parts[number], spare = part[: end + _KEPT], spare + part[end:]
    return (_joined(kind, content, parts) if spare else content), spare


def _shown(kind: bytes, content: bytes, others: list[bytes]) -> bytes | None:
    """Return the pixels of a picture of these chunks; None if it cannot be decoded."""
    from PIL import Image

    pieces = [*others, _chunk(kind, content)]
    pieces.sort(key=lambda piece: piece[:4] != b"ALPH")
    size = _size(next((piece for piece in pieces if piece[:4] in PICTURE), b""))
    if size is None:
        return None
    if pieces[0][:4] == b"ALPH":
        width, height = ((side - 1).to_bytes(3, "little") for side in size)
        pieces.insert(0, _HAS_ALPHA + width + height)
    whole = b"".join(pieces)
    try:
        with Image.open(io.BytesIO(with_size(b"RIFF\0\0\0\0WEBP" + whole)), formats=["WEBP"]) as image:
            return image.tobytes()
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _size(chunk: bytes) -> tuple[int, int] | None:
    """Return width and height of a picture; None if it is none or far too large."""
    if chunk[:4] == b"VP8 " and len(chunk) >= _HEAD + _TAG:
        width, height = (uint(chunk, _HEAD + at, 2, "little") & 0x3FFF for at in (6, 8))
    elif chunk[:4] == b"VP8L" and len(chunk) >= _HEAD + 5:
        bits = uint(chunk, _HEAD + 1, 4, "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    else:
        return None
    return (width, height) if 0 < width * height <= _MOST_PIXELS else None


def _split(kind: bytes, content: bytes) -> list[bytes]:
    """Return the parts of a coded picture that each end by themselves: of VP8, the modes first."""
    if kind != b"VP8 ":
        return [content]
    end = _TAG + (uint(content, 0, _SIZE, "little") >> 5)
    modes = content[_TAG:end]
    count = 1 << Flags(modes).partitions()
    at = end + _SIZE * (count - 1)
    parts = [modes]
    for number in range(count - 1):
        size = uint(content, end + _SIZE * number, _SIZE, "little")
        parts.append(content[at : at + size])
        at += size
    return [*parts, content[at:]]


def _joined(kind: bytes, content: bytes, parts: list[bytes]) -> bytes:
    """Return a coded picture of other parts."""
    if kind != b"VP8 ":
        return parts[0]
    tag = (uint(content, 0, _SIZE, "little") & 0x1F) | len(parts[0]) << 5
    table = b"".join(len(each).to_bytes(_SIZE, "little") for each in parts[1:-1])
    return b"".join((tag.to_bytes(_SIZE, "little"), content[_SIZE:_TAG], parts[0], table, *parts[1:]))


class Flags:
    """The bits at the start of a VP8 picture, each as likely set as not."""

    def __init__(self, content: bytes) -> None:
        """Begin at the first one."""
        self._value, self._bits, self._range = int.from_bytes(content[:64].ljust(64, b"\0"), "big"), 512, 255

    def partitions(self) -> int:
        """Return how often the coefficients are halved, after all that stands before that number."""
        self._take(2)
        if self._take(1):
            is_map, is_data = self._take(1), self._take(1)
            if is_data:
                self._take(1)
                self._optional(4, 8)
                self._optional(4, 7)
            if is_map:
                self._optional(3, 8)
        self._take(10)
        if self._take(1) and self._take(1):
            self._optional(8, 7)
        return self._take(2)

    def _optional(self, count: int, bits: int) -> None:
        for _ in range(count):
            if self._take(1):
                self._take(bits)

    def _take(self, count: int) -> int:
        number = 0
        for _ in range(count):
            split = 1 + ((self._range - 1) >> 1)
            bound = split << (self._bits - 8)
            is_set = self._value >= bound
            self._value -= bound if is_set else 0
            self._range = self._range - split if is_set else split
            while self._range < 128:
                self._range <<= 1
                self._bits -= 1
            number = number << 1 | is_set
        return number
