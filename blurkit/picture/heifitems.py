"""Reads the items of a HEIF or AVIF file: what each is, where its bytes are, what belongs to what."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto, UnsupportedFormat
from blurkit.picture.reading import MAX_PARTS, Range, take, uint

if TYPE_CHECKING:
    from collections.abc import Iterator

ALPHA_URNS = frozenset(
    (
        b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha",
        b"urn:mpeg:hevc:2015:auxid:1",
        b"urn:mpeg:avc:2015:auxid:1",
    )
)
DERIVED = frozenset((b"grid", b"iden", b"iovl"))
"""Items that are made of others."""


@dataclass(frozen=True, slots=True)
class IsoBox:
    """One box of the file."""

    type: bytes
    """Four letters."""
    start: int
    """First byte."""
    payload: int
    """First byte after size and type."""
    end: int
    """First byte after the box."""


@dataclass(frozen=True, slots=True)
class Item:
    """One item: a picture, a tile of one, or metadata."""

    id: int
    """Its number in the file."""
    type: bytes
    """Four letters: `hvc1`, `av01`, `grid`, `Exif`, `mime` and so on."""
    name: bytes
    """Its name, mostly empty."""
    content_type: bytes
    """For `mime`: what it holds."""
    is_hidden: bool
    """Not to be shown by itself."""


@dataclass(frozen=True, slots=True)
class Heif:
    """The items of a file."""

    data: bytes
    """The file."""
    meta: IsoBox
    """The box that describes the items."""
    children: dict[bytes, IsoBox]
    """Boxes in it, by type."""
    primary: int
    """The item that is the picture."""
    items: dict[int, Item]
    """All items."""
    extents: dict[int, tuple[Range, ...]]
    """Where the bytes of each item are in the file."""
    references: tuple[tuple[bytes, int, tuple[int, ...]], ...]
    """Kind of reference, from which item, to which items."""
    properties: tuple[IsoBox, ...]
    """Properties that items share."""
    associations: dict[int, tuple[tuple[int, bool], ...]]
    """Of each item: numbers of its properties from 0, and whether it cannot be shown without them."""
    inputs: dict[int, list[int]] = field(default_factory=dict)
    """Of each item: the items it is made of, and its transparency."""

    @classmethod
    def read(cls, data: bytes, meta: IsoBox) -> Heif:
        """Read the items that a `meta` box describes.

        Raises:
            UnreadablePhoto: It is damaged or cut off.
            UnsupportedFormat: It keeps bytes in other files, or in other items.
        """
        found = list(boxes(data, meta.payload + 4, meta.end))
        children = {box.type: box for box in found}
        if len(found) != len(children) or not children.keys() >= {b"pitm", b"iinf", b"iloc", b"iprp"}:
            raise UnreadablePhoto("the HEIF or AVIF file is damaged")
        items = {item.id: item for item in _items(data, children[b"iinf"])}
        pitm = children[b"pitm"]
        primary = uint(data, pitm.payload + 4, 2 if data[pitm.payload] == 0 else 4)
        extents = dict(_extents(data, children[b"iloc"], children.get(b"idat")))
        if primary not in items or primary not in extents:
            raise UnreadablePhoto("the HEIF or AVIF file has no main picture")
        shared = list(boxes(data, children[b"iprp"].payload, children[b"iprp"].end))
        properties = tuple(p for box in shared if box.type == b"ipco" for p in boxes(data, box.payload, box.end))
        associations = dict(a for box in shared if box.type == b"ipma" for a in _associations(data, box))
        references = tuple(_references(data, children[b"iref"])) if b"iref" in children else ()
        heif = cls(data, meta, children, primary, items, extents, references, properties, associations)
        return replace(heif, inputs=_inputs(heif))

    def content(self, item: int) -> bytes:
        """Return the bytes of an item."""
        return b"".join(self.data[start:end] for start, end in self.extents.get(item, ()))

    def properties_of(self, item: int) -> list[IsoBox]:
        """Return the properties of an item."""
        return [self.properties[i] for i, _ in self.associations.get(item, ()) if i < len(self.properties)]

    def auxiliary_type(self, item: int) -> bytes:
        """Return the name of what an auxiliary picture is for; empty if it is not one."""
        for box in self.properties_of(item):
            if box.type == b"auxC":
                return self.data[box.payload + 4 : box.end].partition(b"\0")[0]
        return b""

    def made_of(self, item: int) -> set[int]:
        """Return an item, what it is made of, and the transparency that belongs to it."""
        found: set[int] = set()
        waiting = [item]
        while waiting:
            one = waiting.pop()
            if one not in found and one in self.items:
                found.add(one)
                waiting += self.inputs.get(one, ())
        return found


def boxes(data: bytes, start: int, end: int) -> Iterator[IsoBox]:
    """Yield the boxes of a stretch.

    Raises:
        UnreadablePhoto: One is cut off.
    """
    position = start
    for _ in range(MAX_PARTS):
        if position >= end:
            return
        size, kind, head = uint(data, position, 4), take(data, position + 4, 4), 8
        if size == 1:
            size, head = uint(data, position + 8, 8), 16
        size = size or end - position
        if size < head or position + size > end:
            raise UnreadablePhoto("a box of the HEIF or AVIF file is cut off")
        yield IsoBox(kind, position, position + head, position + size)
        position += size
    raise UnreadablePhoto(f"the HEIF or AVIF file has more than {MAX_PARTS:,} boxes")


def _inputs(heif: Heif) -> dict[int, list[int]]:
    """Return what each item is made of, and the transparency that belongs to it."""
    found: dict[int, list[int]] = {}
    for kind, source, targets in heif.references:
        if kind == b"dimg" and source in heif.items and heif.items[source].type in DERIVED:
            found.setdefault(source, []).extend(targets)
        elif kind == b"auxl" and heif.auxiliary_type(source) in ALPHA_URNS:
            for target in targets:
                found.setdefault(target, []).append(source)
    return found


def _items(data: bytes, box: IsoBox) -> Iterator[Item]:
    """Yield the entries of an item information box."""
    head = 6 if data[box.payload] == 0 else 8
    seen: set[int] = set()
    for entry in boxes(data, box.payload + head, box.end):
        version, width = uint(data, entry.payload, 1), 4 if uint(data, entry.payload, 1) == 3 else 2
        number = uint(data, entry.payload + 4, width)
        if entry.type != b"infe" or version not in (2, 3) or number in seen:
            raise UnreadablePhoto("the list of items of the HEIF or AVIF file is damaged")
        seen.add(number)
        at = entry.payload + 4 + width + 2
        name, _, rest = data[at + 4 : entry.end].partition(b"\0")
        is_hidden = bool(data[entry.payload + 3] & 1)
        yield Item(number, take(data, at, 4), name, rest.partition(b"\0")[0], is_hidden)


def _extents(data: bytes, box: IsoBox, idat: IsoBox | None) -> Iterator[tuple[int, tuple[Range, ...]]]:
    """Yield each item of an item location box with its stretches of the file."""
    version, sizes = uint(data, box.payload, 1), uint(data, box.payload + 4, 2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    wide = 4 if version == 2 else 2
    count, position = uint(data, box.payload + 6, wide), box.payload + 6 + wide
    total = held = 0
    for _ in range(count):
        number = uint(data, position, wide)
        position += wide
        method = uint(data, position, 2) & 15 if version else 0
        position += 2 if version else 0
        if method > 1 or uint(data, position, 2):
            raise UnsupportedFormat("a HEIF or AVIF that keeps its pictures elsewhere", hint="export it as JPEG")
        base = uint(data, position + 2, base_size)
        position += 2 + base_size
        extents = uint(data, position, 2)
        position += 2
        total += 1 + extents
        if total > MAX_PARTS or (method == 1 and idat is None):
            raise UnreadablePhoto("the list of places in the HEIF or AVIF file is damaged")
        found = []
        for _ in range(extents):
            position += index_size if version else 0
            start = base + uint(data, position, offset_size)
            length = uint(data, position + offset_size, length_size)
            position += offset_size + length_size
            start, end = (start + idat.payload, idat.end) if method == 1 and idat is not None else (start, len(data))
            stop = start + length if length else end
            held += stop - start
            if stop > end or held > 2 * len(data):
                raise UnreadablePhoto("the HEIF or AVIF file is cut off, or its items overlap")
            found.append((start, stop))
        yield number, tuple(found)


def _associations(data: bytes, box: IsoBox) -> Iterator[tuple[int, tuple[tuple[int, bool], ...]]]:
    """Yield each item of an association box with its properties."""
    width = 4 if uint(data, box.payload, 1) else 2
    wide = 2 if uint(data, box.payload + 3, 1) & 1 else 1
    essential = 0x80 << 8 * (wide - 1)
    position = box.payload + 8
    for _ in range(_limited(uint(data, box.payload + 4, 4))):
        number, count = uint(data, position, width), uint(data, position + width, 1)
        position += width + 1
        values = [uint(data, position + i * wide, wide) for i in range(count)]
        position += count * wide
        yield number, tuple((value % essential - 1, value >= essential) for value in values if value % essential)


def _references(data: bytes, box: IsoBox) -> Iterator[tuple[bytes, int, tuple[int, ...]]]:
    """Yield the references of an item reference box."""
    width = 4 if uint(data, box.payload, 1) else 2
    total = 0
    for entry in boxes(data, box.payload + 4, box.end):
        source, count = uint(data, entry.payload, width), uint(data, entry.payload + width, 2)
        total = _limited(total + count)
        start = entry.payload + width + 2
        yield entry.type, source, tuple(uint(data, start + i * width, width) for i in range(count))


def _limited(count: int) -> int:
    """Return a count, unless no photo has so many.

    Raises:
        UnreadablePhoto: It is more than `MAX_PARTS`.
    """
    if count > MAX_PARTS:
        raise UnreadablePhoto("the lists in the HEIF or AVIF file are too long")
    return count
