"""What hides inside the scans of a JPEG: bytes and bits that no block needs, and scans that another one paints over."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto
from blurkit.metadata.base import Hidden, Kind, Part, is_zero
from blurkit.metadata.embedded import leftovers
from blurkit.metadata.jpegcodes import BLOCK, Bits, Codes
from blurkit.metadata.jpegtables import DHT, DNL, DRI, tables_in
from blurkit.picture.jpegscan import FRAMES, SOS, segments
from blurkit.picture.reading import take, uint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blurkit.picture.jpegscan import Segment

_BASELINE, _EXTENDED, _PROGRESSIVE = 0xC0, 0xC1, 0xC2
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_MOST_BLOCKS = 1 << 23
"""Blocks of a picture of 170 megapixels in full colour; a larger one is not stepped through."""
_MOST_STEPS = 1 << 27
"""Blocks of all scans together: ten scans of such a picture."""
_ALIGNMENT = 16
"""Zeros at the end of a scan that are no finding: some cameras align to so many bytes."""
_ODD_ENDS = 16
"""Stretches that may end in other bits than all of them or none, as damage makes them."""


@dataclass(slots=True)
class _Component:
    """One colour of a frame."""

    across: int
    down: int
    """Its sampling factors."""
    columns: int
    rows: int
    """Its own blocks, if a scan holds it alone."""
    shifts: list[int] = field(default_factory=lambda: [-1] * BLOCK)
    """For each coefficient, how many of its bits are still to come; -1 if none has come."""
    known: list[int] = field(default_factory=list)
    """For each block, a bit for each coefficient that is not zero; of a progressive picture only."""


@dataclass(slots=True)
class _Frame:
    """The picture of a JPEG, as far as its scans need it."""

    kind: int
    components: dict[int, _Component]
    units: int
    """Groups of blocks of all colours."""


@dataclass(slots=True)
class _Scan:
    """One scan: where its bytes are, and what they stand for."""

    start: int
    end: int
    components: list[_Component]
    codes: list[tuple[Codes | None, Codes | None]]
    """Of the first and of the other coefficients of each colour."""
    band: tuple[int, int]
    """First and last coefficient."""
    shifts: tuple[int, int]
    """How many bits of each were to come before, and are to come after."""


def parts_within(data: bytes, tables: bytes = b"") -> list[Part]:
    """Return what hides inside the scans of a JPEG, as parts to be replaced; scans that hide nothing are left out.

    Args:
        data: The stream, and perhaps bytes after it.
        tables: A stream of tables that it relies on, as in TIFF.

    Raises:
        UnreadablePhoto: The stream itself is damaged.
    """
    codes: dict[int, Codes] = {}
    if tables:
        for segment in segments(tables):
            _read_codes(tables, segment, codes)
    found = list(segments(data))
    frame = _Frame(0, {}, 0)
    parts: list[Part] = []
    interval = steps = 0
    for segment in found:
        _read_codes(data, segment, codes)
        if segment.marker in FRAMES:
            frame = _frame(data, segment, found)
        elif segment.marker == DRI:
            interval = uint(data, segment.payload, 2)
        elif segment.marker == SOS:
            where = f"JPEG scan at byte {segment.start}"
            steps += sum(each.columns * each.rows for each in frame.components.values())
            try:
                if steps > _MOST_STEPS:
                    raise UnreadablePhoto("more scans than a picture needs")
                parts += _within(data, frame, _scan(data, segment, frame, codes), interval, where)
            except UnreadablePhoto as error:
                words = f"scan that may hold anything: {error.message}"
                parts.append(Part(segment.start, segment.end, (Hidden(Kind.OTHER, where, 0, words),)))
    return parts


def _read_codes(data: bytes, segment: Segment, codes: dict[int, Codes]) -> None:
    if segment.marker == DHT:
        for number, content in tables_in(data, segment):
            codes[number] = Codes(content)


def _frame(data: bytes, segment: Segment, found: list[Segment]) -> _Frame:
    """Return the frame; one without colours if it is of a kind that is not stepped through."""
    head = take(data, segment.payload, 6)
    height, width = uint(head, 1, 2), uint(head, 3, 2)
    for other in found:
        if other.marker == DNL and not height:
            height = uint(data, other.payload, 2)
    body = take(data, segment.payload + 6, 3 * head[5])
    factors = [(body[3 * i], body[3 * i + 1] >> 4, body[3 * i + 1] & 15) for i in range(head[5])]
    across, down = (max((factor[i] for factor in factors), default=0) for i in (1, 2))
    is_possible = factors and all(1 <= h <= 4 and 1 <= v <= 4 for _, h, v in factors) and width and height
    if not is_possible or segment.marker not in (_BASELINE, _EXTENDED, _PROGRESSIVE):
        return _Frame(segment.marker, {}, 0)
    components = {
        number: _Component(h, v, _blocks(width * h, across), _blocks(height * v, down)) for number, h, v in factors
    }
    if sum(each.columns * each.rows for each in components.values()) > _MOST_BLOCKS:
        return _Frame(segment.marker, {}, 0)
    if segment.marker == _PROGRESSIVE:
        for each in components.values():
            each.known = [0] * (each.columns * each.rows)
    return _Frame(segment.marker, components, _blocks(width, across) * _blocks(height, down))


def _blocks(size: int, divisor: int) -> int:
    """Return how many blocks a side takes."""
    samples = (size + divisor - 1) // divisor
    return (samples + 7) // 8


def _scan(data: bytes, segment: Segment, frame: _Frame, codes: dict[int, Codes]) -> _Scan:
    count = uint(data, segment.payload, 1)
    head = take(data, segment.payload + 1, 2 * count + 3)
    components, tables = [], []
    for i in range(count):
        if head[2 * i] not in frame.components:
            raise UnreadablePhoto("of a kind that cannot be followed")
        components.append(frame.components[head[2 * i]])
        numbers = head[2 * i + 1]
        tables.append((codes.get(numbers >> 4), codes.get(0x10 | numbers & 15)))
    first, last, shifts = head[-3], head[-2], head[-1]
    if frame.kind != _PROGRESSIVE:
        first, last, shifts = 0, BLOCK - 1, 0
    start = segment.start + 2 + uint(data, segment.start + 2, 2)
    if start != segment.payload + 4 + 2 * count:
        raise UnreadablePhoto("its header has another length than it needs")
    if last >= BLOCK or first > last or not components or (first and count > 1):
        raise UnreadablePhoto("a scan of the JPEG is damaged")
    return _Scan(start, segment.end, components, tables, (first, last), (shifts >> 4, shifts & 15))


def _within(data: bytes, frame: _Frame, scan: _Scan, interval: int, where: str) -> list[Part]:
    """Return what a scan hides."""
    first, last = scan.band
    for component in scan.components:
        expected = scan.shifts[0] or -1
        if any(shift != expected for shift in component.shifts[first : last + 1]):
            raise UnreadablePhoto("another one paints over it")
        component.shifts[first : last + 1] = [scan.shifts[1]] * (last + 1 - first)
    parts, ends = [], []
    alone = scan.components[0] if len(scan.components) == 1 else None
    units = alone.columns * alone.rows if alone is not None else frame.units
    done = 0
    for start, end in _stretches(data, scan.start, scan.end):
        if done >= units and start > scan.start:  # no block is left for what restarts here
            parts.append(_rest(data, start - 2, scan.end, where))
            break
        now = min(interval, units - done) if interval else units - done
        bits = Bits(_plain(data[start:end]))
        try:
            _step(frame, scan, bits, done, now)
        except EOFError:  # it ends before its picture does, and so hides nothing
            bits.position = bits.size
        done += now
        used = (bits.position + 7) // 8
        at = _raw(data, start, used)
        rest = data[at:end].rstrip(b"\xff")
        if at < end and not (len(rest) <= _ALIGNMENT and is_zero(rest, 0, len(rest))):
            parts.append(_rest(data, at, end, where))
        ends.append((at, bits.position & 7))
    return parts + _odd_ends(data, ends, where)


def _step(frame: _Frame, scan: _Scan, bits: Bits, done: int, units: int) -> None:
    """Step over some units of a scan, some of which were read already."""
    alone = len(scan.components) == 1
    times = [1 if alone else each.across * each.down for each in scan.components]
    (first, last), (before, _) = scan.band, scan.shifts
    firsts, others = zip(*scan.codes, strict=True)
    if (first == 0 and not before and None in firsts) or (last and None in others):
        raise UnreadablePhoto("a table of the JPEG is missing")
    if frame.kind != _PROGRESSIVE:
        bits.blocks([pair for pair, count in zip(scan.codes, times, strict=True) for _ in range(count)], units)  # type: ignore[misc]
    elif first == 0 and before:
        bits.position = min(bits.size, bits.position + units * sum(times))
    elif first == 0:
        bits.first_coefficients([codes for codes, n in zip(firsts, times, strict=True) for _ in range(n)], units)
    else:
        known = scan.components[0].known[done : done + units]
        try:
            (bits.refine if before else bits.others)(others[0], scan.band, known)
        finally:
            scan.components[0].known[done : done + units] = known


def _stretches(data: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what lies between the markers that restart a scan."""
    for match in _RESTART.finditer(data, start, end):
        yield start, match.start()
        start = match.end()
    yield start, end


