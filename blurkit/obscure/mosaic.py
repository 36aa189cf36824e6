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

SPAN = 2.6
"""Cells over which the field changes: neighbours are alike, and a few further on are not."""

GRAIN = 0.22
"""Share of chance that each cell has of its own."""

MOST_SPREAD = 34.0
"""Most spread of tones along one axis of colour, of 255: a mosaic between snow and a black coat stays calm."""


def mosaic(cover: Cover, around: Shades, blocks_across: int, random: np.random.Generator) -> tuple[Shades, Picks]:
    """Return the cells' colours (n, 3), and which of them each pixel of the cover's window has.

    Args:
        cover: The cells are a share of its face and lie around its middle.
        around: Colours of open pixels around it.
        blocks_across: Cells across the face.
        random: Chance.
    """
    cell = max(LEAST_CELL, round(cover.length / blocks_across))
    ranges = []
    for window, middle in zip(cover.window, reversed(cover.outline.middle), strict=True):
        pixels = np.arange(window.start, window.stop) - round(middle) - cell // 2
        numbers = pixels // cell
        ranges.append(numbers - numbers.min(initial=0))
    rows, columns = (int(numbers.max(initial=0)) + 1 for numbers in ranges)
    mean, axes = _axes(around)
    fields = np.stack([_field(rows, columns, random) for _ in axes], axis=2)
    shades = (mean + fields @ axes).clip(0, 255)
    return np.rint(shades.reshape(-1, 3)).astype(np.uint8), ranges[0][:, None] * columns + ranges[1]


def _axes(around: Shades) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return the mean of colours, and the axes of their spread, as long as it is."""
    mean = around.mean(axis=0)
    _, spread, axes = np.linalg.svd(around - mean, full_matrices=False)
    lengths = np.minimum(spread / math.sqrt(len(around)), MOST_SPREAD)
    lengths[0] = max(lengths[0], MOST_SPREAD / 4)  # a plain wall still gives cells that are told apart
    return mean, axes * lengths[:, None]


def _field(rows: int, columns: int, random: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return smooth chance of spread 1, shape (rows, columns)."""
    import cv2

    coarse = random.normal(size=[math.ceil(count / SPAN) + 3 for count in (rows, columns)])
    fine = cv2.resize(coarse, None, fx=SPAN, fy=SPAN, interpolation=cv2.INTER_CUBIC)
    at = random.integers(1, 1 + math.ceil(SPAN), size=2)
    smooth = fine[at[0] : at[0] + rows, at[1] : at[1] + columns]
    return np.asarray(smooth * (1 - GRAIN) + GRAIN * random.normal(size=smooth.shape), np.float64)
