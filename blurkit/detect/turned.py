"""Looks in other turns at what is seen faintly: a face on its side or upside down among upright ones.

Upright, the network sees such a face only faintly, but most of what it sees faintly is no face. A small picture of each
such place, turned, settles it for a hundredth of what a look at the whole photo costs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.detect.merge import SAME_FACE_IOU
from blurkit.detect.views import Sighting, View, coarse, look_at, scale_of, sweep_small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.detect.views import Network
    from blurkit.geometry import Box, Size
    from blurkit.picture.halvings import Halvings

NEAR = "near"
"""First word of the names of these looks."""

FAINTEST, FAINT, PLAIN = 0.03, 0.1, 0.7
"""Scores from which something is looked at in other turns, and from which it is seen well as it is.

The first is for what the finer look at the whole photo saw, the second for other looks.
"""

LOWEST = 20
"""Height or width in pixels of the finer look at the whole photo from which something is looked at so."""

MOST = 40
"""So many places of a photo are looked at, the largest ones."""

SHOWN, AROUND = 40, 3.2
"""Longer side of the thing in the small picture, in pixels, and that picture's side as a multiple of it."""


CLEARLY = 1.3
"""So many times as much another turn must show: large faces are seen in any turn, with worse boxes and landmarks."""

PROBED, PLAIN_ENOUGH, SMALL_SHOWN = (2, 3), 0.5, 24
"""So many faces, seen with such a score, tell which way up a photo is; the second ones if the first do not agree.

They are shown so small, in pixels, that the network sees them well in one turn only.
"""

AGREED = 2.0
"""So many times as much as any other turn the way up must show, if so few faces are to tell it."""


def places(found: Sequence[Sighting], size: Size) -> list[Box]:
    """Return where something is seen faintly in a photo, the largest first.

    Args:
        found: What was seen of the photo, in its pixels.
        size: Of the photo.
    """
    finer = coarse(size)[-1]
    smallest, name = LOWEST / scale_of(size, finer), look_at(size, finer)
    plain = [s.box for s in found if s.score >= PLAIN]
    chosen: list[Box] = []
    for each in sorted(found, key=lambda s: -s.score):
        box = each.box
        faintest = FAINTEST if each.source.split()[0] == name else FAINT
        if faintest <= each.score < PLAIN and max(box.width, box.height) >= smallest:
            others = any(box.intersection(other) > SAME_FACE_IOU * box.area for other in (*plain, *chosen))
            chosen += [] if others else [box]
    return sorted(chosen, key=lambda box: -box.area)[:MOST]


def way_up(network: Network, photo: Halvings, found: Sequence[Sighting]) -> int:
    """Return the turn, in quarters counter-clockwise, in which a photo shows its largest faces clearly better.

    Args:
        network: It is shown small pictures of them.
        photo: The photo.
        found: What was seen of it as it is, in its pixels.
    """
    boxes: list[Box] = []
    for each in sorted(found, key=lambda s: -s.box.area):
        known = any(each.box.intersection(b) > SAME_FACE_IOU * min(each.box.area, b.area) for b in boxes)
        boxes += [each.box] if each.score >= PLAIN_ENOUGH and not known and len(boxes) < sum(PROBED) else []
    evidence = [0.0] * 4
    for some in (boxes[: PROBED[0]], boxes[PROBED[0] :]):
        shown = [(turns, box) for turns in range(4) for box in some]
        views = [_view(box, photo.size, turns, SMALL_SHOWN) for turns, box in shown]
        seen = sweep_small(network, photo, views, least=FAINT)
        for (turns, box), found_there in zip(shown, seen, strict=True):
            best = max((s.score for s in _in_middle(found_there, box)), default=0.0)
            evidence[turns] += best / (CLEARLY if turns else 1)
        if evidence[0] > AGREED * max(evidence[1:]):
            break
    return evidence.index(max(evidence))


def looks_near(
    network: Network, photo: Halvings, boxes: Sequence[Box], quarter_turns: int, *, least: float = FAINTEST
) -> list[Sighting]:
    """Look at places of a photo in a turn.

    Args:
        network: It is shown a small picture of each.
        photo: The photo.
        boxes: The places, in its pixels.
        quarter_turns: How often each picture is turned by 90 degrees counter-clockwise.
        least: Score from which something counts, 0..1.

    Returns:
        What was seen at each place itself, in the pixels of the photo.
    """
    seen = sweep_small(network, photo, [_view(box, photo.size, quarter_turns, SHOWN) for box in boxes], least=least)
    return [found for box, each in zip(boxes, seen, strict=True) for found in _in_middle(each, box)]


def _in_middle(seen: Sequence[Sighting], box: Box) -> list[Sighting]:
    """Return what was seen at a place itself."""
    middle = box.center
    return [s for s in seen if s.box.left < middle.x < s.box.right and s.box.top < middle.y < s.box.bottom]


def _view(box: Box, size: Size, quarter_turns: int, shown: int) -> View:
    side = max(box.width, box.height)
    reach = AROUND / 2 * side
    window = box.center.x - reach, box.center.y - reach, box.center.x + reach, box.center.y + reach
    left, top, right, bottom = (round(edge) for edge in window)
    inside = max(0, left), max(0, top), min(size.width, max(right, 1)), min(size.height, max(bottom, 1))
    return View(inside, shown / side, f"{NEAR} turned {90 * quarter_turns}", quarter_turns)
