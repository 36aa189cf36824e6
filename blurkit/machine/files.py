"""Files written whole or not at all, and what tells one file from another."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from io import BufferedWriter, FileIO
from typing import TYPE_CHECKING

from blurkit.errors import OutputNotWritable

if TYPE_CHECKING:
    from pathlib import Path


def replace_file(path: Path, data: bytes) -> None:
    """Write a small file for this user only, whole or not at all."""
    temporary = path.with_name(f".blurkit-{secrets.token_hex(8)}.tmp")
    try:
        with new_private_file(temporary) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def new_private_file(path: Path) -> BufferedWriter:
    """Make a file that nobody but this user may read.

    Raises:
        FileExistsError: It is there already.
        OSError: It cannot be made.
    """
    return BufferedWriter(FileIO(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)))


def hash_of_file(path: Path) -> str:
    """Return the sha256 of a file, hexadecimal.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_of(path: Path) -> str:
    """Return the sha256 of a file, hexadecimal; empty if it cannot be read."""
    try:
        return hash_of_file(path) if path.is_file() else ""
    except OSError:
        return ""


def write_text(path: Path, text: str) -> None:
    """Replace a small text file at once: temporary name in the same folder, synced, then renamed.

    Raises:
        OutputNotWritable: The file cannot be written; the one before it stays.
    """
    temporary = path.with_name(f".blurkit-{secrets.token_hex(8)}.tmp")
    try:
        with temporary.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as fault:
        raise OutputNotWritable(
            f"cannot be written: {fault.strerror or fault}", path=path, hint="check free space and permissions"
        ) from fault
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
