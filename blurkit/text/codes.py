"""QR codes and others, and bar codes in a picture: zxing-cpp. Part of the text stage; only where they are is kept."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from blurkit.errors import ReaderFailed
from blurkit.geometry import Point
from blurkit.marks import Mark, MarkKind
from blurkit.text.bars import bars
from blurkit.text.overlap import distinct

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from blurkit.records import Pixels
    from blurkit.text.bars import Bars

QUIET = 0.08
"""How far a code is grown, as a share of its size: what is found ends in the middle of its outer modules."""

AROUND = 0.75
"""How far around what was read of a bar code its bars are followed, as a share of its length."""

AS_STRONG = 0.5
"""Share of the contrast in the part that was read from which the bars go on next to it."""

LEAST = 8.0
"""Least side in pixels of a code."""

RARE_SIDE = 2048
"""Longest side in pixels at which the kinds are looked for that are rare and take nine tenths of the time."""

COMMON, RARE = (
    ("QRCode", "MicroQRCode", "RMQRCode", "AllLinear", "Aztec"),
    ("DataMatrix", "MaxiCode", "PDF417", "MicroPDF417"),
)
"""Kinds that are looked for at full size, and those that are looked for in a smaller copy."""


def codes(pixels: Pixels) -> list[Mark]:
    """Return the codes in a picture, uint8 RGB of shape (H, W, 3), in its pixels.

    One that is seen and cannot be decoded does not count, since bricks and hedges look like that, unless its bars do.

    Raises:
        ReaderFailed: The library failed.
    """
    import cv2
    import zxingcpp

    gray = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    scale = min(1.0, RARE_SIDE / max(gray.shape))
    smaller = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else gray
    try:
        common = zxingcpp.read_barcodes(gray, formats=_formats(COMMON))
        rare = zxingcpp.read_barcodes(smaller, formats=_formats(RARE))
        closer = [_closer(place) for place in bars(gray, smaller)]
    except Exception as error:  # whatever a picture makes of it
        raise ReaderFailed(f"codes could not be looked for: {error}") from error
    marks = [_mark(gray, _corners(code), is_linear=_is_linear(code)) for code in common]
    marks += [_mark(gray, _corners(code) / scale, is_linear=_is_linear(code)) for code in rare]
    marks += [_mark(gray, corners, is_linear=False) for corners in closer if corners is not None]
    return distinct([mark for mark in marks if mark is not None])


def _closer(place: Bars) -> npt.NDArray[np.float64] | None:
    """Return the corners of the bar code at a place, in the photo, whether it can be decoded or only looks so."""
    import zxingcpp

    found = zxingcpp.read_barcodes(place.picture, formats=_formats(("AllLinear",)), try_rotate=False)
    if not found and not place.look_like_code():
        return None
    points = np.concatenate([place.corners, *map(_corners, found)])
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return place.to_photo(np.array([(left, top), (right, top), (right, bottom), (left, bottom)]))


def _formats(names: Sequence[str]) -> list[Any]:
    import zxingcpp

    return [getattr(zxingcpp.BarcodeFormat, name) for name in names]


def _corners(code: Any) -> npt.NDArray[np.float64]:
    place = code.position
    return np.array(
        [(p.x, p.y) for p in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)], np.float64
    )


def _mark(gray: npt.NDArray[np.uint8], corners: npt.NDArray[np.float64], *, is_linear: bool) -> Mark | None:
    edges = np.roll(corners, -1, axis=0) - corners
    turns = edges[:, 0] * np.roll(edges[:, 1], -1) - edges[:, 1] * np.roll(edges[:, 0], -1)
    if turns.min() * turns.max() <= 0 or np.hypot(*edges.T).max() < LEAST:
        return None  # a shape that no code has
    corners = corners if turns[0] > 0 else corners[::-1]
    if is_linear:
        corners = _whole_bars(gray, corners)
    first, second, third, fourth = (Point(float(x) + 0.5, float(y) + 0.5) for x, y in corners)
    mark = Mark((first, second, third, fourth), MarkKind.CODE, 1.0)
    return mark.grown(QUIET * max(mark.sides))


def _is_linear(code: Any) -> bool:
    import zxingcpp

    return any(code.format == getattr(zxingcpp.BarcodeFormat, name, None) for name in LINEAR)


LINEAR = {
    "Codabar",
    "Code128",
    "Code32",
    "Code39",
    "Code39Ext",
    "Code39Std",
    "Code93",
    "DataBar",
    "DataBarExp",
    "DataBarLtd",
    "DataBarOmni",
    "DXFilmEdge",
    "EAN13",
    "EAN2",
    "EAN5",
    "EAN8",
    "EANUPC",
    "ISBN",
    "ITF",
    "ITF14",
    "PZN",
    "Telepen",
    "UPCA",
    "UPCE",
}
"""Formats of bars, of which only the rows that were read are told."""


def _whole_bars(gray: npt.NDArray[np.uint8], read: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the corners of a whole bar code, of which some rows were read: its bars are followed to their ends."""
    import cv2

    length = float(np.ptp(read, axis=0).max())
    left, top = np.maximum(np.floor(read.min(axis=0) - AROUND * length), 0).astype(int)
    right, bottom = np.ceil(read.max(axis=0) + AROUND * length).astype(int)
    part = gray[top:bottom, left:right].astype(np.float32)
    across, down = cv2.Sobel(part, cv2.CV_32F, 1, 0), cv2.Sobel(part, cv2.CV_32F, 0, 1)
    side = max(3, round(length / 14))
    strength = cv2.blur(cv2.magnitude(across, down), (side, side))
    inner = np.zeros(part.shape, np.uint8)
    middle = read.mean(axis=0)
    shrunk = (middle + 0.8 * (read - middle) - (left, top)).round().astype(np.int32)
    cv2.fillConvexPoly(inner, shrunk, 1)
    if not inner.any():
        return read
    strong = (strength > AS_STRONG * float(np.median(strength[inner > 0]))).astype(np.uint8) | inner
    _, labels = cv2.connectedComponents(strong)
    own = np.column_stack(np.nonzero(labels == np.bincount(labels[inner > 0]).argmax())[::-1]).astype(np.float32)
    points = np.concatenate([own + np.array([left, top], np.float32), read.astype(np.float32)]).astype(np.float32)
    return _as_read(cv2.boxPoints(cv2.minAreaRect(points)).astype(np.float64), read)


def _as_read(box: npt.NDArray[np.float64], read: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the corners of a box clockwise, from the one nearest to where the code begins."""
    middle = box.mean(axis=0)
    angles = [math.atan2(y, x) for x, y in box - middle]
    clockwise = box[np.argsort(angles)]
    return np.roll(clockwise, -int(np.hypot(*(clockwise - read[0]).T).argmin()), axis=0)
