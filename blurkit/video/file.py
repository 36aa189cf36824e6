"""The file of a clip: a whole one, or the stretch of a motion photo that is its video."""

from __future__ import annotations

import io
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from blurkit.errors import UnreadablePhoto
from blurkit.machine.files import open_regular, read_regular
from blurkit.metadata import video_in
from blurkit.picture.animations import MOVING_KINDS
from blurkit.picture.formats import sniff

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blurkit.picture.reading import Range

MAX_BYTES = 64 << 30
"""Larger files are not read."""


@contextmanager
def clip_file(clip: Path | IO[bytes]) -> Iterator[IO[bytes]]:
    """Lend a clip's file from its beginning.

    Args:
        clip: Its path, or that of a photo with a video in it; or an open file, which stays open.

    Raises:
        OSError: It cannot be read.
        UnreadablePhoto: It is a photo without a video.
    """
    if not isinstance(clip, Path):
        clip.seek(0)
        yield clip
        return
    with open_regular(clip, max_bytes=MAX_BYTES) as file:
        kind = sniff(file.read(64))
        file.seek(0)
        if kind is None or kind in MOVING_KINDS:
            yield file
            return
        place = video_in(read_regular(clip))
        if place is None:
            raise UnreadablePhoto("there is no video in this photo", path=clip)
        yield io.BufferedReader(Stretch(file, place))


class Stretch(io.RawIOBase):
    """A part of an open file, read as a file of its own."""

    def __init__(self, file: IO[bytes], place: Range) -> None:
        """Begin at the part's first byte."""
        self._file, (self._start, self._end), self._at = file, place, 0

    def readable(self) -> bool:
        """Return true."""
        return True

    def seekable(self) -> bool:
        """Return true."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to another place, and return it; see `io.IOBase.seek`."""
        begins = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._end - self._start}
        self._at = max(0, begins[whence] + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer, and return the number of bytes."""
        self._file.seek(self._start + self._at)
        data = self._file.read(max(0, min(len(buffer), self._end - self._start - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)
