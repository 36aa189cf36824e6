"""HEIC, HEIF and AVIF: what is hidden in items other than the picture, in boxes around it, and in bytes nobody uses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from blurkit.errors import PhotoError, UnreadablePhoto, UnsupportedFormat
from blurkit.metadata.base import Hidden, Kind, gaps
from blurkit.metadata.embedded import find_embedded, leftovers, trailer
from blurkit.metadata.exif import find_exif
from blurkit.metadata.heifwrite import PICTURE_PROPERTIES, STILL_BRANDS, is_profile, write_picture
from blurkit.metadata.icc import find_profile
from blurkit.metadata.xmp import find_xmp
from blurkit.picture.heifitems import DERIVED, Heif, IsoBox, Item, boxes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Set

_SEQUENCE_BRANDS = (b"avis", b"msf1", b"hevc", b"hevx", b"hevm", b"hevs")
_OTHER_BRANDS = frozenset(b"tmap isom iso2 iso3 iso4 iso5 iso6 iso7 iso8 iso9 mp41 mp42 geo1 unif".split())
_META_BOXES = (b"hdlr", b"pitm", b"iinf", b"iref", b"iprp", b"iloc", b"idat", b"dinf")
_FILLERS = (b"free", b"skip", b"wide")
_C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_LONGEST_HEADER = 1024
_HANDLER_NAME = 24
"""Bytes of a handler box before its name."""
_NAMES = (b"", b"Color", b"Alpha", b"Image")
"""Names of items that encoders write."""


def find(data: bytes) -> tuple[Hidden, ...]:
    """List what a HEIF or AVIF file hides."""
    top, end = _top(data)
    heif = Heif.read(data, _meta(top))
    kept = heif.made_of(heif.primary)
    return (
        *_around(data, top),
        *_in_meta(heif, kept),
        *_items(heif, top[0], kept),
        *_unused(heif, top),
        *trailer(data, end, "HEIF"),
    )


def strip(data: bytes) -> bytes:
    """Write the main picture, what it is made of and its transparency into a new container; its bytes stay."""
    if not find(data):
        return data
    top, _ = _top(data)
    if _is_sequence(data, top):
        raise UnsupportedFormat("an animated HEIF or AVIF", hint="save the frame you need as a still picture")
    heif = Heif.read(data, _meta(top))
    if any(box.type == b"clap" for box in heif.properties_of(heif.primary)):
        raise UnsupportedFormat(
            "a part of the picture is cut off by a note only, and still in the file",
            hint="use `blurkit run`, which cuts it off for good",
        )
    return write_picture(heif, top[0], heif.primary)


def _is_sequence(data: bytes, top: list[IsoBox]) -> bool:
    """Return whether viewers show an animation: the first brand says so, and there is one."""
    is_meant = data[top[0].payload : top[0].payload + 4] in _SEQUENCE_BRANDS
    return is_meant and any(box.type == b"moov" for box in top)


def _top(data: bytes) -> tuple[list[IsoBox], int]:
    """Return the outermost boxes, and where the last whole one ends."""
    found: list[IsoBox] = []
    try:
        for box in boxes(data, 0, len(data)):
            found.append(box)  # noqa: PERF402 - a damaged box must not lose those before it
    except UnreadablePhoto:
        if not {box.type for box in found} >= {b"ftyp", b"meta", b"mdat"}:
            raise
    if not found or found[0].type != b"ftyp" or found[0].end > _LONGEST_HEADER:
        raise UnreadablePhoto("the HEIF or AVIF header is damaged")
    return found, found[-1].end


def _meta(top: Iterable[IsoBox]) -> IsoBox:
    """Return the one box that describes the items."""
    found = [box for box in top if box.type == b"meta"]
    if len(found) != 1:
        raise UnreadablePhoto("the HEIF or AVIF file holds no picture")
    return found[0]


def _where(box: IsoBox) -> str:
    """Name the place of a box."""
    return f"HEIF {box.type.decode('latin-1') if box.type.isalnum() else 'box'} at byte {box.start}"


def _around(data: bytes, top: list[IsoBox]) -> Iterator[Hidden]:
    """Yield the outermost boxes that the picture does not need."""
    ftyp = top[0]
    brands = {data[at : at + 4] for at in (ftyp.payload, *range(ftyp.payload + 8, ftyp.end, 4))}
    if not brands <= STILL_BRANDS | _OTHER_BRANDS | set(_SEQUENCE_BRANDS):
        yield Hidden(Kind.OTHER, _where(ftyp), ftyp.end - ftyp.start, "unknown words in the header", ftyp.start)
    for i, box in enumerate(top):
        if (box.type in (b"meta", b"mdat") or i == 0) and box.type != b"uuid":
            continue
        size = box.end - box.start
        if box.type in _FILLERS or box.type == b"mpvd":
            yield from leftovers(data, [(box.payload, box.end)] if box.payload < box.end else [], _where(box), Kind.GAP)
        elif box.type in (b"moov", b"moof"):
            yield Hidden(Kind.VIDEO, _where(box), size, "video or animation", box.start)
        else:
            is_c2pa = data[box.payload : box.payload + 16] == _C2PA_UUID
            kind, words = (Kind.C2PA, "C2PA history of the photo") if is_c2pa else (Kind.OTHER, "private box")
            yield Hidden(kind, _where(box), size, words, box.start)
            yield from find_embedded(data, box.payload, box.end, _where(box))


def _in_meta(heif: Heif, kept: set[int]) -> Iterator[Hidden]:
    """Yield what stands in the description of the picture and is not needed."""
    data = heif.data
    for box in heif.children.values():
        if box.type not in _META_BOXES:
            yield Hidden(Kind.OTHER, _where(box), box.end - box.start, "private box", box.start)
    handler = heif.children.get(b"hdlr")
    if handler is not None and data[handler.payload + _HANDLER_NAME : handler.end].strip(b"\0"):
        yield Hidden(Kind.TEXT, _where(handler), handler.end - handler.start, "name of a program", handler.start)
    for number in sorted(kept):
        if heif.items[number].name not in _NAMES:
            yield Hidden(Kind.TEXT, f"HEIF item {number}", len(heif.items[number].name), "name of a picture")
    used = {i for associations in heif.associations.values() for i, _ in associations}
    shown = {i for number in kept for i, _ in heif.associations.get(number, ())}
    for i, box in enumerate(heif.properties):
        content = data[box.payload : box.end]
        if i not in used or (i in shown and box.type not in PICTURE_PROPERTIES):
            yield Hidden(Kind.OTHER, _where(box), len(content), "property that the picture does not need", box.start)
        elif i in shown and box.type == b"clap":
            words = "part of the picture that is cut off by a note only"
            yield Hidden(Kind.CROP, _where(box), len(content), words, box.start)
        elif i in shown and box.type == b"colr" and is_profile(content):
            yield from find_profile(content[4:], _where(box), box.start)


def _items(heif: Heif, ftyp: IsoBox, kept: set[int]) -> Iterator[Hidden]:
    """Yield the items that are no part of the picture; the tiles of one count as one."""
    uses: dict[int, set[bytes]] = {}
    users: dict[int, set[bytes]] = {}
    for kind, source, targets in heif.references:
        uses.setdefault(source, set()).add(kind)
        for target in targets:
            users.setdefault(target, set()).add(heif.items.get(source, _NONE).type if kind == b"dimg" else kind)
    spent = 0
    for number, item in heif.items.items():
        if number in kept or users.get(number, _NOBODY) & DERIVED:
            continue
        if item.type in _NO_PICTURES:
            yield from _data(heif, item)
            continue
        picture = _alone(heif, ftyp, number) if spent < len(heif.data) else None
        spent += len(picture or b"") or 1024
        role = heif.auxiliary_type(number).lower()
        what, words = _kind_of(role, uses.get(number, _NOBODY), users.get(number, _NOBODY))
        pieces = (number,) if picture is None else heif.made_of(number)
        size = sum(end - start for piece in pieces for start, end in heif.extents.get(piece, ()))
        at = _offset(heif, number) if len(pieces) == 1 else None
        yield Hidden(what, f"HEIF item {number}", size, words, at, picture)
        if picture is None or item.type not in _CODED:
            yield from _embedded(heif, number)


def _alone(heif: Heif, ftyp: IsoBox, number: int) -> bytes | None:
    """Return a file of one picture; None if it cannot be shown alone."""
    try:
        return write_picture(heif, ftyp, number)
    except PhotoError:
        return None


def _offset(heif: Heif, number: int) -> int | None:
    """Return where an item is in the file; None if it lies in several places."""
    extents = heif.extents.get(number, ())
    return extents[0][0] if len(extents) == 1 else None


def _data(heif: Heif, item: Item) -> Iterator[Hidden]:
    """Yield what an item holds that is no picture."""
    where, content, offset = f"HEIF item {item.id}", heif.content(item.id), _offset(heif, item.id)
    if item.type == b"Exif":
        skip = 4 + int.from_bytes(content[:4], "big")
        yield from find_exif(content[skip:], where, None if offset is None else offset + skip)
    elif b"rdf+xml" in item.content_type:
        yield from find_xmp(content, where, offset)
    elif item.type == b"tmap":
        yield Hidden(Kind.GAIN_MAP, where, len(content), "description of a gain map", offset)
    else:
        yield Hidden(Kind.OTHER, where, len(content), "private data", offset)
        yield from _embedded(heif, item.id)


def _embedded(heif: Heif, number: int) -> Iterator[Hidden]:
    """Yield the pictures inside an item of an unknown kind."""
    content = heif.content(number)
    for hidden in find_embedded(content, 0, len(content), f"HEIF item {number}"):
        yield replace(hidden, offset=None)


def _kind_of(auxiliary: bytes, uses: Set[bytes], users: Set[bytes]) -> tuple[Kind, str]:
    """Say what a picture other than the main one is for."""
    if b"gainmap" in auxiliary or b"tmap" in users:
        return Kind.GAIN_MAP, "gain map"
    if b"depth" in auxiliary or b"disparity" in auxiliary or auxiliary.endswith(b"auxid:2"):
        return Kind.DEPTH_MAP, "depth map"
    if b"thmb" in uses:
        return Kind.THUMBNAIL, "thumbnail"
    return Kind.SECOND_IMAGE, "auxiliary picture" if b"auxl" in uses else "further picture"


_NOBODY: frozenset[bytes] = frozenset()
_NONE = Item(0, b"", b"", b"", False)
_CODED = frozenset((b"hvc1", b"av01", *DERIVED))
_NO_PICTURES = (b"Exif", b"mime", b"uri ", b"tmap")


def _unused(heif: Heif, top: list[IsoBox]) -> tuple[Hidden, ...]:
    """Return bytes where pictures are kept that belong to no item."""
    places = [(box.payload, box.end) for box in (*top, *heif.children.values()) if box.type in (b"mdat", b"idat")]
    taken = [extent for extents in heif.extents.values() for extent in extents]
    stretches = gaps([*taken, *gaps(places, len(heif.data))], len(heif.data))
    return leftovers(heif.data, stretches, "HEIF between its pictures", Kind.GAP)
