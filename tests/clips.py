"""Small real clips, made by the tests with PyAV."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import av
import numpy as np
from PIL import Image

from blurkit.machine.priority import kept_priority

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

WIDTH, HEIGHT = 96, 64
TICK = Fraction(1, 1000)


def pattern(index: int, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray[Any, Any]:
    """Return a frame in which every place has its own tone, red above and to the left; a bar tells its number."""
    rows, columns = np.mgrid[:height, :width]
    frame = np.stack([255 - 2 * columns, 40 + 2 * rows, np.full_like(rows, 90)], axis=2).clip(0, 255).astype(np.uint8)
    frame[height // 2 : height // 2 + 8, 4 * index : 4 * index + 8] = 255
    return frame


def patterns(count: int = 10, **size: int) -> list[np.ndarray[Any, Any]]:
    return [pattern(index, **size) for index in range(count)]


def noise(count: int) -> list[np.ndarray[Any, Any]]:
    """Return frames that no encoder makes small."""
    random = np.random.default_rng(1)
    return [random.integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8) for _ in range(count)]


def make(
    path: Path,
    pictures: Iterable[np.ndarray[Any, Any]],
    *,
    times: Sequence[int] | None = None,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    sound: bool = False,
    metadata: dict[str, str] | None = None,
    options: dict[str, str] | None = None,
    rate: int = 25,
    colors: tuple[int, int, int] | None = None,
    cover: bool = False,
    second: bool = False,
) -> Path:
    """Write a clip.

    Args:
        path: The file; its extension names the container.
        pictures: RGB frames.
        times: When each is shown, in milliseconds; by default evenly at `rate`.
        codec: Name of the encoder.
        pix_fmt: Kind of its samples.
        sound: Add a tone.
        metadata: Words of the container.
        options: For the encoder.
        rate: Frames a second.
        colors: Primaries, transfer and matrix by their numbers.
        cover: Add cover art.
        second: Add a second picture track.
    """
    pictures = list(pictures)
    times = times or [round(1000 * index / rate) for index in range(len(pictures))]
    with kept_priority(), av.open(str(path), "w") as container:
        container.metadata.update(metadata or {})
        streams = [_stream(container, codec, pictures[0], pix_fmt, rate, options, colors)]
        if second:
            streams.append(_stream(container, codec, pictures[0], pix_fmt, rate, options, colors))
        art = container.add_stream("png", rate=1) if cover else None
        if art is not None:
            art.width, art.height, art.pix_fmt = WIDTH, HEIGHT, "rgb24"
            art.disposition = art.disposition.__class__.attached_pic
        tone = container.add_stream("libopus" if path.suffix == ".webm" else "aac", rate=48000) if sound else None
        for picture, time in zip(pictures, times, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = time, TICK
            for stream in streams:
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode(None))
        if tone is not None:
            _tone(container, tone, (times[-1] + 40) / 1000)
        if art is not None:
            container.mux(art.encode(av.VideoFrame.from_ndarray(pictures[0], format="rgb24")))
    return path


def animation(path: Path, pictures: Sequence[np.ndarray[Any, Any]], milliseconds: Sequence[int]) -> Path:
    """Write a GIF or WebP that moves, each frame shown for so long; its corner is clear."""
    images = [Image.fromarray(picture).convert("RGBA") for picture in pictures]
    for image in images:
        image.paste((255, 0, 0, 0), (0, 0, 4, 4))
    rest = {"append_images": images[1:], "duration": list(milliseconds), "loop": 0}
    images[0].save(path, save_all=True, **rest, **({"lossless": True} if path.suffix == ".webp" else {}))
    return path


def _stream(container: Any, codec: str, picture: Any, pix_fmt: str, rate: int, options: Any, colors: Any) -> Any:
    stream = container.add_stream(codec, rate=rate, options=options or {})
    stream.height, stream.width = picture.shape[:2]
    stream.pix_fmt, stream.codec_context.time_base = pix_fmt, TICK
    stream.codec_context.thread_count = 1
    if colors is not None:
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = colors
    return stream


def _tone(container: Any, stream: Any, seconds: float) -> None:
    frame_size = 960
    for start in range(0, int(seconds * 48000), frame_size):
        wave = np.sin(np.arange(start, start + frame_size) * 2 * np.pi * 440 / 48000).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.stack([wave, wave]), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
