"""Clips in a review: done by a process of their own, and shown by their storyboards, which no file holds."""

from __future__ import annotations

import threading
from collections import OrderedDict
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

QUALITY = 95
"""Of the JPEG of a storyboard, which lies in memory alone."""

KEPT = 64
"""So many storyboards are kept: a long clip takes minutes to be read again."""

NEAR = 0.001
"""Seconds by which a frame may come early."""


class ReviewedClips:
    """What a review needs of clips."""

    def __init__(self, max_megapixels: float) -> None:
        """Start nothing yet."""
        self._max_megapixels = max_megapixels
        self._lock = threading.Lock()
        self._process: Standing[Wanted, bytes] = Standing(pictured)
        self._made: OrderedDict[tuple[Path, int, Board], bytes] = OrderedDict()

    def by(self, tasks: Sequence[Task], settings: Settings, means: Means) -> Iterator[Outcome]:
        """Do clips; see `many.clips_by`."""
        return clips_by(tasks, settings, means)

    def storyboard(self, path: Path, board: Board | None) -> Pixels:
        """Return the storyboard of a clip; without one, its first frame: RGB, uint8 of shape (H, W, 3).

        Raises:
            PhotoError: It cannot be read.
        """
        import cv2

        key = None if board is None else (path, _changed(path), board)
        with self._lock:
            packed = self._made.get(key) if key is not None else None
            if packed is None:
                done = self._process.do((path, board, self._max_megapixels), SECONDS)
                if isinstance(done, Lost):
                    raise UnreadablePhoto("its pictures cannot be shown", path=path, hint=EXPORT)
                packed = done
            if key is not None:
                self._made[key] = packed
                self._made.move_to_end(key)
            while len(self._made) > KEPT:
                self._made.popitem(last=False)
        return np.asarray(cv2.imdecode(np.frombuffer(packed, np.uint8), cv2.IMREAD_COLOR_RGB), np.uint8)

    def close(self) -> None:
        """End its process."""
        with self._lock:
            self._made.clear()
            self._process.close()


def _changed(path: Path) -> int:
    """Return when a file was last changed; 0 if it is not there, which is said when it is read."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def pictured(wanted: Wanted) -> bytes:
    """Return the storyboard of a clip as JPEG; without one, its first frame.

    Raises:
        PhotoError: The clip cannot be read.
    """
    import cv2

    path, board, max_megapixels = wanted
    facts = facts_of(path, max_megapixels=max_megapixels)
    frames = iter(Frames(path, facts))
    if board is None:
        return _packed(next(frames).planes.rgb(facts.coloring))
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
    return _packed(canvas)


def _packed(pixels: Pixels) -> bytes:
    import cv2

    _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    return bytes(data)
