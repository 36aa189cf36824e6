"""What else a picture may show: on another ground, by its alpha alone, or brightened.

What the models see is the picture's colours, whatever covers them. Anyone can lay a clear picture on white, look at
its alpha alone, or brighten a dark one; a face that shows only then is a face.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import numpy as np

from blurkit.geometry import Size
from blurkit.picture.color import opacity
from blurkit.picture.halvings import Halvings

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from blurkit.records import Picture, Pixels, Samples

SKETCH = 320
"""Long side in pixels of the small picture on which it is decided whether there is more to see."""

EDGE, VEILED = 3, 0.001
"""Side in pixels of the sketch of what is no mere edge of a cut-out, and its share of the sketch from which alpha that
is neither clear nor opaque may show something of its own.

Of a cut-out, the colours alone show all that anyone can see.
"""

DARK, FLAT = 0.08, 0.3
"""Of full light: a picture whose middle tone is below the first, or whose tones span less than the second, is hard to
see, and is looked at brightened, too."""

MIDDLE = 0.4
"""Of full light: what the middle tone of a picture becomes when it is brightened."""

STRONGEST = 0.2
"""Smallest exponent of tones, 0..1: more would bring up nothing but noise."""

ALIKE = 3.0
"""Mean difference, of 255, below which two pictures show the same."""


def other_renditions(picture: Picture) -> Iterator[Pixels]:
    """Yield what else a picture may show, one view at a time: of an ordinary photo nothing.

    Args:
        picture: The picture, upright.

    Yields:
        uint8 RGB of the same size; no view is flat or like another.
    """
    seen = [_sketch(picture.pixels)]
    for view in _every(picture):
        sketch = _sketch(view)
        if sketch.std() > 0 and all(np.abs(sketch - other).mean() >= ALIKE for other in seen):
            seen.append(sketch)
            yield view


def _every(picture: Picture) -> Iterator[Pixels]:
    pixels, samples = picture.pixels, picture.samples
    alpha = opacity(samples, picture.mode, picture.colors)
    tones = None if alpha is None else _tones_of_veil(alpha)
    if alpha is not None and tones is not None:
        share = alpha.astype(np.uint16)
        for ground in (255, 0):
            yield ((pixels * share + ground * (255 - share)) // 255).astype(np.uint8)
        yield np.repeat(tones[alpha], 3, axis=2)
        yield np.repeat(255 - tones[alpha], 3, axis=2)
    brightened = _brightened(_colors(samples) if samples.dtype == np.uint16 else pixels)
    if brightened is not None:
        yield brightened


def _tones_of_veil(alpha: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8] | None:
    """Return the tone in which each alpha shows most of what is half clear; None if only edges are."""
    import cv2

    small = _sketch(alpha)[..., 0]
    between = ((small > 0.5) & (small < 254.5)).astype(np.uint8)
    veil = cv2.erode(between, np.ones((EDGE, EDGE), np.uint8), borderType=cv2.BORDER_CONSTANT, borderValue=0) > 0
    if veil.mean() < VEILED:
        return None
    low, high = np.percentile(small[veil], (0.5, 99.5))
    return np.asarray(255 * np.clip((np.arange(256) - low) / max(high - low, 1.0), 0, 1), np.uint8)


def _brightened(colors: Samples) -> Pixels | None:
    """Return a picture that is dark or has little contrast with more of both; None if it is neither."""
    most = np.iinfo(colors.dtype).max
    light = _sketch(colors).mean(axis=2) / most
    tones = np.sort(light, axis=None)  # what numpy has for this loads a tenth of it first
    low, middle, high = (float(tones[round(share * (len(tones) - 1))]) for share in (0.005, 0.5, 0.995))
    if high <= low or (high - low >= FLAT and middle >= DARK):
        return None
    share = (middle - low) / (high - low)
    exponent = math.log(MIDDLE) / math.log(share) if 0 < share < MIDDLE else 1.0 if share > 0 else STRONGEST
    curve = np.clip((np.arange(most + 1) / most - low) / (high - low), 0, 1) ** max(exponent, STRONGEST)
    return np.asarray((255 * curve).astype(np.uint8)[colors], np.uint8)


def _colors(samples: Samples) -> Samples:
    """Return the colours of samples without alpha, shape (H, W, 3)."""
    if samples.ndim == 2 or samples.shape[2] < 3:
        return cast("Samples", np.repeat(samples.reshape(*samples.shape[:2], -1)[..., :1], 3, axis=2))
    return samples[..., :3]


def _sketch(picture: npt.NDArray[np.uint8] | npt.NDArray[np.uint16]) -> npt.NDArray[np.float64]:
    """Return a small copy, shape (h, w, C)."""
    import cv2

    height, width = picture.shape[:2]
    share = min(1.0, SKETCH / max(height, width))
    size = max(1, round(width * share)), max(1, round(height * share))
    if picture.dtype == np.uint8 and picture.ndim == 3:
        small = Halvings(cast("Pixels", picture)).resized(Size(*size))
    else:
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float64).reshape(size[1], size[0], -1)
