"""Covers drawn on one frame, before the encoder sees it: nothing that lay under a cover is handed over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from blurkit.geometry import Box
from blurkit.obscure import covered_mask, obscure, sketch, to_cover, to_keep
from blurkit.records import Action, Decision, Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.appearance import ObscureSettings
    from blurkit.geometry import Size
    from blurkit.records import Face
    from blurkit.video.judging import Judged
    from blurkit.video.planes import Coloring, Mask, Planes, Window


REACH = 1.5
"""By how much of its longer side a face is grown on each side to hold its cover and what is around it."""


def tone_at(planes: Planes, decisions: Sequence[Decision], settings: ObscureSettings, coloring: Coloring) -> str | None:
    """Return the tone that covers would have in one frame, #rrggbb, by what is open around them; None without covers.

    A clip takes it once for all its frames: chosen again in each, it would flicker.

    Invariant: it depends on no pixel under a cover.
    """
    hidden = _in_cells(covered_mask(to_cover(decisions), settings, planes.size, to_keep(decisions)))
    if not hidden.any():
        return None
    pixels = planes.blank(hidden).rgb(coloring)
    return sketch(Picture(pixels, pixels, "RGB"), decisions, settings).tone


def decisions_at(frame: int, people: Sequence[Judged]) -> tuple[Decision, ...]:
    """Return what happens to whom in one frame."""
    found = []
    for each in people:
        if frame in each.course.frames:
            place = each.course.cover(frame)
            face = replace(each.decision.face, box=place.box, tilt=place.tilt, yaw=place.yaw, landmarks=None)
            found.append(Decision(face, each.decision.judgement))
    return tuple(found)


def anchors_at(frame: int, people: Sequence[Judged]) -> list[int]:
    """Return a number for each of those decisions that is the same for the same person in all frames."""
    return [number for number, each in enumerate(people) if frame in each.course.frames]


def draw(
    planes: Planes,
    decisions: Sequence[Decision],
    settings: ObscureSettings,
    coloring: Coloring,
    *,
    seed: int,
    anchors: Sequence[int] | None = None,
) -> tuple[Planes, Mask | None]:
    """Draw the covers of one frame.

    Args:
        planes: The frame; not written to.
        decisions: Its faces.
        settings: Style, shape, colour and margin of covers.
        coloring: The colours of the planes.
        seed: Of all that is random in covers; the same for all frames of a clip, so that nothing flickers.
        anchors: See `anchors_at`.

    Returns:
        The frame with its covers, and which pixels they changed; None without covers.

    Invariant: outside of that mask the planes stay as they are, bit for bit; inside, nothing depends on what lay under
    a cover: it is blanked before anything is drawn.
    """
    faces = [each.face for each in decisions if each.judgement.action is Action.COVER]
    if not faces:
        return planes, None
    part = _around(faces, planes.size)
    drawn = _drawn(planes.part(part), _shifted(decisions, part), settings, coloring, seed, anchors)
    if drawn is None or _touches_edge(drawn[1], part, planes.size):
        part = (0, 0, planes.size.width, planes.size.height)
        drawn = _drawn(planes, decisions, settings, coloring, seed, anchors)
    if drawn is None:
        return planes, None
    left, top, right, bottom = part
    mask = np.zeros((planes.size.height, planes.size.width), bool)
    mask[top:bottom, left:right] = drawn[1]
    return planes.with_part(drawn[0], part), mask


def _around(faces: Sequence[Face], size: Size) -> Window:
    """Return the part of a frame that holds the covers of some faces, its sides even."""
    boxes = [_grown(face.box).pixels(size) for face in faces]
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left) // 2 * 2, min(top) // 2 * 2, -(-max(right) // 2) * 2, -(-max(bottom) // 2) * 2


def _grown(box: Box) -> Box:
    reach = REACH * max(box.width, box.height)
    return Box(box.left - reach, box.top - reach, box.right + reach, box.bottom + reach)


def _shifted(decisions: Sequence[Decision], part: Window) -> list[Decision]:
    faces = [replace(each.face, box=each.face.box.shift(-part[0], -part[1])) for each in decisions]
    return [replace(each, face=face) for each, face in zip(decisions, faces, strict=True)]


def _touches_edge(mask: Mask, part: Window, size: Size) -> bool:
    """Whether a cover reaches a side of a part of a frame that is no side of the frame: some of it may lie beyond."""
    left, top, right, bottom = part
    return bool(
        (left > 0 and mask[:, 0].any())
        or (top > 0 and mask[0].any())
        or (right < size.width and mask[:, -1].any())
        or (bottom < size.height and mask[-1].any())
    )


def _drawn(
    planes: Planes,
    decisions: Sequence[Decision],
    settings: ObscureSettings,
    coloring: Coloring,
    seed: int,
    anchors: Sequence[int] | None,
) -> tuple[Planes, Mask] | None:
    """Return a part of a frame with its covers, and which pixels they changed; None without covers."""
    if not all((planes.size.width, planes.size.height)):
        return None
    hidden = _in_cells(covered_mask(to_cover(decisions), settings, planes.size, to_keep(decisions)))
    if not hidden.any():
        return None
    blank = planes.blank(hidden)
    pixels = blank.rgb(coloring)
    covered = obscure(
        Picture(pixels, pixels, "RGB"), decisions, settings, random=np.random.default_rng(seed), anchors=anchors
    )
    drawn = _in_cells((covered.pixels != pixels).any(axis=2)) | hidden
    return blank.with_drawn(covered.pixels, drawn, coloring), drawn


def _in_cells(mask: Mask) -> Mask:
    """Return a mask with every cell whole that it touches: colours have half the resolution."""
    cells = mask[::2, ::2] | mask[::2, 1::2] | mask[1::2, ::2] | mask[1::2, 1::2]
    whole: Mask = np.repeat(np.repeat(cells, 2, axis=0), 2, axis=1)
    return whole
