"""What a watched inbox has had: which photos were dealt with.

Like the journal it is kept with, it holds no name in clear: a photo is known by hashes of its path and its content.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from blurkit.machine.files import replace_file

if TYPE_CHECKING:
    from pathlib import Path

SEEN = ".seen"
"""Extension of the file that says what a file in the inbox was when it was dealt with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A file of the inbox that was dealt with."""

    size: int
    """In bytes."""
    changed_ns: int
    """When it was last changed, in nanoseconds since 1970."""
    sha256: str
    """Hash of its content."""
    key: str
    """Hash of all that decided about it."""
    done: bool
    """Whether it was written; if not, it cannot be made safe, and is not tried again as it is."""


class Memory:
    """What is remembered of an inbox, in the folder of a journal."""

    def __init__(self, folder: Path) -> None:
        """Remember in a folder that is there."""
        self._folder = folder

    def recall(self, inside: Path) -> Seen | None:
        """Return what was dealt with at a path inside the inbox; None if nothing, or in any doubt."""
        try:
            values = json.loads(self._file(inside.as_posix(), SEEN).read_text(encoding="ascii"))
            seen = Seen(**values)
        except (OSError, ValueError, TypeError, RecursionError):  # the photo is looked at as if it were new
            return None
        return seen if isinstance(seen.done, bool) else None

    def note(self, inside: Path, seen: Seen) -> None:
        """Remember what was dealt with; if that cannot be written, it is looked at again another time."""
        with contextlib.suppress(OSError):
            replace_file(self._file(inside.as_posix(), SEEN), json.dumps(asdict(seen)).encode())

    def _file(self, what: str, suffix: str) -> Path:
        return self._folder / f"{hashlib.sha256(os.fsencode(what)).hexdigest()}{suffix}"
