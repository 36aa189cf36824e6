"""A picture that is laid over covers, such as a school's logo. Part of the obscure stage."""

from __future__ import annotations

import io
import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from blurkit.appearance import LEAST_ALPHA
from blurkit.obscure.paint import Layer

if TYPE_CHECKING:
    import numpy.typing as npt

    from blurkit.appearance import Sticker
    from blurkit.obscure.covers import Cover
    from blurkit.obscure.outline import Outline

    Pixels = npt.NDArray[np.uint8]

ROOM = 0.93
"""Share of the largest size at which a sticker fits into a cover: it keeps clear of the rim."""


def laid(sticker: Sticker, cover: Cover, body: Outline) -> Layer:
    """Return a sticker as a layer: upright, as large as it fits into the cover, in the middle of it.

    Args:
        sticker: Its picture.
        cover: On which it is laid.
        body: The part of the cover within its rim.
    """
    import cv2

    height, width, hull = _measured(sticker.data)
    middle = body.bounds.center
    scale = ROOM * body.room(hull, (middle.x, middle.y))
    top, left = cover.window[0].start, cover.window[1].start
    picture = _picture(sticker.data, max(0, math.floor(math.log2(1 / max(scale, 1e-6)))))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if size[0] < picture.shape[1]:  # first to its size, by areas: crisp and without aliasing
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    across, down = scale * width / picture.shape[1], scale * height / picture.shape[0]
    corner = middle.x - left - scale * width / 2, middle.y - top - scale * height / 2
    place = np.array(  # OpenCV counts from pixel centres
        [[across, 0, corner[0] + across / 2 - 0.5], [0, down, corner[1] + down / 2 - 0.5]]
    )
    shape = cover.hidden.shape
    shown = cv2.warpAffine(picture, place, (shape[1], shape[0]), flags=cv2.INTER_LINEAR, borderValue=(0.0,) * 4)
    alpha = np.asarray(np.rint(shown[..., 3]), np.uint8)
    seen = np.nonzero(alpha)
    shades = np.rint(255 * shown[..., :3][seen] / shown[..., 3:][seen]).clip(0, 255).astype(np.uint8)
    picks = np.zeros(shape, np.int64)
    picks[seen] = np.arange(len(shades))
    return Layer(alpha, shades if len(shades) else np.zeros((1, 3), np.uint8), picks)


@lru_cache(maxsize=32)
def _picture(data: bytes, halvings: int) -> npt.NDArray[np.float32]:
    """Return a sticker's picture: red, green and blue multiplied by alpha, and alpha, 0 to 255; shape (H, W, 4).

    Args:
        data: Its file.
        halvings: How often it is halved, which makes covers of many small faces fast.
    """
    import cv2
    from PIL import Image

    if halvings:
        larger = _picture(data, halvings - 1)
        size = max(1, larger.shape[1] // 2), max(1, larger.shape[0] // 2)
        return np.asarray(cv2.resize(larger, size, interpolation=cv2.INTER_AREA), np.float32)
    with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
        pixels = np.asarray(image.convert("RGBA"), np.float32)
    return np.dstack([pixels[..., :3] * (pixels[..., 3:] / 255), pixels[..., 3]])


@lru_cache(maxsize=2)
def _measured(data: bytes) -> tuple[int, int, npt.NDArray[np.float64]]:
    """Return a sticker's height and width, and the corners of what is seen of it, from its middle."""
    import cv2

    picture = _picture(data, 0)
    height, width = picture.shape[:2]
    rows, columns = np.nonzero(picture[..., 3] >= LEAST_ALPHA)
    places = np.concatenate([np.column_stack([columns + x, rows + y]) for x in (0, 1) for y in (0, 1)])
    hull = cv2.convexHull(places.astype(np.int32))[:, 0] - np.array([width / 2, height / 2])
    return height, width, np.asarray(hull, np.float64)
