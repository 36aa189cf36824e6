"""Clips in a review: done by a process of their own, and shown by their storyboards, which no file holds."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from blurkit.board import CAPTION, Board
from blurkit.errors import UnreadablePhoto
from blurkit.machine.workers import Lost, Standing
from blurkit.video.frames import Frames
from blurkit.video.many import clips_by
from blurkit.video.source import EXPORT, facts_of
from blurkit.words import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from blurkit.batch import Means, Task
    from blurkit.outcomes import Outcome
    from blurkit.records import Pixels
    from blurkit.settings import Settings

    Wanted = tuple[Path, Board | None, float]

SECONDS = 300.0
"""How long the pictures of one storyboard may take."""

PAPER, INK = 32, (230, 230, 230)
"""Tone of a storyboard where no picture is, and colour of its captions."""

NEAR = 0.001
"""Seconds by which a frame may come early."""


class ReviewedClips:
    """What a review needs of clips."""

    def __init__(self, max_megapixels: float) -> None:
        """Start nothing yet."""
        self._max_megapixels = max_megapixels
        self._lock = threading.Lock()
        self._process: Standing[Wanted, Pixels] = Standing(pictured)

    def by(self, tasks: Sequence[Task], settings: Settings, means: Means) -> Iterator[Outcome]:
        """Do clips; see `many.clips_by`."""
        return clips_by(tasks, settings, means)

    def storyboard(self, path: Path, board: Board | None) -> Pixels:
        """Return the storyboard of a clip; without one, its first frame: RGB, uint8 of shape (H, W, 3).

        Raises:
            PhotoError: It cannot be read.
        """
        with self._lock:
            pixels = self._process.do((path, board, self._max_megapixels), SECONDS)
        if isinstance(pixels, Lost):
            raise UnreadablePhoto("its pictures cannot be shown", path=path, hint=EXPORT)
        return pixels

    def close(self) -> None:
        """End its process."""
        with self._lock:
            self._process.close()


def pictured(wanted: Wanted) -> Pixels:
    """Return the storyboard of a clip; without one, its first frame.

    Raises:
        PhotoError: The clip cannot be read.
    """
    import cv2

    path, board, max_megapixels = wanted
    facts = facts_of(path, max_megapixels=max_megapixels)
    frames = iter(Frames(path, facts))
    if board is None:
        return next(frames).planes.rgb(facts.coloring)
    canvas = np.full((board.whole.height, board.whole.width, 3), PAPER, np.uint8)
    picture = 0
    for frame in frames:
        seconds = float(frame.time * facts.time_base)
        while picture < len(board.seconds) and seconds >= board.seconds[picture] - NEAR:
            left, top = board.corner(picture)
            size = board.cell.width, board.cell.height
            small = cv2.resize(frame.planes.rgb(facts.coloring), size, interpolation=cv2.INTER_AREA)
            canvas[top : top + size[1], left : left + size[0]] = small
            words = clock(board.seconds[picture] - board.seconds[0])
            at = left + 6, top + size[1] + CAPTION - 8
            cv2.putText(canvas, words, at, cv2.FONT_HERSHEY_SIMPLEX, 0.6, INK, 1, cv2.LINE_AA)
            picture += 1
        if picture == len(board.seconds):
            break
    return canvas
