"""Where the cover of a track is in each frame: no gap, a little before and after, and never across a cut. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blurkit.geometry import Box, Point
from blurkit.video.tracks import path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.video.tracks import Track

BEYOND = 0.25
"""Seconds for which a cover begins before somebody is first seen, and stays after they are last seen."""

BEYOND_CHECK = 0.5
"""Seconds instead for somebody whom only the independent check saw: it looks so often."""

UNSURE, MOST_UNSURE = 0.03, 0.5
"""By how much of its size a cover grows on each side for each frame since the face was seen, and at most."""

CALM = 2
"""Frames before and after, the largest of whose boxes a cover keeps, so that it does not tremble."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a face is in one frame, as far as is known."""

    box: Box
    """Where."""
    tilt: float
    """See `records.Face`."""
    yaw: float
    """Likewise."""


class Course:
    """A track from before its first sighting to after its last one."""

    def __init__(
        self,
        track: Track,
        shot: range,
        motion: Sequence[Point],
        seconds: Sequence[float],
        *,
        beyond: tuple[float, float] | None = None,
    ) -> None:
        """Work out where the face is in every frame.

        Args:
            track: The track.
            shot: The frames of its shot; it does not leave them.
            motion: See `tracks.path`.
            seconds: When each frame is shown.
            beyond: Seconds before the first sighting and after the last one; by default by what saw it.
        """
        self.track = track
        usual = BEYOND_CHECK if track.from_check else BEYOND
        before, after = beyond or (usual, usual)
        begin = bisect_left(seconds, seconds[track.first] - before, shot.start, track.first)
        end = bisect_right(seconds, seconds[track.last] + after, track.last, shot.stop)
        self.frames = range(begin, end)
        """Those in which there is a cover."""
        known = sorted(track.seen)
        self._places = [_place(track, known, frame, motion) for frame in self.frames]

    def at(self, frame: int) -> Place:
        """Return where the face is taken to be in a frame."""
        return self._places[frame - self.frames.start]

    def cover(self, frame: int) -> Place:
        """Return the box that a cover must hold in a frame.

        Invariant: it holds the boxes of this frame and of the ones before and after it.
        """
        here = self.at(frame)
        near = [self.at(other).box for other in self._around(frame, 1)]
        calm = [self.at(other).box for other in self._around(frame, CALM)]
        width, height = max(box.width for box in calm), max(box.height for box in calm)
        middle = here.box.center
        box = Box(middle.x - width / 2, middle.y - height / 2, middle.x + width / 2, middle.y + height / 2)
        for other in near:
            box = box.union(other)
        return Place(box, here.tilt, here.yaw)

    def _around(self, frame: int, reach: int) -> range:
        return range(max(self.frames.start, frame - reach), min(self.frames.stop, frame + reach + 1))


def _place(track: Track, known: list[int], frame: int, motion: Sequence[Point]) -> Place:
    """Return where a face is in a frame: as it was seen, between two sightings, or where it should be."""
    if frame in track.seen:
        face = track.seen[frame].face
        return Place(face.box, face.tilt, face.yaw)
    after = bisect_left(known, frame)
    if 0 < after < len(known):
        start, end = known[after - 1], known[after]
        box = _between(track, start, end, frame, motion)
        away = min(frame - start, end - frame)
    else:
        start = end = known[0] if after == 0 else known[-1]
        last = track.seen[start].face.box
        box, away = track.expected(frame, motion).union(last), abs(frame - start)
    grown = min(MOST_UNSURE, UNSURE * away)
    nearest = track.seen[start if frame - start <= end - frame else end].face
    return Place(box.expand(grown, grown), nearest.tilt, nearest.yaw)


def _between(track: Track, start: int, end: int, frame: int, motion: Sequence[Point]) -> Box:
    """Return a box on the way from one sighting to the next, along with what the camera does."""
    share = (frame - start) / (end - start)
    whole, part = path(motion, start, end), path(motion, start, frame)
    a, b = track.seen[start].face.box, track.seen[end].face.box.shift(-whole.x, -whole.y)
    sides = [
        one + share * (other - one)
        for one, other in zip((a.left, a.top, a.right, a.bottom), (b.left, b.top, b.right, b.bottom), strict=True)
    ]
    return Box(*sides).shift(part.x, part.y)
