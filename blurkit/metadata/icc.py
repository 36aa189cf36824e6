"""Tells whether a colour profile holds more than colour, and whether it is one of ours.

Profiles made on someone's computer name its owner, its display and that display's serial number; and a whole picture
fits into their tables. So only a profile that follows from its few numbers may stay (`blurkit.picture.profiles`). Any
other is a finding: what it holds besides colour, or else just that another program wrote it.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from blurkit.errors import UnreadablePhoto, UnsupportedFormat
from blurkit.metadata.base import Hidden, Kind, gaps, is_zero
from blurkit.metadata.icctypes import fits_its_type
from blurkit.picture.color import usable_profile
from blurkit.picture.profiles import is_ours, rebuilt
from blurkit.picture.reading import take, uint

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = 128
_MAX_TAGS = 100

_MODES = {b"RGB ": "RGB", b"GRAY": "L", b"CMYK": "CMYK"}
"""Kinds of samples by the name of their colours in a profile."""

_TEXT_TAGS = frozenset(b"desc cprt dmnd dmdd vued dscm".split())
"""Tags that describe the profile in words."""

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

_NAMES = ((4, 8), (48, 52), (52, 56), (80, 84))
"""Fields of the header that are four letters: program, maker, model, author."""
_ATTRIBUTES, _IDENTITY, _REST = (56, 64), (84, 100), (100, 128)
_CHANGEABLE = ((44, 48), (64, 68), (84, 100))
"""What is zero when the identity is made of the profile. Source: ICC.1:2022, 7.2.18"""


def find_profile(profile: bytes, where: str, offset: int | None = None) -> tuple[Hidden, ...]:
    """List what a colour profile holds besides colour; that another program wrote it, if it is only that.

    Args:
        profile: The profile, unpacked.
        where: How to name the place.
        offset: Where it starts in the file; None if it is coded or in pieces.
    """
    if is_ours(profile):
        return ()
    odd = tuple(Hidden(Kind.ICC_TEXT, where, len(profile), words, offset) for words in oddities(profile))
    return odd or (Hidden(Kind.ICC_PROFILE, where, len(profile), "colour profile of another program", offset),)


def replacement(profile: bytes) -> bytes:
    """Return a profile of the same colours in which nothing hides; nothing for one that is too damaged to be used.

    Raises:
        UnsupportedFormat: It is a table of colours, which can hold a picture: the samples would have to change.
    """
    new = rebuilt(profile)
    if new is None and is_useful(profile):
        raise UnsupportedFormat(
            "its colours are in a table that may hold more than colours",
            hint="use `blurkit run`, which converts them to sRGB",
        )
    return new or b""


def is_useful(profile: bytes) -> bool:
    """Return whether a profile says what colours are, so that a file with it cannot be shown without one."""
    return rebuilt(profile) is not None or bool(usable_profile(profile, _MODES.get(profile[16:20], "")))


def oddities(profile: bytes) -> tuple[str, ...]:
    """Name what a profile holds besides colour, in a few words each; nothing if it is harmless."""
    found: dict[str, None] = {}
    covered = [(0, _HEADER)]
    try:
        for tag, at, size in _tags(profile):
            content = take(profile, at, size)
            covered.append((at, at + size))
            if tag in _TEXT_TAGS:
                if not all(map(is_known, _texts(content))):
                    found["unusual text in the colour profile"] = None
            elif not fits_its_type(tag, content):
                found["private data in the colour profile"] = None
        covered.append((_HEADER, _HEADER + 4 + 12 * uint(profile, _HEADER, 4)))
    except UnreadablePhoto:
        return ("damaged colour profile",)
    if not all(is_zero(profile, *stretch) for stretch in gaps(covered, len(profile))):
        found["unused bytes in the colour profile"] = None
    if not _is_plain_header(profile):
        found["private data in the header of the colour profile"] = None
    return tuple(found)


def is_known(text: str) -> bool:
    """Return whether a text is made of known words and short numbers only."""
    text = text.rstrip("\0")
    words: list[str] = _WORD.findall(text)
    return (
        len(text) <= _MAX_TEXT
        and set(_WORD.sub("", text)) <= _PUNCTUATION
        and all(len(word) <= _MAX_DIGITS if word.isdigit() else word.lower() in _WORDS for word in words)
    )


def _is_plain_header(profile: bytes) -> bool:
    """Return whether the header's free fields hold what they are for."""
    blank = bytearray(profile)
    for start, end in _CHANGEABLE:
        blank[start:end] = bytes(end - start)
    identity = profile[slice(*_IDENTITY)]
    return (
        all(re.fullmatch(rb"\0{4}|[A-Za-z0-9 .]{2,4}[ \0]{0,2}", profile[start:end]) for start, end in _NAMES)
        and not profile[_ATTRIBUTES[0] : _ATTRIBUTES[1] - 1].strip(b"\0")
        and identity in (bytes(16), hashlib.md5(blank, usedforsecurity=False).digest())
        and not profile[slice(*_REST)].strip(b"\0")
    )


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
