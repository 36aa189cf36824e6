"""Covers drawn on one frame, before the encoder sees it: nothing that lay under a cover is handed over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from blurkit.obscure import covered_mask, drawn_mask, obscure
from blurkit.records import Action, Decision, Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.appearance import ObscureSettings
    from blurkit.video.judging import Judged
    from blurkit.video.planes import Coloring, Mask, Planes


ONE_COLOR = "#a2aebb"
"""Colour of all covers of a clip where photos choose theirs by what is around: it would change from frame to frame."""


def one_color(settings: ObscureSettings) -> ObscureSettings:
    """Return the settings with a colour that no frame chooses."""
    return settings if settings.rgb else settings.model_copy(update={"color": ONE_COLOR})


def decisions_at(frame: int, people: Sequence[Judged]) -> tuple[Decision, ...]:
    """Return what happens to whom in one frame."""
    found = []
    for each in people:
        if frame in each.course.frames:
            place = each.course.cover(frame)
            face = replace(each.decision.face, box=place.box, tilt=place.tilt, landmarks=None)
            found.append(Decision(face, each.decision.judgement))
    return tuple(found)


def draw(
    planes: Planes, decisions: Sequence[Decision], settings: ObscureSettings, coloring: Coloring, *, seed: int
) -> tuple[Planes, Mask | None]:
    """Draw the covers of one frame.

    Args:
        planes: The frame; not written to.
        decisions: Its faces.
        settings: Style, shape, colour and margin of covers.
        coloring: The colours of the planes.
        seed: Of all that is random in covers; the same for all frames of a clip, so that nothing flickers.

    Returns:
        The frame with its covers, and which pixels they changed; None without covers.

    Invariant: outside of that mask the planes stay as they are, bit for bit; inside, nothing depends on what lay under
    a cover: it is blanked before anything is drawn.
    """
    faces = [decision.face for decision in decisions if decision.judgement.action is Action.COVER]
    hidden = covered_mask(faces, settings, planes.size) if faces else None
    if hidden is None or not hidden.any():
        return planes, None
    blank = planes.blank(_in_cells(hidden))
    pixels = blank.rgb(coloring)
    covered = obscure(Picture(pixels, pixels, "RGB"), decisions, settings, random=np.random.default_rng(seed))
    drawn = _in_cells(drawn_mask(faces, settings, planes.size) | hidden)
    return blank.with_drawn(covered.pixels, drawn, coloring), drawn


def _in_cells(mask: Mask) -> Mask:
    """Return a mask with every cell whole that it touches: colours have half the resolution."""
    rows, columns = mask.shape
    cells = mask.reshape(rows // 2, 2, columns // 2, 2).any(axis=(1, 3))
    whole: Mask = np.repeat(np.repeat(cells, 2, axis=0), 2, axis=1)
    return whole
