"""Colour profiles made of the few numbers that matter, so that nothing else of a profile survives.

A whole picture fits into a profile's tables, and text into any of its fields. So a profile is read as numbers (what
red, green and blue are, and one curve each) and written again from them; no byte is copied. A profile that is a table
of colours has no such numbers: the caller converts the samples instead.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from blurkit.picture.curves import CURVES, SRGB_CURVE, Curve, read_curve
from blurkit.picture.primaries import D50, KNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    Colorants = npt.NDArray[np.float64]

HEADER = 128
"""Bytes before the table of tags."""

MAX_TAGS = 100

SAME_COLORANT = 0.001
"""X, Y or Z by which a colour may differ from a known one and be that: a third of a step of 255 at most."""

COLORANTS, TONES, GRAY_TONE = (b"rXYZ", b"gXYZ", b"bXYZ"), (b"rTRC", b"gTRC", b"bTRC"), b"kTRC"
_TABLES = (b"A2B0", b"D2B0")
"""Tags that come before colorants and curves where a profile has them."""

_NAMES = {("sRGB", "sRGB"): "sRGB", ("Display P3", "sRGB"): "Display P3", ("BT 2020", "sRGB"): "BT 2020"}
"""What a profile is called, by the names of its colours and of its curve."""


@lru_cache(maxsize=16)
def rebuilt(profile: bytes) -> bytes | None:
    """Return a profile of the same colours that is made of their numbers alone; None if they are in a table.

    Args:
        profile: Of RGB or gray.

    Invariant: `rebuilt(rebuilt(p)) == rebuilt(p)`
    """
    try:
        tags = dict(_tags(profile))
        if profile[20:24] != b"XYZ " or tags.keys() & set(_TABLES):
            return None
        space = profile[16:20]
        if space == b"GRAY":
            return gray_profile(read_curve(tags[GRAY_TONE]))
        if space == b"RGB ":
            colorants = np.array([_read_xyz(tags[tag]) for tag in COLORANTS]).T
            return rgb_profile(colorants, *(read_curve(tags[tag]) for tag in TONES))
    except (KeyError, ValueError, struct.error):
        pass
    return None


def is_ours(profile: bytes) -> bool:
    """Return whether every byte of a profile follows from its numbers."""
    return rebuilt(profile) == profile


def rgb_profile(colorants: Colorants, *curves: Curve) -> bytes:
    """Return a profile of RGB.

    Args:
        colorants: X, Y, Z under the white of profiles, as columns of shape (3, 3).
        curves: Of red, green and blue.
    """
    near = (name for name, known in KNOWN.items() if np.abs(known - colorants).max() <= SAME_COLORANT)
    name = next(near, "")
    curve = next((title for title, known in CURVES.items() if all(each == known for each in curves)), "")
    tags = {tag: _xyz(color) for tag, color in zip(COLORANTS, KNOWN.get(name, colorants).T, strict=True)}
    tags |= {tag: each.tag() for tag, each in zip(TONES, curves, strict=True)}
    return _written(b"RGB ", _NAMES.get((name, curve), "RGB"), tags)


def gray_profile(curve: Curve) -> bytes:
    """Return a profile of gray."""
    return _written(b"GRAY", "Gray", {GRAY_TONE: curve.tag()})


@lru_cache(maxsize=1)
def srgb() -> bytes:
    """Return the profile of sRGB."""
    return rgb_profile(KNOWN["sRGB"], SRGB_CURVE, SRGB_CURVE, SRGB_CURVE)


def is_srgb(profile: bytes) -> bool:
    """Return whether a profile shows what sRGB shows, by its numbers: names lie."""
    return rebuilt(profile) == srgb()


def _tags(profile: bytes) -> list[tuple[bytes, bytes]]:
    """Return signature and content of each tag.

    Raises:
        ValueError: It is no profile, or cut off.
    """
    (count,) = struct.unpack_from(">I", profile, HEADER)
    if profile[36:40] != b"acsp" or count > MAX_TAGS:
        raise ValueError
    found = []
    for i in range(count):
        tag, at, size = struct.unpack_from(">4sII", profile, HEADER + 4 + 12 * i)
        if at + size > len(profile):
            raise ValueError
        found.append((tag, profile[at : at + size]))
    return found


def _read_xyz(content: bytes) -> npt.NDArray[np.float64]:
    """Return X, Y and Z of a tag."""
    if content[:4] != b"XYZ ":
        raise ValueError
    values = np.array(struct.unpack_from(">3i", content, 8)) / 65536
    if np.abs(values).max() > 2:
        raise ValueError
    return values


def _written(space: bytes, name: str, tags: Mapping[bytes, bytes]) -> bytes:
    """Return a profile: header, table of tags, and their contents, equal ones once.

    Source: ICC.1:2022
    """
    tags = {b"desc": _text(name), b"cprt": _text("CC0"), b"wtpt": _xyz(np.array(D50)), **tags}
    contents = list(dict.fromkeys(tags.values()))
    start = HEADER + 4 + 12 * len(tags)
    places = {contents[0]: start}
    for before, content in pairwise(contents):
        places[content] = places[before] + len(before) + -len(before) % 4
    table = b"".join(struct.pack(">4sII", tag, places[each], len(each)) for tag, each in tags.items())
    body = b"".join(content + bytes(-len(content) % 4) for content in contents)
    size = start + len(body)
    head = struct.pack(">I4xI4s4s4s12x4s", size, 0x04400000, b"mntr", space, b"XYZ ", b"acsp")
    header = (head + bytes(28) + _xyz(np.array(D50))[8:]).ljust(HEADER, b"\0")
    return header + struct.pack(">I", len(tags)) + table + body


def _xyz(values: npt.NDArray[np.float64]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(float(value) * 65536) for value in values))


def _text(text: str) -> bytes:
    wide = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enUS", len(wide), 28) + wide
