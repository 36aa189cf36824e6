"""Warnings of things besides faces that could identify a child. They change no decision and stop nothing."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING

from blurkit.geometry import Box
from blurkit.language import mark
from blurkit.outcomes import PhotoResult
from blurkit.picture.proof import SAME_PICTURE, distance
from blurkit.records import Action
from blurkit.report.warned import Caution

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blurkit.records import Decision
    from blurkit.report.summary import ReportEntry

NEIGHBOURS = 30
"""So many photos before and after one are compared with it: a burst lies together, and a batch may be long."""

SAME_PLACE_IOU = 0.3
"""Faces of two near-duplicates whose places, as shares of the photo, overlap so much are taken for one."""

CAMERA = {
    "img",
    "dsc",
    "dscn",
    "dscf",
    "pxl",
    "mvi",
    "gopr",
    "photo",
    "image",
    "foto",
    "bild",
    "screenshot",
    "whatsapp",
}
"""Words by which cameras and phones begin names: such a name is no person's."""

CLASS = re.compile(
    r"(?<![a-z0-9])(?:(?:year|class|klasse|grade|form|classe|clase|kl|yr)[ ._-]*\d{1,2} ?[a-h]?|[1-9][a-h]|1[0-3][a-h]"
    r"|reception|kita|u ?(?:[6-9]|1\d))(?![a-z0-9])"
)
"""A class or a team in a name: `class 3b`, `Klasse_4`, `year 5`, `3b`, `U12`."""

NAME = re.compile(r"(?<![^\W\d_])[^\W\d_]{3,}(?![^\W\d_])")
"""A word that may be a name: three letters or more."""

NO_NAMES = {"group", "team", "trip", "sports", "day", "party", "summer", "winter", "school", "the", "and", "und"}
"""Words that often stand next to a class and are nobody's name."""


NAMED = mark("{photo}: the file's name looks like a child's name with a class; rename it before publishing")
GIVES_AWAY = mark("{photo} and {other} are nearly the same photo, with a face covered in only one")


def cautions(entries: Sequence[ReportEntry]) -> list[Caution]:
    """Return warnings about a run, in the order of its photos."""
    return [*_names(entries), *_near_duplicates(entries)]


def names_a_child(path: str) -> bool:
    """Whether a file's name looks like a personal name with a class: `Anna_Klein_3b.jpg`, `ben class 4.png`."""
    stem = unicodedata.normalize("NFC", PurePath(path).stem).replace("_", " ").casefold()
    group = CLASS.search(stem)
    if group is None:
        return False
    words = set(NAME.findall(stem[: group.start()] + " " + stem[group.end() :]))
    return bool(words - NO_NAMES) and not words & CAMERA


def _names(entries: Sequence[ReportEntry]) -> Iterator[Caution]:
    for entry in entries:
        shown = entry.output or entry.path
        if names_a_child(shown):
            yield Caution(NAMED, shown)


def _near_duplicates(entries: Sequence[ReportEntry]) -> Iterator[Caution]:
    """Warn of faces that are covered in one photo and open in a near-duplicate, which gives the cover away."""
    coming = iter(entries)
    near = deque(islice(coming, 1 + NEIGHBOURS))
    while near:
        one = near.popleft()
        for other in near:
            if _gives_away(one, other):
                yield Caution(GIVES_AWAY, one.path, other.path)
        near.extend(islice(coming, 1))


def _gives_away(one: ReportEntry, other: ReportEntry) -> bool:
    a, b = one.outcome, other.outcome
    if not (isinstance(a, PhotoResult) and isinstance(b, PhotoResult) and a.proof and b.proof):
        return False
    if a.clip or b.clip:  # the places of its faces are not those in the frame that the fingerprint is of
        return False
    if distance(a.proof.fingerprint, b.proof.fingerprint) > SAME_PICTURE:
        return False
    return opens(a, b) or opens(b, a)


def opens(one: PhotoResult, other: PhotoResult) -> bool:
    """Whether a face covered in one lies where a face is open in the other, and none is covered there."""
    places = {action: [_share(d, other) for d in other.decisions if d.judgement.action is action] for action in Action}
    for decision in one.decisions:
        if decision.judgement.action is Action.COVER:
            here = _share(decision, one)
            best = {a: max((here.iou(box) for box in boxes), default=0.0) for a, boxes in places.items()}
            if best[Action.KEEP] >= SAME_PLACE_IOU and best[Action.KEEP] > best[Action.COVER]:
                return True
    return False


def _share(decision: Decision, result: PhotoResult) -> Box:
    """Return where a face is, in shares of the photo."""
    box, size = decision.face.box, result.size
    return Box(box.left / size.width, box.top / size.height, box.right / size.width, box.bottom / size.height)
