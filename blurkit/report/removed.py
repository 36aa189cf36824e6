"""What was hidden in files and is gone, in words for a person; JSON and CSV hold each finding as it was found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from blurkit.language import mark

if TYPE_CHECKING:
    from collections.abc import Iterable

OTHERS = mark("other leftovers")

LIVE_PHOTOS = mark("note: --live-photos also makes the videos of Live Photos and motion photos safe")
"""What helps where such a video was left alone."""

KINDS = (
    (r"GPS|\bplace\b", mark("the place")),
    (r"owner|artist|author|copyright|people|name of a computer", mark("names of people")),
    (r"^serial|^unique", mark("serial numbers of the camera")),
    (
        r"thumbnail|preview|^(?:picture|image)|further (?:page|picture)|auxiliary|\bmap\b|part of the picture",
        mark("hidden copies of the photo"),
    ),
    (r"\bdate\b|\btiming\b", mark("date and time")),
    (
        r"caption|comment|\btext|keyword|title|subject|document name|words|language|name of a picture|XMP",
        mark("captions and other words"),
    ),
    (r"video|sound|track|animation|frame", mark("videos and sound")),
    (r"profile", mark("remarks in the colour profile")),
    (r"camera data|maker's notes|software|program", mark("data about the camera and its settings")),
    (r"Photoshop|C2PA|further coding|of an application", mark("traces of editing")),
)
"""How findings are told by their words, and what a person calls them; those that tell most about a child first."""


def held_video(removed: Iterable[str]) -> bool:
    """Whether a photo held a video, which its safe photo does not: it was a motion photo."""
    return any(what.startswith("video") for what in removed)


def in_plain_words(removed: Iterable[str]) -> tuple[str, ...]:
    """Return what was removed in English words that `tr` knows, each kind once, the most telling first.

    Args:
        removed: What was found, as outcomes have it.
    """
    found = {_kind(what) for what in removed}
    return tuple(words for words in (*(words for _, words in KINDS), OTHERS) if words in found)


def _kind(what: str) -> str:
    return next((words for form, words in KINDS if re.search(form, what)), OTHERS)
