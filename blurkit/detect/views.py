"""Views of a photo: whole, enlarged, cut into tiles, turned; and the way back to the photo's pixels. Pure geometry."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from blurkit.geometry import Box, Point, Size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.picture.halvings import Halvings
    from blurkit.records import Pixels

COARSE = (640, 1600)
"""Sides in pixels, as `scale_of` counts them, at which every photo is seen whole."""

FINEST_COARSE = 0.25
"""So many pixels of the finer one for one pixel of the photo at least: of 30 MP and less it has more.

A sharp head of 64 px that stands alone in a larger photo would be too small there for any hint.
"""

SMALL = 800
"""A photo of so many pixels, as `measure` counts them, or fewer is seen whole only at the coarser side.

It has no more to show when it is enlarged, but near something small the network sees more.
"""

WIDEST = 2
"""A photo whose long side is at most this many times its short side is seen by its long side."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something like a face that a network saw, in the pixels of the picture it was shown."""

    box: Box
    """Where; may stick out."""
    score: float
    """The network's own score, 0..1."""
    landmarks: tuple[Point, ...] = ()
    """Right eye, left eye, nose tip, right and left mouth corner."""
    source: str = ""
    """Which look it was: equal looks are one piece of evidence, others add to it."""


class Network(Protocol):
    """A face detection network that sees one small picture at a time."""

    name: str
    """The detector's name."""

    def look(self, picture: Pixels) -> list[Sighting]:
        """Return what it sees in a picture, uint8 RGB of shape (H, W, 3), in that picture's pixels."""
        ...

    def close(self) -> None:
        """Free the network."""
        ...


@runtime_checkable
class SeesMany(Protocol):
    """A network that sees many small pictures at once, in less time than one by one."""

    def look_at_many(self, pictures: Sequence[Pixels]) -> list[list[Sighting]]:
        """Return what it sees in each picture, as `Network.look` does."""
        ...


