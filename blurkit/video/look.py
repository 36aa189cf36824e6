"""The first pass over a clip: what is seen in each frame, where it is cut, and how its camera moves."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from blurkit.detect.quick import SURE
from blurkit.errors import UnreadablePhoto
from blurkit.records import Picture, Stage
from blurkit.video.shots import Cuts
from blurkit.video.tracks import Seen, linked

if TYPE_CHECKING:
    from collections.abc import Callable
    from fractions import Fraction

    from blurkit.analysis import Analysis
    from blurkit.detect.base import Detector
    from blurkit.geometry import Point
    from blurkit.machine.clock import Clock
    from blurkit.records import Face, Pixels
    from blurkit.video.frames import Frame, Frames
    from blurkit.video.planes import Coloring
    from blurkit.video.tracks import Track

WHOLE_EVERY = 0.5
"""Seconds between two frames that all of the detect stage sees; the first of each shot is one. The frames between them
get a quick look."""

SAME_FACE_IOU = 0.3
"""What a quick look sees is what was found if it overlaps it so much."""


@dataclass(slots=True)
class Watched:
    """All that is kept of a clip's frames: numbers, and no picture."""

    seen: dict[int, list[Seen]] = field(default_factory=dict)
    """What may be a face, by frame."""
    starts: list[int] = field(default_factory=list)
    """The first frame of each shot."""
    motion: list[Point] = field(default_factory=list)
    """How far the picture moved since the frame before, in pixels."""
    times: list[int] = field(default_factory=list)
    """When each frame is shown, in ticks."""
    seconds: list[float] = field(default_factory=list)
    """The same in seconds."""
    marks: list[int] = field(default_factory=list)
    """See `Frame.mark`."""

    @property
    def shots(self) -> list[range]:
        """The frames of each shot."""
        return [range(start, end) for start, end in zip(self.starts, [*self.starts[1:], len(self.times)], strict=True)]

    def tracks(self) -> list[tuple[Track, range]]:
        """Return everybody in the clip, each with their shot.

        What only the independent check found is linked by itself, with what was too faint to count: it never becomes
        a part of somebody who is kept.
        """
        found = []
        for shot in self.shots:
            ours = {frame: [each for each in self.seen.get(frame, ()) if not each.from_check] for frame in shot}
            tracks = linked(ours, shot, self.motion, self.seconds)
            rest = {
                frame: [e for e in self.seen.get(frame, ()) if e.from_check or not (e.is_found or e.is_sure)]
                for frame in shot
            }
            if any(each.from_check for seen in rest.values() for each in seen):
                tracks += [t for t in linked(rest, shot, self.motion, self.seconds) if t.from_check]
            found += [(track, shot) for track in tracks]
        return sorted(found, key=lambda pair: (pair[0].first, pair[0].seen[pair[0].first].face.box.left))

    def add_missed(self, frame: int, faces: tuple[Face, ...]) -> None:
        """Take in faces that the independent check found."""
        self.seen.setdefault(frame, []).extend(Seen(face, is_found=True, from_check=True) for face in faces)


class Look:
    """Watches a clip with the models."""

    def __init__(self, analysis: Analysis, quick: Detector, glance: Detector, clock: Clock) -> None:
        """Watch nothing yet.

        Args:
            analysis: All of the detect stage, and ages.
            quick: A look at frames, every other one.
            glance: A quicker look at the others.
            clock: Times the stages.
        """
        self._analysis, self._quick, self._glance, self._clock = analysis, quick, glance, clock

    def watch(self, frames: Frames, coloring: Coloring, tick: Fraction, advance: Callable[[float], None]) -> Watched:
        """See every frame once.

        Args:
            frames: The clip.
            coloring: Its colours.
            tick: Seconds of one tick of its clock.
            advance: Called with the time that has been seen, in seconds.

        Raises:
            PhotoError: The clip cannot be read.
            ModelError: A model failed.
        """
        watched, cuts, whole = Watched(), Cuts(), 0.0
        for frame in self._clock.each(Stage.LOAD, frames):
            seconds = float(frame.time * tick)
            is_new, motion = cuts.look(frame.planes)
            if is_new:
                watched.starts.append(frame.index)
            watched.motion.append(motion)
            watched.times.append(frame.time)
            watched.seconds.append(seconds)
            watched.marks.append(frame.mark)
            is_whole = is_new or seconds - whole >= WHOLE_EVERY
            whole = seconds if is_whole else whole
            quick = self._quick if is_whole or frame.index % 2 == 0 else self._glance
            seen = self._seen(frame.planes.rgb(coloring), quick, is_whole=is_whole)
            if seen:
                watched.seen[frame.index] = seen
            advance(seconds)
        return watched

    def _seen(self, pixels: Pixels, quick: Detector, *, is_whole: bool) -> list[Seen]:
        with self._clock(Stage.DETECT):
            faint = quick.detect(pixels)
        if not is_whole:
            return [_faint(face) for face in faint]
        picture = Picture(pixels, pixels, "RGB")
        faces = self._analysis.find_faces(picture, self._clock)
        ages = self._analysis.ages(picture, faces, self._clock)
        seen = [Seen(replace(f, landmarks=None), is_found=True, age=age) for f, age in zip(faces, ages, strict=True)]
        others = (each for each in faint if all(each.box.iou(face.box) <= SAME_FACE_IOU for face in faces))
        return [*seen, *map(_faint, others)]


def _faint(face: Face) -> Seen:
    return Seen(replace(face, landmarks=None), is_sure=face.score >= SURE)


def check_same(frame: Frame, watched: Watched) -> None:
    """Refuse a clip that decodes to something else than it did in the first pass.

    Raises:
        UnreadablePhoto: It does; its covers would lie elsewhere.
    """
    known = frame.index < len(watched.times)
    if not known or (frame.time, frame.mark) != (watched.times[frame.index], watched.marks[frame.index]):
        raise UnreadablePhoto(
            "decodes to other frames each time: it is damaged, or was changed meanwhile", hint="export it again as MP4"
        )
