"""What a watched inbox has had: which photos were dealt with, and which names of outputs are whose.

Beside the journal, and like it without a name in clear: a photo is known by hashes of its path and its content.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import asdict, dataclass
from itertools import count
from typing import TYPE_CHECKING

from blurkit.batch.naming import same_name
from blurkit.machine.files import new_file, replace_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEEN, NAME = ".seen", ".name"
"""Extensions: what a file in the inbox was when it was dealt with, and whose an output's name is."""


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

    def name(self, wanted: Path, owner: str, is_taken: Callable[[Path], bool]) -> Path:
        """Return the name of an output: the one that its owner has, or the first that nobody has.

        Args:
            wanted: The name if it is free; else a number is added.
            owner: Whom it belongs to from then on.
            is_taken: Says whether a file has a name already.
        """
        for number in count(1):
            name = wanted if number == 1 else wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
            file = self._file(same_name(name), NAME)
            with contextlib.suppress(OSError):
                if file.read_text(encoding="ascii", errors="replace") == owner:
                    return name
            if is_taken(name):
                continue
            try:
                with new_file(file) as held:
                    held.write(owner.encode())
            except FileExistsError:  # it is another photo's
                continue
            return name
        raise AssertionError("numbers do not end")

    def release(self, name: Path) -> None:
        """Give a name back of which there is no output."""
        with contextlib.suppress(OSError):
            self._file(same_name(name), NAME).unlink(missing_ok=True)

    def _file(self, what: str, suffix: str) -> Path:
        return self._folder / f"{hashlib.sha256(os.fsencode(what)).hexdigest()}{suffix}"
