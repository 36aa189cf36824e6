"""A photo that has arrived whole: done, and written to the folder of its verdict."""

from __future__ import annotations

import hashlib
import os
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit import batch
from blurkit.batch.process import check_ours
from blurkit.errors import BlurkitError, OutputNotWritable, PhotoChanged
from blurkit.load import read
from blurkit.machine.memory import give_freed_memory_back
from blurkit.outcomes import PhotoFailure, Status, bug, failure
from blurkit.records import Stage
from blurkit.write import check_target, write

if TYPE_CHECKING:
    from blurkit.batch.journal import Journal
    from blurkit.batch.naming import Source
    from blurkit.outcomes import Outcome, PhotoResult
    from blurkit.settings import Settings

FOLDERS = {Status.READY: Path("ready"), Status.LOOK: Path("review")}
"""Where outputs go, by verdict."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A photo that has arrived whole."""

    source: Source
    """The photo."""
    sha256: str
    """Hash of what has arrived."""
    name: Path
    """What its output is called, below the folder of its verdict."""
    out: str
    """The output folder as the user gave it."""

    def written_as(self, outcome: Outcome) -> str | None:
        """Return the output's path, as the user gave the folder; None without an output."""
        if isinstance(outcome, PhotoFailure):
            return None
        return os.path.join(self.out, FOLDERS[outcome.status], self.name)


def make_safe(
    arrival: Arrival,
    *,
    settings: Settings,
    threads: int,
    journal: Journal,
    decisions: Path | None = None,
    debug: bool = False,
) -> Outcome:
    """Do one photo in this process, and write it to the folder of its verdict."""
    source, stage = arrival.source.path, Stage.DETECT
    try:
        blurrer = batch.blurrer_of(settings, threads, decisions)
        for folder in FOLDERS.values():
            name = folder / arrival.name
            target = Path(arrival.out, name)
            if (earlier := journal.done(name, target=target, source=source, choices=None)) is not None:
                return earlier
        stage = Stage.LOAD
        data = read(source)
        if hashlib.sha256(data).hexdigest() != arrival.sha256:
            raise PhotoChanged("is still being written", path=source)
        safe = blurrer.run_bytes(data, name=source)
        if isinstance(safe, PhotoFailure):
            return safe
        stage = Stage.WRITE
        return _write(arrival, safe.data, safe.result, journal, overwrite=settings.write.overwrite)
    except BlurkitError as error:
        return failure(source, error, stage=stage)
    except Exception as error:
        hint = traceback.format_exc() if debug else "run again with --debug"
        return bug(source, f"a fault of blurkit: {type(error).__name__}: {error}", hint=hint)
    finally:
        give_freed_memory_back()


def _write(arrival: Arrival, safe: bytes, outcome: PhotoResult, journal: Journal, *, overwrite: bool) -> PhotoResult:
    """Write a safe photo; what an earlier, other policy let into the other folder is withdrawn first."""
    source, name = arrival.source.path, FOLDERS[outcome.status] / arrival.name
    target = Path(arrival.out, name)
    if overwrite:
        check_ours(target, source, name, journal)
    else:
        check_target(target, source, overwrite=False)
    for folder in FOLDERS.values():
        other = Path(arrival.out, folder / arrival.name)
        if overwrite and other != target and journal.wrote(folder / arrival.name, other):
            _withdraw(other)
    result = replace(outcome, output=target)
    journal.record(name, result, None)
    write(safe, target, source=source, overwrite=overwrite)
    return result


def _withdraw(output: Path) -> None:
    """Delete an output that is not what its folder promises any more; the original is there."""
    try:
        output.unlink()
    except OSError as fault:
        why = f"the earlier output {output} cannot be withdrawn: {fault.strerror}"
        raise OutputNotWritable(why, hint="delete it yourself: it was made by another policy") from fault
