"""Which photo goes where: what was found in, one task per photo out."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.batch.claims import numbered
from blurkit.batch.naming import neutral_names, output_names
from blurkit.encode import output_format
from blurkit.errors import SettingsError
from blurkit.machine.files import content_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.batch.journal import Journal
    from blurkit.batch.naming import Source
    from blurkit.outcomes import Outcome
    from blurkit.policy import Reviewed
    from blurkit.settings import Settings


@dataclass(frozen=True, slots=True)
class Task:
    """One photo to do."""

    source: Source
    """The photo."""
    out: str | None = None
    """The output folder as the user gave it; None to write nothing."""
    name: Path = Path()
    """Where the output goes below it."""
    reviewed: Reviewed | None = None
    """What a person decided about it."""

    @property
    def written(self) -> str | None:
        """The output's path, as the user gave the folder."""
        return None if self.out is None else os.path.join(self.out, self.name)

    def written_as(self, outcome: Outcome) -> str | None:
        """Return the output's path, as the user gave the folder; whatever came of the photo."""
        return self.written


def plan(sources: Sequence[Source], out: str | None, settings: Settings, journal: Journal | None = None) -> list[Task]:
    """Say where the output of each photo goes; nowhere if `out` is None.

    Args:
        sources: The photos.
        out: The output folder as the user gave it.
        settings: What the user chose.
        journal: What earlier runs into that folder did, so that neutral names go on from theirs.

    Raises:
        SettingsError: With `overwrite`, one would replace the original of another.
    """
    if out is None:
        return [Task(source) for source in sources]
    wanted = settings.output.format
    as_written = [replace(s, format=None if s.format is None else output_format(s.format, wanted)) for s in sources]
    if settings.write.neutral_names:
        contents = ["" if journal is None else content_of(source.path) for source in sources]
        folder = None if journal is None else journal.folder
        names = neutral_names(as_written, numbered(contents, date.today(), taken=[Path(out)], folder=folder))
    else:
        names = output_names(as_written)
    tasks = [Task(source, out, name) for source, name in zip(sources, names, strict=True)]
    originals = {os.path.realpath(source.path): source for source in sources}
    for task in tasks:
        other = originals.get(os.path.realpath(os.path.join(out, task.name)))
        if settings.write.overwrite and other not in (None, task.source):
            raise SettingsError(
                f"would replace the original {other.given}", path=task.written, hint="choose another --out"
            )
    return tasks
