"""Photos as a page names them: without the folders that all of them share, since a path tells who works on it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from blurkit.report.summary import ReportEntry


@dataclass(frozen=True, slots=True)
class Names:
    """The short name of each photo and of each file written."""

    _known: dict[str, str]

    @classmethod
    def of(cls, entries: Sequence[ReportEntry]) -> Self:
        """Return the names for the photos of a run; those of the files written are short in the same way."""
        outputs = [entry.output for entry in entries if entry.output]
        return cls(_shortened(outputs) | _shortened([entry.path for entry in entries]))

    def short(self, path: str) -> str:
        """Return a path without the shared folders; of one that is not known, the last part."""
        return self._known.get(path) or Path(path).name


def _shortened(paths: Iterable[str]) -> dict[str, str]:
    """Return each path below the folder that holds all of them; the last part where no folder does."""
    folders = {path: Path(path).absolute().parent for path in paths}
    try:
        shared = os.path.commonpath(folders.values()) if folders else ""
    except ValueError:  # they are on different drives
        return {path: Path(path).name for path in folders}
    return {path: str(folder.relative_to(shared) / Path(path).name) for path, folder in folders.items()}
