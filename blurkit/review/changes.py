"""One change to the faces and places of a photo: set, drawn, moved, deleted, or all covered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from blurkit.errors import SettingsError
from blurkit.geometry import Box
from blurkit.language import tr
from blurkit.policy.reviewed import Choice
from blurkit.records import Action
from blurkit.review.spots import with_action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from blurkit.geometry import Size
    from blurkit.records import Decision
    from blurkit.review.requests import Edit
    from blurkit.review.spots import Sheet, Spot

MIN_SIDE = 4.0
"""Pixels below which a drawn cover is a slip of the hand."""


BURST_IOU = 0.3
"""A face of a similar photo that overlaps the chosen place so much is the same person's."""


def spread(edit: Edit, model: Choice, similar: Iterable[tuple[int, Sheet]]) -> list[tuple[int, Edit]]:
    """Return the single changes that an edit stands for, each with its photo: the same in photos of a burst.

    Args:
        edit: The change.
        model: What happens to the face in the photo of the edit.
        similar: The numbers of similar photos, and their faces and places.
    """
    sides = (model.box.left, model.box.top, model.box.right, model.box.bottom)
    changes = []
    for number, sheet in similar:
        same = [spot for spot in sheet if spot.choice.box.iou(model.box) > BURST_IOU]
        for spot in same:
            values = {"face": spot.number, "action": model.action, "why": model.why, "note": model.note}
            if spot.decision is not None or model.action is Action.COVER:
                changes.append((number, edit.model_copy(update={"do": "set", **values})))
        if not same and model.action is Action.COVER:
            changes.append((number, edit.model_copy(update={"do": "draw", "box": sides})))
    return changes


def changed(sheet: Sheet, edit: Edit, size: Size | None, numbered: Callable[[Choice, Decision | None], Spot]) -> Sheet:
    """Return the sheet with a change.

    Args:
        sheet: The faces and places before it.
        edit: The change.
        size: That of the photo in pixels.
        numbered: Gives a new place a number.

    Raises:
        SettingsError: An unknown face, or a change that is not allowed.
    """
    if edit.do == "draw":
        return *sheet, numbered(Choice(_box(edit, size), Action.COVER, None, True, seen=True), None)
    if edit.do == "cover_all":
        return tuple(replace(spot, choice=with_action(spot, Action.COVER)) for spot in sheet)
    spot = next((spot for spot in sheet if spot.number == edit.face), None)
    if spot is None:
        raise SettingsError(f"photo {edit.photo} has no face {edit.face}")
    if edit.do == "delete":
        if spot.decision is not None:
            raise SettingsError(tr("Only a cover that you drew can be deleted. To show a found face, give the reason."))
        return tuple(other for other in sheet if other is not spot)
    if edit.do == "move":
        if spot.is_kept:
            raise SettingsError(tr("A face that stays visible has no cover to move."))
        choice = replace(spot.choice, box=_box(edit, size), by_hand=True, why=None, note="", seen=True)
    else:
        choice = with_action(spot, edit.action or Action.COVER, edit.why, edit.note.strip())
    return tuple(replace(other, choice=choice) if other is spot else other for other in sheet)


def _box(edit: Edit, size: Size | None) -> Box:
    left, top, right, bottom = edit.box or (0.0, 0.0, 0.0, 0.0)
    if size is None or left > right or top > bottom:
        raise SettingsError("a cover's box is left, top, right, bottom")
    box = Box(left, top, right, bottom).clip(size)
    if min(box.width, box.height) < MIN_SIDE:
        raise SettingsError(tr("This cover is too small: draw it over the whole face."))
    return box
