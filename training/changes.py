"""What happens to pictures of faces: things before them, bad light, old prints, blur, noise, saving.

Each takes a picture, RGB, uint8 of shape (side, side, 3), and gives a new one. Needs no PyTorch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from blurkit.picture.chips import TEMPLATE
from training.faces import picture_to_template

if TYPE_CHECKING:
    from collections.abc import Callable

    from blurkit.records import Pixels

    Change = Callable[[Pixels, np.random.Generator], Pixels]

SHRINKING = (cv2.INTER_AREA, cv2.INTER_AREA, cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
"""Filters that make pictures smaller, the usual one more often."""
GROWING = (cv2.INTER_LINEAR, cv2.INTER_CUBIC)
"""Filters that make pictures larger."""


def resized(picture: Pixels, side: int, rng: np.random.Generator) -> Pixels:
    """Return a picture of another size, by one of the usual filters."""
    if side == len(picture):
        return picture
    ways = SHRINKING if side < len(picture) else GROWING
    return np.asarray(cv2.resize(picture, (side, side), interpolation=ways[rng.integers(len(ways))]), np.uint8)


def hat(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Draw a hat, a hood or a fringe down to the brows."""
    side = len(picture)
    edge = rng.uniform(0.1, 0.3) * side
    left, right = edge + rng.normal(0, 0.03 * side, 2)
    points = [(0, 0), (side, 0), (side, right), (side / 2, edge - rng.uniform(0, 0.06) * side), (0, left)]
    return _drawn(picture, points, _color(picture, rng, skin=False), rng)


