"""One judgement for each track, from its best views. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from blurkit.geometry import Box
from blurkit.records import Action, Decision, Judgement, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from blurkit.records import AgeEstimate, Face
    from blurkit.video.course import Course
    from blurkit.video.tracks import Seen, Track

    Decide = Callable[[Sequence[Face], Sequence[AgeEstimate | None]], tuple[Decision, ...]]

VIEWS = 5
"""So many of the best views of a track are asked for its age."""

FOUND = Judgement(None, Action.COVER, Reason.FOUND_IN_CHECK, doubtful=True)
"""What becomes of somebody whom only the independent check saw."""


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Somebody in the clip, and what happens to them."""

    course: Course
    """Where they are."""
    decision: Decision
    """Their best view, and what happens to them in all frames."""
    frame: int
    """That of their best view."""


def judge(course: Course, decide: Decide, *, has_regions: bool) -> Judged:
    """Decide once for a whole track.

    Args:
        course: The track, and where it is in each frame.
        decide: The policy.
        has_regions: Whether it has rules about parts of the picture: then it is asked about every place of the track.

    Returns:
        The decision. One of the best views that looks under the line covers the whole track.

    Invariant: another view or another place never turns COVER into KEEP.
    """
    track = course.track
    if track.from_check:
        frame, seen = next((frame, seen) for frame, seen in track.seen.items() if seen.from_check)
        return Judged(course, Decision(seen.face, FOUND), frame)
    views = best_views(track)
    told = [view for view in views if view.age is not None and not view.face.unclear] or views[:1]
    best = told[0]
    places = [course.at(frame).box for frame in course.frames] if has_regions else []
    faces = [view.face for view in told] + [replace(best.face, box=_moved(best.face.box, place)) for place in places]
    decisions = decide(faces, [view.age for view in told] + [best.age] * len(places))
    covered = (each for each in decisions if each.judgement.action is Action.COVER)
    judgement = next(covered, decisions[0]).judgement
    frame = next(frame for frame, seen in track.seen.items() if seen is best)
    return Judged(course, Decision(best.face, judgement), frame)


def best_views(track: Track) -> list[Seen]:
    """Return the best views of a track, best first: large and sure ones whose age was told, then the others."""
    found = [each for each in track.seen.values() if each.is_found] or list(track.seen.values())
    ordered = sorted(found, key=_worth, reverse=True)
    return ordered[:VIEWS]


def _worth(seen: Seen) -> tuple[bool, float]:
    return seen.age is not None and not seen.face.unclear, seen.face.score * seen.face.box.height


def _moved(box: Box, place: Box) -> Box:
    """Return a box of the same size with its middle elsewhere."""
    here, there = box.center, place.center
    return box.shift(there.x - here.x, there.y - here.y)
