"""Writes a HEIF or AVIF file of one picture alone: the coded bytes as they are, in a new container."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto, UnsupportedFormat
from blurkit.metadata.icc import find_profile, replacement

if TYPE_CHECKING:
    from blurkit.picture.heifitems import Heif, IsoBox

PICTURE_PROPERTIES = frozenset(
    b"hvcC av1C avcC vvcC jpgC ispe pixi colr irot imir clap pasp auxC lsel a1op a1lx clli mdcv cclv amve".split()
)
"""Properties that are kept: what decoders need, turn and mirror, colour, shape of pixels."""
STILL_BRANDS = frozenset(
    b"avif mif1 mif2 heic heix heim heis miaf MA1A MA1B MiHE MiHA MiHB MiPr MiAn MiHM MiHX 1pic jpeg avci".split()
)
"""Brands of still pictures; a file keeps no others."""
_STILL = {b"avis": b"avif", b"msf1": b"mif1", b"hevc": b"heic", b"hevx": b"heix", b"hevm": b"heim", b"hevs": b"heis"}
"""What a sequence becomes when only its still picture is kept."""
_KEPT_REFERENCES = (b"dimg", b"auxl", b"prem")


def write_picture(heif: Heif, ftyp: IsoBox, picture: int) -> bytes:
    """Return a file of one picture, what it is made of, and its transparency.

    Args:
        heif: The source.
        ftyp: Its first box.
        picture: The item to write.

    Raises:
        UnreadablePhoto: Its parts overlap.
        UnsupportedFormat: It cannot be shown without a property that is not on the allow-list.
    """
    kept = sorted(heif.made_of(picture))
    contents = [heif.content(item) for item in kept]
    if sum(map(len, contents)) > len(heif.data):
        raise UnreadablePhoto("parts of the HEIF or AVIF file overlap")
    numbers = {item: i + 1 for i, item in enumerate(kept)}
    head = _brands(heif.data, ftyp)
    ipco, ipma = _properties(heif, numbers)
    fixed = (
        _full(b"hdlr", bytes(4) + b"pict" + bytes(13)),
        _full(b"pitm", _number(numbers[picture], 2)),
        _full(b"iinf", _number(len(kept), 2) + b"".join(_information(heif, i, n, picture) for i, n in numbers.items())),
        _full(b"iref", _references(heif, numbers)),
        _box(b"iprp", ipco + ipma),
    )

    def meta(start: int) -> bytes:
        places = accumulate(map(len, contents), initial=start)
        table = b"".join(
            _number(number, 2) + bytes(2) + _number(1, 2) + _number(place, 4) + _number(len(content), 4)
            for number, (content, place) in enumerate(zip(contents, places, strict=False), 1)
        )
        return _full(b"meta", b"".join(fixed) + _full(b"iloc", b"\x44\0" + _number(len(kept), 2) + table))

    start = len(head) + len(meta(0)) + 8
    return head + meta(start) + _box(b"mdat", b"".join(contents))


def _number(value: int, size: int) -> bytes:
    """Return a number as the file writes it."""
    return value.to_bytes(size, "big")


def _box(kind: bytes, payload: bytes) -> bytes:
    """Return a box."""
    return _number(8 + len(payload), 4) + kind + payload


def _full(kind: bytes, payload: bytes, *, version: int = 0, flags: int = 0) -> bytes:
    """Return a box with version and flags."""
    return _box(kind, _number(version, 1) + _number(flags, 3) + payload)


def _brands(data: bytes, ftyp: IsoBox) -> bytes:
    """Return the first box with the brands of a still picture."""
    brands = [data[at : at + 4] for at in (ftyp.payload, *range(ftyp.payload + 8, ftyp.end - 3, 4))]
    still = list(dict.fromkeys(_STILL.get(brand, brand) for brand in brands))
    known = [brand for brand in still if brand in STILL_BRANDS] or [b"mif1"]
    return _box(b"ftyp", known[0] + bytes(4) + b"".join(known))


def _information(heif: Heif, item: int, number: int, picture: int) -> bytes:
    """Return the entry of an item, without its name."""
    flags = int(heif.items[item].is_hidden and item != picture)
    return _full(b"infe", _number(number, 2) + bytes(2) + heif.items[item].type + b"\0", version=2, flags=flags)


def _references(heif: Heif, numbers: dict[int, int]) -> bytes:
    """Return the references between the items that are kept."""
    found: list[bytes] = []
    for kind, source, targets in heif.references:
        if kind in _KEPT_REFERENCES and source in numbers and numbers.keys() >= set(targets):
            ids = b"".join(_number(numbers[target], 2) for target in targets)
            found.append(_box(kind, _number(numbers[source], 2) + _number(len(targets), 2) + ids))
    return b"".join(found)


def _properties(heif: Heif, numbers: dict[int, int]) -> tuple[bytes, bytes]:
    """Return the properties of the items that are kept, and which item has which."""
    new: dict[int, int] = {}
    contents: list[bytes] = []
    table: list[bytes] = []
    for item, number in numbers.items():
        own = b""
        count = 0
        for index, is_essential in heif.associations.get(item, ()):
            if index not in new:
                content = _property(heif, index, is_essential=is_essential)
                contents += [content] if content else []
                new[index] = len(contents) if content else 0
            if new[index]:
                own += _number(is_essential << 15 | new[index], 2)
                count += 1
        table.append(_number(number, 2) + _number(count, 1) + own)
    ipma = _full(b"ipma", _number(len(numbers), 4) + b"".join(table), flags=1)
    return _box(b"ipco", b"".join(contents)), ipma


def _property(heif: Heif, index: int, *, is_essential: bool) -> bytes:
    """Return a property box; nothing for one that is left out."""
    if index >= len(heif.properties):
        raise UnreadablePhoto("the HEIF or AVIF file names a property that it does not have")
    box = heif.properties[index]
    content = heif.data[box.payload : box.end]
    if box.type not in PICTURE_PROPERTIES:
        if is_essential:
            raise UnsupportedFormat("a rare kind of HEIF or AVIF", hint="export it as JPEG")
        return b""
    if box.type == b"colr" and is_profile(content):
        new = replacement(content[4:]) if find_profile(content[4:], "") else content[4:]
        return _box(b"colr", content[:4] + new) if new else b""
    return _box(box.type, content)


def is_profile(colour: bytes) -> bool:
    """Return whether a colour property holds an ICC profile."""
    return colour[:4] in (b"prof", b"rICC")