def hand(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Draw a hand, an arm or a neighbour's shoulder over a side or the lower part of the face."""
    side = len(picture)
    center = side * np.array([rng.choice([rng.uniform(-0.1, 0.25), rng.uniform(0.75, 1.1)]), rng.uniform(0.4, 1.0)])
    if rng.random() < 0.4:
        center = side * np.array([rng.uniform(0.3, 0.7), rng.uniform(0.8, 1.05)])
    angles = np.linspace(0, 2 * np.pi, 9)[:-1]
    reach = side * rng.uniform(0.12, 0.28) * rng.uniform(0.7, 1.3, len(angles))
    points = center + np.stack([np.cos(angles), np.sin(angles)], 1) * reach[:, None]
    return _drawn(picture, points.tolist(), _color(picture, rng, skin=rng.random() < 0.6), rng)


def glasses(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Draw sunglasses or the rims of glasses."""
    side = len(picture)
    to_template = picture_to_template()
    eyes = (TEMPLATE[:2] - to_template[:, 2]) / to_template[0, 0] * side / 128
    out = picture.copy()
    radius = round(rng.uniform(0.09, 0.13) * side)
    color = _color(picture, rng, skin=False)
    filled = -1 if rng.random() < 0.5 else max(1, side // 64)
    for x, y in eyes:
        at = (round(float(x)), round(float(y) + 0.02 * side))
        cv2.ellipse(out, at, (radius, round(0.8 * radius)), 0, 0, 360, color, filled)
    return out


def patch(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Put a piece of the picture somewhere else, as of another head before this one."""
    side = len(picture)
    size = int(rng.uniform(0.15, 0.35) * side)
    (x, y), (u, v) = rng.integers(0, side - size, (2, 2))
    out = picture.copy()
    out[y : y + size, x : x + size] = picture[v : v + size, u : u + size][::-1]
    return out


def light(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Change gamma, brightness, contrast and the colour of the light."""
    values = (np.arange(256) / 255) ** float(np.exp(rng.normal(0, 0.3)))
    values = 0.5 + (values - 0.5) * float(np.exp(rng.normal(0, 0.2)))
    values = values[:, None] * np.exp(rng.normal(0, 0.2) + rng.normal(0, 0.06, 3))
    return _looked_up(picture, values)


def side_light(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Darken one side of the face."""
    side = len(picture)
    ramp = np.linspace(1, rng.uniform(0.3, 0.8), side)[None, :, None]
    ramp = ramp[:, ::-1] if rng.random() < 0.5 else ramp
    return np.asarray(picture * ramp, np.uint8)


def dusk(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Take most of the light, add the sensor's noise, and brighten again, as a camera does."""
    left = float(np.exp(rng.uniform(np.log(0.07), np.log(0.4))))
    dim = picture * left + rng.normal(0, rng.uniform(0.5, 2.0), picture.shape)
    gain = 1.0 if rng.random() < 0.3 else rng.uniform(0.5, 1.0) / left
    return np.asarray(np.clip(np.round(dim) * gain, 0, 255), np.uint8)


def gray(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Take the colour, and perhaps tint the paper."""
    plain = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[:, :, None] / 255
    tint = np.array([1.0, 0.92, 0.78]) if rng.random() < 0.4 else np.ones(3)
    return np.asarray(255 * plain * (1 - rng.random() * (1 - tint)), np.uint8)


def faded(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Lift the blacks and dull the whites of each colour by itself, as old prints do."""
    low, high = rng.uniform(0, 0.3, 3) * rng.random(), 1 - rng.uniform(0, 0.3, 3) * rng.random()
    return _looked_up(picture, low + (np.arange(256) / 255)[:, None] * (high - low))


def grain(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Add film grain or the texture of paper: noise that is alike in all colours and wider than a pixel."""
    side = len(picture)
    noise = rng.normal(0, 1, (side, side)).astype(np.float32)
    if (width := rng.uniform(0, 1.5)) > 0.3:
        noise = cv2.GaussianBlur(noise, (0, 0), width)
        noise /= noise.std()
    return np.asarray(np.clip(picture + rng.uniform(3, 18) * noise[:, :, None], 0, 255), np.uint8)


def printed(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Lay a printing screen over the picture: dots at an angle, dark where the picture is."""
    side = len(picture)
    period, angle = rng.uniform(2.0, 5.0), rng.uniform(0, np.pi / 2)
    y, x = np.mgrid[:side, :side] * (2 * np.pi / period)
    u, v = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    return np.asarray(np.clip(picture + rng.uniform(5, 30) * (np.sin(u) * np.sin(v))[:, :, None], 0, 255), np.uint8)


def scratched(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Draw scratches and creases."""
    side, out = len(picture), picture.copy()
    for _ in range(rng.integers(1, 6)):
        ends = rng.integers(0, side, (2, 2)).tolist()
        shade = int(rng.choice([20, 235]))
        cv2.line(out, ends[0], ends[1], (shade, shade, shade), 1, cv2.LINE_AA)
    return out


def old(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Make a scan of an old print."""
    for chance, change in ((0.5, gray), (0.8, faded), (0.7, grain), (0.25, printed), (0.2, scratched), (0.5, blur)):
        if rng.random() < chance:
            picture = change(picture, rng)
    return picture


def blur(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Blur by a share of the face's height, as bad focus does."""
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), len(picture) * rng.uniform(0.003, 0.025)), np.uint8)


def shaken(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Blur along a line, as a moving hand does."""
    length = max(2, round(len(picture) * rng.uniform(0.02, 0.08)))
    kernel = np.zeros((length, length), np.float32)
    angle = rng.uniform(0, np.pi)
    reach = (length - 1) / 2 * np.array([np.cos(angle), np.sin(angle)])
    ends = [tuple(int(v) for v in np.round((length - 1) / 2 + sign * reach)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0)
    return np.asarray(cv2.filter2D(picture, -1, kernel / kernel.sum()), np.uint8)


def noise(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Add the sensor's noise."""
    return np.asarray(np.clip(picture + rng.normal(0, rng.uniform(2, 10), picture.shape), 0, 255), np.uint8)


def sharpened(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Sharpen as phones do."""
    soft = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.7, 1.5))
    amount = rng.uniform(0.3, 1.5)
    return np.asarray(cv2.addWeighted(picture, 1 + amount, soft, -amount, 0), np.uint8)


def jpeg(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Save as a JPEG and read it again."""
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 97))])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)


def passed_on(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Change the size and save again, as a messenger does."""
    return jpeg(resized(picture, max(8, round(len(picture) * rng.uniform(0.7, 1.4))), rng), rng)


def _looked_up(picture: Pixels, values: npt.NDArray[np.float64]) -> Pixels:
    """Replace each byte by a value 0..1 of its colour's column, shape (256, 3)."""
    table = np.asarray(np.clip(255 * values, 0, 255), np.uint8)
    return np.asarray(cv2.LUT(picture, table[None]), np.uint8)


def _drawn(
    picture: Pixels, points: list[tuple[float, float]], color: tuple[int, ...], rng: np.random.Generator
) -> Pixels:
    """Fill an outline; its surface is a little uneven."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 255, cv2.LINE_AA)
    rough = np.array(color) + cv2.resize(rng.normal(0, 12, (4, 4)), picture.shape[1::-1])[:, :, None]
    share = mask[:, :, None] / 255
    return np.asarray(np.clip(picture * (1 - share) + rough * share, 0, 255), np.uint8)


def _color(picture: Pixels, rng: np.random.Generator, *, skin: bool) -> tuple[int, ...]:
    """Return a colour: about that of the middle of the face, or any."""
    side = len(picture)
    middle = picture[side // 2 : side // 2 + side // 8, side // 4 : 3 * side // 4].mean((0, 1))
    found = middle * rng.uniform(0.7, 1.2) if skin else rng.uniform(0, 255) + rng.normal(0, 40, 3)
    return tuple(int(v) for v in np.clip(found, 0, 255))
