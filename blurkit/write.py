"""The write stage: checked bytes in, one file out, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from typing import TYPE_CHECKING

from blurkit.errors import OutputExists, OutputNotWritable

if TYPE_CHECKING:
    from pathlib import Path


def check_target(target: Path, source: Path, *, overwrite: bool) -> None:
    """Refuse an output that is its own source, or exists.

    Raises:
        OutputExists: The target is the source (also by a link), or is there and `overwrite` is off.
    """
    try:
        if target.exists() and source.exists() and target.samefile(source):
            raise OutputExists(
                "is the original itself, which is never overwritten", path=target, hint="choose another --out"
            )
        if (target.exists() or target.is_symlink()) and not overwrite:
            raise OutputExists(
                "is there already; nothing was overwritten", path=target, hint="use --overwrite, or another --out"
            )
    except OSError as fault:
        raise OutputNotWritable(
            f"cannot be looked at: {fault.strerror or fault}", path=target, hint="choose another --out"
        ) from fault


def write(data: bytes, target: Path, *, source: Path, overwrite: bool = False) -> None:
    """Write a finished file: temporary name in the same folder, synced, then renamed.

    Args:
        data: The whole file, checked before.
        target: Where it goes; its folders are made.
        source: The original, never overwritten.
        overwrite: Replace an earlier output.

    Raises:
        OutputExists: As `check_target`.
        OutputNotWritable: The folder or file cannot be written; nothing half-written is left.
    """
    check_target(target, source, overwrite=overwrite)
    temporary = target.with_name(f".blurkit-{secrets.token_hex(8)}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if overwrite:
            temporary.replace(target)
        else:
            _rename_new(temporary, target)
        _sync_folder(target.parent)
    except OSError as fault:
        raise OutputNotWritable(
            f"cannot be written: {fault.strerror or fault}",
            path=target,
            hint="check free space, permissions, and that no other program has the file open",
        ) from fault
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _rename_new(temporary: Path, target: Path) -> None:
    """Rename without replacing what another program may have put there meanwhile."""
    appeared = OutputExists(
        "appeared while it was made; nothing was overwritten", path=target, hint="use --overwrite, or another --out"
    )
    try:
        os.link(temporary, target)
    except FileExistsError:
        raise appeared from None
    except OSError:  # a file system without hard links
        if target.exists():
            raise appeared from None
        temporary.rename(target)


def _sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system lets a folder be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
