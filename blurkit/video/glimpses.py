"""A few frames of a published clip, and what its file hides: for audits, which change nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from blurkit.errors import PhotoError
from blurkit.machine.serving import tell
from blurkit.metadata import mp4
from blurkit.picture.containers import Container, sniff_clip
from blurkit.video.check import CHECK_EVERY
from blurkit.video.file import clip_file
from blurkit.video.frames import Frames
from blurkit.video.shots import Cuts
from blurkit.video.source import facts_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from blurkit.geometry import Size
    from blurkit.records import Pixels


UNKNOWN = {"private box", "bytes of no track"}
"""What FFmpeg does not name."""


@dataclass(slots=True)
class Glimpses:
    """A clip that is looked at here and there."""

    path: Path
    """The clip."""
    size: Size
    """Of its upright frames, in pixels."""
    hidden: tuple[str, ...]
    """What its file holds besides its picture, in words."""
    max_megapixels: float
    """Larger frames are refused."""

    def frames(self) -> Iterator[tuple[float, Pixels]]:
        """Yield the first frame of each shot, and one each half second at least, with its time in seconds.

        Raises:
            PhotoError: The clip cannot be read.
        """
        facts = facts_of(self.path, max_megapixels=self.max_megapixels)
        cuts, last = Cuts(), 0.0
        for frame in Frames(self.path, facts):
            seconds = float(frame.time * facts.time_base)
            is_new, _ = cuts.look(frame.planes)
            tell(seconds)
            if is_new or seconds - last >= CHECK_EVERY:
                last = seconds
                yield seconds, frame.planes.rgb(facts.coloring)


def glimpses_of(path: Path, max_megapixels: float) -> Glimpses:
    """Open a clip.

    Raises:
        PhotoError: It is no clip, cannot be read, or its frames are too large.
    """
    facts = facts_of(path, max_megapixels=max_megapixels)
    return Glimpses(path, facts.size, tuple(sorted({*facts.hidden, *_beside_tracks(path)})), max_megapixels)


def _beside_tracks(path: Path) -> set[str]:
    """Return what an MP4 or MOV holds that no player knows, in words."""
    with clip_file(path) as file:
        is_mp4 = sniff_clip(file.read(64)) is Container.MP4
        try:
            return {hidden.detail for hidden in mp4.find(file)} & UNKNOWN if is_mp4 else set()
        except PhotoError:  # it is laid out otherwise
            return set()