@dataclass(frozen=True, slots=True)
class View:
    """One look at a photo: a window of it, resized, then turned counter-clockwise by quarter turns."""

    window: tuple[int, int, int, int]
    """Left, top, right, bottom in pixels of the photo, half-open."""
    scale: float
    """Pixels of the view for one pixel of the photo."""
    source: str
    """Name of the look, such as `1600` or `640 turned 90`."""
    quarter_turns: int = 0
    """How often the view is turned by 90 degrees counter-clockwise, 0 to 3."""
    rim: int = 0
    """So near to a side that cuts the photo, in pixels of the photo, what is seen is left to the neighbour."""

    @property
    def size(self) -> Size:
        """Size of the picture before it is turned, in pixels."""
        left, top, right, bottom = self.window
        return Size(max(1, round((right - left) * self.scale)), max(1, round((bottom - top) * self.scale)))

    def picture(self, halvings: Halvings) -> Pixels:
        """Return what is seen: uint8 RGB, contiguous."""
        import cv2

        size = self.size
        source, factor = halvings.at_least(self.scale)  # at most halved from here: linear is fine, and fast
        left, top, right, bottom = (side // factor for side in self.window)
        seen = source[top : max(bottom, top + 1), left : max(right, left + 1)]
        if seen.shape[:2] != (size.height, size.width):
            seen = cv2.resize(seen, (size.width, size.height)).astype(np.uint8, copy=False)
        return np.ascontiguousarray(np.rot90(seen, self.quarter_turns))

    def to_photo(self, sighting: Sighting) -> Sighting:
        """Return a sighting of this view in the pixels of the photo."""
        size, turns = self.size, self.quarter_turns % 4
        left, top, right, bottom = self.window
        across, down = (right - left) / size.width, (bottom - top) / size.height

        def place(x: float, y: float) -> tuple[float, float]:
            if turns == 1:
                x, y = size.width - y, x
            elif turns == 2:
                x, y = size.width - x, size.height - y
            elif turns == 3:
                x, y = y, size.height - x
            return x * across + left, y * down + top

        box = sighting.box
        (x0, y0), (x1, y1) = place(box.left, box.top), place(box.right, box.bottom)
        points = tuple(Point(*place(point.x, point.y)) for point in sighting.landmarks)
        in_photo = Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        return Sighting(in_photo, sighting.score, points, self.source)


def spans(length: int, tile: int, overlap: int) -> list[tuple[int, int]]:
    """Cut a length into equal spans, as few and as short as `tile` and `overlap` allow.

    Args:
        length: What is cut, in pixels.
        tile: Longest span.
        overlap: How much neighbours share at least.

    Returns:
        Half-open spans from 0 to `length`.

    Invariant: every pixel lies in a span, and whatever is no longer than `overlap` lies whole inside one.
    """
    if length <= tile:
        return [(0, length)]
    count = math.ceil((length - overlap) / (tile - overlap))
    tile = math.ceil((length + (count - 1) * overlap) / count)
    starts = [index * (length - tile) // (count - 1) for index in range(count)]
    return [(start, start + tile) for start in starts]


def tiles(
    window: tuple[int, int, int, int], scale: float, *, tile: int, overlap: int, source: str, quarter_turns: int = 0
) -> list[View]:
    """Cut a window of the photo into views.

    Args:
        window: Left, top, right, bottom in pixels of the photo.
        scale: Pixels of a view for one of the photo.
        tile: Longest side of a view in its own pixels.
        overlap: How far neighbours overlap, in pixels of the view: larger faces are left to coarser views.
        source: Name of the look.
        quarter_turns: How often each view is turned by 90 degrees counter-clockwise.
    """
    left, top, right, bottom = window
    side, shared = max(2, int(tile / scale)), max(1, math.ceil(overlap / scale))
    return [
        View((left + x0, top + y0, left + x1, top + y1), scale, source, quarter_turns, shared // 2)
        for y0, y1 in spans(bottom - top, side, shared)
        for x0, x1 in spans(right - left, side, shared)
    ]


def measure(size: Size) -> int:
    """Return the long side of a photo in pixels; of a wide or tall one, of the widest part that counts as ordinary.

    A face in a panorama or a long screenshot may be tiny compared with its long side, but hardly with its short one.
    """
    return min(size.long_side, WIDEST * min(size.width, size.height))


def scale_of(size: Size, side: int) -> float:
    """Return pixels of a view for one pixel of the photo, where what `measure` returns becomes `side` pixels.

    A wide or tall photo is not enlarged further than its whole long side is: a strip of few rows would become huge.
    """
    return min(side / max(measure(size), 1), max(1.0, side / size.long_side))


def coarse(size: Size) -> tuple[int, ...]:
    """Return the sides at which a photo is seen whole, the coarsest one first."""
    if measure(size) <= SMALL:
        return COARSE[:1]
    return COARSE[0], max(COARSE[1], round(FINEST_COARSE * measure(size)))


def look_at(size: Size, side: int) -> str:
    """Return the name of a look at a whole photo; of sides that come out equal, it is one look."""
    return str(round(scale_of(size, side) * measure(size)))


def level(size: Size, side: int, *, tile: int, overlap: int, quarter_turns: int = 0) -> list[View]:
    """Return the views of a whole photo resized as `scale_of` says, and turned."""
    window, scale = (0, 0, size.width, size.height), scale_of(size, side)
    source = look_at(size, side) + (f" turned {90 * quarter_turns}" if quarter_turns else "")
    return tiles(window, scale, tile=tile, overlap=overlap, source=source, quarter_turns=quarter_turns)


def sweep(network: Network, halvings: Halvings, views: Sequence[View]) -> list[Sighting]:
    """Show views of a photo to a network.

    What a tile cuts at its edge is dropped, and what it sees in its rim: half a face there looks like another one.

    Returns:
        Sightings in the pixels of the photo, each naming the view's source.
    """
    return [found for view in views for found in _of_view(view, network.look(view.picture(halvings)), halvings.size)]


def sweep_small(network: Network, halvings: Halvings, views: Sequence[View], *, least: float) -> list[list[Sighting]]:
    """Show views of which each is a small picture to a network, many at once if it can.

    Args:
        network: It is shown them.
        halvings: The photo.
        views: Of it.
        least: Score from which something counts, 0..1.

    Returns:
        What `sweep` returns, for each view.
    """
    pictures = [view.picture(halvings) for view in views]
    seen = network.look_at_many(pictures) if isinstance(network, SeesMany) else [network.look(p) for p in pictures]
    sure = [[sighting for sighting in each if sighting.score >= least] for each in seen]
    return [_of_view(view, each, halvings.size) for view, each in zip(views, sure, strict=True)]


def _of_view(view: View, seen: Sequence[Sighting], size: Size) -> list[Sighting]:
    """Return what was seen in a view, in the pixels of a photo of a size, without what its edge cuts."""
    found = [view.to_photo(sighting) for sighting in seen]
    return [sighting for sighting in found if not _is_cut(sighting.box, view, size)]


def _is_cut(box: Box, view: View, size: Size) -> bool:
    """Whether a box has its middle in its tile's rim or sticks out, on a side that is not the photo's own border."""
    left, top, right, bottom = view.window
    slack = 0.1 * max(box.width, box.height)
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return (
        (left > 0 and (box.left < left - slack or x < left + view.rim))
        or (top > 0 and (box.top < top - slack or y < top + view.rim))
        or (right < size.width and (box.right > right + slack or x > right - view.rim))
        or (bottom < size.height and (box.bottom > bottom + slack or y > bottom - view.rim))
    )
