"""Tables of a JPEG that no scan uses, in which bytes may hide, and heights that nobody asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from blurkit.metadata.base import Hidden, Kind, Part
from blurkit.metadata.embedded import find_embedded
from blurkit.picture.jpegscan import FRAMES, SOS
from blurkit.picture.quantization import in_natural_order, is_of_an_encoder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blurkit.picture.jpegscan import Segment

DHT, DQT, DNL, DAC, DRI = 0xC4, 0xDB, 0xDC, 0xCC, 0xDD
_NAMES = {DHT: "DHT", DQT: "DQT", DNL: "DNL", DAC: "DAC", DRI: "DRI"}
_PROGRESSIVE = (0xC2, 0xC6, 0xCA, 0xCE)
_ARITHMETIC = range(0xC9, 0xD0)

_DC_VALUES = bytes(range(12))
_STANDARD = frozenset(
    (
        bytes((0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0)) + _DC_VALUES,
        bytes((0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0)) + _DC_VALUES,
        bytes.fromhex(
            "0002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f024336272"
            "82090a161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778"
            "797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6"
            "d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa"
        ),
        bytes.fromhex(
            "0002010204040304070504040001027700010203110405213106124151076171132232810814429"
            "1a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a63"
            "6465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9ba"
            "c2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa"
        ),
    )
)
"""Huffman tables that many cameras write whether they need them or not. Source: ITU-T T.81, annex K.3"""


@dataclass(eq=False, slots=True)
class _Table:
    """One table of a segment."""

    key: tuple[int, int]
    """Kind of segment, and the table's class and number."""
    content: bytes
    """Its bytes behind that number."""
    is_used: bool = False
    """Whether a scan needs it."""

    @property
    def is_harmless(self) -> bool:
        """Whether it is used, or known to the whole world."""
        return self.is_used or self.content in _STANDARD


def table_parts(data: bytes, found: Sequence[Segment]) -> list[Part]:
    """Return the segments of tables and heights as parts: spare ones hide something.

    Args:
        data: The stream.
        found: All of its segments.
    """
    held = {segment: list(_tables(data, segment)) for segment in found if segment.marker in (DHT, DQT)}
    _mark(data, found, held)
    used = {(table.key[0], table.content) for tables in held.values() for table in tables if table.is_used}
    parts = []
    for segment, tables in held.items():
        kept = [table for table in tables if table.is_harmless or (table.key[0], table.content) in used]
        parts.append(_part(data, segment, tables, kept))
    heights = [segment for segment in found if segment.marker == DNL]
    is_asked_for = any(data[s.payload + 1 : s.payload + 3] == b"\0\0" for s in found if s.marker in FRAMES)
    for number, segment in enumerate(heights):
        if number == 0 and is_asked_for and segment.end - segment.payload == 2:
            parts.append(Part(segment.start, segment.end))
            continue
        parts.append(_spare(data, segment, "height that is not needed"))
    return parts + _restarts(data, found)


def _restarts(data: bytes, found: Sequence[Segment]) -> list[Part]:
    """Return the segments that say how often a scan restarts, or how its coder adapts: some say it to no scan."""
    heeded = set()
    last: Segment | None = None
    for segment in found:
        if segment.marker == DRI:
            last = segment if segment.end - segment.payload == 2 else last
        elif segment.marker == SOS and last is not None:
            heeded.add(last)
    is_arithmetic = any(segment.marker in _ARITHMETIC and segment.marker != DAC for segment in found)
    heeded |= {segment for segment in found if segment.marker == DAC and is_arithmetic}
    return [
        Part(segment.start, segment.end) if segment in heeded else _spare(data, segment, "setting that no scan heeds")
        for segment in found
        if segment.marker in (DRI, DAC)
    ]


