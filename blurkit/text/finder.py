"""Finds the marks of a photo: lines in the whole and on people, codes, and what lines say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np

from blurkit.errors import ModelMissing
from blurkit.geometry import Box, Point, Size
from blurkit.machine.weights import model_path
from blurkit.marks import Mark, MarkKind, Reading
from blurkit.picture.halvings import Halvings
from blurkit.text.base import INSTALL
from blurkit.text.codes import codes
from blurkit.text.letters import LetterNetwork
from blurkit.text.lines import Line, LineNetwork
from blurkit.text.overlap import SAME, corners_of, distinct, shared
from blurkit.text.plates import is_plate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blurkit.records import Pixels

WHOLE, COARSE = 1280, 320
"""Long sides in pixels at which a photo is looked at whole; at the second, large ornate letters are seen as one."""

CLOSE = 64.0
"""Height in pixels of a face at which what its person may wear is looked at, if it is smaller in the whole photo."""

CHEST = (1.2, -0.1, 2.0)
"""What a person may wear, in heights of the face: to each side of its middle, and from below its lower edge down."""

LEAST_CHEST = 16
"""Least width and height in pixels of what is looked at there."""

READABLE, CLOSE_READABLE = 0.7, 0.8
"""Score of a reading from which a line is known to be words: of one seen in the whole photo, and of one seen closely,
where folds and hands look like letters."""

CLEAR, CLOSE_CLEAR = 0.8, 0.9
"""Score of a line from which it counts even if it cannot be read: it may be in a script that is not known."""

LIKELY = 0.6
"""Score of a line from which it is also read the other way round."""

LARGEST = 0.3
"""Greatest height of a line that cannot be read, as a share of the photo's shorter side."""

MOST_READ = 60
"""Lines of one photo that are read, the clearest first; of the others those that are clear count all the same."""

AGAIN = 32.0
"""Height in pixels at which a line is looked for again in the file as written."""

LETTERS = 2
"""Letters or digits of what counts as still legible: a cell of a mosaic may look like a 0."""

BESIDE = 1.0
"""How far next to a mark it is looked for again, as a share of its height."""


