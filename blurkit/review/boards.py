"""Clips on the page: each is shown by its storyboard, so that it is reviewed like a photo. No pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from blurkit.errors import SettingsError
from blurkit.language import tr
from blurkit.outcomes import PhotoResult
from blurkit.records import Decision
from blurkit.words import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.board import Board
    from blurkit.outcomes import Outcome
    from blurkit.policy.reviewed import Choice
    from blurkit.review.requests import Edit
    from blurkit.review.spots import Spot


def boarded(outcome: PhotoResult) -> PhotoResult:
    """Return what is known of a clip with its faces where its storyboard shows them; a photo as it is."""
    board = board_of(outcome)
    if board is None or outcome.clip is None:
        return outcome
    decisions = tuple(
        replace(each, face=replace(each.face, box=board.on_board(*places[0]), landmarks=None))
        for each, places in zip(outcome.decisions, outcome.clip.places, strict=True)
    )
    return replace(outcome, decisions=decisions, size=board.whole)


def board_of(outcome: object) -> Board | None:
    """Return the storyboard of a clip; None for anything else."""
    clip = getattr(outcome, "clip", None)
    return None if clip is None else clip.board


def rebased(choices: Sequence[Choice], before: Board | None, now: Board | None) -> tuple[Choice, ...]:
    """Return what was chosen on an earlier storyboard of the same clip, on the one of now."""
    if before is None or now is None or before == now:
        return tuple(choices)

    def moved(choice: Choice) -> Choice:
        picture, box = before.in_clip(choice.box)
        there = now.on_board(now.nearest(before.seconds[picture]), box)
        found = None
        if choice.found is not None:
            picture, box = before.in_clip(choice.found)
            found = now.on_board(now.nearest(before.seconds[picture]), box)
        return replace(choice, box=there, found=found)

    return tuple(map(moved, choices))


def everywhere(outcome: Outcome | None, decisions: Sequence[Decision]) -> list[tuple[int, Decision]]:
    """Return a decision for each picture of a storyboard that shows somebody, with their number in `decisions`.

    Args:
        outcome: What the analysis says.
        decisions: Those of the people it found, in its order, and of covers that were drawn; of a photo: its faces.
    """
    board = board_of(outcome)
    if board is None or not isinstance(outcome, PhotoResult) or outcome.clip is None:
        return list(enumerate(decisions))
    found: list[tuple[int, Decision]] = []
    for number, decision in enumerate(decisions):
        others = outcome.clip.places[number][1:] if number < len(outcome.clip.places) else ()
        found.append((number, decision))
        found += [
            (number, replace(decision, face=replace(decision.face, box=board.on_board(*place)))) for place in others
        ]
    return found


def in_picture(board: Board, picture: int, decisions: Sequence[Decision]) -> list[Decision]:
    """Return the decisions about one picture of a storyboard, in pixels of that picture."""
    left, top = board.corner(picture)
    here = [each for each in decisions if board.in_clip(each.face.box)[0] == picture]
    return [replace(each, face=replace(each.face, box=each.face.box.shift(-left, -top))) for each in here]


def check(outcome: object, edit: Edit, sheet: Sequence[Spot]) -> None:
    """Refuse a change that means nothing for a clip.

    Raises:
        SettingsError: The cover of somebody who is followed would be moved.
    """
    follows = any(spot.number == edit.face and spot.decision is not None for spot in sheet)
    if edit.do == "move" and follows and board_of(outcome) is not None:
        raise SettingsError(
            tr("This cover follows somebody through the clip. Draw another one where it does not reach.")
        )


def seen(outcome: object, number: int) -> str:
    """Return from when to when somebody is seen in a clip, in words; nothing for a face of a photo."""
    clip = getattr(outcome, "clip", None)
    if clip is None or number >= len(clip.spans):
        return ""
    start, end = (clock(moment) for moment in clip.spans[number])
    return f"{start}–{end}" if start != end else start
