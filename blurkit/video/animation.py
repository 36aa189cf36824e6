"""A WebP or PNG animation as a container with one track: FFmpeg has no decoder for WebP, and drops what is clear."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from types import SimpleNamespace
from typing import IO, TYPE_CHECKING, Any

from blurkit.errors import UnreadablePhoto
from blurkit.picture.containers import Container

if TYPE_CHECKING:
    from collections.abc import Iterator

TICK = Fraction(1, 1000)

USUAL_MS = 100
"""How long a frame is shown that names no time: what browsers do."""

DAMAGED = OSError, EOFError, ValueError, SyntaxError
"""What Pillow raises for a damaged file."""

PAPER = (255, 255, 255, 255)
"""What is seen through clear pixels, as in a GIF."""


class Disposition(int):
    """What players are told of a track: nothing here."""

    attached_pic = 0


@dataclass
class Track:
    """The one track."""

    frames: int
    """How many frames the file says it has."""
    codec_context: Any
    """Their size; the number of threads is taken and means nothing."""
    type: str = "video"
    index: int = 0
    disposition: Disposition = field(default_factory=Disposition)
    metadata: dict[str, str] = field(default_factory=dict)
    time_base: Fraction = TICK
    average_rate: Fraction = Fraction(1000, USUAL_MS)
    sample_aspect_ratio: None = None
    thread_type: str = ""


class Animation:
    """What `av.open` returns for other containers, as far as the video stage asks for it."""

    def __init__(self, image: Any, form: Container) -> None:
        """Hold an open picture of Pillow."""
        size = SimpleNamespace(width=image.width, height=image.height, field_order="progressive", thread_count=1)
        size.codec = SimpleNamespace(canonical_name=form.value)
        self._image = image
        self._first = int(bool(getattr(image, "default_image", False)))  # what viewers without animations show
        self.streams = [Track(getattr(image, "n_frames", 1) - self._first, size)]
        self.format, self.duration = SimpleNamespace(name=form.value), None
        texts = (key for key, value in image.info.items() if form is Container.PNG and isinstance(value, str))
        self.metadata = {word: word for word in (*(w for w in ("exif", "xmp") if w in image.info), *texts)}

    def chapters(self) -> tuple[()]:
        """Return none."""
        return ()

    def demux(self, track: Track) -> Iterator[Packet]:
        """Yield a packet for each frame."""
        shown = 0.0
        for index in range(track.frames):
            packet = Packet(self._image, index + self._first, shown)
            yield packet
            shown += packet.milliseconds

    def decode(self, track: Track) -> Iterator[Any]:
        """Yield every frame."""
        for packet in self.demux(track):
            yield from packet.decode()


@dataclass
class Packet:
    """One frame, not decoded yet."""

    image: Any
    """The open picture."""
    index: int
    """Its number."""
    shown: float
    """When it is shown, in milliseconds, if the file does not say."""
    milliseconds: float = USUAL_MS
    """For how long; known once it is decoded."""
    size: int = 1
    is_corrupt: bool = False

    def decode(self) -> Iterator[Any]:
        """Yield the frame as an `av.VideoFrame` in RGB, on white.

        Raises:
            UnreadablePhoto: It is damaged; nothing after it can be decoded.
        """
        from av import VideoFrame
        from PIL import Image

        try:
            self.image.seek(self.index)
            picture = self.image.convert("RGBA")
        except DAMAGED as fault:
            raise UnreadablePhoto("the animation is damaged", hint="export it again as MP4 with H.264") from fault
        paper = Image.new("RGBA", picture.size, PAPER)
        frame = VideoFrame.from_image(Image.alpha_composite(paper, picture).convert("RGB"))
        self.milliseconds = self.image.info.get("duration") or USUAL_MS
        frame.pts, frame.time_base = round(self.image.info.get("timestamp", self.shown)), TICK
        yield frame


@contextmanager
def opened(file: IO[bytes], form: Container) -> Iterator[Animation]:
    """Lend an animation.

    Args:
        file: Open for reading.
        form: What it is.

    Raises:
        UnreadablePhoto: It is damaged.
    """
    from PIL import Image

    try:
        image = Image.open(file, formats=[form.name])
    except (*DAMAGED, Image.DecompressionBombError) as fault:
        raise UnreadablePhoto("the animation cannot be read", hint="export it again as MP4 with H.264") from fault
    with image:
        yield Animation(image, form)