def installed() -> bool:
    """Whether what finds codes is installed; without it no text is looked at either."""
    return find_spec("zxingcpp") is not None


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a photo, and how much smaller or larger it is looked at."""

    sides: tuple[int, int, int, int]
    """Left, top, right and bottom in pixels of the photo."""
    scale: float
    """Pixels that are looked at for one of the photo."""
    is_close: bool = False
    """Whether it shows what one person wears."""

    def picture(self, pixels: Pixels) -> Pixels:
        """Return what is looked at."""
        import cv2

        left, top, right, bottom = self.sides
        part = pixels[top:bottom, left:right]
        size = max(1, round((right - left) * self.scale)), max(1, round((bottom - top) * self.scale))
        if size == (right - left, bottom - top):
            return np.ascontiguousarray(part)
        if part.shape == pixels.shape:
            return Halvings(pixels).resized(Size(*size))
        method = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(part, size, interpolation=method), np.uint8)

    def to_photo(self, line: Line) -> Mark:
        """Return a line that was seen in this window as a mark of the photo."""
        first, second, third, fourth = (
            Point(float(x) / self.scale + self.sides[0], float(y) / self.scale + self.sides[1]) for x, y in line.corners
        )
        return Mark((first, second, third, fourth), MarkKind.TEXT, line.score)


class BundledFinder:
    """Finds and reads marks; see `MarkFinder`."""

    def __init__(self, *, threads: int = 1) -> None:
        """Check the models; each is opened when it is first used.

        Raises:
            ModelMissing: What finds codes is not installed.
            ModelError: A model is missing or altered.
        """
        if not installed():
            raise ModelMissing("what finds words and codes is not installed", hint=INSTALL)
        for model in ("text_lines", "text_letters"):
            model_path(model)
        self._threads = threads

    @cached_property
    def _lines(self) -> LineNetwork:
        return LineNetwork(threads=self._threads)

    @cached_property
    def _letters(self) -> LetterNetwork:
        return LetterNetwork(threads=self._threads)

    def find(self, pixels: Pixels, people: Sequence[Box]) -> tuple[Reading, ...]:
        """Find the marks of a photo; see `MarkFinder`."""
        size = Size(pixels.shape[1], pixels.shape[0])
        seen, closely = [], set()
        for window in windows(size, people):
            marks = self._seen(pixels, window)
            seen += marks
            closely |= set(marks) if window.is_close else set()
        found = codes(pixels)
        lines = [line for line in distinct(seen) if sum(shared(line, code) for code in found) <= SAME * line.area]
        readings = [Reading(code) for code in found]
        for number, line in enumerate(sorted(lines, key=lambda each: -each.score)):
            readable, clear = (CLOSE_READABLE, CLOSE_CLEAR) if line in closely else (READABLE, CLEAR)
            reading = self._read(pixels, line, readable) if number < MOST_READ else Reading(line)
            largest = LARGEST * min(size.width, size.height)
            if reading.says or (line.score >= clear and line.height <= largest):
                readings.append(reading)
        return tuple(sorted(readings, key=lambda each: (each.mark.box.top, each.mark.box.left)))

    def legible(self, pixels: Pixels, around: Sequence[Mark]) -> tuple[Mark, ...]:
        """Look again at the places of some marks; see `MarkFinder`."""
        size = Size(pixels.shape[1], pixels.shape[0])
        found = []
        for mark in around:
            window = _beside(mark, size)
            if window is None:
                continue
            if mark.kind is MarkKind.CODE:
                left, top, right, bottom = window.sides
                found += [
                    code.shifted(left, top) for code in codes(np.ascontiguousarray(pixels[top:bottom, left:right]))
                ]
            found += [line for line in self._seen(pixels, window) if self._is_readable(pixels, line)]
        return tuple(distinct(found))

    def close(self) -> None:
        """Free the models."""
        self.__dict__.pop("_lines", None)
        self.__dict__.pop("_letters", None)

    def _seen(self, pixels: Pixels, window: Window) -> list[Mark]:
        return [window.to_photo(line) for line in self._lines.look(window.picture(pixels))]

    def _read(self, pixels: Pixels, line: Mark, readable: float) -> Reading:
        said = self._letters.read(pixels, corners_of(line), sure=readable if line.score >= LIKELY else 0.0)
        if said.score < readable or not any(map(str.isalnum, said.words)):
            return Reading(line)
        kind = MarkKind.PLATE if is_plate(said.words, line) else MarkKind.TEXT
        return Reading(Mark(line.corners, kind, line.score), said.words)

    def _is_readable(self, pixels: Pixels, line: Mark) -> bool:
        said = self._letters.read(pixels, corners_of(line), sure=READABLE)
        return said.score >= READABLE and sum(map(str.isalnum, said.words)) >= LETTERS


def windows(size: Size, people: Sequence[Box]) -> Iterator[Window]:
    """Return where a photo is looked at: closely at what small people wear, and whole at two sizes.

    Args:
        size: Of the photo.
        people: Boxes of its faces.
    """
    whole = min(1.0, WHOLE / size.long_side)
    for face in people:
        unit = max(face.width, face.height)
        beside, above, below = (share * unit for share in CHEST)
        middle = face.center.x
        sides = Box(middle - beside, face.bottom + above, middle + beside, face.bottom + below).pixels(size)
        seen = min(sides[2] - sides[0], sides[3] - sides[1])
        if whole * unit < CLOSE and whole < 1 and seen >= LEAST_CHEST:
            yield Window(sides, min(1.0, CLOSE / unit), is_close=True)
    for side in dict.fromkeys(min(side, size.long_side) for side in (WHOLE, COARSE)):
        yield Window((0, 0, size.width, size.height), side / size.long_side)


def _beside(mark: Mark, size: Size) -> Window | None:
    """Return the window around a mark; None if nothing of it is in the photo."""
    reach = BESIDE * mark.height
    box = mark.box
    sides = Box(box.left - reach, box.top - reach, box.right + reach, box.bottom + reach).pixels(size)
    if sides[0] >= sides[2] or sides[1] >= sides[3]:
        return None
    return Window(sides, min(1.0, AGAIN / max(mark.height, 1.0), WHOLE / max(sides[2] - sides[0], sides[3] - sides[1])))
