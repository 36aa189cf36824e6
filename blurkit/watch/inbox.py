"""An inbox that photos are copied into: which files in it are wholly written.

It is looked at again and again. Notices from the system would be quicker, but network shares and synced folders send
none, and a file has to be looked at twice anyway to see whether it still grows.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blurkit.batch.collect import files_in, is_left_alone
from blurkit.machine.files import MAX_HASHED, open_regular
from blurkit.picture.containers import CLIP_SUFFIXES
from blurkit.picture.formats import COMPANIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNFINISHED = {".part", ".partial", ".crdownload", ".download", ".filepart", ".tmp", ".temp"}
"""Extensions by which programs mark what they are still copying or downloading."""


@dataclass(frozen=True, slots=True)
class State:
    """What a file looks like from outside."""

    size: int
    """In bytes."""
    changed_ns: int
    """When it was last changed, in nanoseconds since 1970, by the clock of its disk."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file in a certain state."""

    path: Path
    """The file."""
    state: State
    """Its state."""
    since: float
    """When it was first seen so, in seconds by a clock that never jumps."""

    @property
    def quiet_seconds(self) -> float:
        """How long it has not changed, as far as can be told."""
        return max(time.monotonic() - self.since, time.time() - self.state.changed_ns / 1e9)


class Inbox:
    """A folder that is looked at again and again."""

    def __init__(self, folder: Path, *, recursive: bool, out: str, clips: bool = False) -> None:
        """Look at nothing yet.

        Args:
            folder: The inbox.
            recursive: Look into subfolders.
            out: The output folder, which is left out.
            clips: Take clips for what is to be processed, and not for what travels with photos.
        """
        self._left_alone = {suffix for suffix in COMPANIONS if not (clips and suffix in CLIP_SUFFIXES)} | UNFINISHED
        self.folder = folder
        self.waiting = 0
        """Files of the last look that are still being written."""
        self._recursive, self._out = recursive, out
        self._seen: dict[Path, Incoming] = {}

    def poll(self, known: Callable[[Path, State], bool]) -> list[Incoming]:
        """Return the files that were the same at the look before, are not empty, and that nobody is writing.

        Args:
            known: Says what was dealt with in this state, and is not wanted.
        """
        before, self._seen, self.waiting = self._seen, {}, 0
        whole = []
        for path in files_in(self.folder, recursive=self._recursive, out=self._out):
            state = self._state(path)
            if state is None:
                continue
            earlier = before.get(path)
            same = earlier is not None and earlier.state == state
            incoming = earlier if earlier is not None and same else Incoming(path, state, time.monotonic())
            self._seen[path] = incoming
            if known(path, state):
                continue
            if same and state.size and not is_being_written(path):
                whole.append(incoming)
            else:
                self.waiting += 1
        return whole

    def _state(self, path: Path) -> State | None:
        """Return a file's state; None if it is gone, no photo or clip by its name, or marked as unfinished."""
        if path.suffix.lower() in self._left_alone or is_left_alone(path):
            return None
        try:
            known = path.stat()
        except OSError:
            return None
        return State(known.st_size, known.st_mtime_ns)

    def holds(self, path: Path) -> bool:
        """Whether a file was there at the last look."""
        return path in self._seen


def is_being_written(path: Path) -> bool:
    """Whether another program has the file open for writing, where the system tells: Windows, and Linux' own disks."""
    try:
        with open_regular(path, max_bytes=MAX_HASHED) as file:
            _lease(file.fileno())
    except BlockingIOError:
        return True
    except PermissionError:  # on Windows, whoever writes shuts others out
        return os.name == "nt"
    except OSError:
        return False
    return False


def _lease(descriptor: int) -> None:
    """Ask for a read lease and give it back at once: Linux refuses it while the file is open for writing.

    Raises:
        BlockingIOError: It is.
        OSError: This disk has no leases, or the file is another user's.
    """
    try:
        from fcntl import F_RDLCK, F_SETLEASE, F_UNLCK, fcntl
    except ImportError:  # not Linux
        return
    fcntl(descriptor, F_SETLEASE, F_RDLCK)
    fcntl(descriptor, F_SETLEASE, F_UNLCK)
