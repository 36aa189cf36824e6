"""Colour profiles for files that name their colours by a number only (`nclx`), as many HEICs and AVIFs do."""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from blurkit.records import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

PRIMARIES = {
    9: ("BT 2020", ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))),
    12: ("Display P3", ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))),
}
"""Numbers that do not mean sRGB: name, and x, y of red, green and blue. Source: ITU-T H.273, table 2"""

D65, D50 = (0.3127, 0.3290), (0.9642, 1.0, 0.8249)
"""White of those colours (x, y), and that of profiles (X, Y, Z)."""

CONES = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
"""From XYZ to the light that cones see. Source: Bradford, ICC.1:2022 annex E"""

SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
"""Parameters g, a, b, c, d of the curve. Source: IEC 61966-2-1"""


def profile_in(info: Mapping[Any, Any], data: bytes, kind: ImageFormat) -> object:
    """Return the colour profile of a file: its own, or that of the number by which a HEIC or AVIF names its colours.

    Args:
        info: What the decoder says; of an AVIF's number it says nothing.
        data: The whole file.
        kind: Its format.
    """
    primaries = int(info.get("nclx_profile", {}).get("color_primaries", 0)) if kind is ImageFormat.HEIF else 0
    if kind is ImageFormat.AVIF:
        named = {int.from_bytes(number) for number in re.findall(rb"colrnclx(..)", data, re.DOTALL)}
        primaries = named.pop() if len(named) == 1 else 0  # items of several kinds: none is sure to be the picture's
    return info.get("icc_profile") or profile_of(primaries)


@lru_cache(maxsize=4)
def profile_of(primaries: int) -> bytes | None:
    """Return a profile of colours named by a number, with sRGB's curve; None for sRGB and numbers that are not known.

    Args:
        primaries: `colour_primaries` of an `nclx` box.

    Source: ICC.1:2022
    """
    if primaries not in PRIMARIES:
        return None
    name, corners = PRIMARIES[primaries]
    curve = b"para" + bytes(4) + struct.pack(">HH5i", 3, 0, *map(_fixed, SRGB_CURVE))
    tags = {b"desc": _text(name), b"cprt": _text("CC0"), b"wtpt": _xyz(D50)}
    tags |= {tag: _xyz(color) for tag, color in zip((b"rXYZ", b"gXYZ", b"bXYZ"), _colorants(corners).T, strict=True)}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    table, body = struct.pack(">I", len(tags)), b""
    for tag, content in tags.items():
        table += tag + struct.pack(">II", 132 + 12 * len(tags) + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    head = struct.pack(">I4xI4s4s4s12x4s", 128 + len(table) + len(body), 0x04400000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    return (head + bytes(28) + _xyz(D50)[8:]).ljust(128, b"\0") + table + body


def _colorants(corners: tuple[tuple[float, float], ...]) -> npt.NDArray[np.float64]:
    """Return XYZ of red, green and blue under the white of profiles, as columns of (3, 3)."""
    columns = np.array([_from_xy(*corner) for corner in corners]).T
    white = _from_xy(*D65)
    under_d65 = columns * np.linalg.solve(columns, white)
    adapt = np.linalg.solve(CONES, np.diag((CONES @ D50) / (CONES @ white)) @ CONES)
    colorants: npt.NDArray[np.float64] = adapt @ under_d65
    return colorants


def _from_xy(x: float, y: float) -> npt.NDArray[np.float64]:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _fixed(value: float) -> int:
    """Return a number as ICC's s15Fixed16."""
    return round(value * 65536)


def _xyz(values: npt.ArrayLike) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *map(_fixed, np.asarray(values).tolist()))


def _text(text: str) -> bytes:
    wide = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II4sII", 1, 12, b"enUS", len(wide), 28) + wide
