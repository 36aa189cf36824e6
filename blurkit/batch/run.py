"""Many photos, one after the other or side by side, until each has an outcome."""

from __future__ import annotations

import os
import traceback
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.batch.naming import neutral_names, output_names
from blurkit.batch.numbering import numbered
from blurkit.batch.opened import blurrer_of
from blurkit.encode import output_format
from blurkit.errors import BlurkitError, OutputExists, SettingsError
from blurkit.machine.files import content_of
from blurkit.machine.memory import give_freed_memory_back
from blurkit.machine.workers import available_cpus, in_processes
from blurkit.outcomes import PhotoFailure, bug, died, failure
from blurkit.pipeline import Blurrer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from blurkit.batch.journal import Journal
    from blurkit.batch.naming import Source
    from blurkit.outcomes import Outcome, PhotoResult
    from blurkit.policy import Reviewed
    from blurkit.settings import Settings

AHEAD = 16
"""Photos handed to an executor ahead of time; keeps memory flat however many there are."""

PHOTOS_BETWEEN = 10
"""Photos that use the same memory before it is given back: fresh pages for each cost a tenth of the time."""


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
    if settings.output.neutral_names:
        contents = ["" if journal is None else content_of(source.path) for source in sources]
        folder = None if journal is None else journal.folder
        names = neutral_names(as_written, numbered(contents, date.today(), taken=[Path(out)], folder=folder))
    else:
        names = output_names(as_written)
    tasks = [Task(source, out, name) for source, name in zip(sources, names, strict=True)]
    originals = {os.path.realpath(source.path): source for source in sources}
    for task in tasks:
        other = originals.get(os.path.realpath(os.path.join(out, task.name)))
        if settings.output.overwrite and other not in (None, task.source):
            raise SettingsError(
                f"would replace the original {other.given}", path=task.written, hint="choose another --out"
            )
    return tasks


def run_batch(
    tasks: Sequence[Task],
    settings: Settings,
    *,
    jobs: int = 1,
    executor: Executor | None = None,
    ahead: int = AHEAD,
    decisions: Path | None = None,
    journal: Journal | None = None,
    debug: bool = False,
) -> Iterator[Outcome]:
    """Do the photos one by one or side by side; one photo's failure never stops the rest.

    Args:
        tasks: The photos.
        settings: What the user chose.
        jobs: Processes on this machine; 1 works in this one. They are spawned: MediaPipe hangs after a fork.
        executor: Where to work instead, such as a Dask cluster's, with one thread a photo; not closed.
        ahead: Photos handed to it ahead of time, at least 1: twice as many as it does at once, or more.
        decisions: File of a review that is replayed.
        journal: What earlier runs into this folder did; an executor on other machines needs it in the same place.
        debug: Give the traceback of what is a fault of blurkit as the hint of its failure.

    Yields:
        One outcome a photo, in the order of the tasks.
    """
    jobs = max(1, min(jobs, len(tasks)))
    threads = max(1, available_cpus() // jobs) if executor is None else 1
    work = partial(process, settings=settings, threads=threads, decisions=decisions, journal=journal, debug=debug)
    if executor is not None:
        yield from _in_order(executor, work, tasks, ahead=ahead)
    elif jobs == 1:
        yield from map(work, tasks)
    else:
        for task, outcome in zip(tasks, in_processes(work, tasks, jobs), strict=True):
            yield outcome or died(task.source.path)


def process(
    task: Task,
    *,
    settings: Settings,
    threads: int = 1,
    decisions: Path | None = None,
    journal: Journal | None = None,
    debug: bool = False,
) -> Outcome:
    """Do one photo in this process, with models that are opened once."""
    try:
        blurrer = blurrer_of(settings, threads, decisions)
        if task.written is None:
            return blurrer.look(task.source.path)
        if journal is not None and task.reviewed is None:
            return _once(task, Path(task.written), blurrer, journal)
        return blurrer.run(task.source.path, out=task.written, reviewed=task.reviewed)
    except BlurkitError as error:  # the models could not be opened
        return failure(task.source.path, error, stage="detect")
    except Exception as error:
        hint = traceback.format_exc() if debug else "run again with --debug"
        return bug(task.source.path, f"a fault of blurkit: {type(error).__name__}: {error}", hint=hint)
    finally:
        give_freed_memory_back(every=PHOTOS_BETWEEN)


def _once(task: Task, target: Path, blurrer: Blurrer, journal: Journal) -> Outcome:
    """Do a photo, unless an earlier run did the same, or another does it meanwhile."""
    source = task.source.path

    def done() -> Outcome | None:
        return journal.done(task.name, target=target, source=source, choices=blurrer.recorded)

    def note(result: PhotoResult) -> None:
        journal.record(task.name, result, blurrer.recorded)

    if (earlier := done()) is not None:
        return earlier
    outcome = blurrer.run(source, out=target, before_write=note)
    if isinstance(outcome, PhotoFailure) and outcome.kind == OutputExists.__name__:
        return done() or outcome
    return outcome


def _in_order(
    executor: Executor, work: Callable[[Task], Outcome], tasks: Sequence[Task], *, ahead: int
) -> Iterator[Outcome]:
    """Yield outcomes in order while at most `ahead` photos are under way; a photo that is lost counts as failed."""
    waiting = iter(tasks)
    under_way = deque((task, _handed(executor, work, task)) for task in islice(waiting, ahead))
    while under_way:
        task, future = under_way.popleft()
        try:
            outcome = future.result()
        except Exception as error:  # its worker or the executor died: there is no output, or a whole one
            outcome = bug(task.source.path, f"was lost: {type(error).__name__}: {error}", hint="run it again")
        yield outcome
        under_way.extend((task, _handed(executor, work, task)) for task in islice(waiting, 1))


def _handed(executor: Executor, work: Callable[[Task], Outcome], task: Task) -> Future[Outcome]:
    try:
        return executor.submit(work, task)
    except Exception as error:  # an executor that is broken takes no more
        refused: Future[Outcome] = Future()
        refused.set_exception(error)
        return refused
