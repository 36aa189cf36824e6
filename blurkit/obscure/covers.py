"""Covers as geometry: what each one hides, what is drawn for it, and which lies in front. Part of the obscure stage."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from blurkit.marks import Mark, MarkDecision
from blurkit.obscure.bands import band, frame_of, length_of
from blurkit.obscure.heads import Frame
from blurkit.obscure.outline import Outline
from blurkit.obscure.paint import filled
from blurkit.records import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from blurkit.appearance import ObscureSettings
    from blurkit.geometry import Size
    from blurkit.records import Decision, Face

    Mask = npt.NDArray[np.bool_]
    Alpha = npt.NDArray[np.uint8]
    Window = tuple[slice, slice]

GRID, BESIDE = 2, 1
"""Side in pixels of the cells that covers hide whole, that of half-resolution chroma; and how many more around them.

Decoders smooth such chroma: the pixel next to a sample shows a quarter of it. So the cell next to an outline may hold
colour from under it, and is hidden, too.
"""

SLACK = 0.25
"""Pixels between what is hidden and the edge that is drawn, so that the edge's own mixed pixels lie outside."""


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """One cover on one photo."""

    face: Face | Mark
    """The face, or the mark, under it."""
    outline: Outline
    """What must be hidden: the whole head."""
    edge: Outline
    """What is drawn: a smooth curve around every pixel that is hidden."""
    window: Window
    """Rows and columns of the photo that hold all of it."""
    hidden: Mask
    """Which pixels of the window it hides."""

    @classmethod
    def over(cls, face: Face | Mark, settings: ObscureSettings, size: Size, kept: Sequence[Face] = ()) -> Self:
        """Return the cover of a face or a mark on a photo of a size.

        Args:
            face: Its box is always held.
            settings: Shape and margin.
            size: Of the photo.
            kept: Faces to which the cover gives way.

        Invariant: `hidden` holds every pixel of the photo that the outline touches, and lies within the edge.
        """
        if isinstance(face, Mark):
            outline = band(face, settings.margin, kept)
        else:
            outline = Outline.around(face, settings.shape, settings.margin)
            for other in kept:
                outline = outline.apart_from(other.box, face.box)
        edge = outline
        _, top, _, bottom = outline.bounds.pixels(size)
        first = top // GRID - BESIDE
        cells = _hidden_cells(outline, first, math.ceil(bottom / GRID) + BESIDE)
        filled_rows = np.flatnonzero(cells[:, 0] < cells[:, 1])
        if len(filled_rows):
            corners = [
                np.column_stack([cells[filled_rows, side], first + filled_rows + down])
                for side in (0, 1)
                for down in (0, 1)
            ]
            edge = outline.holding(GRID * np.concatenate(corners).astype(float), SLACK)
        left, top, right, bottom = edge.grown(SLACK + 1).bounds.pixels(size)
        columns, rows = np.arange(left, right), np.arange(top, bottom) // GRID - first
        held = (rows >= 0) & (rows < len(cells))
        hidden = np.zeros((len(rows), len(columns)), bool)
        starts, stops = (GRID * cells[rows[held], side, None] for side in (0, 1))
        hidden[held] = (columns >= starts) & (columns < stops)
        return cls(face, outline, edge, (slice(top, bottom), slice(left, right)), hidden)

    @property
    def frame(self) -> Frame:
        """How the head or the mark lies."""
        return frame_of(self.face) if isinstance(self.face, Mark) else Frame.of(self.face)

    @property
    def length(self) -> float:
        """The longer side of the face, or what counts as such of a mark, in pixels."""
        if isinstance(self.face, Mark):
            return length_of(self.face)
        return max(self.face.box.width, self.face.box.height)

    def alpha(self, outline: Outline) -> Alpha:
        """Return how much of each pixel of the window lies inside a curve, 0 to 255."""
        rows, columns = self.window
        return filled([outline.points - (columns.start, rows.start)], self.hidden.shape)


def to_cover(decisions: Sequence[Decision | MarkDecision]) -> list[Face | Mark]:
    """Return the faces and marks that are to be covered."""
    things: list[Face | Mark] = []
    for each in decisions:
        if isinstance(each, MarkDecision):
            things += [each.mark] * (each.action is Action.COVER)
        else:
            things += [each.face] * (each.judgement.action is Action.COVER)
    return things


def to_keep(decisions: Sequence[Decision | MarkDecision]) -> list[Face]:
    """Return the faces that are kept."""
    faces = [each for each in decisions if not isinstance(each, MarkDecision)]
    return [each.face for each in faces if each.judgement.action is Action.KEEP]


def covers_of(
    faces: Sequence[Face | Mark], settings: ObscureSettings, size: Size, kept: Sequence[Face] = ()
) -> list[Cover]:
    """Return the covers that hide something of a photo, from the hindmost to the foremost.

    A face that is smaller, or higher in the photo, is further away. Covers give way to faces that are kept.
    """
    covers = (Cover.over(face, settings, size, kept) for face in faces)
    return sorted((cover for cover in covers if cover.hidden.any()), key=_nearness)


def covered_mask(
    faces: Sequence[Face | Mark], settings: ObscureSettings, size: Size, kept: Sequence[Face] = ()
) -> Mask:
    """Return which pixels are hidden by any cover: bool of shape (H, W)."""
    return hidden_by(covers_of(faces, settings, size, kept), size)


def drawn_mask(faces: Sequence[Face | Mark], settings: ObscureSettings, size: Size, kept: Sequence[Face] = ()) -> Mask:
    """Return which pixels any cover changes, its smooth edge included: bool of shape (H, W)."""
    covers = covers_of(faces, settings, size, kept)
    mask = hidden_by(covers, size)
    for cover in covers:
        mask[cover.window] |= cover.alpha(cover.edge) > 0
    return mask


def hidden_by(covers: Sequence[Cover], size: Size) -> Mask:
    """Return which pixels of a photo are hidden by covers."""
    mask = np.zeros((size.height, size.width), bool)
    for cover in covers:
        mask[cover.window] |= cover.hidden
    return mask


def _nearness(cover: Cover) -> tuple[float, ...]:
    box = cover.face.box
    return box.bottom + box.height, *box.sides


def _hidden_cells(outline: Outline, top: int, bottom: int) -> npt.NDArray[np.int64]:
    """Return first and last column (excluded) of the cells to hide in each row: those touched, and those around.

    In rows that hold none the first is beyond all columns, and the last before them.
    """
    left, right = outline.rows(top - BESIDE, bottom + BESIDE, GRID)
    left, right = np.where(left < right, (left - BESIDE, right + BESIDE), ((_FAR,), (-_FAR,)))
    near = [slice(start, start + bottom - top) for start in range(2 * BESIDE + 1)]
    return np.column_stack(
        [np.min([left[rows] for rows in near], axis=0), np.max([right[rows] for rows in near], axis=0)]
    )


_FAR = 1 << 40
