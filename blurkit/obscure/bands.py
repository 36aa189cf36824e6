"""Covers over marks: a band that turns with the line of words, the code or the plate. Part of the obscure stage."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from blurkit.obscure.heads import FARTHEST, Frame
from blurkit.obscure.outline import NORMALS, Outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.marks import Mark
    from blurkit.records import Face

ROOM, LEAST_ROOM = 0.15, 1.5
"""How far a band reaches beyond its mark, as a share of the mark's height, and at least in pixels."""

LENGTH = 2.5
"""The length by which the rim and the cells of a mosaic are made, in heights of the mark: a banner is long and low."""


def band(mark: Mark, margin: float, kept: Sequence[Face] = ()) -> Outline:
    """Return the outline of the band over a mark.

    Args:
        mark: What is covered.
        margin: How much further it reaches, as a share of the mark's height.
        kept: Faces to which it gives way, unless the mark itself lies on them.

    Invariant: holds the whole mark.
    """
    corners = np.array([(point.x, point.y) for point in mark.corners]).clip(-FARTHEST, FARTHEST)
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    reaches = np.maximum((NORMALS @ (corners - middle).T).max(axis=1), 1e-3)
    room = max(LEAST_ROOM, (ROOM + margin) * mark.height)
    outline = Outline((float(middle[0]), float(middle[1])), reaches).grown(room)
    for face in kept:
        outline = outline.apart_from(face.box, corners)
    return outline


def frame_of(mark: Mark) -> Frame:
    """Return how a mark lies."""
    box, (along, across) = mark.box, mark.sides
    return Frame(box.center.x, box.center.y, along / 2, across / 2, math.radians(mark.angle))


def length_of(mark: Mark) -> float:
    """Return the length by which what is drawn on a band is made, in pixels."""
    return min(LENGTH * mark.height, max(mark.sides))
