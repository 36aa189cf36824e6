"""The frames of a clip, one after the other: upright, whole, and each at its own time."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from blurkit.errors import UnreadablePhoto
from blurkit.video.bright import darkened
from blurkit.video.planes import UNSPECIFIED, Planes
from blurkit.video.source import EXPORT, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blurkit.video.source import Facts

CHUNK = 8
"""Every so manieth sample of a frame counts for its mark."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame of a clip."""

    index: int
    """Its number, from 0."""
    time: int
    """When it is shown, in ticks of the clip's clock."""
    planes: Planes
    """What it shows."""

    @property
    def mark(self) -> int:
        """A number that tells whether the same frame was decoded again."""
        return zlib.crc32(self.planes.y[::CHUNK, ::CHUNK].tobytes())


class Frames:
    """Reads a clip from its beginning; what had to be said of its end is known when it is through."""

    def __init__(self, clip: Path | IO[bytes], facts: Facts, *, threads: int = 1) -> None:
        """Read nothing yet.

        Args:
            clip: Its path, or the open file.
            facts: What is known of it.
            threads: For the decoder.
        """
        self._clip, self._facts, self._threads, self._is_damaged = clip, facts, threads, False
        self._path = clip if isinstance(clip, Path) else None
        self.is_cut_short = not facts.is_whole
        """Whether the file ends in the middle of a frame, or before its last one."""

    def __iter__(self) -> Iterator[Frame]:
        """Yield every frame.

        Raises:
            PhotoError: The clip cannot be read, or is damaged in its middle.
        """
        last = None
        with opened(self._clip) as (container, stream):
            stream.thread_type, stream.codec_context.thread_count = "AUTO", self._threads
            index = -1
            for index, frame in enumerate(self._woven(self._decoded(container, stream), stream)):
                time = self._time(frame, last)
                last = time
                yield Frame(index, time, self._planes(frame))
            if index < 0:
                raise UnreadablePhoto("not one frame of it can be decoded", path=self._path, hint=EXPORT)

    def _decoded(self, container: Any, stream: Any) -> Iterator[Any]:
        """Yield frames as they are stored, up to the last whole one."""
        stored, self._is_damaged = 0, False
        for packet in self._packets(container, stream):
            if packet.size and self._is_damaged:
                raise UnreadablePhoto("the clip is damaged in its middle", path=self._path, hint=EXPORT)
            stored += packet.size > 0
            yield from self._unpacked(packet)
        self.is_cut_short |= self._is_damaged or stored < self._facts.frames

    def _packets(self, container: Any, stream: Any) -> Iterator[Any]:
        from av import FFmpegError

        packets = container.demux(stream)
        while True:
            try:
                packet = next(packets, None)
            except FFmpegError:
                self._is_damaged = True
                return
            if packet is None:
                return
            yield packet

    def _unpacked(self, packet: Any) -> Iterator[Any]:
        from av import FFmpegError

        if packet.is_corrupt:
            self._is_damaged = True
            return
        try:
            yield from packet.decode()
        except FFmpegError:
            self._is_damaged = True

    def _woven(self, frames: Iterator[Any], stream: Any) -> Iterator[Any]:
        """Yield whole pictures, also of a clip whose lines are of two times."""
        if not self._facts.is_interlaced:
            yield from frames
            return
        from av.error import BlockingIOError, EOFError
        from av.filter import Graph

        graph = Graph()
        graph.link_nodes(
            graph.add_buffer(template=stream), graph.add("bwdif", mode="send_frame"), graph.add("buffersink")
        ).configure()
        for frame in chain(frames, (None,)):
            graph.vpush(frame)
            while True:
                try:
                    yield graph.vpull()
                except (BlockingIOError, EOFError):
                    break

    def _time(self, frame: Any, last: int | None) -> int:
        """Return when a frame is shown, in ticks; after the one before it, whatever the file says."""
        tick = self._facts.time_base
        if frame.pts is None:
            usual = max(1, round(1 / (self._facts.rate * tick)))
            return 0 if last is None else last + usual
        time = round(Fraction(frame.pts) * (frame.time_base or tick) / tick)
        return time if last is None else max(time, last + 1)

    def _planes(self, frame: Any) -> Planes:
        facts, coloring = self._facts, self._facts.coloring
        size = facts.coded_size
        if facts.is_far_brighter:
            frame = darkened(frame)
        same = frame.format.name in ("yuv420p", "yuvj420p") and (frame.width, frame.height) == (size.width, size.height)
        if not same:
            range_ = coloring.range or 1
            to = coloring.shown_matrix
            is_rgb = frame.format.is_rgb or coloring.matrix == UNSPECIFIED
            frame = frame.reformat(
                width=size.width,
                height=size.height,
                format="yuv420p",
                src_colorspace=None if is_rgb else to,
                dst_colorspace=to,
                src_color_range=2 if frame.format.is_rgb else range_,
                dst_color_range=range_,
            )
        return Planes.of(frame, facts.turning)
