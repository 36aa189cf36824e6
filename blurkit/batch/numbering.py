"""Neutral names by day and number, which belong to a photo from then on: an interrupted run goes on with the same."""

from __future__ import annotations

import contextlib
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.machine.files import new_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

NUMBER = ".number"
"""Extension of the file that says which photo has a name, by the hash of its content."""


def numbered(contents: Sequence[str], day: date, *, taken: Sequence[Path], folder: Path | None) -> list[str]:
    """Return a neutral name for each photo: that which it has already, or the day and the next free number.

    Args:
        contents: The photos of a run, by the hash of their content; empty for one that cannot be read.
        day: The day of the run.
        taken: Folders of outputs, in which files may be that are not ours.
        folder: Where names are remembered; None if nowhere.

    Returns:
        One name a photo, without an extension, such as `2026-11-22-001`; no two are the same, also if another run
        into the same folder asks meanwhile.
    """
    free = _free(day, taken)
    if folder is None:
        return [next(free) for _ in contents]
    known: dict[str, list[str]] = {}
    for path in sorted(folder.glob(f"*{NUMBER}")):
        with contextlib.suppress(OSError):
            known.setdefault(path.read_text(encoding="ascii", errors="replace"), []).append(path.stem)
    return [_name(content, known, free, folder) for content in contents]


def release(name: str, *, folder: Path) -> None:
    """Give a name back of which there is no output."""
    with contextlib.suppress(OSError):
        (folder / f"{name}{NUMBER}").unlink(missing_ok=True)


def _name(content: str, known: dict[str, list[str]], free: Iterator[str], folder: Path) -> str:
    if known.get(content):
        return known[content].pop(0)
    for name in free:
        try:
            with new_file(folder / f"{name}{NUMBER}") as file:
                file.write(content.encode())
        except FileExistsError:
            continue
        except OSError:  # no room: this run alone knows the name
            pass
        return name
    raise AssertionError("numbers do not end")


def _free(day: date, taken: Sequence[Path]) -> Iterator[str]:
    """Yield the names of a day whose numbers come after those in some folders."""
    beginning = f"{day.isoformat()}-"
    stems: list[str] = []
    for folder in taken:
        with contextlib.suppress(OSError):  # it is not there yet
            stems += [each.stem.removeprefix(beginning) for each in folder.iterdir() if each.name.startswith(beginning)]
    last = max((int(stem) for stem in stems if stem.isascii() and stem.isdigit()), default=0)
    return (f"{beginning}{number:03}" for number in count(last + 1))
