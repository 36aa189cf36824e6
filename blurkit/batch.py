"""Many photos: which there are, and one after the other or side by side until each has an outcome."""

from __future__ import annotations

import atexit
import os
import threading
import traceback
from collections import Counter, deque
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.encode import output_format
from blurkit.errors import BlurkitError, ExitCode, SettingsError
from blurkit.formats import COMPANIONS, PHOTO_SUFFIXES, sniff
from blurkit.memory import give_freed_memory_back, keep_freed_memory
from blurkit.naming import Source, neutral_names, output_names
from blurkit.pipeline import Blurrer, failure
from blurkit.records import PhotoFailure, Status
from blurkit.workers import in_processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor

    from blurkit.pipeline import Reviewed
    from blurkit.records import ImageFormat, Outcome
    from blurkit.settings import Settings

SNIFF_BYTES = 64
"""How much of a file tells its format."""

AHEAD = 16
"""Photos handed to an executor ahead of time; keeps memory flat however many there are."""

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
    reviewed: Reviewed | None = None
    """What a person decided about it."""

    @property
    def written(self) -> str | None:
        """The output's path, as the user gave the folder."""
        return None if self.out is None else os.path.join(self.out, self.name)


def collect(arguments: Sequence[str], *, recursive: bool = True, out: str | None = None) -> Collected:
    """Find the photos of a run.

    In a folder, what has neither a photo's content nor its extension is counted, not processed; so are hidden files,
    and what lies in the output folder. A file named itself always counts, also one that is not there; a folder inside
    that cannot be read counts as a photo that fails. Each is done once.

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
            if _is_left_alone(path):
                skipped += 1
            elif suffix in COMPANIONS and path.is_file():
                companions[COMPANIONS[suffix]] += 1
            elif kind is not None or any(suffix in known for known in PHOTO_SUFFIXES.values()) or path.is_dir():
                inside = os.path.join(given, path.relative_to(argument))
                sources.setdefault(os.path.abspath(path), Source(path, argument, kind, inside))
            else:
                skipped += 1
    return Collected(tuple(sources.values()), dict(sorted(companions.items())), skipped)


def plan(sources: Sequence[Source], out: str | None, settings: Settings) -> list[Task]:
    """Say where the output of each photo goes; nowhere if `out` is None.

    Raises:
        SettingsError: With `overwrite`, one would replace the original of another.
    """
    if out is None:
        return [Task(source) for source in sources]
    wanted = settings.output.format
    as_written = [replace(s, format=None if s.format is None else output_format(s.format, wanted)) for s in sources]
    names = neutral_names(as_written, date.today()) if settings.output.neutral_names else output_names(as_written)
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
        debug: Give the traceback of what is a fault of blurkit as the hint of its failure.

    Yields:
        One outcome a photo, in the order of the tasks.
    """
    jobs = max(1, min(jobs, len(tasks)))
    threads = max(1, available_cpus() // jobs) if executor is None else 1
    work = partial(process, settings=settings, threads=threads, decisions=decisions, debug=debug)
    if executor is not None:
        yield from _in_order(executor, work, tasks, ahead=ahead)
    elif jobs == 1:
        yield from map(work, tasks)
    else:
        for task, outcome in zip(tasks, in_processes(work, tasks, jobs), strict=True):
            yield outcome or _bug(task, "its process died twice", hint="it may need more memory: try --jobs 1")


def process(
    task: Task, *, settings: Settings, threads: int = 1, decisions: Path | None = None, debug: bool = False
) -> Outcome:
    """Do one photo in this process, with models that are opened once."""
    try:
        blurrer = blurrer_of(settings, threads, decisions)
        if task.written is None:
            return blurrer.look(task.source.path)
        return blurrer.run(task.source.path, out=task.written, reviewed=task.reviewed)
    except BlurkitError as error:  # the models could not be opened
        return failure(task.source.path, error, stage="detect")
    except Exception as error:
        hint = traceback.format_exc() if debug else "run again with --debug"
        return _bug(task, f"a fault of blurkit: {type(error).__name__}: {error}", hint=hint)
    finally:
        give_freed_memory_back()


def available_cpus() -> int:
    """Return the processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _files(folder: Path, *, recursive: bool, out: str | None) -> Iterator[Path]:
    """Yield the files of a folder by name, and at last folders that cannot be read.

    Links to folders are not followed, and the output folder is not entered.
    """
    unreadable: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=lambda fault: unreadable.append(Path(fault.filename))):
        inside = [Path(root, name) for name in sorted(folders)]
        folders[:] = [path.name for path in inside if recursive and not (out is not None and _is_same(path, out))]
        yield from (Path(root, name) for name in sorted(names))
    yield from unreadable


def _is_left_alone(path: Path) -> bool:
    """Whether it is hidden, or a pipe or device that would be waited for."""
    return path.name.startswith(".") or not (path.is_file() or path.is_dir() or path.is_symlink())


def _is_same(path: Path, other: str) -> bool:
    """Whether two paths are one folder, by whatever links and spelling."""
    try:
        return path.samefile(other)
    except OSError:  # one is not there
        return False


def _format(path: Path) -> ImageFormat | None:
    """Return a file's format by its first bytes; None if it is no photo or cannot be read."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return None
        with path.open("rb") as file:
            return sniff(file.read(SNIFF_BYTES))
    except OSError:
        return None


def blurrer_of(settings: Settings, threads: int, decisions: Path | None = None) -> Blurrer:
    """Return the models of this process and thread, opened at the first photo; `close_models` closes them."""
    held: tuple[object, Blurrer] | None = getattr(_blurrers, "held", None)
    wanted = settings, decisions
    if held is None or held[0] != wanted:
        close_models()
        keep_freed_memory()
        held = wanted, Blurrer(settings, threads=threads, decisions=decisions)
        _blurrers.held = held
    return held[1]


def close_models() -> None:
    """Close the models that `process` opened in this process and thread."""
    held: tuple[object, Blurrer] | None = getattr(_blurrers, "held", None)
    _blurrers.held = None
    if held is not None:
        held[1].close()


atexit.register(close_models)  # for spawned processes: MediaPipe complains if it is only swept up


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
            outcome = _bug(task, f"was lost: {type(error).__name__}: {error}", hint="run it again")
        yield outcome
        under_way.extend((task, _handed(executor, work, task)) for task in islice(waiting, 1))


def _handed(executor: Executor, work: Callable[[Task], Outcome], task: Task) -> Future[Outcome]:
    try:
        return executor.submit(work, task)
    except Exception as error:  # an executor that is broken takes no more
        refused: Future[Outcome] = Future()
        refused.set_exception(error)
        return refused


def _bug(task: Task, what: str, *, hint: str) -> PhotoFailure:
    return PhotoFailure(task.source.path, "batch", "Bug", what, hint, Status.FAILED, int(ExitCode.BUG))
