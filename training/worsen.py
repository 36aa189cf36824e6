"""Copies of a face as phones, websites and scanners make them: small, blurred, dark, faded, half hidden, turned.

In: a picture of FairFace. Out: what a network sees. Needs no PyTorch. All chances are of one copy; all random numbers
come from the generator given, so that a copy can be made again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np

from blurkit.picture.chips import TEMPLATE, Matrix
from training import changes
from training.changes import resized
from training.faces import picture_to_template

if TYPE_CHECKING:
    from blurkit.records import Pixels
    from training.changes import Change

FULL_PX = 124
"""Height of a face's box in FairFace's pictures of 128 px: 1.45 face widths, as blurkit's detector has it."""
SMALLEST_PX = 14
"""The smallest faces, by the height of their box in pixels."""
WHOLE_SIZE = 0.3
"""Share of copies that keep the picture's size."""

BEFORE: tuple[tuple[float, Change], ...] = (
    (0.08, changes.hat),
    (0.1, changes.hand),
    (0.05, changes.glasses),
    (0.04, changes.patch),
    (0.5, changes.light),
    (0.1, changes.side_light),
    (0.12, changes.old),
    (0.06, changes.gray),
    (0.15, changes.blur),
    (0.06, changes.shaken),
)
"""What happens before the picture is made small, each with its chance."""
AFTER: tuple[tuple[float, Change], ...] = (
    (0.04, changes.dusk),
    (0.25, changes.noise),
    (0.1, changes.sharpened),
    (0.65, changes.jpeg),
    (0.25, changes.passed_on),
)
"""What happens to the small picture."""


def random_height(rng: np.random.Generator) -> float:
    """Return the height in pixels that the face of a copy shall have, small ones as often as larger ones."""
    if rng.random() < WHOLE_SIZE:
        return FULL_PX
    return float(np.exp(rng.uniform(np.log(SMALLEST_PX), np.log(FULL_PX))))


def worsened(picture: Pixels, height: float, rng: np.random.Generator) -> Pixels:
    """Return a copy in which the face is `height` pixels high, and that looks as photos do.

    Args:
        picture: RGB, uint8 of shape (side, side, 3), the face `FULL_PX` of 128 high; not written to.
        height: Height of the face's box in the copy, in pixels.
        rng: Source of chance.

    Returns:
        uint8 of shape (n, n, 3); n follows from the height.
    """
    for chance, change in BEFORE:
        if rng.random() < chance:
            picture = change(picture, rng)
    picture = resized(picture, max(8, round(len(picture) * min(1.0, height / FULL_PX))), rng)
    for chance, change in AFTER:
        if rng.random() < chance:
            picture = change(picture, rng)
    return picture


def framed(picture: Pixels, side: int, padding: float, *, map_to_template: Matrix | None = None) -> Pixels:
    """Cut a network's input out of a copy.

    Args:
        picture: RGB, uint8 of shape (n, n, 3), framed as FairFace's pictures.
        side: Width and height of the input in pixels.
        padding: Face widths around the template.
        map_to_template: From 128 px pictures to the template; default: as they were cut.
    """
    matrix = picture_to_template() if map_to_template is None else map_to_template
    scale = side / (1 + 2 * padding)
    grow = 128 / len(picture)
    turn = scale * grow * matrix[:, :2]
    shift = scale * (matrix[:, 2] + padding) + turn @ [0.5, 0.5] - 0.5  # cv2 counts from the middles of pixels
    whole = np.hstack([turn, shift[:, None]])
    chip = cv2.warpAffine(picture, whole, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(chip, np.uint8)


def jittered(height: float, rng: np.random.Generator) -> Matrix:
    """Return a map from pictures to the template as inexact landmarks give it; those of small faces are less exact."""
    small = max(0.0, (48 - height) / 48)
    angle = np.deg2rad(rng.normal(0, 4 + 5 * small))
    size = np.exp(rng.normal(0, 0.06 + 0.05 * small))
    cos, sin = size * np.cos(angle), size * np.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]])
    middle = TEMPLATE.mean(axis=0)
    matrix = picture_to_template()
    moved = turn @ (matrix[:, 2] - middle) + middle + rng.normal(0, 0.02 + 0.03 * small, 2)
    return np.hstack([turn @ matrix[:, :2], moved[:, None]])
