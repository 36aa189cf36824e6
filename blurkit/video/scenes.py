"""Which moments of a clip a person reviews: everybody's best view, the start of each shot, and some between. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.board import Board

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.geometry import Box, Size
    from blurkit.video.judging import Judged
    from blurkit.video.look import Watched

EVERY = 1.0
"""Seconds between two moments of a shot, at least."""

USUAL_MOST = 24
"""About so many moments lie between the starts of shots and best views."""


def board_of(size: Size, watched: Watched, people: Sequence[Judged]) -> Board:
    """Return the storyboard of a clip.

    Args:
        size: Of its upright frames.
        watched: What the first pass saw.
        people: Everybody in it.
    """
    seconds = watched.seconds
    step = max(EVERY, (seconds[-1] - seconds[0]) / USUAL_MOST)
    frames = {each.frame for each in people}
    for shot in watched.shots:
        due = seconds[shot.start]
        for frame in shot:
            if seconds[frame] >= due:
                frames.add(frame)
                due = seconds[frame] + step
    return Board.of(size, tuple(seconds[frame] for frame in sorted(frames)))


def places_of(board: Board, watched: Watched, each: Judged) -> tuple[tuple[int, Box], ...]:
    """Return the pictures of a board that show somebody, and where; their best view comes first."""
    frame_at = {moment: frame for frame, moment in enumerate(watched.seconds)}
    best = board.seconds.index(watched.seconds[each.frame])
    shown = [(picture, frame_at[moment]) for picture, moment in enumerate(board.seconds)]
    others = [(picture, frame) for picture, frame in shown if picture != best and frame in each.course.frames]
    return (best, each.decision.face.box), *((picture, each.course.at(frame).box) for picture, frame in others)
