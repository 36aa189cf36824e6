"""What a clip holds besides its picture: tracks, and words about it."""

from __future__ import annotations

from typing import Any

_KEYS = {
    "location": "GPS position",
    "xyz": "GPS position",
    "gps": "GPS position",
    "creation": "date of creation",
    "date": "date of creation",
    "make": "camera model",
    "model": "camera model",
    "timecode": "timecode",
}
"""What is told by a key that holds such a word."""

_USUAL = ("major_brand", "minor_version", "compatible_brands", "handler_name", "vendor_id", "language", "encoder")
"""Keys that every file has; they tell nobody anything."""

_USUAL_STARTS = ("bps", "duration", "alpha_mode")
"""What others begin with that tell nothing either."""

_OTHERS = {"audio": "sound", "subtitle": "subtitles", "data": "data track", "attachment": "attached file"}
"""What tracks are called that are not the picture."""


def hidden_in(container: Any, stream: Any) -> tuple[str, ...]:
    """Return what a clip holds besides its picture, in words."""
    found = {"chapters"} if container.chapters() else set()
    for metadata in (container.metadata, *(each.metadata for each in container.streams)):
        for key in metadata:
            if key.lower() not in _USUAL and not key.lower().startswith(_USUAL_STARTS):
                words = (words for word, words in _KEYS.items() if word in key.lower())
                found.add(next(words, "text"))
    for each in container.streams:
        if each.index != stream.index:
            is_picture = each.type == "video"
            is_cover = is_picture and each not in tracks_of(container, "video")
            found.add("cover picture" if is_cover else _OTHERS.get(each.type, "further video track"))
    return tuple(sorted(found))


def tracks_of(container: Any, kind: str) -> list[Any]:
    """Return the tracks of a kind, without cover art."""
    return [
        each
        for each in container.streams
        if each.type == kind and not each.disposition & each.disposition.__class__.attached_pic
    ]
