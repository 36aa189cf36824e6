"""The checks on a finished clip: every frame at its time, nothing changed outside of covers, nobody open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from blurkit.errors import PhotoError, PixelsChanged
from blurkit.obscure import moved
from blurkit.picture.proof import fingerprint
from blurkit.records import Decision, Picture
from blurkit.verify import MAX_DIFFERENCE, uncovered
from blurkit.video.draw import anchors_at, decisions_at, draw
from blurkit.video.frames import Frames
from blurkit.video.judging import FOUND
from blurkit.video.look import check_same
from blurkit.video.source import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import IO

    import numpy.typing as npt

    from blurkit.detect.views import Network
    from blurkit.records import Face
    from blurkit.settings import Settings
    from blurkit.video.judging import Judged
    from blurkit.video.look import Watched
    from blurkit.video.planes import Mask, Planes
    from blurkit.video.source import Facts

CHECK_EVERY = 0.5
"""Seconds between two frames that the independent check looks at, at most."""

FIRST_CHECK = 0.25
"""Seconds after the first frame of a shot at which it looks again: between two frames that all detectors saw."""

CELL = 16
"""Side in pixels of the cells whose mean brightness is compared."""

REPORT = "report the clip's kind"
"""What helps if a clip does not pass."""


@dataclass(slots=True)
class Checked:
    """What the checks found in a clip."""

    missed: dict[int, tuple[Face, ...]]
    """Open faces, by frame."""
    fingerprint: str = ""
    """Of its first frame."""
    largest: int = 0
    """Largest difference of brightness outside of covers, of 255, in the frames looked at."""


def checked_frames(shots: Sequence[range], seconds: Sequence[float]) -> set[int]:
    """Return the frames that the independent check looks at: the first and last of each shot, and enough between.

    Invariant: from any frame of a shot one lies at most `CHECK_EVERY` away, as near as the clip's own times allow.
    """
    chosen = set()
    for shot in shots:
        chosen |= {shot.start, shot.stop - 1}
        due = seconds[shot.start] + FIRST_CHECK
        for frame in shot:
            if seconds[frame] >= due:
                chosen.add(frame)
                due = seconds[frame] + CHECK_EVERY
    return chosen


class Check:
    """Compares a finished clip with its source, and looks for faces in it."""

    def __init__(self, source: Path, facts: Facts, settings: Settings, network: Network, *, threads: int) -> None:
        """Look at nothing yet.

        Args:
            source: The clip as it came.
            facts: What is known of it.
            settings: Of covers, and the limit on megapixels.
            network: That of the independent check, which placed no cover.
            threads: For the decoders.
        """
        self._source, self._facts, self._settings = source, facts, settings
        self._size = facts.shown_size(settings.output.max_clip_side)
        self._network, self._threads = network, threads

    def look(
        self,
        made: IO[bytes],
        watched: Watched,
        people: Sequence[Judged],
        *,
        seed: int,
        advance: Callable[[float], None] = lambda seconds: None,
    ) -> Checked:
        """Read a finished clip again.

        Args:
            made: The whole file.
            watched: What the first pass saw.
            people: Who is covered and who is kept.
            seed: Of the covers.
            advance: Called with the time that has been looked at, in seconds.

        Raises:
            PixelsChanged: It does not show what was drawn, or not when it was.
            DetectorFailed: The network failed.
        """
        try:
            facts = facts_of(made, max_megapixels=self._settings.load.max_megapixels)
            after = iter(Frames(made, facts, threads=self._threads))
            checked, chosen = Checked({}), checked_frames(watched.shots, watched.seconds)
            first, start = watched.seconds[0], None
            for frame in Frames(self._source, self._facts, threads=self._threads):
                check_same(frame, watched)
                other = next(after, None)
                if other is None or other.planes.size != self._size:
                    raise PixelsChanged("the output lacks frames, or has others", hint=REPORT)
                shown = float(other.time * facts.time_base)
                start = shown if start is None else start
                late = shown - start - (watched.seconds[frame.index] - first)
                if abs(late) > 2 * float(self._facts.time_base) + 1e-3:
                    raise PixelsChanged(f"a frame of the output is {late:.3f} s late", hint=REPORT)
                if frame.index in chosen:
                    self._compare(frame.planes, other.planes, frame.index, people, seed, checked)
                advance(watched.seconds[frame.index])
            if next(after, None) is not None:
                raise PixelsChanged("the output has more frames than its source", hint=REPORT)
        except PhotoError as fault:
            if fault.path is not None:
                raise
            raise PixelsChanged(f"the output cannot be read again: {fault.message}", hint=REPORT) from fault
        return checked

    def _compare(
        self, before: Planes, after: Planes, frame: int, people: Sequence[Judged], seed: int, checked: Checked
    ) -> None:
        before, anchors = before.shrunk(self._size), anchors_at(frame, people)
        decisions = moved(decisions_at(frame, people), self._facts.size, self._size)
        look = self._settings.obscure
        drawn, mask = draw(before, decisions, look, self._facts.coloring, seed=seed, anchors=anchors)
        difference = _difference(drawn.y, after.y)
        if difference > MAX_DIFFERENCE:
            what = f"frame {frame} differs from what was drawn by {difference:.0f} of 255 in one place"
            raise PixelsChanged(what, hint=REPORT)
        checked.largest = max(checked.largest, _largest(before.y, after.y, mask))
        pixels = after.rgb(self._facts.coloring)
        checked.fingerprint = checked.fingerprint or fingerprint(pixels)
        missed = uncovered(Picture(pixels, pixels, "RGB"), decisions, self._network)
        if missed:
            there = (Decision(face, FOUND) for face in missed)
            checked.missed[frame] = tuple(each.face for each in moved(list(there), self._size, self._facts.size))


def _difference(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> float:
    """Return the largest difference between the mean tones of cells of two frames, of 255."""
    import cv2

    cells = max(1, one.shape[1] // CELL), max(1, one.shape[0] // CELL)
    small: list[Any] = [cv2.resize(each, cells, interpolation=cv2.INTER_AREA).astype(np.int16) for each in (one, other)]
    return float(np.abs(small[0] - small[1]).max())


def _largest(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8], mask: Mask | None) -> int:
    apart = np.abs(one.astype(np.int16) - other)
    return int(apart.max(initial=0, where=np.True_ if mask is None else ~mask))
