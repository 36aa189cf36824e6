"""A mosaic that looks like one and carries nothing: smooth chance in the tones around a cover. Obscure stage."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from blurkit.obscure.covers import Cover

    Shades = npt.NDArray[np.uint8]
    Picks = npt.NDArray[np.int64]

LEAST_CELL = 2
"""Least side of a cell in pixels."""

SPAN = 2.9
"""Cells over which the field changes: neighbours are alike, and a few further on are not."""

GRAIN = 0.16
"""Share of chance that each cell has of its own."""

FIELD = 96
"""Rows and columns of cells after which the field is the same again: more than nearly all covers have."""

MOST_SPREAD, QUIETER = 32.0, 0.5
"""Most spread of tones along one axis of colour, of 255: a mosaic between snow and a black coat stays calm; and what
is left of the spread along all axes but the longest: with all of it a mosaic is confetti."""

DARKEST, LIGHTEST = 64.0, 204.0
"""Mean lightness of a mosaic, of 255: a nearly black one looks like a hole, and a nearly white one like a ghost."""

LIGHTNESS = np.array([0.299, 0.587, 0.114])
"""Share of red, green and blue in lightness (ITU-R BT.601)."""


def mosaic(cover: Cover, around: Shades, blocks_across: int, random: np.random.Generator) -> tuple[Shades, Picks]:
    """Return the cells' colours (n, 3), and which of them each pixel of the cover's window has.

    Args:
        cover: The cells are a share of its face and lie around its middle.
        around: Colours of open pixels around it.
        blocks_across: Cells across the face.
        random: Chance.

    Invariant: with the same chance a cell has the same place in the field, wherever the cover lies and however large
    it is; so nothing flickers in a clip.
    """
    cell = max(LEAST_CELL, round(cover.length / blocks_across))
    numbers = []
    for window, middle in zip(cover.window, reversed(cover.outline.middle), strict=True):
        pixels = np.arange(window.start, window.stop) - round(middle) - cell // 2
        numbers.append((pixels // cell + FIELD // 2) % FIELD)
    rows, columns = (slice(number.min(initial=0), number.max(initial=0) + 1) for number in numbers)
    mean, axes = _axes(around)
    fields = np.stack([_field(random)[rows, columns] for _ in axes], axis=2)
    shades = (mean + fields @ axes).clip(0, 255)
    picks = (numbers[0] - rows.start)[:, None] * shades.shape[1] + (numbers[1] - columns.start)
    return np.rint(shades.reshape(-1, 3)).astype(np.uint8), picks


def _axes(around: Shades) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return a calm colour near the mean, and the axes of the spread by its length, each towards the lighter side."""
    mean = around.mean(axis=0)
    _, spread, axes = np.linalg.svd(around - mean, full_matrices=False)
    axes = axes * np.where(axes.sum(axis=1) < 0, -1, 1)[:, None]
    lengths = np.minimum(spread / math.sqrt(len(around)), MOST_SPREAD)
    lengths[1:] *= QUIETER
    lengths[0] = max(lengths[0], MOST_SPREAD / 4)  # a plain wall still gives cells that are told apart
    light = float(mean @ LIGHTNESS)
    mean = mean + (min(max(light, DARKEST), LIGHTEST) - light)
    return mean, axes * lengths[:, None]


def _field(random: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return smooth chance of spread 1, shape (`FIELD`, `FIELD`)."""
    import cv2

    coarse = random.normal(size=[math.ceil(FIELD / SPAN) + 3] * 2)
    fine = cv2.resize(coarse, None, fx=SPAN, fy=SPAN, interpolation=cv2.INTER_CUBIC)
    at = random.integers(1, 1 + math.ceil(SPAN), size=2)
    smooth = fine[at[0] : at[0] + FIELD, at[1] : at[1] + FIELD]
    return np.asarray(smooth * (1 - GRAIN) + GRAIN * random.normal(size=smooth.shape), np.float64)
