"""What a file hides: around its picture and inside it, also where it is damaged. Part of the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit import metadata
from blurkit.errors import PhotoError, UnsupportedFormat
from blurkit.metadata import Hidden, Kind
from blurkit.outcomes import failure
from blurkit.records import Stage

if TYPE_CHECKING:
    from pathlib import Path

    from blurkit.outcomes import PhotoFailure


def searched(data: bytes, path: Path) -> tuple[tuple[Hidden, ...], bytes | None, PhotoFailure | None]:
    """Return what a file hides, or its intact part; that part, if it is only one; and what is wrong with the file."""
    shown = damage = None
    try:
        found = metadata.find(data)
    except UnsupportedFormat as error:  # viewers may show it all the same
        if metadata.sniff(data) is None:
            return (), None, failure(path, error, stage=Stage.METADATA)
        found = (_unknown(data, f"a structure that cannot be searched: {error.message}"),)
    except PhotoError as error:
        found, shown = metadata.salvage(data)
        damage = failure(path, error, stage=Stage.METADATA)
    found += _within(shown or data, is_whole=damage is None)
    return tuple(thing for thing in found if not thing.is_usual), shown, damage


def _within(data: bytes, *, is_whole: bool) -> tuple[Hidden, ...]:
    """Return what the coded pictures hold besides their pixels; damage is said already of a file that is not whole."""
    try:
        return metadata.find_within(data)
    except UnsupportedFormat:  # said already
        return ()
    except PhotoError as error:
        return (_unknown(data, f"a coded picture that cannot be searched: {error.message}"),) if is_whole else ()


def _unknown(data: bytes, words: str) -> Hidden:
    return Hidden(Kind.OTHER, "the whole file", len(data), words)
