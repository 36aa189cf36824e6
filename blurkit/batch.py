"""Many photos: which there are, and one after the other or side by side until each has an outcome."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import Counter, deque
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.encode import output_format
from blurkit.errors import BlurkitError, ExitCode
from blurkit.formats import COMPANIONS, PHOTO_SUFFIXES, sniff
from blurkit.naming import Source, output_names
from blurkit.pipeline import Blurrer, failure
from blurkit.records import PhotoFailure, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from blurkit.records import ImageFormat, Outcome
    from blurkit.settings import Settings

SNIFF_BYTES = 64
"""How much of a file tells its format."""

AHEAD = 2
"""Photos handed to each worker ahead of time; keeps memory flat however many there are."""

_blurrers = threading.local()
"""The models of this process and thread, opened at the first photo."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What was found in the arguments of a run."""

    sources: tuple[Source, ...]
    """Photos, in the order of the arguments and then by name."""
    companions: Mapping[str, int]
    """Files that travel with photos, by kind: not made safe, not copied."""
    skipped: int
    """Other files in folders that are no photos."""


@dataclass(frozen=True, slots=True)
class Task:
    """One photo to do."""

    source: Source
    """The photo."""
    out: str | None = None
    """The output folder as the user gave it; None to write nothing."""
    name: Path = Path()
    """Where the output goes below it."""

    @property
    def written(self) -> str | None:
        """The output's path, as the user gave the folder."""
        return None if self.out is None else os.path.join(self.out, self.name)


def collect(arguments: Sequence[str], *, recursive: bool = True, out: str | None = None) -> Collected:
    """Find the photos of a run.

    In a folder, what has neither a photo's content nor its extension is counted, not processed; so are hidden files,
    and what lies in the output folder. A file named itself always counts, also one that is not there. Each is done
    once.

    Args:
        arguments: Files and folders as the user gave them.
        recursive: Walk into subfolders.
        out: The output folder, which is left out.
    """
    sources: dict[str, Source] = {}
    companions: Counter[str] = Counter()
    skipped = 0
    for given in arguments:
        argument = Path(given)
        if not argument.is_dir():
            sources.setdefault(os.path.abspath(argument), Source(argument, argument, _format(argument), given))
            continue
        for path in _files(argument, recursive=recursive, out=out):
            kind, suffix = _format(path), path.suffix.lower()
            if path.name.startswith("."):
                skipped += 1
            elif suffix in COMPANIONS:
                companions[COMPANIONS[suffix]] += 1
            elif kind is not None or any(suffix in known for known in PHOTO_SUFFIXES.values()):
                inside = os.path.join(given, path.relative_to(argument))
                sources.setdefault(os.path.abspath(path), Source(path, argument, kind, inside))
            else:
                skipped += 1
    return Collected(tuple(sources.values()), dict(sorted(companions.items())), skipped)


def plan(sources: Sequence[Source], out: str | None, settings: Settings) -> list[Task]:
    """Say where the output of each photo goes; nowhere if `out` is None."""
    if out is None:
        return [Task(source) for source in sources]
    wanted = settings.output.format
    as_written = [replace(s, format=None if s.format is None else output_format(s.format, wanted)) for s in sources]
    return [Task(source, out, name) for source, name in zip(sources, output_names(as_written), strict=True)]


