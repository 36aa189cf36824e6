"""Reads the directories of a TIFF structure: a TIFF or BigTIFF file, or an EXIF block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto
from blurkit.picture.reading import MAX_PARTS, Order, take, uint

if TYPE_CHECKING:
    from collections.abc import Iterator

EXIF_IFD, GPS_IFD, INTEROP_IFD, SUB_IFDS = 0x8769, 0x8825, 0xA005, 0x014A
_CHILDREN = {EXIF_IFD: "EXIF", GPS_IFD: "GPS", INTEROP_IFD: "Interop", SUB_IFDS: "SubIFD"}
"""Tags that point to a further directory, and what it is called."""
_MAX_DIRECTORIES = 512

TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of one value of each field type."""
WHOLE_NUMBERS = frozenset({1, 3, 4, 13, 16, 18})
"""Field types that hold unsigned whole numbers."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag of a directory."""

    tag: int
    """Its number."""
    type: int
    """Its field type."""
    count: int
    """Number of values."""
    at: int
    """First byte of the values."""
    size: int
    """Bytes of all values together; 0 for an unknown field type."""
    inline: bool
    """The values stand in the directory itself."""

    def raw(self, data: bytes) -> bytes:
        """Return the bytes of the values."""
        return take(data, self.at, self.size)


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory (IFD)."""

    name: str
    """IFD0, IFD1 and so on for the chain; EXIF, GPS, Interop or SubIFD for the others."""
    start: int
    """First byte."""
    end: int
    """First byte after it."""
    entries: tuple[Entry, ...]
    """Its tags."""
    next: int
    """Where the next one of the chain starts; 0 for none."""

    def get(self, tag: int) -> Entry | None:
        """Return the entry of a tag, or None."""
        return next((entry for entry in self.entries if entry.tag == tag), None)


@dataclass(frozen=True, slots=True)
class Tiff:
    """A TIFF structure whose header was read."""

    data: bytes
    """The bytes, from the header on."""
    order: Order
    """Byte order."""
    big: bool
    """BigTIFF: 64-bit offsets."""
    first: int
    """Where the first directory starts."""

    @classmethod
    def read(cls, data: bytes) -> Tiff:
        """Read the header.

        Raises:
            UnreadablePhoto: It is no TIFF header.
        """
        marks: dict[bytes, Order] = {b"II": "little", b"MM": "big"}
        order = marks.get(data[:2])
        if order is None:
            raise UnreadablePhoto("the TIFF header is damaged")
        version = uint(data, 2, 2, order)
        if version == 43:
            return cls(data, order, True, uint(data, 8, 8, order))
        return cls(data, order, False, uint(data, 4, 4, order))

    def directory(self, at: int, name: str) -> Directory:
        """Read the directory at `at`.

        Raises:
            UnreadablePhoto: It is cut off or too long.
        """
        head, width, field = (8, 20, 8) if self.big else (2, 12, 4)
        count = uint(self.data, at, head, self.order)
        end = at + head + count * width
        if count > MAX_PARTS or end + field > len(self.data):
            raise UnreadablePhoto("a TIFF directory is damaged or cut off")
        entries = tuple(self._entry(at + head + i * width, field) for i in range(count))
        if self._held(entries) > 2 * len(self.data):
            raise UnreadablePhoto("the values of a TIFF directory overlap")
        return Directory(name, at, end + field, entries, uint(self.data, end, field, self.order))

    def _held(self, entries: tuple[Entry, ...]) -> int:
        """Return the bytes of all values that lie in the file."""
        return sum(entry.size for entry in entries if entry.at + entry.size <= len(self.data))

    def _entry(self, at: int, field: int) -> Entry:
        """Read one entry whose count and offset are `field` bytes long."""
        kind, count = uint(self.data, at + 2, 2, self.order), uint(self.data, at + 4, field, self.order)
        size = TYPE_SIZES.get(kind, 0) * count
        inline = size <= field
        place = at + 4 + field if inline else uint(self.data, at + 4 + field, field, self.order)
        return Entry(uint(self.data, at, 2, self.order), kind, count, place, size, inline)

    def numbers(self, entry: Entry | None) -> tuple[int, ...]:
        """Return the whole numbers of an entry; none if it is absent or holds something else.

        Raises:
            UnreadablePhoto: They are not all there, or there are too many.
        """
        if entry is None or entry.type not in WHOLE_NUMBERS:
            return ()
        if entry.count > MAX_PARTS:
            raise UnreadablePhoto("a TIFF tag has too many values")
        raw, width = entry.raw(self.data), TYPE_SIZES[entry.type]
        return tuple(int.from_bytes(raw[i : i + width], self.order) for i in range(0, len(raw), width))

    def number(self, directory: Directory, tag: int, default: int = 0) -> int:
        """Return the first number of a tag, or the default."""
        entry = directory.get(tag)
        if entry is None or entry.type not in WHOLE_NUMBERS or not entry.count:
            return default
        return uint(self.data, entry.at, TYPE_SIZES[entry.type], self.order)

    def directories(self) -> Iterator[Directory]:
        """Yield every directory that can be reached, each once, a child after its parent.

        Raises:
            UnreadablePhoto: One is damaged; those before it were yielded.
        """
        waiting = [(self.first, "IFD0")]
        seen: set[int] = set()
        chain = total = size = 0
        while waiting:
            at, name = waiting.pop(0)
            if at in seen:
                continue
            seen.add(at)
            found = self.directory(at, name)
            total += len(found.entries)
            size += self._held(found.entries)
            if len(seen) > _MAX_DIRECTORIES or total > MAX_PARTS or size > 2 * len(self.data):
                raise UnreadablePhoto("the TIFF structure has too many directories or values")
            yield found
            for entry in found.entries:
                if entry.tag in _CHILDREN and entry.count <= _MAX_DIRECTORIES:
                    waiting += [(child, _CHILDREN[entry.tag]) for child in self.numbers(entry)]
            if name.startswith("IFD") and found.next:
                chain += 1
                waiting.append((found.next, f"IFD{chain}"))
