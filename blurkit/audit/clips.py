"""A published clip: who is seen in it, and what its file hides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from blurkit.metadata import Hidden, Kind
from blurkit.picture.proof import fingerprint
from blurkit.records import ImageFormat, Photo, Picture

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blurkit.geometry import Box, Size
    from blurkit.pipeline import Blurrer
    from blurkit.records import Decision, Pixels

SAME_PERSON_IOU = 0.2
"""A face that overlaps one of the glimpse before so much is counted as the same."""

KINDS = {
    "GPS position": Kind.GPS,
    "sound": Kind.OTHER,
    "further video track": Kind.VIDEO,
    "cover picture": Kind.THUMBNAIL,
}
"""What is called otherwise than text."""


class Clip(Protocol):
    """A clip that is looked at here and there."""

    @property
    def size(self) -> Size:
        """Of its frames, in pixels."""
        ...

    @property
    def hidden(self) -> tuple[str, ...]:
        """What its file holds besides its picture, in words."""
        ...

    def frames(self) -> Iterator[tuple[float, Pixels]]:
        """Yield some frames, each with its time in seconds."""
        ...


OpenClip = Callable[[Path, float], Clip]
"""Opens a clip: its path, and the limit on megapixels."""


def seen_in(clip: Clip, blurrer: Blurrer) -> tuple[tuple[Decision, ...], str | None]:
    """Look for visible faces in a clip.

    Args:
        clip: The clip.
        blurrer: Finds faces and judges ages.

    Returns:
        Each person once for as long as they stay about where they are, with their largest face; and a fingerprint of
        the first frame, None without one.

    Raises:
        BlurkitError: The clip cannot be read, or a model failed.
    """
    people: list[Decision] = []
    before: dict[int, Box] = {}
    mark = None
    for _, pixels in clip.frames():
        mark = mark or fingerprint(pixels)
        now: dict[int, Box] = {}
        for decision in blurrer.analyze(Photo(Picture(pixels, pixels, "RGB"), ImageFormat.BMP)):
            box = decision.face.box
            near = (i for i, there in before.items() if i not in now and there.iou(box) > SAME_PERSON_IOU)
            person = next(near, len(people))
            if person == len(people):
                people.append(decision)
            elif box.area > people[person].face.box.area:
                people[person] = decision
            now[person] = box
        before = now
    return tuple(people), mark


def hidden_in(words: Sequence[str]) -> tuple[Hidden, ...]:
    """Return what a clip's file hides, as findings."""
    return tuple(Hidden(KINDS.get(each, Kind.TEXT), "the clip's file", 0, each) for each in words)