def run_batch(
    tasks: Sequence[Task],
    settings: Settings,
    *,
    jobs: int = 1,
    executor: Executor | None = None,
    debug: bool = False,
) -> Iterator[Outcome]:
    """Do the photos one by one or side by side; one photo's failure never stops the rest.

    Args:
        tasks: The photos.
        settings: What the user chose.
        jobs: Processes on this machine; 1 works in this one. They are spawned: MediaPipe hangs after a fork.
        executor: Where to work instead, such as a Dask cluster's; not closed.
        debug: Raise what is a fault of blurkit instead of counting it as a failure.

    Yields:
        One outcome a photo, in the order of the tasks.
    """
    jobs = max(1, min(jobs, len(tasks)))
    threads = max(1, available_cpus() // jobs)
    work = partial(process, settings=settings, threads=threads, debug=debug)
    if executor is not None:
        yield from _in_order(executor, work, tasks, ahead=AHEAD * max(jobs, 8))
    elif jobs == 1:
        yield from map(work, tasks)
    else:
        yield from _in_processes(work, tasks, jobs)


def process(task: Task, *, settings: Settings, threads: int = 1, debug: bool = False) -> Outcome:
    """Do one photo in this process, with models that are opened once."""
    try:
        blurrer = _blurrer(settings, threads)
        return (
            blurrer.look(task.source.path) if task.written is None else blurrer.run(task.source.path, out=task.written)
        )
    except BlurkitError as error:  # the models could not be opened
        return failure(task.source.path, error, stage="detect")
    except Exception as error:
        if debug:
            raise
        return _bug(task, f"{type(error).__name__}: {error}")


def available_cpus() -> int:
    """Return the processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _files(folder: Path, *, recursive: bool, out: str | None) -> Iterator[Path]:
    """Yield the files of a folder by name, without following links to folders nor entering the output folder."""
    left_out = os.path.abspath(out) if out is not None else None
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if recursive and os.path.abspath(Path(root, name)) != left_out)
        yield from (Path(root, name) for name in sorted(names))


def _format(path: Path) -> ImageFormat | None:
    """Return a file's format by its first bytes; None if it is no photo or cannot be read."""
    try:
        with path.open("rb") as file:
            return sniff(file.read(SNIFF_BYTES))
    except OSError:
        return None


def _blurrer(settings: Settings, threads: int) -> Blurrer:
    held: tuple[Settings, Blurrer] | None = getattr(_blurrers, "held", None)
    if held is None or held[0] != settings:
        close_models()
        held = settings, Blurrer(settings, threads=threads)
        _blurrers.held = held
    return held[1]


def close_models() -> None:
    """Close the models that `process` opened in this process and thread."""
    held: tuple[Settings, Blurrer] | None = getattr(_blurrers, "held", None)
    _blurrers.held = None
    if held is not None:
        held[1].close()


def _in_order(
    executor: Executor, work: Callable[[Task], Outcome], tasks: Sequence[Task], *, ahead: int
) -> Iterator[Outcome]:
    """Yield outcomes in order while at most `ahead` photos are under way."""
    waiting = iter(tasks)
    under_way = deque(executor.submit(work, task) for task in islice(waiting, ahead))
    while under_way:
        yield under_way.popleft().result()
        under_way.extend(executor.submit(work, task) for task in islice(waiting, 1))


def _in_processes(work: Callable[[Task], Outcome], tasks: Sequence[Task], jobs: int) -> Iterator[Outcome]:
    """As `_in_order`, in spawned processes; a photo whose worker dies is tried once more alone, then counted failed."""
    done = 0
    while done < len(tasks):
        with _Workers(jobs) as pool:
            try:
                for outcome in _in_order(pool, work, tasks[done:], ahead=AHEAD * jobs):
                    done += 1
                    yield outcome
            except BrokenProcessPool:
                pass
            else:
                return
        with _Workers(1) as alone:
            try:
                yield alone.submit(work, tasks[done]).result()
            except BrokenProcessPool:
                yield _bug(tasks[done], "its worker process died twice (out of memory?)")
            done += 1


class _Workers(ProcessPoolExecutor):
    """Spawned workers that leave Ctrl-C to the parent, which lets the photos under way end and starts no more."""

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs, multiprocessing.get_context("spawn"), _ignore_interrupts)

    def __exit__(self, *_: object) -> None:
        self.shutdown(wait=True, cancel_futures=True)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _bug(task: Task, what: str) -> PhotoFailure:
    return PhotoFailure(
        task.source.path, "batch", "Bug", what, "run again with --debug", Status.FAILED, int(ExitCode.BUG)
    )
