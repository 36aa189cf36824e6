"""A new MP4 with one picture track and at most one sound track, and nothing else."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction
from typing import IO, TYPE_CHECKING, Any, Self

from blurkit.errors import OutputNotWritable
from blurkit.machine.priority import kept_priority
from blurkit.video.codecs import CODINGS
from blurkit.video.source import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from blurkit.geometry import Size
    from blurkit.video.codecs import Coding
    from blurkit.video.planes import Planes
    from blurkit.video.source import Facts

PLAIN = {"fflags": "+bitexact", "brand": "mp42"}
"""What keeps the name of the program out of the file."""

WITHOUT_SOUND = "leave out --keep-sound"


class Writer:
    """Writes frames into a new file."""

    def __init__(
        self,
        file: IO[bytes],
        facts: Facts,
        *,
        size: Size | None = None,
        coding: Coding = CODINGS["h264"],
        sound: Path | None = None,
        threads: int = 1,
    ) -> None:
        """Begin a file.

        Args:
            file: An empty file, open for writing and reading.
            facts: Of the source.
            size: Of the frames, if it is another one than the source's.
            coding: How they are coded.
            sound: The clip whose sound is copied bit for bit; None for none.
            threads: For the encoder; with one, the same frames give the same bytes.

        Raises:
            OutputNotWritable: The sound does not fit into this file.
        """
        import av
        from av.bitstream import BitStreamFilterContext

        self._tick = facts.time_base
        with ExitStack() as open_:
            self._container = open_.enter_context(av.open(file, "w", format="mp4", options=PLAIN))
            options = coding.options_for(threads)
            self._stream: Any = self._container.add_stream(
                coding.encoder, rate=facts.rate.limit_denominator(1 << 16), options=options
            )
            codec, size = self._stream.codec_context, size or facts.size
            self._stream.width, self._stream.height = size.width, size.height
            if coding.tag is not None:
                codec.codec_tag = coding.tag
            self._stream.pix_fmt, codec.time_base = "yuv420p", self._tick
            self._stream.time_base = self._tick
            codec.thread_count = threads
            if facts.aspect is not None:
                codec.sample_aspect_ratio = facts.aspect
            coloring = facts.coloring
            codec.color_primaries, codec.color_trc = coloring.primaries, coloring.transfer
            codec.colorspace, codec.color_range = coloring.matrix, coloring.range
            self._clean: Any = None
            if coding.clean is not None:
                self._clean = BitStreamFilterContext(coding.clean, in_stream=self._stream)
            self._sound = None if sound is None else open_.enter_context(_Sound(sound, self._container))
            self._open = open_.pop_all()
        self._coloring = coloring
        self._last: tuple[int, int] | None = None

    def add(self, planes: Planes, time: int) -> None:
        """Write the next frame, which is shown at a time in ticks of the source's clock."""
        if self._sound is not None:
            self._sound.copy_until(time * self._tick)
        frame = planes.frame(self._coloring)
        frame.pts, frame.time_base = time, self._tick
        with kept_priority():
            self._write(self._stream.encode(frame))

    def finish(self) -> None:
        """Write what is still to be written."""
        with kept_priority():
            self._write(self._stream.encode(None))
        if self._sound is not None:
            self._sound.copy_until(None)

    def _write(self, packets: Any) -> None:
        for packet in packets:
            stream = packet.stream
            for clean in [packet] if self._clean is None else self._clean.filter(packet):
                clean.stream = stream
                self._container.mux(clean)

    def close(self) -> None:
        """End the file; what is written to it later belongs to others."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Sound:
    """Copies the first sound track of a clip, packet by packet."""

    def __init__(self, path: Path, container: Any) -> None:
        self._path, self._container = path, container
        self._open = ExitStack()

    def __enter__(self) -> Self:
        source, self._from = self._open.enter_context(opened(self._path, "audio"))
        try:
            self._to = _template(self._container, self._from)
        except (ValueError, AttributeError) as fault:  # PyAV has no name for a coding that FFmpeg does not know
            self._open.close()
            kind = getattr(self._from.codec_context, "name", "that nobody knows")
            raise OutputNotWritable(f"sound of the kind {kind} does not fit into MP4", hint=WITHOUT_SOUND) from fault
        self._to.metadata.clear()
        self._packets = _heard(source.demux(self._from))
        self._next = next(self._packets, None)
        return self

    def copy_until(self, seconds: Fraction | None) -> None:
        """Copy what is heard before a time; all that is left for None."""
        while self._next is not None and (seconds is None or _starts(self._next) <= seconds):
            self._next.stream = self._to
            self._mux(self._next)
            self._next = next(self._packets, None)

    def _mux(self, packet: Any) -> None:
        from av import FFmpegError

        try:
            self._container.mux(packet)
        except FFmpegError as fault:
            what = f"the sound cannot be copied as it is: {fault.strerror}"
            raise OutputNotWritable(what, path=self._path, hint=WITHOUT_SOUND) from fault

    def __exit__(self, *_: object) -> None:
        self._open.close()


def _template(container: Any, stream: Any) -> Any:
    """Return a new track for what is copied from another.

    Raises:
        ValueError: It does not fit into this container.
    """
    return container.add_stream_from_template(stream)


def _heard(packets: Iterator[Any]) -> Iterator[Any]:
    """Yield the packets that players play, and of what was cut off only the one that decoding the next needs."""
    before = None
    for packet in packets:
        if packet.size and packet.is_discard:
            before = packet
        elif packet.size:
            if before is not None:
                yield before
            before = None
            yield packet


def _starts(packet: Any) -> Fraction:
    """Return when a packet is to be decoded, in seconds; one that does not say it is next in any case."""
    return Fraction(0) if packet.dts is None else packet.dts * packet.time_base
