"""Tells whether a colour profile holds more than colour, and writes one that does not.

Profiles made on someone's computer name its owner, its display and that display's serial number. A profile is left as
it is if its tags are known to describe colour and its texts use only the words of widely used profiles.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto
from blurkit.metadata.base import gaps, is_zero, take, uint

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = 128
_MAX_TAGS = 100

_COLOUR_TAGS = frozenset(
    b"wtpt bkpt rXYZ gXYZ bXYZ rTRC gTRC bTRC kTRC chad chrm lumi meas view tech gamt cicp"
    b" A2B0 A2B1 A2B2 B2A0 B2A1 B2A2 D2B0 D2B1 D2B2 D2B3 B2D0 B2D1 B2D2 B2D3 pre0 pre1 pre2 rig0 ciis".split()
)
"""Tags that describe colour."""
_TEXT_TAGS = frozenset(b"desc cprt dmnd dmdd vued dscm".split())
"""Tags that describe the profile in words."""
_COLOUR_TYPES = frozenset(
    (*b"curv para sf32 mft1 mft2 chrm meas view cicp mpet".split(), b"XYZ ", b"mAB ", b"mBA ", b"sig ")
)
"""Types of tags that hold numbers only."""

_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
        adobe all and appearance apple artifex at black bt built builtin by c c2 c2ci camera canon cc cc0 ch ci cms
        cmyk co coated color colorimetric colormatch colour company compatible computer condition conditions
        consortium copyright corp corporation d d50 d55 d65 dci default display domain dot eastman ebu eci
        ecirgb electronics epson facebook fogra free freely fujifilm gain gamma gamut generated generic gimp
        google gray grey hasselblad hd hdr hewlett hlg hp http https icc iec iec61966 in inc incorporated
        international iso itu kodak lcms leica limited linear little littlecms ltd microsoft nikon no
        ntsc of olympus opencolorio org own p3 packard pal panasonic pentax perceptual photo pq preference
        preserve profile profiles prophoto public r rec reference relative reserved rgb ricoh rights risk romm
        s samsung scaling sdr secam sharing skia smpte software sony space srgb standard swop systems tf the
        transfer tv u uhd uncoated unknown us use v version viewing warranty web wide with www
        """,
    )
)
"""Words in the texts of widely used profiles; no name of a person is made of them alone."""
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9]*|\d+")
_PUNCTUATION = frozenset(" \n\0()©,.:;/'&-%+")
_MAX_TEXT = 160
_MAX_DIGITS = 5
"""The longest number in known texts is that of the standard IEC 61966."""

_PLAIN_NAME = "colour profile"
_PLAIN_COPYRIGHT = "unknown"


def oddities(profile: bytes) -> tuple[str, ...]:
    """Name what a profile holds beside colour, in a few words each; nothing if it is harmless."""
    found: dict[str, None] = {}
    covered = [(0, _HEADER)]
    try:
        for tag, at, size in _tags(profile):
            content = take(profile, at, size)
            covered.append((at, at + size))
            if tag in _COLOUR_TAGS and content[:4] in _COLOUR_TYPES:
                continue
            if tag not in _TEXT_TAGS:
                found["private data in the colour profile"] = None
            elif not all(map(is_known, _texts(content))):
                found["unusual text in the colour profile"] = None
        covered.append((_HEADER, _HEADER + 4 + 12 * uint(profile, _HEADER, 4)))
    except UnreadablePhoto:
        return ("damaged colour profile",)
    if not all(is_zero(profile, *stretch) for stretch in gaps(covered, len(profile))):
        found["unused bytes in the colour profile"] = None
    return tuple(found)


def plain(profile: bytes) -> bytes | None:
    """Return the same colours in a profile without private data, dates and names; None if it cannot be read."""
    try:
        return _plain(profile)
    except UnreadablePhoto:
        return None


def is_known(text: str) -> bool:
    """Return whether a text is made of known words and short numbers only."""
    text = text.rstrip("\0")
    words: list[str] = _WORD.findall(text)
    return (
        len(text) <= _MAX_TEXT
        and set(_WORD.sub("", text)) <= _PUNCTUATION
        and all(len(word) <= _MAX_DIGITS if word.isdigit() else word.lower() in _WORDS for word in words)
    )


