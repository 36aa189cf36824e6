"""A photo that has arrived whole: done, and written to the folder of its verdict."""

from __future__ import annotations

import hashlib
import os
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from blurkit import batch
from blurkit.batch.process import check_ours
from blurkit.errors import BlurkitError, OutputNotWritable, PhotoChanged
from blurkit.load import read
from blurkit.machine.memory import give_freed_memory_back
from blurkit.outcomes import PhotoFailure, Status, bug, failure
from blurkit.records import Stage
from blurkit.write import check_target, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from blurkit.batch.journal import Journal
    from blurkit.batch.naming import Source
    from blurkit.outcomes import Outcome, PhotoResult
    from blurkit.settings import Settings

FOLDERS = {Status.READY: Path("ready"), Status.LOOK: Path("review")}
"""Where outputs go, by verdict."""


class Clips(Protocol):
    """What makes clips safe."""

    def run_to(self, path: Path, place: Callable[[PhotoResult], PhotoResult]) -> Outcome:
        """Make one clip safe, and write it where `place` says."""
        ...


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
    opened: Callable[[Settings, int, Path | None], Clips] | None = None,
) -> Outcome:
    """Do one photo in this process, or a clip if `opened` returns what does it; write it to its verdict's folder."""
    source, stage = arrival.source.path, Stage.DETECT
    overwrite = settings.write.overwrite
    try:
        for folder in FOLDERS.values():
            name = folder / arrival.name
            target = Path(arrival.out, name)
            if (earlier := journal.done(name, target=target, source=source, choices=None)) is not None:
                return earlier
        if opened is not None:
            clips = opened(settings, threads, decisions)
            return clips.run_to(source, lambda result: _placed(arrival, result, journal, overwrite=overwrite))
        models, stage = batch.blurrer_of(settings, threads, decisions), Stage.LOAD
        data = read(source)
        check_arrived(arrival, hashlib.sha256(data).hexdigest())
        safe = models.run_bytes(data, name=source)
        if isinstance(safe, PhotoFailure):
            return safe
        stage = Stage.WRITE
        result = _placed(arrival, safe.result, journal, overwrite=overwrite)
        write(safe.data, Path(str(result.output)), source=source, overwrite=overwrite)
        return result
    except BlurkitError as error:
        return failure(source, error, stage=stage)
    except Exception as error:
        hint = traceback.format_exc() if debug else "run again with --debug"
        return bug(source, f"a fault of blurkit: {type(error).__name__}: {error}", hint=hint)
    finally:
        give_freed_memory_back()


def check_arrived(arrival: Arrival, sha256: str | None) -> None:
    """Refuse what is not what had arrived.

    Raises:
        PhotoChanged: It has changed since.
    """
    if sha256 != arrival.sha256:
        raise PhotoChanged("is still being written", path=arrival.source.path)


def _placed(arrival: Arrival, outcome: PhotoResult, journal: Journal, *, overwrite: bool) -> PhotoResult:
    """Return what is about to be written with its place, and note it there.

    What an earlier, other policy let into the other folder is withdrawn first.
    """
    check_arrived(arrival, outcome.sha256)
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
    return result


def _withdraw(output: Path) -> None:
    """Delete an output that is not what its folder promises any more; the original is there."""
    try:
        output.unlink()
    except OSError as fault:
        why = f"the earlier output {output} cannot be withdrawn: {fault.strerror}"
        raise OutputNotWritable(why, hint="delete it yourself: it was made by another policy") from fault