def _raw(data: bytes, start: int, used: int) -> int:
    """Return where in the file so many bytes of a stretch end, those that are stuffed between them included."""
    at, left = start, used
    while left and at < len(data):
        piece = data[at : at + left]
        at += len(piece)
        at += piece.endswith(b"\xff") and data[at : at + 1] == b"\0"
        left = piece.count(b"\xff\0")
    return at


def _rest(data: bytes, at: int, end: int, where: str) -> Part:
    """Return what stands behind the last block of a stretch."""
    content = data[at:end]
    found = leftovers(content, [(0, len(content))], where + ", behind its blocks", Kind.GAP)
    coded = leftovers(plain, [(0, len(plain))], where, Kind.GAP) if (plain := _plain(content)) != content else ()
    pictures = [hidden for hidden in (*found, *coded) if hidden.picture is not None]
    others = [hidden for hidden in found if hidden.picture is None]
    return Part(at, end, tuple(replace(hidden, offset=None) for hidden in (*others, *pictures)), b"")


def _plain(content: bytes) -> bytes:
    """Return bytes of a scan without those that are stuffed between them."""
    return content.replace(b"\xff\0", b"\xff")


def _odd_ends(data: bytes, ends: list[tuple[int, int]], where: str) -> list[Part]:
    """Return the last bytes of stretches whose bits behind the last block are neither all set nor all clear."""
    odd = []
    for at, taken in ends:
        last = at - 2 if data[at - 2 : at] == b"\xff\0" else at - 1
        mask = (1 << (8 - taken)) - 1
        if taken and data[last] & mask not in (0, mask):
            byte = data[last] | mask
            odd.append(Part(last, at, (), bytes((byte, 0)) if byte == 0xFF else bytes((byte,))))
    if len(odd) <= _ODD_ENDS:
        return []
    hidden = Hidden(Kind.GAP, where, len(odd), "bits behind the blocks of a scan", odd[0].start)
    return [replace(odd[0], hidden=(hidden,)), *odd[1:]]
