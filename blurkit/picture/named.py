"""Colours that a file names without a profile: by numbers (`nclx` of HEIF and AVIF, `cICP` of PNG), or by gamma."""

from __future__ import annotations

import re
import struct
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from blurkit.picture.curves import POINTS, SRGB_CURVE, Curve, formula
from blurkit.picture.primaries import KNOWN, PRIMARIES, colorants
from blurkit.picture.profiles import gray_profile, rgb_profile
from blurkit.records import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SRGB = 1
LINEAR, PQ = 8, 16
"""Numbers of curves that are not like that of sRGB. Source: ITU-T H.273, table 3"""

WHITE, BRIGHTEST = 203.0, 10_000.0
"""Candela per square metre that diffuse white has in PQ, and of its largest value. Sources: BT.2408, BT.2100"""

KNEE = 0.5
"""Light, of white, above which what is brighter than white is pressed together."""

MAX_PROFILE = 1 << 24
"""Bytes that a packed profile may have, and unpack to."""

USUAL_GAMMAS = range(45_000, 46_001)
"""Values of `gAMA` that stand for the curve of sRGB, if nothing else is said of the colours."""


def profile_in(info: Mapping[Any, Any], data: bytes, kind: ImageFormat) -> object:
    """Return the colour profile of a file: its own, or one made of the numbers by which it names its colours.

    Args:
        info: What the decoder says; of an AVIF's numbers it says nothing.
        data: The whole file.
        kind: Its format.
    """
    own = info.get("icc_profile")
    if kind is ImageFormat.PNG:
        return _png_profile(data, own)
    if own:
        return own
    if kind is ImageFormat.HEIF:
        named = info.get("nclx_profile") or {}
        return profile_of(int(named.get("color_primaries", 0)), int(named.get("transfer_characteristics", 0)))
    if kind is ImageFormat.AVIF:
        pairs = {struct.unpack(">HH", found) for found in re.findall(rb"colrnclx(....)", data, re.DOTALL)}
        # items of several kinds: none is sure to be the picture's
        return profile_of(*pairs.pop()) if len(pairs) == 1 else None
    return None


@lru_cache(maxsize=8)
def profile_of(primaries: int, transfer: int = 0) -> bytes | None:
    """Return a profile of colours named by numbers; None for sRGB and for numbers that are not known.

    Args:
        primaries: `colour_primaries`.
        transfer: `transfer_characteristics`; of those that are near the curve of sRGB, that is taken.
    """
    curve = {LINEAR: formula(1), PQ: _pq()}.get(transfer, SRGB_CURVE)
    name = PRIMARIES[primaries if primaries in PRIMARIES else SRGB][0]
    return None if (name, curve) == (PRIMARIES[SRGB][0], SRGB_CURVE) else rgb_profile(KNOWN[name], curve, curve, curve)


def _pq() -> Curve:
    """Return PQ as an ordinary screen shows it: white is white, and what is brighter is pressed together.

    Source: SMPTE ST 2084, equation 4.1
    """
    m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
    power = np.linspace(0, 1, POINTS) ** (1 / m2)
    light = BRIGHTEST / WHITE * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1)
    pressed = 1 - (1 - KNEE) * np.exp(-np.maximum(light - KNEE, 0) / (1 - KNEE))
    points = np.rint(np.where(light < KNEE, light, pressed) * 65535)
    return Curve(-1, tuple(points.astype(int).tolist()))


def _png_profile(data: bytes, own: object) -> object:
    """Return the profile of a PNG, by the order in which viewers look: `cICP`, `iCCP`, `sRGB`, then `gAMA`, `cHRM`."""
    chunks = dict(_png_chunks(data))
    if own is None and b"iCCP" in chunks:
        own = _unpacked(chunks[b"iCCP"].partition(b"\0")[2][1:])
    if len(chunks.get(b"cICP", b"")) == 4:
        return profile_of(*chunks[b"cICP"][:2])
    if own or b"sRGB" in chunks or len(chunks.get(b"gAMA", b"")) != 4:
        return own
    gamma = int.from_bytes(chunks[b"gAMA"])
    found = KNOWN["sRGB"]
    if gamma in USUAL_GAMMAS and b"cHRM" not in chunks:
        return None
    try:
        if len(chunks.get(b"cHRM", b"")) == 32:
            white, *corners = np.array(struct.unpack(">8I", chunks[b"cHRM"])).reshape(4, 2) / 100_000
            red, green, blue = ((float(x), float(y)) for x, y in corners)
            found = colorants((red, green, blue), (float(white[0]), float(white[1])))
    except ValueError:
        return None
    if not 1_000 <= gamma <= 1_000_000 or not np.isfinite(found).all() or np.abs(found).max() > 2:
        return None
    curve = formula(100_000 / gamma)
    is_gray = data[25] in (0, 4)
    return gray_profile(curve) if is_gray else rgb_profile(found, curve, curve, curve)


def _unpacked(coded: bytes) -> bytes | None:
    """Return what zlib data stands for; None if it is damaged."""
    try:
        return zlib.decompressobj().decompress(coded, MAX_PROFILE)
    except zlib.error:
        return None


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of the small chunks in front of the picture."""
    at = 8
    while at + 12 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"IDAT" or at + 12 + size > len(data):
            return
        if size <= 32 or (kind == b"iCCP" and size <= MAX_PROFILE):
            yield kind, data[at + 8 : at + 8 + size]
        at += 12 + size
