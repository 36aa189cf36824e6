"""Curves from stored tones to light, as colour profiles write them: read as numbers, and written from those.

A table of tones becomes the known curve it follows, or a gamma; else 64 points of it, which hold no picture.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Tones = npt.NDArray[np.float64]

POINTS = 64
"""Points of a curve that follows no formula. Between them it is straight: less than a step of 255 off."""

SAME_TONE = 0.5 / 255
"""Tone, as shown in sRGB, by which two curves may differ and be one."""

SAME_SHAPE = 1 / 255
"""Tone by which the points may differ from the curve they stand for."""

DARKEST = 0.0003
"""Light of black, at most: where it is more, viewers show it one way in old profiles and another in new ones."""

_GRID = np.arange(256) / 255
_LENGTHS = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}
"""Numbers of each kind of formula. Source: ICC.1:2022, parametricCurveType"""


@dataclass(frozen=True)
class Curve:
    """A curve, as the whole numbers that a profile holds."""

    kind: int
    """0, 3 or 4 for a formula of 1, 5 or 7 numbers; -1 for a table of `POINTS`."""
    numbers: tuple[int, ...]
    """Of a formula, in 65536ths; of a table, in 65535ths."""

    @cached_property
    def light(self) -> Tones:
        """Light of 256 tones, 0..1."""
        return self.at(_GRID)

    def at(self, tones: Tones) -> Tones:
        """Return the light of tones, both 0..1."""
        if self.kind < 0:
            return np.interp(tones, np.linspace(0, 1, len(self.numbers)), np.array(self.numbers) / 65535)
        gamma, a, b, c, d, e, f = (*(number / 65536 for number in self.numbers), *[0.0] * 6)[:7]
        with np.errstate(all="ignore"):
            if self.kind == 0:
                return np.asarray(tones**gamma)
            return np.where(tones >= d, np.maximum(a * tones + b, 0) ** gamma + e, c * tones + f)

    def tag(self) -> bytes:
        """Return the curve as a tag of a profile."""
        if self.kind < 0:
            return b"curv" + bytes(4) + struct.pack(f">I{len(self.numbers)}H", len(self.numbers), *self.numbers)
        return b"para" + bytes(4) + struct.pack(f">HH{len(self.numbers)}i", self.kind, 0, *self.numbers)

    def follows(self, light: Tones, most: float = SAME_TONE) -> bool:
        """Return whether the curve gives this light of 256 tones, as the eye sees it."""
        return bool(np.abs(shown(self.light) - shown(light)).max() <= most)


def shown(light: Tones) -> Tones:
    """Return the tone of sRGB that shows some light, both 0..1.

    Source: IEC 61966-2-1
    """
    light = np.clip(light, 0, 1)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def formula(*numbers: float) -> Curve:
    """Return the curve x^g, or of five numbers g a b c d: (ax + b)^g from d on, and cx below; of seven, + e and + f."""
    kind = {1: 0, 5: 3, 7: 4}[len(numbers)]
    return Curve(kind, tuple(round(number * 65536) for number in numbers))


SRGB_CURVE = formula(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
CURVES = {
    "sRGB": SRGB_CURVE,
    "linear": formula(1),
    "gamma 1.8": formula(1.8),
    "gamma 2.2": formula(2 + 51 / 256),  # as Adobe RGB (1998) writes it
    "gamma 2.4": formula(2.4),
    "BT 709": formula(1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081),
    "L*": formula(3, 1 / 1.16, 0.16 / 1.16, 1 / 9.033, 0.08),
    "ROMM": formula(1.8, 1, 0, 1 / 16, 1 / 32),
}
"""Known curves, sRGB's first. Sources: IEC 61966-2-1, ITU-R BT.709, CIE 15, ISO 22028-2"""


def read_curve(content: bytes) -> Curve:
    """Read the tag of a curve.

    Raises:
        ValueError: It is not a curve, falls somewhere, or is too rough for its points.
    """
    kind = content[:4]
    if kind == b"para":
        return _plausible(_formula(content))
    if kind != b"curv":
        raise ValueError
    (count,) = struct.unpack_from(">I", content, 8)
    if count == 0:
        return formula(1)
    table = np.frombuffer(content, ">u2", count, 12).astype(float)
    return _plausible(formula(table[0] / 256)) if count == 1 else _fitted(table / 65535)


def _formula(content: bytes) -> Curve:
    """Return a formula of any kind as one of the kinds that are written."""
    kind, _ = struct.unpack_from(">HH", content, 8)
    if kind not in _LENGTHS:
        raise ValueError
    gamma, *more = struct.unpack_from(f">{_LENGTHS[kind]}i", content, 12)
    if kind not in (1, 2):
        return Curve(kind, (gamma, *more))
    a, b = more[:2]
    if a <= 0:
        raise ValueError
    start = round(-b / a * 65536)
    return Curve(3, (gamma, a, b, 0, start)) if kind == 1 else Curve(4, (gamma, a, b, 0, start, more[2], more[2]))


def _plausible(curve: Curve) -> Curve:
    """Return a curve, or the known one that it follows, unless it falls or shows next to nothing."""
    light = curve.light
    if curve in CURVES.values():
        return curve
    is_sound = np.isfinite(light).all() and (np.diff(light) >= 0).all() and light[0] >= 0 and light[-1] <= 1.1
    if not is_sound or light[0] > DARKEST or light[-1] < 0.5:
        raise ValueError
    return next((known for known in CURVES.values() if known.follows(light)), curve)


def _fitted(table: Tones) -> Curve:
    """Return the known curve or gamma that a table follows, or its points."""
    places = np.linspace(0, 1, len(table))
    points = np.rint(np.interp(np.linspace(0, 1, POINTS), places, table) * 65535).astype(int)
    curve = Curve(-1, tuple(points.tolist()))
    if (np.diff(points) < 0).any() or not curve.follows(np.interp(_GRID, places, table), SAME_SHAPE):
        raise ValueError
    inside = (curve.light > 0.01) & (curve.light < 0.99)
    if inside.sum() > 2:
        logs = np.log(_GRID[inside])
        gamma = formula(round(float((logs @ np.log(curve.light[inside])) / (logs @ logs)), 2))
        candidates = (*CURVES.values(), gamma)
    else:
        candidates = tuple(CURVES.values())
    found = next((each for each in candidates if each.follows(curve.light, SAME_SHAPE)), None)
    return _plausible(curve if found is None else found)
