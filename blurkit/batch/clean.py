"""Takes out what files hide and leaves their coded pictures as they are: files in, files out. No face is looked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit import metadata
from blurkit.batch.limit import lost, seconds_for
from blurkit.batch.naming import output_names
from blurkit.errors import BlurkitError, PixelsChanged
from blurkit.load import read, shown_hash
from blurkit.machine.workers import Lost, in_processes
from blurkit.metadata import Kind
from blurkit.outcomes import failure
from blurkit.records import Stage
from blurkit.write import check_target, write

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blurkit.batch.naming import Source
    from blurkit.outcomes import PhotoFailure
    from blurkit.settings import LoadSettings


@dataclass(frozen=True, slots=True)
class Cleaning:
    """One file that is to be cleaned."""

    source: Source
    """The photo."""
    output: Path
    """Where the clean one goes."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What became of one file."""

    given: str
    """Its path as the user gave it."""
    output: Path | None
    """The file written; None if nothing was written."""
    removed: tuple[str, ...] = ()
    """What was hidden in it, in words."""
    error: PhotoFailure | None = None
    """Why there is no output."""


def clean_all(
    sources: Sequence[Source], out: str, settings: LoadSettings, *, jobs: int = 1, timeout: float | None = None
) -> Iterator[Cleaned]:
    """Clean files, one by one or side by side.

    Args:
        sources: The files.
        out: The folder for the clean ones.
        settings: The limit on megapixels.
        jobs: Processes on this machine.
        timeout: Seconds that a file of ordinary size may take; without a limit, one job works in this process.

    Yields:
        What became of each, in their order.
    """
    tasks = [Cleaning(source, Path(out, name)) for source, name in zip(sources, output_names(sources), strict=True)]
    work = partial(clean_one, settings=settings)
    jobs = min(jobs, len(tasks))
    if jobs <= 1 and timeout is None:
        yield from map(work, tasks)
        return

    def seconds(task: Cleaning) -> float:
        return seconds_for(task.source.path, timeout)

    for task, cleaned in zip(tasks, in_processes(work, tasks, jobs, seconds=seconds), strict=True):
        if isinstance(cleaned, Lost):
            cleaned = Cleaned(task.source.given, None, error=lost(task.source.path, cleaned, timeout))
        yield cleaned


def clean_one(task: Cleaning, *, settings: LoadSettings) -> Cleaned:
    """Clean one file; what cannot be cleaned is not written."""
    source, stage = task.source, Stage.WRITE
    try:
        check_target(task.output, source.path, overwrite=False)
        stage = Stage.LOAD
        data = read(source.path)
        stage = Stage.METADATA
        removed, clean = clean_bytes(data, settings)
        stage = Stage.WRITE
        write(clean, task.output, source=source.path)
    except BlurkitError as error:
        error.path = error.path or source.path
        return Cleaned(source.given, None, error=failure(source.path, error, stage=stage))
    return Cleaned(source.given, task.output, removed)


def clean_bytes(data: bytes, settings: LoadSettings) -> tuple[tuple[str, ...], bytes]:
    """Return what a file hides, in words, and the file without it.

    Raises:
        PhotoError: It cannot be searched, cleaned or decoded.
        MetadataRemains: Cleaning left something behind.
        PixelsChanged: The clean file does not show what the file showed, bit for bit.
    """
    found = metadata.find(data)
    clean = metadata.strip(data)
    found += metadata.find_within(clean)
    clean = metadata.strip_within(clean)
    if clean != data and shown_hash(clean, settings) != shown_hash(data, settings):
        raise PixelsChanged("would show something else when clean", hint="use `blurkit run`")
    if clean == data:
        shown_hash(data, settings)  # a file that cannot be decoded is not called clean
    hidden = (each for each in found if each.kind is not Kind.FRAME and not each.is_usual)
    return tuple(sorted({each.detail or each.kind.value for each in hidden})), clean
