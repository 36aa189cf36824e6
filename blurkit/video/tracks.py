"""What was seen in single frames, linked to people by motion and overlap alone: no face is recognised. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from blurkit.geometry import Box, Point

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from blurkit.records import AgeEstimate, Face

PATIENCE = 1.0
"""Seconds for which somebody who is not seen is waited for."""

LEAST_IOU = 0.2
"""A face that overlaps so much with where somebody should be is that person's."""

REACH = 0.8
"""So may one whose middle is no further away than this, in sizes of the face, if both are of a like size."""

ALIKE = 1.8
"""The larger of two like sizes is at most this multiple of the smaller one."""

STEADY = 6
"""Frames over which the speed of a face is measured."""

FREQUENT, CERTAIN = 2, 0.65
"""So many frames in which the quick look alone is sure make a person, or one in which its score is at least so high.

A camera that is jerked leaves faces that are seen for a frame or two each, and belong to no other sighting.
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """Something like a face in one frame."""

    face: Face
    """Where."""
    is_found: bool = False
    """Whether the whole detection, or the independent check, found it; else only the quick look saw it."""
    is_sure: bool = False
    """Whether the quick look is sure of it."""
    age: AgeEstimate | None = None
    """How old it looks; None if that was not asked or cannot be judged."""
    from_check: bool = False
    """Whether only the independent check found it."""


@dataclass(slots=True)
class Track:
    """One person in one shot."""

    seen: dict[int, Seen] = field(default_factory=dict)
    """Frames in which they were seen, in order."""

    @property
    def first(self) -> int:
        """The first frame in which they were seen."""
        return next(iter(self.seen))

    @property
    def last(self) -> int:
        """The last one."""
        return next(reversed(self.seen))

    @property
    def is_somebody(self) -> bool:
        """Whether it is a face at all, and not something that a quick look took for one."""
        found = any(each.is_found or each.face.score >= CERTAIN for each in self.seen.values())
        return found or sum(each.is_sure for each in self.seen.values()) >= FREQUENT

    @property
    def from_check(self) -> bool:
        """Whether the independent check found it, and no detector did."""
        return any(each.from_check for each in self.seen.values())

    def speed(self, frame: int, motion: Sequence[Point]) -> Point:
        """Return pixels a frame by which the face moves near a frame, besides what the camera does."""
        known = sorted(self.seen, key=lambda other: abs(other - frame))[:STEADY]
        start, end = min(known), max(known)
        if start == end:
            return Point(0.0, 0.0)
        before, after = self.seen[start].face.box.center, self.seen[end].face.box.center
        camera = path(motion, start, end)
        steps = end - start
        return Point((after.x - before.x - camera.x) / steps, (after.y - before.y - camera.y) / steps)

    def expected(self, frame: int, motion: Sequence[Point]) -> Box:
        """Return where the face should be in a frame after or before it was seen."""
        near = self.last if frame > self.last else self.first
        speed, camera = self.speed(near, motion), path(motion, near, frame)
        steps = frame - near
        return self.seen[near].face.box.shift(camera.x + steps * speed.x, camera.y + steps * speed.y)


def path(motion: Sequence[Point], start: int, end: int) -> Point:
    """Return how far the camera moved the picture from one frame to another, in pixels.

    Args:
        motion: For each frame, how far it lies from the one before.
        start: The one frame.
        end: The other, which may be the earlier one.
    """
    sign = 1 if end >= start else -1
    steps = motion[min(start, end) + 1 : max(start, end) + 1]
    return Point(sign * sum(step.x for step in steps), sign * sum(step.y for step in steps))


def linked(
    seen: Mapping[int, Sequence[Seen]], shot: range, motion: Sequence[Point], seconds: Sequence[float]
) -> list[Track]:
    """Link what was seen in one shot to tracks of somebody.

    Args:
        seen: By frame.
        shot: The frames of the shot.
        motion: See `path`.
        seconds: When each frame is shown.

    Returns:
        Tracks, each with what was seen of one person; everything that is found belongs to one of them.
    """
    tracks: list[Track] = []
    for frame in shot:
        waiting = [track for track in tracks if seconds[frame] - seconds[track.last] <= PATIENCE]
        expected = [track.expected(frame, motion) for track in waiting]
        faces = list(seen.get(frame, ()))
        pairs = sorted(
            ((likeness(box, each.face.box), t, f) for t, box in enumerate(expected) for f, each in enumerate(faces)),
            reverse=True,
        )
        taken: set[int] = set()
        given: set[int] = set()
        for like, t, f in pairs:
            if like > 0 and t not in given and f not in taken:
                waiting[t].seen[frame] = faces[f]
                given.add(t)
                taken.add(f)
        tracks += [Track({frame: each}) for f, each in enumerate(faces) if f not in taken]
    return [track for track in tracks if track.is_somebody]


def likeness(expected: Box, box: Box) -> float:
    """Return how well a face fits where somebody should be: 0 if it is not theirs, and more the nearer it is."""
    sizes = sorted(math.sqrt(max(each.area, 1e-9)) for each in (expected, box))
    if sizes[1] > ALIKE * sizes[0]:
        return 0.0
    a, b = expected.center, box.center
    away, iou = math.hypot(a.x - b.x, a.y - b.y) / sizes[0], expected.iou(box)
    return iou + max(0.0, 1 - away / REACH) if iou > LEAST_IOU or away < REACH else 0.0
