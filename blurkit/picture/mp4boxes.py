"""The boxes of an MP4 or MOV file, read from the open file: clips are too large to be held in memory."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import IO, TYPE_CHECKING

from blurkit.errors import UnreadablePhoto
from blurkit.picture.heifitems import IsoBox, boxes
from blurkit.picture.reading import MAX_PARTS, uint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blurkit.picture.reading import Range

MAX_INDEX = 256 << 20
"""A longer index is no clip's: that of an hour takes 5 MB."""

MAX_SAMPLES = 1 << 24
"""A track with more frames or pieces of sound is no clip's."""

PARENTS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"udta", b"mvex")
"""Boxes that hold nothing but boxes."""


def top_boxes(file: IO[bytes]) -> list[IsoBox]:
    """Return the outermost boxes of a file.

    Raises:
        UnreadablePhoto: One is cut off.
    """
    found: list[IsoBox] = []
    end, at = file.seek(0, 2), 0
    while at < end:
        file.seek(at)
        head = file.read(16)
        size, start = uint(head, 0, 4), 8
        if size == 1:
            size, start = uint(head, 8, 8), 16
        size = size or end - at
        if size < start or at + size > end or len(found) == MAX_PARTS:
            raise UnreadablePhoto("a box of the clip is cut off")
        found.append(IsoBox(head[4:8], at, at + start, at + size))
        at += size
    return found


def read_box(file: IO[bytes], box: IsoBox) -> bytes:
    """Return a box as it is in the file, with its head.

    Raises:
        UnreadablePhoto: It is too long for an index.
    """
    if box.end - box.start > MAX_INDEX:
        raise UnreadablePhoto("the index of the clip is too long")
    file.seek(box.start)
    return file.read(box.end - box.start)


def inside(data: bytes, parent: IsoBox) -> list[IsoBox]:
    """Return the boxes in a box.

    Raises:
        UnreadablePhoto: One is cut off.
    """
    return list(boxes(data, parent.payload, parent.end))


def whole(data: bytes) -> IsoBox:
    """Return the one box that some bytes are.

    Raises:
        UnreadablePhoto: They are not.
    """
    return next(iter(boxes(data, 0, len(data))))


def walk(data: bytes, box: IsoBox) -> Iterator[tuple[tuple[bytes, ...], IsoBox]]:
    """Yield a box and all boxes inside it, each with the types on the way to it."""
    stack: list[tuple[tuple[bytes, ...], IsoBox]] = [((box.type,), box)]
    while stack:
        path, one = stack.pop()
        yield path, one
        if one.type in PARENTS:
            stack += [((*path, each.type), each) for each in reversed(inside(data, one))]


@dataclass(frozen=True, slots=True)
class Samples:
    """Where the frames or the pieces of sound of a track are in the file."""

    kind: bytes
    """`vide`, `soun` or another."""
    places: list[Range]
    """In their order."""
    coding: bytes
    """How they are coded, by its name in the description of the track."""


def samples_of(data: bytes, track: IsoBox) -> Samples:
    """Read the tables of a track.

    Args:
        data: The index.
        track: One `trak` in it.

    Raises:
        UnreadablePhoto: They are damaged.
    """
    found = {box.type: box for _, box in walk(data, track)}
    if not {b"hdlr", b"stsc", b"stsz"} <= set(found) or not {b"stco", b"co64"} & set(found):
        raise UnreadablePhoto("a track of the clip has no tables")
    sizes = _sizes(data, found[b"stsz"])
    starts = chunk_starts(data, found[b"co64"] if b"co64" in found else found[b"stco"])
    runs, places, number = _runs(data, found[b"stsc"], len(starts)), [], 0
    for start, count in zip(starts, runs, strict=True):
        at = start
        for size in sizes[number : number + count]:
            places.append((at, at + size))
            at += size
        number += count
    handler = found[b"hdlr"]
    described = found[b"stsd"].payload if b"stsd" in found else 0
    return Samples(data[handler.payload + 8 : handler.payload + 12], places, data[described + 12 : described + 16])


def chunk_starts(data: bytes, box: IsoBox) -> list[int]:
    """Return where the chunks of a track begin in the file, by `stco` or `co64`."""
    width = 8 if box.type == b"co64" else 4
    count = _limited(uint(data, box.payload + 4, 4), box, width)
    return [uint(data, box.payload + 8 + index * width, width) for index in range(count)]


def _sizes(data: bytes, box: IsoBox) -> list[int]:
    same, count = uint(data, box.payload + 4, 4), uint(data, box.payload + 8, 4)
    if same:
        return [same] * min(count, MAX_SAMPLES)
    count = _limited(count, box, 4)
    return [uint(data, box.payload + 12 + index * 4, 4) for index in range(count)]


def _runs(data: bytes, box: IsoBox, chunks: int) -> list[int]:
    """Return how many samples each chunk holds."""
    count = _limited(uint(data, box.payload + 4, 4), box, 12)
    rows = [box.payload + 8 + index * 12 for index in range(count)]
    firsts = [uint(data, row, 4) - 1 for row in rows] + [chunks]
    runs: list[int] = []
    for row, (first, after) in zip(rows, pairwise(firsts), strict=True):
        if not len(runs) == first <= after <= chunks:
            raise UnreadablePhoto("the tables of the clip are damaged")
        runs += [uint(data, row + 4, 4)] * (after - first)
    if len(runs) != chunks:
        raise UnreadablePhoto("the tables of the clip are damaged")
    return runs


def _limited(count: int, box: IsoBox, width: int) -> int:
    if count > MAX_SAMPLES or count * width > box.end - box.payload:
        raise UnreadablePhoto("the tables of the clip are damaged")
    return count
