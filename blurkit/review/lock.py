"""One review of a folder at a time: two would each write the decisions of its own page over the other's."""

from __future__ import annotations

import json
import os
import platform
import secrets
import stat
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from blurkit.errors import SettingsError
from blurkit.language import tr
from blurkit.machine.files import lock

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = ".blurkit-review.lock"
"""Lies next to the decisions while a review is open, and says whose it is."""

WAIT_SECONDS = 60.0
"""How long a review that is to end may take for the photos under way."""

LOOK_SECONDS = 0.1
"""How often it is looked whether it has ended."""

_MAX_BYTES = 1000
_TRIES = 100


class FolderTaken(SettingsError):
    """Another review has the folder, which can be ended from here."""


class Lock:
    """A folder that nobody else reviews. The system takes the lock back when its process ends, however that happens."""

    def __init__(self, file: Path, *, take_over: bool = False) -> None:
        """Take the lock.

        A file system without locks, or a folder that cannot be written to, goes without.

        Args:
            file: Where it lies.
            take_over: Tell the review that has it to end, and wait for that.

        Raises:
            FolderTaken: Another review has it, and is to keep it.
            SettingsError: The other review does not end.
        """
        self._file, self._handle = file, -1
        self._mine = json.dumps({"pid": os.getpid(), "host": platform.node(), "key": secrets.token_hex(16)})
        until = time.monotonic() + WAIT_SECONDS
        while not self._is_taken():
            holder = self._text()
            if not take_over:
                raise FolderTaken(
                    tr("is being reviewed already, {by}").format(by=_who(holder)),
                    path=file.parent,
                    hint="go on in that page, or end that review and begin here: blurkit review DIR --take-over",
                )
            if time.monotonic() > until:
                what = tr("is being reviewed {by}, which does not end").format(by=_who(holder))
                raise SettingsError(what, path=file.parent)
            with suppress(OSError):
                self._write()
            time.sleep(LOOK_SECONDS)

    @property
    def is_wanted(self) -> bool:
        """Whether another review waits for this one to end."""
        return self._handle >= 0 and self._text() not in ("", self._mine)

    def release(self) -> None:
        """Give the lock back."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            if sys.platform == "win32":  # an open file cannot be removed there
                os.close(handle)
            with suppress(OSError):
                self._file.unlink()
            if sys.platform != "win32":
                os.close(handle)

    def __del__(self) -> None:
        """Do not hold a folder that nobody reviews any more."""
        self.release()

    def _is_taken(self) -> bool:
        """Whether the lock is this review's now, or there can be none."""
        for _ in range(_TRIES):
            try:
                handle = _opened(self._file)
            except OSError:
                return True
            try:
                lock(handle)
            except BlockingIOError:
                os.close(handle)
                return False
            except OSError:
                os.close(handle)
                return True
            if not _is_there(handle, self._file):  # it was given back, and removed, in between
                os.close(handle)
                continue
            self._handle = handle
            with suppress(OSError):
                self._write()
            return True
        return False

    def _write(self) -> None:
        handle = _opened(self._file)
        try:
            os.ftruncate(handle, 0)
            os.write(handle, self._mine.encode())
        finally:
            os.close(handle)

    def _text(self) -> str:
        try:
            handle = _opened(self._file)
        except OSError:
            return ""
        try:
            return os.read(handle, _MAX_BYTES).decode("utf-8", "replace")
        finally:
            os.close(handle)


def _opened(file: Path) -> int:
    """Open the file of a lock, and nothing else that may have been put in its place.

    Raises:
        OSError: It cannot be opened, or is a link, a pipe or another name of something else.
    """
    flags = 0
    for more in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY", "O_CLOEXEC"):
        flags |= getattr(os, more, 0)
    try:
        handle = os.open(file, flags | os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:  # another user's: whether it is taken can be seen all the same
        handle = os.open(file, flags | os.O_RDONLY)
    known = os.fstat(handle)
    if not stat.S_ISREG(known.st_mode) or known.st_nlink > 1 or known.st_size > _MAX_BYTES:
        os.close(handle)
        raise OSError("is no lock")
    return handle


def _is_there(handle: int, file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), file.stat(follow_symlinks=False))
    except OSError:
        return False


def _who(text: str) -> str:
    """Say which process a lock belongs to."""
    try:
        known = json.loads(text)
        words = tr("by process {number} on {computer}")
        return words.format(number=int(known["pid"]), computer=str(known["host"])[:100])
    except (ValueError, KeyError, TypeError):
        return tr("by another process")
