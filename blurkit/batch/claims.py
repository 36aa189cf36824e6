"""Names of outputs, each of which belongs to one photo from then on: an interrupted run goes on with the same.

They are kept with the journal and, like it, hold no name of a photo in clear.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections import Counter
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.batch.naming import same_name
from blurkit.machine.files import new_file, replace_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

NAME, OWNER = ".name", ".owner"
"""Extensions of the two files of a claim: whose a name is, and what its owner has."""


class Claims:
    """Which names are whose, in the folder of a journal; a name is looked up without reading those of others."""

    def __init__(self, folder: Path) -> None:
        """Remember in a folder that is there."""
        self._folder = folder

    def claim(
        self,
        owner: str,
        tags: Iterable[str],
        name_of: Callable[[str], Path],
        is_taken: Callable[[Path], bool] = lambda _: False,
    ) -> Path:
        """Return the name that an owner has, or give it the first that nobody has; also if another run asks meanwhile.

        Args:
            owner: Whom the name belongs to from then on.
            tags: What tells the names that it may have from each other, without end.
            name_of: Makes a name of a tag.
            is_taken: Says whether a file has a name already.

        Raises:
            OSError: The name cannot be remembered.
        """
        ours = _hash(owner)
        held = self._folder / f"{ours}{OWNER}"
        with contextlib.suppress(OSError):
            name = name_of(held.read_text(encoding="ascii", errors="replace"))
            if self._owner(name) == ours:
                return name
        for tag in tags:
            name = name_of(tag)
            if self._owner(name) != ours:  # a run that was killed may have claimed the name, and not noted it
                if is_taken(name):
                    continue
                try:
                    with new_file(self._file(name)) as file:
                        file.write(ours.encode())
                except FileExistsError:
                    continue
            replace_file(held, tag.encode())
            return name
        raise AssertionError("tags do not end")

    def release(self, name: Path) -> None:
        """Give a name back of which there is no output."""
        with contextlib.suppress(OSError):
            owner = self._owner(name)
            self._file(name).unlink(missing_ok=True)
            if owner is not None:
                (self._folder / f"{owner}{OWNER}").unlink(missing_ok=True)

    def _owner(self, name: Path) -> str | None:
        try:
            return self._file(name).read_text(encoding="ascii", errors="replace")
        except OSError:
            return None

    def _file(self, name: Path) -> Path:
        return self._folder / f"{_hash(same_name(name))}{NAME}"


def numbered(contents: Sequence[str], day: date, *, taken: Sequence[Path], folder: Path | None) -> list[str]:
    """Return a neutral name for each photo: the one it has already, or the day and the next free number.

    Args:
        contents: The photos of a run, by the hash of their content; empty for one that cannot be read.
        day: The day of the run.
        taken: Folders of outputs, in which files may be that are not ours.
        folder: Where names are remembered; None if nowhere.

    Returns:
        One name per photo, without an extension, such as `2026-11-22-001`; no two are the same.
    """
    free, names, copies = _free(day, taken), [], Counter[str]()
    if folder is None or not folder.is_dir():
        return [next(free) for _ in contents]
    for content in contents:
        copies[content] += 1  # the same content twice has two names
        try:
            names.append(str(Claims(folder).claim(f"{content} {copies[content]}", free, Path)))
        except OSError:  # no room: this run alone knows the name
            names.append(next(free))
    return names


def _free(day: date, taken: Sequence[Path]) -> Iterator[str]:
    """Yield the names of a day whose numbers come after those in some folders."""
    beginning = f"{day.isoformat()}-"
    stems: list[str] = []
    for folder in taken:
        with contextlib.suppress(OSError):  # it is not there yet
            stems += [each.stem.removeprefix(beginning) for each in folder.iterdir() if each.name.startswith(beginning)]
    last = max((int(stem) for stem in stems if stem.isascii() and stem.isdigit()), default=0)
    return (f"{beginning}{number:03}" for number in count(last + 1))


def _hash(text: str) -> str:
    return hashlib.sha256(os.fsencode(text)).hexdigest()
