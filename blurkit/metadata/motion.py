"""The short video that a phone puts behind a photo (a motion photo): where it lies in the file."""

from __future__ import annotations

from blurkit.errors import PhotoError
from blurkit.metadata.base import Kind
from blurkit.metadata.hidden import find
from blurkit.picture.reading import Range


def video_in(data: bytes) -> Range | None:
    """Return where the video in a photo begins and ends; None if it holds none, or is damaged.

    Args:
        data: The whole file of a photo.
    """
    try:
        videos = [hidden for hidden in find(data) if hidden.kind is Kind.VIDEO and hidden.offset is not None]
    except PhotoError:  # the photo itself says so
        return None
    for video in videos:
        start = video.offset or 0
        if data[start + 4 : start + 8] == b"ftyp":
            return start, start + video.size
    return None
