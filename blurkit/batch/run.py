"""Many photos, one after the other or side by side, until each has an outcome and all are in one report."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeVar

from blurkit.batch.limit import lost, seconds_for
from blurkit.batch.opened import blurrer_of, close_models
from blurkit.batch.process import process
from blurkit.errors import ModelError
from blurkit.machine.ahead import end_ahead
from blurkit.machine.weights import model_hashes
from blurkit.machine.workers import Lost, available_cpus, in_processes
from blurkit.outcomes import PhotoResult, bug
from blurkit.report import BatchReport
from blurkit.report.caution import cautions
from blurkit.report.entries import Entries
from blurkit.version import __version__

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from blurkit.batch.collect import Collected
    from blurkit.batch.journal import Journal
    from blurkit.batch.naming import Source
    from blurkit.batch.plan import Task
    from blurkit.outcomes import Outcome
    from blurkit.report import ReportEntry
    from blurkit.report.signed import Signed
    from blurkit.settings import Settings

AHEAD = 16
"""Photos handed to an executor ahead of time; keeps memory flat however many there are."""


class Piece(Protocol):
    """One photo to do: a `Task`, or a photo that has arrived in a folder that is watched."""

    @property
    def source(self) -> Source:
        """The photo."""
        ...

    def written_as(self, outcome: Outcome) -> str | None:
        """Return the output's path, as the user gave the folder."""
        ...


PieceT = TypeVar("PieceT", bound=Piece)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """The means by which photos are processed."""

    jobs: int = 1
    """Processes on this machine. They are spawned: MediaPipe hangs after a fork."""
    timeout: float | None = None
    """Seconds that a photo of ordinary size may take; without a limit, one job works in this process."""
    executor: Executor | None = None
    """Where to work instead, such as a Dask cluster's, with one thread per photo; not closed."""
    ahead: int = AHEAD
    """Photos handed to it ahead of time, at least 1: twice as many as it does at once, or more."""
    decisions: Path | None = None
    """File of a review that is replayed."""
    journal: Journal | None = None
    """What earlier runs into this folder did; an executor on other machines needs it in the same place."""
    debug: bool = False
    """Give the traceback of what is a fault of blurkit as the hint of its failure."""
    stop: threading.Event | None = None
    """Once it is set, photos under way are given up and no more are begun."""


class Run:
    """Photos done in one go or as they come, and the report of them all.

    `run`, the export of `review`, `watch` and a photo from standard input all are one, so that each gives the report
    that `audit --against` reads and that a data protection officer keeps.
    """

    def __init__(self, settings: Settings, means: Means | None = None, *, found: Collected | None = None) -> None:
        """Do nothing yet.

        Args:
            settings: What the user chose.
            means: The means by which photos are processed; by default one by one in this process.
            found: Other files that were found, for the report.
        """
        self.entries = Entries()
        """What became of each photo so far."""
        self._settings, self._means, self._found = settings, means or Means(), found

    def do(
        self,
        pieces: Sequence[PieceT],
        *,
        work: Callable[..., Outcome] = process,
        by: Callable[[Sequence[PieceT]], Iterator[Outcome]] | None = None,
    ) -> Iterator[tuple[PieceT, Outcome]]:
        """Do some photos; each is in the report once it is yielded.

        Args:
            pieces: The photos.
            work: What does one of them, in a spawned process.
            by: What does them all instead, in order.

        Yields:
            Each photo and its outcome, in order; fewer once the run is stopped.
        """
        try:
            outcomes = done_by(work, pieces, self._settings, self._means) if by is None else by(pieces)
            for outcome, piece in zip(outcomes, pieces, strict=False):
                self.add(piece.source.given, piece.written_as(outcome), outcome)
                yield piece, outcome
        finally:
            close_models()

    def add(self, path: str, output: str | None, outcome: Outcome) -> None:
        """Take a photo into the report, with its paths as the user gave them."""
        self.entries.add(path, output, outcome)

    def report(self, earlier: Sequence[ReportEntry] | None = None, *, signed: Signed | None = None) -> BatchReport:
        """Return the report of all photos so far, with what in them may still tell who a child is.

        Args:
            earlier: Photos written before; each stays in the report until its output is made again, and a photo that
                was tried again is there once. None takes this run as it was.
            signed: The sign-off that it is about.
        """
        entries = self.entries if earlier is None else _joined(earlier, self.entries)
        try:
            models = model_hashes()
        except ModelError:  # each photo says so
            models = {}
        companions, skipped = (self._found.companions, self._found.skipped) if self._found is not None else ({}, 0)
        warnings = tuple(cautions(entries))
        return BatchReport(__version__, self._settings, models, entries, companions, skipped, warnings, signed)


def _joined(earlier: Sequence[ReportEntry], now: Sequence[ReportEntry]) -> list[ReportEntry]:
    """Return photos of an earlier report and of this run; one that this run left as it was is there once."""
    now = list({entry.path: entry for entry in now}.values())
    made = {entry.output for entry in now if isinstance(entry.outcome, PhotoResult)}
    kept = [entry for entry in earlier if entry.output not in made]
    still = {entry.output for entry in kept}
    return [*kept, *(entry for entry in now if entry.output not in still)]


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
        jobs: As in `Means`, like all that follows.
        executor: Where to work instead.
        ahead: Photos handed to it ahead of time.
        decisions: File of a review that is replayed.
        journal: What earlier runs into this folder did.
        debug: Give tracebacks.

    Yields:
        One outcome per photo, in the order of the tasks.
    """
    means = Means(jobs=jobs, executor=executor, ahead=ahead, decisions=decisions, journal=journal, debug=debug)
    yield from done_by(process, tasks, settings, means)


def done_by(
    work: Callable[..., Outcome], pieces: Sequence[PieceT], settings: Settings, means: Means
) -> Iterator[Outcome]:
    """Do photos by some means; one photo's failure never stops the rest.

    Yields:
        One outcome per photo, in order; fewer once the run is stopped.
    """
    jobs = max(1, min(means.jobs, len(pieces)))
    threads = max(1, available_cpus() // jobs) if means.executor is None else 1
    given = {"settings": settings, "threads": threads, "decisions": means.decisions, "journal": means.journal}
    one = partial(work, **given, debug=means.debug)
    if means.executor is not None:
        end_ahead()
        yield from _in_order(means.executor, one, pieces, ahead=means.ahead)
    elif jobs == 1 and means.timeout is None:
        end_ahead()
        yield from map(one, pieces)
    else:
        results = in_processes(
            one,
            pieces,
            jobs,
            seconds=partial(_seconds, timeout=means.timeout),
            prepare=partial(blurrer_of, settings, threads, means.decisions),
            stop=means.stop,
        )
        # Results first: each generator then runs to its end here, and not where a Ctrl-C would be swallowed.
        for result, piece in zip(results, pieces, strict=False):
            yield lost(piece.source.path, result, means.timeout) if isinstance(result, Lost) else result


def _seconds(piece: Piece, timeout: float | None) -> float:
    return seconds_for(piece.source.path, timeout)


def _in_order(
    executor: Executor, work: Callable[[PieceT], Outcome], tasks: Sequence[PieceT], *, ahead: int
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


def _handed(executor: Executor, work: Callable[[PieceT], Outcome], task: PieceT) -> Future[Outcome]:
    try:
        return executor.submit(work, task)
    except Exception as error:  # an executor that is broken takes no more
        refused: Future[Outcome] = Future()
        refused.set_exception(error)
        return refused