def _plain(profile: bytes) -> bytes | None:
    """Write header, colour tags and two neutral texts anew."""
    texts = {b"desc": _PLAIN_NAME, b"cprt": _PLAIN_COPYRIGHT}
    contents: dict[bytes, bytes] = {}
    for tag, at, size in _tags(profile):
        content = take(profile, at, size)
        if tag in texts:
            known = [text for text in _texts(content) if text.strip("\0 ")]
            if known and all(map(is_known, known)):
                texts[tag] = known[0].rstrip("\0")
        elif tag in _COLOUR_TAGS and content[:4] in _COLOUR_TYPES:
            contents[tag] = content
    is_v4 = uint(profile, 8, 1) >= 4
    contents = {tag: _text_tag(tag, text, is_v4=is_v4) for tag, text in texts.items()} | contents
    table, body, places = b"", b"", dict[bytes, int]()
    start = _HEADER + 4 + 12 * len(contents)
    for tag, content in contents.items():
        if content not in places:
            places[content] = start + len(body)
            body += content + bytes(-len(content) % 4)
        table += tag + places[content].to_bytes(4, "big") + len(content).to_bytes(4, "big")
    size = start + len(body)
    if size > len(profile) + 1024:
        return None  # tags that overlap: no honest profile
    header = bytearray(_HEADER)
    for first, last in ((8, 24), (36, 40), (44, 48), (56, 80)):  # not: maker, model, author, date, computer, identity
        header[first:last] = profile[first:last]
    header[:4] = size.to_bytes(4, "big")
    return bytes(header) + len(contents).to_bytes(4, "big") + table + body


def _tags(profile: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield signature, offset and size of each tag."""
    count = uint(profile, _HEADER, 4)
    if profile[36:40] != b"acsp" or count > _MAX_TAGS:
        raise UnreadablePhoto("the colour profile is damaged")
    for i in range(count):
        at = _HEADER + 4 + 12 * i
        yield take(profile, at, 4), uint(profile, at + 4, 4), uint(profile, at + 8, 4)


def _texts(content: bytes) -> list[str]:
    """Return the texts of a tag; for an unknown type, its bytes as one text that no rule knows."""
    kind = content[:4]
    if kind == b"text":
        return [content[8:].decode("latin-1")]
    if kind == b"desc":
        size = uint(content, 8, 4)
        first = take(content, 12, size)
        wide = uint(content, 16 + size, 4) * 2
        second = take(content, 20 + size, wide)
        macintosh = content[20 + size + wide + 3 :]
        return [first.decode("latin-1"), second.decode("utf-16-be", "replace"), macintosh.decode("latin-1")]
    if kind == b"mluc":
        return list(_translations(content))
    return [content.decode("latin-1")]


def _translations(content: bytes) -> Iterator[str]:
    """Yield the texts of a multi-lingual tag, then whatever stands between them."""
    count, width = uint(content, 8, 4), uint(content, 12, 4)
    if count > _MAX_TAGS or width != 12:
        raise UnreadablePhoto("the colour profile is damaged")
    covered = [(0, 16 + 12 * count)]
    for i in range(count):
        size, at = uint(content, 20 + 12 * i, 4), uint(content, 24 + 12 * i, 4)
        covered.append((at, at + size))
        yield take(content, at, size).decode("utf-16-be", "replace")
    for start, end in gaps(covered, len(content)):
        yield content[start:end].decode("latin-1")


def _text_tag(tag: bytes, text: str, *, is_v4: bool) -> bytes:
    """Return a text tag in the form its version of the standard asks for."""
    if is_v4:
        wide = text.encode("utf-16-be")
        return b"mluc" + bytes(4) + b"\0\0\0\1\0\0\0\x0cenUS" + len(wide).to_bytes(4, "big") + b"\0\0\0\x1c" + wide
    plain_text = text.encode("latin-1", "replace") + b"\0"
    if tag == b"desc":
        return b"desc" + bytes(4) + len(plain_text).to_bytes(4, "big") + plain_text + bytes(78)
    return b"text" + bytes(4) + plain_text
