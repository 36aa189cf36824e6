"""Where bars of a bar code may be, at any angle: places where all edges run one way. Part of the text stage."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Gray = npt.NDArray[np.uint8]
    Corners = npt.NDArray[np.float64]

FINE = 1280
"""Longest side in pixels at which edges are looked at."""

CELL = 5
"""Side in pixels of the cells whose edges are put together, at that size."""

ONE_WAY = 0.85
"""Share of the strength of its edges that must run one way in what may be bars."""

STRENGTH = 30.0
"""Least strength of its edges, as the root of the mean square of Sobel's filter, in tones."""

LEAST_CELLS = 8
"""Least size of what may be bars, in cells."""

MOST = 8
"""Most places that are looked at in one photo, the strongest first."""

ROOM = 0.2
"""How far beyond them is looked, as a share of their length: a reader wants the quiet zone."""

WANTED = 900
"""Length in pixels to which bars are enlarged, so that the thinnest are more than one pixel wide."""

MOST_LARGER = 3.0
"""How much they are enlarged at most."""

INNER = 0.25
"""How much of the edges of what was cut out is left out of a closer look, as a share of its height and width."""

UPRIGHT = 0.6
"""Share of the differences in tone that stand upright in a bar code, whether it can be decoded or not."""

LEAST_BARS, LEAST_CONTRAST = 25, 35.0
"""Least number of edges in the middle of a bar code, and its least contrast: standard deviation in tones."""

WIDTHS = (3.0, 9.0)
"""How much wider than the narrow bars the wide ones are, blurred as they are; a fence has one width, a wall many."""

PERIODIC = 0.4
"""Correlation with itself, shifted, from which something is a fence or a shutter, and no code."""


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """A place that may hold a bar code, cut out of a photo so that its bars stand upright."""

    picture: Gray
    """What is there."""
    home: npt.NDArray[np.float64]
    """Matrix of shape (2, 3) from pixels of that picture to those of the photo."""

    @property
    def corners(self) -> Corners:
        """Of the bars alone in the picture, clockwise from the upper left; shape (4, 2)."""
        height, width = self.picture.shape
        rim = ROOM / (1 + 2 * ROOM) * width
        return np.array([(rim, 0), (width - rim, 0), (width - rim, height), (rim, height)], np.float64)

    def look_like_code(self) -> bool:
        """Whether this can be little else than a bar code, even if it is too small or blurred to be decoded."""
        import cv2

        height, width = self.picture.shape
        down, across = int(INNER * height), int(INNER * width * 0.6)
        middle = self.picture[down : height - down, across : width - across].astype(np.float32)
        if min(middle.shape) < LEAST_BARS:
            return False
        middle -= cv2.blur(middle, (width // 8 | 1, 1))  # the light on a label is no bar
        profile = middle.mean(axis=0)
        if profile.var() < UPRIGHT * middle.var():
            return False
        smooth = cv2.GaussianBlur(profile[None], (0, 0), 2)[0]
        turns = np.flatnonzero(np.diff(np.sign(smooth)))
        if len(turns) < LEAST_BARS or smooth.std() < LEAST_CONTRAST:
            return False
        narrow, wide = np.percentile(np.diff(turns), (10, 90))
        return bool(WIDTHS[0] <= wide / narrow <= WIDTHS[1]) and _periodic(smooth) < PERIODIC

    def to_photo(self, corners: Corners) -> Corners:
        """Return points of the picture, shape (N, 2), as points of the photo."""
        return corners @ self.home[:, :2].T + self.home[:, 2]


def bars(gray: Gray, smaller: Gray) -> list[Bars]:
    """Return what may be bar codes in a grayscale picture, the strongest first.

    Args:
        gray: What they are cut out of.
        smaller: The same, or a copy of it made smaller, in which they are sought.
    """
    import cv2

    scale = min(1.0, FINE / max(smaller.shape))
    small = cv2.resize(smaller, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else smaller
    cell = CELL * max(gray.shape) / max(small.shape)
    strength, one_way = _edges(small)
    inside = ((one_way > ONE_WAY) & (strength > STRENGTH)).astype(np.uint8)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    sums = np.bincount(labels.ravel(), weights=strength.ravel(), minlength=count)
    order = sorted(range(1, count), key=lambda each: -float(sums[each]))
    large = [each for each in order[:MOST] if boxes[each, cv2.CC_STAT_AREA] >= LEAST_CELLS]
    return [_cut(gray, labels == each, cell) for each in large]


def _edges(gray: Gray) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return how strong edges are in each cell, and which share of them runs one way."""
    import cv2

    across, down = (cv2.Sobel(gray, cv2.CV_32F, *way, scale=0.25) for way in ((1, 0), (0, 1)))
    size = max(1, gray.shape[1] // CELL), max(1, gray.shape[0] // CELL)
    both, straight, slanted = (
        cv2.blur(cv2.resize(each, size, interpolation=cv2.INTER_AREA), (3, 3))
        for each in (across * across + down * down, across * across - down * down, 2 * across * down)
    )
    one_way = cv2.magnitude(straight, slanted) / np.maximum(both, 1e-3)
    return np.sqrt(both), one_way


def _cut(gray: Gray, cells: npt.NDArray[np.bool_], cell: float) -> Bars:
    import cv2

    points = (np.column_stack(np.nonzero(cells)[::-1]).astype(np.float32) + 0.5) * cell
    middle, (width, height), degrees = cv2.minAreaRect(points)
    if width < height:
        width, height, degrees = height, width, degrees + 90
    width, height = width + cell, height + cell
    scale = min(MOST_LARGER, max(1.0, WANTED / width))
    wide, high = (1 + 2 * ROOM) * width, height
    cos, sin = math.cos(math.radians(degrees)) / scale, math.sin(math.radians(degrees)) / scale
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    home = np.array([[cos, -sin, middle[0]], [sin, cos, middle[1]]])
    home[:, 2] -= home[:, :2] @ (np.array(size) / 2)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return Bars(np.asarray(cv2.warpAffine(gray, home, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)), home)


def _periodic(profile: npt.NDArray[np.float32]) -> float:
    """Return how well a profile fits itself one period later, -1..1."""
    around = profile - profile.mean()
    fit = np.correlate(around, around, "full")[len(around) - 1 :]
    below = np.flatnonzero(fit < 0)
    later = fit[below[0] : len(fit) // 2] if len(below) else fit[:0]
    return float(later.max() / fit[0]) if len(later) else 0.0
