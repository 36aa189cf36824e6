"""The write stage: checked bytes in, one file out, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.errors import OutputExists, OutputNotWritable
from blurkit.machine.files import not_writable, replacing

if TYPE_CHECKING:
    from collections.abc import Iterable
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
    """Write a finished file that is held in memory; see `write_parts`."""
    write_parts((data,), target, source=source, overwrite=overwrite)


def write_parts(parts: Iterable[bytes], target: Path, *, source: Path, overwrite: bool = False) -> None:
    """Write a finished file: temporary name in the same folder, synced, then renamed.

    Args:
        parts: The whole file, checked before.
        target: Where it goes; its folders are made.
        source: The original, never overwritten.
        overwrite: Replace an earlier output.

    Raises:
        OutputExists: As `check_target`.
        OutputNotWritable: The folder or file cannot be written; nothing half-written is left.
    """
    check_target(target, source, overwrite=overwrite)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target, private=False, overwrite=overwrite) as file:
            file.writelines(parts)
    except OSError as fault:
        if isinstance(fault, FileExistsError) and target.parent.is_dir():
            raise OutputExists(
                "appeared while it was made; nothing was overwritten",
                path=target,
                hint="use --overwrite, or another --out",
            ) from fault
        hint = "check free space, permissions, and that no other program has the file open"
        raise not_writable(fault, path=target, hint=hint) from fault
