"""Clips made of photos whose faces are known: panned, zoomed, shaken, darkened, turned, hidden for a while, and cut."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bench.scoring import Boxes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blurkit.geometry import Size
    from blurkit.records import Pixels

    Matrix = npt.NDArray[np.float64]

LEAST_PX = 16
"""Faces lower than this in a frame do not count."""

INSIDE, HIDDEN = 0.7, 0.5
"""Share of a face that must be in the frame for it to count, and of it that a bar may hide at most."""

SUBFRAMES = 5
"""Pictures whose mean is one frame that the camera's motion blurred."""

FASTEST = 0.01
"""Share of what is seen by which a pan moves a frame, on average, at most: half a picture in a second."""

SHUTTER = 0.5
"""Share of a frame's time for which the shutter is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One shot: a photo, and what the camera does in front of it; times go from 0 to 1."""

    photo: Pixels
    """RGB."""
    faces: Boxes
    """Its faces, in pixels of the photo."""
    kind: str
    """`pan`, `zoom`, `shake`, `dark`, `turn` or `bar`."""
    frames: int
    """How many."""
    seed: int = 0
    """Of its noise and its shaking."""


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """One frame, and where its faces are."""

    pixels: Pixels
    """RGB."""
    faces: Boxes
    """All faces that count, in pixels of the frame."""
    numbers: npt.NDArray[np.int64]
    """Which face of the photo each is."""
    shot: int
    """Number of its shot."""


def frames_of(shots: list[Shot], size: Size) -> Iterator[Made]:
    """Yield the frames of some shots, one after the other."""
    for number, shot in enumerate(shots):
        random = np.random.default_rng(shot.seed)
        tremble = np.cumsum(random.normal(0, 1, (shot.frames + 1, 2)), axis=0) if shot.kind == "shake" else None
        for index in range(shot.frames):
            yield _frame(shot, index, size, random, tremble, number)


def camera(shot: Shot, time: float, size: Size, tremble: Matrix | None) -> Matrix:
    """Return the 2 x 3 matrix from the photo to the frame at a time."""
    height, width = shot.photo.shape[:2]
    widest = min(width, height * size.width / size.height)
    seen = widest * {"zoom": 0.9 - 0.45 * time, "turn": 0.7, "pan": 0.6}.get(shot.kind, 0.75)
    swing = 0.5 - 0.5 * math.cos(math.pi * time)
    free = min((width - seen) / 2, FASTEST * shot.frames * seen)
    x = width / 2 + (free * (2 * swing - 1) if shot.kind in ("pan", "bar", "dark") else 0)
    y = height / 2
    scale = size.width / seen
    if tremble is not None:
        at = time * (len(tremble) - 1)
        x, y = (
            middle + 0.012 * seen * float(np.interp(at, np.arange(len(tremble)), tremble[:, axis]))
            for axis, middle in enumerate((x, y))
        )
    angle = math.radians(35 * math.sin(2 * math.pi * time)) if shot.kind == "turn" else 0.0
    cos, sin = scale * math.cos(angle), scale * math.sin(angle)
    return np.array(
        [
            [cos, -sin, size.width / 2 - cos * x + sin * y],
            [sin, cos, size.height / 2 - sin * x - cos * y],
        ]
    )


def _frame(
    shot: Shot, index: int, size: Size, random: np.random.Generator, tremble: Matrix | None, number: int
) -> Made:
    import cv2

    def at(step: float) -> Matrix:
        return camera(shot, (index + step) / shot.frames, size, tremble)

    steps = np.linspace(0, SHUTTER, SUBFRAMES) if shot.kind in ("shake", "pan") else [0.0]
    pictures = [
        cv2.warpAffine(
            shot.photo, at(step), (size.width, size.height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT
        )
        for step in steps
    ]
    pixels = np.mean(pictures, axis=0) if len(pictures) > 1 else pictures[0].astype(float)
    if shot.kind == "dark":
        pixels = pixels * 0.18 + random.normal(0, 2.5, pixels.shape)
    boxes = _moved(shot.faces, at(SHUTTER / 2 if len(pictures) > 1 else 0.0))
    hidden = np.zeros(len(boxes))
    if shot.kind == "bar":
        left = size.width * (1.3 * index / shot.frames - 0.15)
        right = left + 0.1 * size.width
        pixels[:, max(0, int(left)) : max(0, int(right))] = (70, 90, 60)
        across = np.clip(np.minimum(boxes[:, 2], right) - np.maximum(boxes[:, 0], left), 0, None)
        hidden = across / np.maximum(boxes[:, 2] - boxes[:, 0], 1e-9)
    counts = _counts(boxes, hidden, size)
    clipped = np.clip(pixels, 0, 255).round().astype(np.uint8)
    return Made(clipped, boxes[counts], np.flatnonzero(counts), number)


def _moved(boxes: Boxes, matrix: Matrix) -> Boxes:
    """Return upright boxes of the same size as the faces have in the frame, however they are turned."""
    scale = math.hypot(matrix[0, 0], matrix[1, 0])
    middles = (boxes[:, :2] + boxes[:, 2:]) / 2 @ matrix[:, :2].T + matrix[:, 2]
    halves = (boxes[:, 2:] - boxes[:, :2]) * scale / 2
    return np.concatenate([middles - halves, middles + halves], axis=1)


def _counts(boxes: Boxes, hidden: npt.NDArray[np.float64], size: Size) -> npt.NDArray[np.bool_]:
    inside = np.clip(np.minimum(boxes[:, 2:], (size.width, size.height)) - np.maximum(boxes[:, :2], 0), 0, None)
    sides = boxes[:, 2:] - boxes[:, :2]
    share = inside.prod(axis=1) / np.maximum(sides.prod(axis=1), 1e-9)
    counts: npt.NDArray[np.bool_] = (share >= INSIDE) & (sides[:, 1] >= LEAST_PX) & (hidden <= HIDDEN)
    return counts
