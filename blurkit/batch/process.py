"""One photo of many: a task in, its outcome out, whatever goes wrong."""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from blurkit.batch.opened import blurrer_of
from blurkit.errors import BlurkitError, OutputExists
from blurkit.machine.memory import give_freed_memory_back
from blurkit.outcomes import PhotoFailure, bug, failure
from blurkit.records import Stage
from blurkit.write import check_target

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from blurkit.batch.journal import Journal
    from blurkit.batch.plan import Task
    from blurkit.outcomes import Outcome, PhotoResult
    from blurkit.policy import Reviewed
    from blurkit.policy.reviewed import Choice
    from blurkit.policy.reviewed_marks import MarkChoice
    from blurkit.settings import Settings

PHOTOS_BETWEEN = 10
"""Photos that use the same memory before it is given back: fresh pages for each cost a tenth of the time."""


class Worker(Protocol):
    """What makes photos or clips safe; see `Blurrer`."""

    @property
    def recorded(self) -> Mapping[str, tuple[Choice | MarkChoice, ...]] | None:
        """What a review that is replayed chose."""
        ...

    def run(
        self, path: Path, *, out: Path, reviewed: Reviewed | None, before_write: Callable[[PhotoResult], None]
    ) -> Outcome:
        """Make one safe."""
        ...

    def detect(self, path: Path) -> Outcome:
        """Say what would become of it."""
        ...


def process(
    task: Task,
    *,
    settings: Settings,
    threads: int = 1,
    decisions: Path | None = None,
    journal: Journal | None = None,
    debug: bool = False,
    opened: Callable[[Settings, int, Path | None], Worker] = blurrer_of,
) -> Outcome:
    """Do one photo in this process, with models that are opened once; or one clip, if `opened` returns what does it."""
    source, stage = task.source.path, Stage.DETECT
    try:
        blurrer = opened(settings, threads, decisions)
        if task.written is None:
            return blurrer.detect(source)
        stage = Stage.WRITE
        return _write(task, Path(task.written), blurrer, journal, overwrite=settings.write.overwrite)
    except BlurkitError as error:
        return failure(source, error, stage=stage)
    except Exception as error:
        hint = traceback.format_exc() if debug else "run again with --debug"
        return bug(source, f"a fault of blurkit: {type(error).__name__}: {error}", hint=hint)
    finally:
        give_freed_memory_back(every=PHOTOS_BETWEEN)


def _write(task: Task, target: Path, blurrer: Worker, journal: Journal | None, *, overwrite: bool) -> Outcome:
    """Do a photo, unless an earlier run did the same, or another does it meanwhile."""
    source = task.source.path

    def done() -> Outcome | None:
        if journal is None or task.reviewed is not None:
            return None
        return journal.done(task.name, target=target, source=source, choices=blurrer.recorded)

    def note(result: PhotoResult) -> None:
        if overwrite:  # it may have changed while the photo was worked on
            check_ours(target, source, task.name, journal)
        if journal is not None:
            journal.record(task.name, result, blurrer.recorded, by_hand=task.reviewed is not None)

    if (earlier := done()) is not None:
        return earlier
    if overwrite:
        check_ours(target, source, task.name, journal)
    outcome = blurrer.run(source, out=target, reviewed=task.reviewed, before_write=note)
    if isinstance(outcome, PhotoFailure) and outcome.kind is OutputExists:
        return done() or outcome
    return outcome


def check_ours(target: Path, source: Path, name: Path, journal: Journal | None) -> None:
    """Refuse to replace a file that is no output of ours, or was changed since it was written.

    Args:
        target: The file.
        source: The photo that would replace it.
        name: Where it is below the output folder.
        journal: What is known of that folder; None if nothing is, and so nothing in it counts as ours.

    Raises:
        OutputExists: It may be somebody's original.
    """
    check_target(target, source, overwrite=True)
    if os.path.lexists(target) and (journal is None or not journal.wrote(name, target)):
        raise OutputExists(
            "is there already, and is no output of blurkit, or was changed since; nothing was overwritten",
            path=target,
            hint="move it away, or use another --out",
        )
