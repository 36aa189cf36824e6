"""Which photos a person should look at, by name, and the command for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from blurkit.language import tr
from blurkit.outcomes import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blurkit.report.summary import ReportEntry

NAMED = 10
"""Photos that are named; of the others only the number is said."""


def to_look_at(entries: Iterable[ReportEntry]) -> list[str]:
    """Return lines that name the photos to look at and the command to review them; none if there are no such photos."""
    look = (entry.path for entry in entries if entry.outcome.status is Status.LOOK)
    photos = [path for path in look if Path(path).is_file()]  # not what came from standard input
    if not photos:
        return []
    more = ["  " + tr("and {n} more").format(n=len(photos) - NAMED)] if len(photos) > NAMED else []
    named = ["  " + tr("look at: {photo}").format(photo=photo) for photo in photos[:NAMED]]
    return [*named, *more, tr("to review them: {command}").format(command=_command(photos))]


def _command(photos: list[str]) -> str:
    """Return the command that reviews the deepest folder that holds all of these photos."""
    try:
        folder = os.path.commonpath([str(Path(photo).parent) for photo in photos]) or os.curdir
    except ValueError:  # on several drives, or some given from the root
        folder = "DIR"
    return f"blurkit review {subprocess.list2cmdline([folder]) if sys.platform == 'win32' else quote(folder)}"
