"""Files of the user: written whole or not at all, and read only if they are regular ones of bounded size."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import secrets
import stat
import sys
from contextlib import contextmanager
from io import BufferedReader, BufferedWriter, FileIO
from typing import TYPE_CHECKING

from blurkit.errors import DiskFull, OutputNotWritable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAX_BYTES = 1 << 30
"""Larger files are not read: the largest photos, 100 megapixels of 16 bits without compression, take 600 MB."""

MAX_HASHED = 64 << 30
"""Larger clips are not even hashed, for which they need not be held in memory."""

BEING_WRITTEN = ".blurkit-"
"""How the name of a file begins that is not whole yet; it ends with `.tmp`."""

_LEFT_OVER = re.compile(re.escape(BEING_WRITTEN) + r"[0-9a-f]{16}\.tmp")
_LOCKED_BYTE = 1 << 40
"""The byte that is locked where systems lock bytes: far behind any text, which others must be able to read."""

PRIVATE, ORDINARY = 0o600, 0o666
"""Who may read a new file: this user alone, or everyone whom the user's mask lets."""


@contextmanager
def replacing(path: Path, *, private: bool = True, overwrite: bool = True) -> Iterator[BufferedWriter]:
    """Lend a new file that takes its place at a path when it is whole: written next to it, synced, then renamed.

    A link at that path is replaced itself; what it leads to stays as it was.

    Args:
        path: Where the file goes.
        private: Let only this user read it: reports and decisions hold names.
        overwrite: Replace what is there.

    Raises:
        FileExistsError: Something is there, and `overwrite` is off.
        OSError: It cannot be written; nothing half-written is left, and what was there before stays.
    """
    temporary, file = _temporary(path.parent, PRIVATE if private else ORDINARY)
    try:
        yield file
        file.flush()
        os.fsync(file.fileno())
        if sys.platform == "win32":  # an open file cannot be renamed there
            file.close()
        if overwrite:
            temporary.replace(path)
        else:
            _rename_new(temporary, path)
        _sync_folder(path.parent)
    finally:
        with contextlib.suppress(OSError):
            file.close()
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _temporary(folder: Path, mode: int) -> tuple[Path, BufferedWriter]:
    """Make a new file in a folder that `sweep` leaves alone while it is open."""
    while True:
        path = folder / f"{BEING_WRITTEN}{secrets.token_hex(8)}.tmp"
        file = new_file(path, mode)
        try:
            lock(file.fileno())
            if os.path.samestat(os.fstat(file.fileno()), path.stat(follow_symlinks=False)):
                return path, file
        except (BlockingIOError, FileNotFoundError):  # it was swept away at this very moment
            pass
        except OSError:  # no locks here
            return path, file
        file.close()


def sweep(folders: Iterable[Path]) -> None:
    """Remove what a run that was killed left half-written in folders; what is being written at this moment stays.

    A file that is being written is locked until it has its name, and its lock ends with its process. Where a system
    has no such locks, it does not let go of an open file either.
    """
    for folder in folders:
        with contextlib.suppress(OSError):
            for name in [entry.name for entry in os.scandir(folder) if _LEFT_OVER.fullmatch(entry.name)]:
                with contextlib.suppress(OSError):
                    _remove_if_free(folder / name)


def _remove_if_free(path: Path) -> None:
    with open_regular(path) as file:
        lock(file.fileno())
        if sys.platform != "win32":
            path.unlink()
    if sys.platform == "win32":
        path.unlink()


def lock(handle: int) -> None:
    """Take the lock of an open file, which ends with this process.

    Raises:
        BlockingIOError: Another process has it.
        OSError: This file system has no locks.
    """
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError as fault:
            raise BlockingIOError from fault
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def replace_file(path: Path, data: bytes) -> None:
    """Write a small file for this user only, whole or not at all.

    Raises:
        OSError: It cannot be written; the one before it stays.
    """
    with replacing(path) as file:
        file.write(data)


def replace_text(path: Path, parts: Iterable[str]) -> None:
    """Write a text for this user only, part by part, whole or not at all.

    Raises:
        OutputNotWritable: It cannot be written; the one before it stays.
    """
    try:
        with replacing(path) as file:
            file.writelines(part.encode("utf-8") for part in parts)
    except OSError as fault:
        raise not_writable(fault, path=path, hint="check free space and permissions") from fault


def not_writable(fault: OSError, *, path: Path, hint: str) -> OutputNotWritable:
    """Return what the system says of a file that cannot be written as an error of blurkit."""
    kind = DiskFull if fault.errno in (errno.ENOSPC, errno.EDQUOT) else OutputNotWritable
    return kind(f"cannot be written: {fault.strerror or fault}", path=path, hint=hint)


def new_file(path: Path, mode: int = PRIVATE) -> BufferedWriter:
    """Make a file, by default one that nobody but this user may read.

    Raises:
        FileExistsError: Something is there already.
        OSError: It cannot be made.
    """
    return BufferedWriter(FileIO(path, "x", opener=lambda name, flags: os.open(name, flags, mode)))


def open_regular(path: Path, *, max_bytes: int = MAX_BYTES) -> BufferedReader:
    """Open a file of the user for reading, unless it is a pipe or device, which would be waited for or never end.

    Args:
        path: The file, or a link to one.
        max_bytes: Larger files are refused.

    Raises:
        OSError: It is not a regular file, is too large, or cannot be read.
    """
    _refuse_other(path.stat(), max_bytes)  # before it is opened: that alone starts some devices
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    file: BufferedReader = BufferedReader(FileIO(os.open(path, flags), "r"))
    try:
        _refuse_other(os.fstat(file.fileno()), max_bytes)  # it may have been changed for another meanwhile
    except OSError:
        file.close()
        raise
    return file


def read_regular(path: Path, *, max_bytes: int = MAX_BYTES) -> bytes:
    """Read a file of the user, as `open_regular` opens it.

    Raises:
        OSError: As `open_regular`, also for a file that grows meanwhile.
    """
    with open_regular(path, max_bytes=max_bytes) as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise _too_large(max_bytes)
    return data


def hash_of_file(path: Path, *, max_bytes: int = MAX_BYTES) -> str:
    """Return the sha256 of a file, hexadecimal.

    Raises:
        OSError: It cannot be read.
    """
    with open_regular(path, max_bytes=max_bytes) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_of(path: Path, *, max_bytes: int = MAX_BYTES) -> str:
    """Return the sha256 of a file, hexadecimal; empty if it cannot be read, or is larger than so many bytes."""
    try:
        return hash_of_file(path, max_bytes=max_bytes)
    except OSError:
        return ""


def _refuse_other(known: os.stat_result, max_bytes: int) -> None:
    if stat.S_ISDIR(known.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(known.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file but a pipe or device")
    if known.st_size > max_bytes:
        raise _too_large(max_bytes)


def _too_large(max_bytes: int) -> OSError:
    return OSError(errno.EFBIG, f"the file is larger than {max_bytes >> 20} MB")


def _rename_new(temporary: Path, path: Path) -> None:
    """Rename without replacing what another program may have put there meanwhile."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        temporary.rename(path)


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system lets a folder be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
