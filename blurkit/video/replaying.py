"""What a review chose about a clip, done again: who is covered or kept, and covers that a person drew. Pure."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from blurkit.policy import replay
from blurkit.policy.again import SAME_FACE_IOU, chosen
from blurkit.policy.reviewed import Choice
from blurkit.records import Action, Face
from blurkit.video.course import Course
from blurkit.video.judging import Judged
from blurkit.video.tracks import Seen, Track

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.board import Board
    from blurkit.geometry import Box
    from blurkit.video.look import Watched

SAME_MOMENT = 0.002
"""Seconds by which the time of a best view may differ."""

NEAR = 3.0
"""A cover that is drawn no further from the one in the picture before, in sizes of it, goes on from there."""


def replayed(
    people: Sequence[Judged], watched: Watched, board: Board | None, choices: Sequence[Choice]
) -> list[Judged]:
    """Decide again as a review did.

    Args:
        people: Everybody that is found now, as the policy decides.
        watched: What the first pass saw.
        board: The storyboard that was reviewed; None if no review saw this clip.
        choices: What was chosen on it.

    Returns:
        Everybody, and the covers that a person drew.

    Invariant: somebody stays visible only if the review kept them, and by hand unless the policy keeps them as well.
    """
    left = [] if board is None else [(choice, *board.in_clip(choice.found or choice.box)) for choice in choices]
    decided = []
    for each in people:
        own = None
        if board is not None:
            moment, box = watched.seconds[each.frame], each.decision.face.box.clip(board.size)
            fits = [
                known
                for known in left
                if known[0].found is not None
                and abs(board.seconds[known[1]] - moment) <= SAME_MOMENT
                and known[2].iou(box) >= SAME_FACE_IOU
            ]
            own = max(fits, key=lambda known: known[2].iou(box), default=None)
        if own is None:
            decided.append(replace(each, decision=replay([each.decision], None)[0]))
            continue
        left.remove(own)
        choice = replace(own[0], box=each.decision.face.box)
        decided.append(replace(each, decision=chosen(choice, each.decision)))
    if board is None:
        return decided
    covers = [(picture, box) for choice, picture, box in left if choice.action is Action.COVER]
    return decided + drawn(covers, board, watched)


def drawn(covers: Sequence[tuple[int, Box]], board: Board, watched: Watched) -> list[Judged]:
    """Return covers that a person drew as people who are covered.

    A cover holds from the picture before to the picture after, within its shot. Drawn near to where it was in several
    pictures one after the other, it goes from one to the next.

    Args:
        covers: The picture of each, and the box in pixels of the clip.
        board: The storyboard.
        watched: What the first pass saw.
    """
    chains: list[dict[int, Box]] = []
    for picture, box in sorted(covers, key=lambda cover: cover[0]):
        going_on = [
            chain
            for chain in chains
            if max(chain) == picture - 1
            and _shot_of(board, picture - 1, watched) == _shot_of(board, picture, watched)
            and _away(chain[picture - 1], box) <= NEAR
        ]
        if going_on:
            min(going_on, key=lambda chain: _away(chain[picture - 1], box))[picture] = box
        else:
            chains.append({picture: box})
    return [_judged(chain, board, watched) for chain in chains]


def _judged(chain: dict[int, Box], board: Board, watched: Watched) -> Judged:
    first, last = min(chain), max(chain)
    frames = {_frame_of(board, picture, watched): box for picture, box in chain.items()}
    track = Track({frame: Seen(Face(box, 1.0, ()), is_found=True) for frame, box in sorted(frames.items())})
    before = board.seconds[first] - board.seconds[first - 1] if first > 0 else math.inf
    after = board.seconds[last + 1] - board.seconds[last] if last + 1 < len(board.seconds) else math.inf
    shot = _shot_of(board, first, watched)
    course = Course(track, shot, watched.motion, watched.seconds, beyond=(before, after))
    cover = Choice(chain[first], Action.COVER, by_hand=True)
    return Judged(course, chosen(cover, None), track.first)


def _frame_of(board: Board, picture: int, watched: Watched) -> int:
    moment = board.seconds[picture]
    return min(range(len(watched.seconds)), key=lambda frame: abs(watched.seconds[frame] - moment))


def _shot_of(board: Board, picture: int, watched: Watched) -> range:
    frame = _frame_of(board, picture, watched)
    return next(shot for shot in watched.shots if frame in shot)


def _away(one: Box, other: Box) -> float:
    """Return how far the middles of two boxes are apart, in sizes of the first."""
    a, b = one.center, other.center
    return math.hypot(a.x - b.x, a.y - b.y) / max(1.0, math.sqrt(one.area))
