"""The checks on a finished file, before any byte of it is written: nothing hidden, nothing changed, no face open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from blurkit.detect.merge import fuse
from blurkit.detect.views import Halvings, level, sweep
from blurkit.errors import MetadataRemains, PhotoError, PixelsChanged
from blurkit.load import decode
from blurkit.metadata import find

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.detect.views import Network
    from blurkit.records import Decision, Face, Photo
    from blurkit.settings import LoadSettings

CELL = 16
"""Side in pixels of the cells whose mean tone is compared."""

MAX_DIFFERENCE = 24
"""How far a cell's mean may lie from what was drawn, of 255: coding moves it by a few, a wrong picture by more."""

LEVELS = (640, 1024)
"""Long sides in pixels at which the independent look sees a photo."""

TILE, OVERLAP = 1024, 128
"""Longest side of its tiles, and how far neighbours overlap, in pixels of the view."""

MIN_SCORE = 0.6
"""Combined evidence from which the independent look counts something as a face, 0..1."""

ALREADY_DECIDED = 0.3
"""Share of a found box that must lie in a face already covered or kept."""


def check(data: bytes, drawn: Photo, settings: LoadSettings) -> Photo:
    """Decode a finished file and check that it holds the picture that was drawn, and nothing else.

    Args:
        data: The whole file as it would be written.
        drawn: The photo with its covers, as it was given to the encoder.
        settings: The limit on megapixels.

    Returns:
        The file as decoded.

    Raises:
        MetadataRemains: Something that is not on the allow-list is in the file.
        PixelsChanged: The file does not decode, or does not show what was drawn.
    """
    hidden = find(data)
    if hidden:
        raise MetadataRemains(f"the output would still hold: {', '.join(sorted({h.detail for h in hidden}))}")
    try:
        decoded = decode(data, settings)
    except PhotoError as fault:
        raise PixelsChanged(f"the output cannot be read again: {fault.message}") from fault
    if decoded.size != drawn.size:
        raise PixelsChanged(f"the output is {decoded.size}, not {drawn.size}")
    difference = _difference(decoded.pixels, drawn.pixels)
    if difference > MAX_DIFFERENCE:
        raise PixelsChanged(f"the output differs from what was drawn by {difference:.0f} of 255 in one place")
    return decoded


def uncovered(photo: Photo, decisions: Sequence[Decision], network: Network) -> tuple[Face, ...]:
    """Look for faces with a network that did not place the covers.

    Args:
        photo: The finished file as decoded.
        decisions: What was covered, and what was kept on purpose.
        network: Another network than those that placed the covers.

    Returns:
        Faces that are neither; none if the photo is safe as far as this network sees.

    Raises:
        DetectorFailed: The network failed.
    """
    views = [view for side in LEVELS for view in level(photo.size, side, tile=TILE, overlap=OVERLAP)]
    found = fuse(sweep(network, Halvings(photo.pixels), views), network.name, min_score=MIN_SCORE)
    known = [decision.face.box for decision in decisions]
    return tuple(
        face
        for face in found
        if not any(face.box.intersection(box) > ALREADY_DECIDED * min(face.box.area, box.area) for box in known)
    )


def _difference(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest difference between the mean tones of cells of two RGB pictures, of 255."""
    import cv2

    height, width = one.shape[:2]
    cells = max(1, width // CELL), max(1, height // CELL)
    small = [cv2.resize(picture, cells, interpolation=cv2.INTER_AREA).astype(np.int16) for picture in (one, other)]
    return float(np.abs(small[0] - small[1]).max())
