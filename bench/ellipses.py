"""The covers that blurkit drew until November 2026, kept to be compared with: one solid ellipse a head.

An upright ellipse around the face and, of a tilted head, a turned one besides; rounded outward to cells of two pixels
and one more cell. Only the solid style is kept.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from blurkit.geometry import Size
from blurkit.records import Face, Picture

MARGIN, ASPECT = 0.35, 0.8
"""The default margin, and width over height of a head."""
STRIP, GRID = 64, 2
"""Rows that are computed at once, and the side of a cell in pixels."""
GRAY = 128
"""Tone of the covers."""

Mask = npt.NDArray[np.bool_]
Window = tuple[slice, slice]


def mask_of(face: Face, size: Size, *, margin: float = MARGIN) -> Mask:
    """Return which pixels of a photo the cover of a face hid: bool of shape (H, W)."""
    mask = np.zeros((size.height, size.width), bool)
    window, touched = _stamp(face, size, margin)
    mask[window] = touched
    return mask


def obscure(picture: Picture, faces: Sequence[Face], *, margin: float = MARGIN) -> Picture:
    """Cover faces as it was done: a mask of all, then one cover after the other."""
    together = np.zeros((picture.size.height, picture.size.width), bool)
    for face in faces:
        window, touched = _stamp(face, picture.size, margin)
        together[window] |= touched
    pixels = picture.pixels.copy()
    for face in faces:
        window, touched = _stamp(face, picture.size, margin)
        pixels[window][touched] = np.full((1, 3), GRAY, np.uint8)[np.zeros(touched.shape, int)[touched]]
    return replace(picture, samples=pixels, pixels=pixels)


def _stamp(face: Face, size: Size, margin: float) -> tuple[Window, Mask]:
    """Return where a cover lies in the photo, and which pixels there it hid."""
    box, reach = face.box, (1 + 2 * margin) / 2
    width, height = max(box.width, ASPECT * box.height), max(box.height, ASPECT * box.width)
    upright = (reach * width, reach * height)
    turned = math.hypot(*upright) / math.hypot(1.0, ASPECT)
    far = (turned * math.hypot(1.0, ASPECT),) * 2 if face.tilt else upright
    left, top = (max(0, math.floor(side) // GRID - 1) * GRID for side in (box.center.x - far[0], box.center.y - far[1]))
    right, bottom = (
        (math.ceil(max(0, min(side, end)) / GRID) + 1) * GRID
        for side, end in ((box.center.x + far[0], size.width), (box.center.y + far[1], size.height))
    )
    touched = np.zeros((max(0, bottom - top), max(0, right - left)), bool)
    columns = np.arange(left, right) + 0.5 - box.center.x
    for start in range(top, bottom, STRIP):
        rows = np.arange(start, min(start + STRIP, bottom))[:, None] + 0.5 - box.center.y
        near = _touched(columns, rows, upright, 0.5)
        if face.tilt:
            cos, sin = math.cos(math.radians(face.tilt)), math.sin(math.radians(face.tilt))
            across, down = columns * cos + rows * sin, rows * cos - columns * sin
            near |= _touched(across, down, (ASPECT * turned, turned), math.sqrt(0.5))
        touched[start - top : start - top + STRIP] = near
    cells = touched.reshape(touched.shape[0] // GRID, GRID, touched.shape[1] // GRID, GRID)
    whole = np.repeat(np.repeat(_grown(np.asarray(cells.any(axis=(1, 3)), bool)), GRID, axis=0), GRID, axis=1)
    window = slice(top, min(bottom, size.height)), slice(left, min(right, size.width))
    return window, whole[: max(0, window[0].stop - top), : max(0, window[1].stop - left)]


def _touched(
    across: npt.NDArray[np.floating], down: npt.NDArray[np.floating], halves: tuple[float, float], slack: float
) -> Mask:
    """Return which pixels come within an ellipse, `slack` being how far one reaches."""
    near = (np.maximum(np.abs(distance) - slack, 0.0) for distance in (across, down))
    shares = [(distance / max(half, 0.5)) ** 2 for distance, half in zip(near, halves, strict=True)]
    return np.asarray(shares[0] + shares[1] <= 1.0, bool)


def _grown(cells: Mask) -> Mask:
    """Return cells with all that touch them, by a side or a corner."""
    tall = cells.copy()
    tall[1:] |= cells[:-1]
    tall[:-1] |= cells[1:]
    grown = tall.copy()
    grown[:, 1:] |= tall[:, :-1]
    grown[:, :-1] |= tall[:, 1:]
    return grown