def _spare(data: bytes, segment: Segment, words: str, clean: bytes = b"", size: int | None = None) -> Part:
    """Return a segment that hides something, with the pictures in it."""
    where = f"JPEG {_NAMES[segment.marker]} at byte {segment.start}"
    size = segment.end - segment.start if size is None else size
    hidden = Hidden(Kind.OTHER, where, size, words, segment.start)
    pictures = find_embedded(data, segment.payload, segment.end, where)
    return Part(segment.start, segment.end, (hidden, *pictures), clean)


def written_tables(data: bytes, found: Sequence[Segment], name: str) -> Iterator[Hidden]:
    """Yield the quantisation tables that no encoder would choose: something may be written in them.

    They cannot be taken out, since the picture depends on them.

    Args:
        data: The stream.
        found: Its segments.
        name: What the stream is called.
    """
    for segment in found:
        for table in _tables(data, segment) if segment.marker == DQT else ():
            if not is_of_an_encoder(in_natural_order(table.content)):
                where = f"{name} {_NAMES[DQT]} at byte {segment.start}"
                yield Hidden(Kind.OTHER, where, len(table.content), "table that no encoder would choose", segment.start)


def tables_in(data: bytes, segment: Segment) -> Iterator[tuple[int, bytes]]:
    """Yield class and number of each whole table of a segment, in one byte as the segment gives them, and the table."""
    for table in _tables(data, segment):
        yield table.key[1], table.content


def _part(data: bytes, segment: Segment, tables: list[_Table], kept: list[_Table]) -> Part:
    """Return a segment without its spare tables."""
    content = b"".join(bytes((table.key[1],)) + table.content for table in kept)
    if content == data[segment.payload : segment.end]:
        return Part(segment.start, segment.end)
    clean = bytes((0xFF, segment.marker)) + (2 + len(content)).to_bytes(2, "big") + content if kept else b""
    return _spare(data, segment, "table that no scan uses", clean, segment.end - segment.payload - len(content))


def _tables(data: bytes, segment: Segment) -> Iterator[_Table]:
    """Yield the whole tables of a segment."""
    at = segment.payload
    while at < segment.end:
        number = data[at]
        if segment.marker == DQT:
            size = 128 if number >> 4 else 64
        else:
            size = 16 + sum(data[at + 1 : min(at + 17, segment.end)])
        if at + 1 + size > segment.end:
            return
        yield _Table((segment.marker, number), data[at + 1 : at + 1 + size])
        at += 1 + size


def _mark(data: bytes, found: Sequence[Segment], held: dict[Segment, list[_Table]]) -> None:
    """Mark the tables that scans use: of those of one number the last before it."""
    current: dict[tuple[int, int], _Table] = {}
    quantised: dict[int, int] = {}
    frame = 0
    for segment in found:
        for table in held.get(segment, ()):
            number = table.key[1] & 15 if segment.marker == DQT else table.key[1]
            current[segment.marker, number] = table
        if segment.marker in FRAMES:
            frame = segment.marker
            body = data[segment.payload + 6 : segment.end]
            quantised = {body[i]: body[i + 2] for i in range(0, len(body) - 2, 3)}
        elif segment.marker == SOS and segment.payload < len(data):
            for key in _needed(data, segment, frame, quantised):
                if key in current:
                    current[key].is_used = True


def _needed(data: bytes, scan: Segment, frame: int, quantised: dict[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the tables that a scan needs: kind of segment, class and number."""
    count = data[scan.payload]
    head = data[scan.payload + 1 : scan.payload + 4 + 2 * count]
    if len(head) < 2 * count + 3:
        return
    first, approximation = head[2 * count], head[2 * count + 2] >> 4
    is_progressive = frame in _PROGRESSIVE
    for i in range(count):
        component, numbers = head[2 * i], head[2 * i + 1]
        yield DQT, quantised.get(component, 0)
        if frame in _ARITHMETIC:
            continue
        if first == 0 and not (is_progressive and approximation):
            yield DHT, numbers >> 4
        if first > 0 or not is_progressive:
            yield DHT, 0x10 | (numbers & 15)
