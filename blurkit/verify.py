"""The checks on a finished file, before any byte of it is written: nothing changed, no face open, no covered words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from blurkit.detect.merge import fuse
from blurkit.detect.views import level, measure, sweep
from blurkit.errors import PhotoError, PixelsChanged
from blurkit.geometry import Size
from blurkit.load import decode
from blurkit.picture.halvings import Halvings
from blurkit.records import Action
from blurkit.text import INSTALL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.detect.views import Network
    from blurkit.geometry import Box
    from blurkit.marks import Mark, MarkDecision
    from blurkit.obscure.covers import Mask
    from blurkit.records import Decision, Face, Photo, Picture
    from blurkit.settings import LoadSettings
    from blurkit.text import MarkFinder

CELL = 16
"""Side in pixels of the cells whose mean tone is compared."""

MAX_DIFFERENCE = 24
"""How far a cell's mean may lie from what was drawn, of 255: coding moves it by a few, a wrong picture by more."""

OTHER_FORMAT = "try --format png, and report the photo's kind"
"""What helps if a file does not pass."""

LEVELS = (768, 256)
"""Sides in pixels, as `views.scale_of` counts them, at which the independent check sees a photo, but none enlarged.

Its network sees no face higher than 190 px: the first side alone shows it no portrait of 400 x 500, see `bench.check`.
"""

TILE, OVERLAP = 1024, 128
"""Longest side of its tiles, and how far neighbours overlap, in pixels of the view."""

MIN_SCORE = 0.6
"""Combined evidence from which the independent check counts something as a face, 0..1."""

SAME_FACE_IOU = 0.3
"""A found box that overlaps a kept face so much is that face; less may be a child in front of it."""

UNDER_COVER = 0.6
"""Share of a found box that must lie in the box of a covered face to be nothing but its cover."""


def check(data: bytes, drawn: Photo, settings: LoadSettings) -> Photo:
    """Decode a finished file and check that it shows the picture that was drawn.

    Args:
        data: The whole file as it would be written.
        drawn: The photo with its covers, as it was given to the encoder.
        settings: The limit on megapixels.

    Returns:
        The file as decoded.

    Raises:
        PixelsChanged: The file does not decode, or does not show what was drawn.
    """
    try:
        decoded = decode(data, settings)
    except PhotoError as fault:
        raise PixelsChanged(f"the output cannot be read again: {fault.message}", hint=OTHER_FORMAT) from fault
    if decoded.size != drawn.size:
        raise PixelsChanged(f"the output is {decoded.size}, not {drawn.size}", hint=OTHER_FORMAT)
    difference = _difference(decoded.picture.pixels, drawn.picture.pixels)
    if difference > MAX_DIFFERENCE:
        what = f"the output differs from what was drawn by {difference:.0f} of 255 in one place"
        raise PixelsChanged(what, hint=OTHER_FORMAT)
    return decoded


def uncovered(picture: Picture, decisions: Sequence[Decision], network: Network) -> tuple[Face, ...]:
    """Look for faces with the network of the independent check, which placed no covers.

    Args:
        picture: That of the finished file as decoded.
        decisions: What was covered, and what was kept on purpose.
        network: That of the independent check.

    Returns:
        Faces that are neither; none if the photo is safe as far as this network sees.

    Raises:
        DetectorFailed: The network failed.
    """
    sides = sorted({min(side, max(measure(picture.size), min(LEVELS))) for side in LEVELS})
    views = [view for side in sides for view in level(picture.size, side, tile=TILE, overlap=OVERLAP)]
    found = fuse(sweep(network, Halvings(picture.pixels), views), network.name, min_score=MIN_SCORE)
    return tuple(face for face in found if not any(_is_decided(face.box, decision) for decision in decisions))


def legible(
    picture: Picture, marks: Sequence[MarkDecision], over_faces: Mask, finder: MarkFinder | None
) -> tuple[Mark, ...]:
    """Look for words and codes that can still be read where they were covered.

    Args:
        picture: That of the finished file as decoded.
        marks: What was covered, and what was kept on purpose.
        over_faces: Which pixels lie under covers of faces: what is read there is only drawn on them.
        finder: What reads; None if nobody looked for marks.

    Returns:
        What can be read and was not kept; none if the photo is safe as far as the finder sees.

    Raises:
        ReaderFailed: The finder failed.
        PixelsChanged: Marks are covered, and there is nothing to check them with.
    """
    covered = [decision.mark for decision in marks if decision.action is Action.COVER]
    if not covered:
        return ()
    if finder is None:
        raise PixelsChanged("covered words cannot be looked for in the output", hint=INSTALL)
    kept = [decision.mark.box for decision in marks if decision.action is Action.KEEP]
    return tuple(
        mark
        for mark in finder.legible(picture.pixels, covered)
        if not _is_under(mark, over_faces) and not any(_is_kept(mark.box, box) for box in kept)
    )


def _is_kept(box: Box, kept: Box) -> bool:
    return box.iou(kept) > SAME_FACE_IOU or box.intersection(kept) > UNDER_COVER * box.area


def _is_under(mark: Mark, over_faces: Mask) -> bool:
    """Whether a mark lies under covers of faces."""
    height, width = over_faces.shape
    left, top, right, bottom = mark.box.pixels(Size(width, height))
    under = over_faces[top:bottom, left:right]
    return bool(under.size) and float(under.mean()) > UNDER_COVER


def _is_decided(box: Box, decision: Decision) -> bool:
    """Whether a found box is the face of a decision: the same one if it was kept, under it if it was covered."""
    known = decision.face.box
    if decision.judgement.action is Action.KEEP:
        return box.iou(known) > SAME_FACE_IOU
    return box.iou(known) > SAME_FACE_IOU or box.intersection(known) > UNDER_COVER * box.area


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest difference between the mean tones of cells of two RGB pictures, of 255."""
    cells = Size(max(1, one.shape[1] // CELL), max(1, one.shape[0] // CELL))
    small = [Halvings(picture).resized(cells).astype(np.int16) for picture in (one, other)]
    return float(np.abs(small[0] - small[1]).max())
