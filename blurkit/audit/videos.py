"""A few frames of a video, decoded from memory in a process of its own: bytes in, pictures out.

A video made to crash, hang or fill the memory does that to the other process alone. Nothing is put into a file.
"""

from __future__ import annotations

import io
import struct
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from blurkit.machine.crash import forbid_core_dumps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blurkit.records import Pixels

FRAMES = 5
"""Frames looked at, spread evenly from the first to the last: a motion photo's video is two to three seconds long."""

MAX_BYTES = 200 << 20
"""Larger videos are not looked at."""

MAX_SECONDS = 8.0
"""How long the other process may take for one video."""

MAX_MEMORY = 3 << 30
"""Bytes of memory that it may ask for, where the system can limit that."""

MAX_PIXELS = 36_000_000
"""Pixels of a frame, those of 8K; larger ones are not looked at."""

LONG_SIDE = 1920
"""Longer side in pixels to which larger frames are made smaller."""

_HEAD = struct.Struct("<II")


def frames_of(video: bytes) -> tuple[Pixels, ...]:
    """Return frames of a video.

    Args:
        video: The whole file: MP4, MOV, or a HEIC or AVIF sequence.

    Returns:
        At most `FRAMES` upright RGB pictures; none if it cannot be decoded, is too large, or takes too long.
    """
    if len(video) > MAX_BYTES:
        return ()
    command = [sys.executable, "-P", "-m", __name__]  # -P: nothing is imported from the folder that the user is in
    try:
        done = subprocess.run(
            command,
            input=video,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=MAX_SECONDS,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired):  # the caller says that it could not be looked at
        return ()
    return tuple(_unpacked(done.stdout))


def _unpacked(packed: bytes) -> Iterator[Pixels]:
    """Yield the whole frames of what the other process wrote before it ended, however it ended."""
    at = 0
    while at + _HEAD.size <= len(packed):
        width, height = _HEAD.unpack_from(packed, at)
        at += _HEAD.size
        if width * height == 0 or at + 3 * width * height > len(packed):
            return
        frame = np.frombuffer(packed, np.uint8, 3 * width * height, at).reshape(height, width, 3)
        at += frame.size
        yield frame


def _decoded(video: bytes) -> Iterator[Pixels]:
    """Yield the frames, in the other process."""
    import cv2

    options = [cv2.CAP_PROP_N_THREADS, 1, cv2.CAP_PROP_HW_ACCELERATION, cv2.VIDEO_ACCELERATION_NONE]
    stream: Any = io.BytesIO(video)
    capture = cv2.VideoCapture(stream, cv2.CAP_FFMPEG, options)
    sides = capture.get(cv2.CAP_PROP_FRAME_WIDTH), capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
    if not capture.isOpened() or not 0 < sides[0] * sides[1] <= MAX_PIXELS:
        return
    count = capture.get(cv2.CAP_PROP_FRAME_COUNT)
    for position in np.linspace(0, max(0.0, count - 1), FRAMES):
        if count > 1:
            capture.set(cv2.CAP_PROP_POS_FRAMES, int(position))
        done, frame = capture.read()
        if not done:
            continue
        scale = LONG_SIDE / max(frame.shape[:2])
        if scale < 1:
            frame = cv2.resize(frame, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        yield np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB), np.uint8)


def main() -> None:
    """Read a video from standard input, and write its frames to standard output."""
    with suppress(ImportError, OSError, ValueError):  # Windows has no such limit; the time is limited everywhere
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for frame in _decoded(sys.stdin.buffer.read(MAX_BYTES)):
        sys.stdout.buffer.write(_HEAD.pack(frame.shape[1], frame.shape[0]))
        sys.stdout.buffer.write(frame.tobytes())
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    forbid_core_dumps()
    main()
