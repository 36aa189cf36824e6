"""How a review begins: which photos, where outputs and decisions go, and what an earlier report knows."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from blurkit import batch
from blurkit.analysis import check_marks
from blurkit.batch.collect import collect
from blurkit.batch.journal import is_output, opened_or_none
from blurkit.batch.run import done_by
from blurkit.errors import SettingsError
from blurkit.language import tr
from blurkit.machine.files import sweep
from blurkit.policy.reviewed import FILE_NAME
from blurkit.report import schema
from blurkit.review.known import by_report, by_session, either, remarks_on, with_known
from blurkit.review.lock import FILE_NAME as LOCK_NAME
from blurkit.review.lock import Lock
from blurkit.review.pictures import Pictures, Storyboards
from blurkit.review.session import Session
from blurkit.review.warn import Warnings
from blurkit.review.work import Work

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blurkit.batch import Task
    from blurkit.outcomes import Outcome
    from blurkit.review.export import Run
    from blurkit.settings import Settings


class Clips(Storyboards, Protocol):
    """What makes clips safe and shows them."""

    def by(self, tasks: Sequence[Task], settings: Settings, means: batch.Means) -> Iterator[Outcome]:
        """Do clips in order; fewer once the review is stopped."""
        ...


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything of one review."""

    folder: Path
    """The originals."""
    out: Path
    """Where safe photos go."""
    session: Session
    """Its state."""
    pictures: Pictures
    """What is shown."""
    work: Work
    """What runs in the background."""
    lock: Lock
    """Keeps other reviews out of the folder."""
    warnings: Warnings
    """What else it warns of."""
    remarks: tuple[str, ...]
    """What is to be known of the report that its faces are taken from."""


def prepare(
    folder: Path,
    out: Path | None,
    settings: Settings,
    *,
    jobs: int = 1,
    timeout: float | None = None,
    report: Path | None = None,
    run: Run | None = None,
    report_to: Path | None = None,
    take_over: bool = False,
    clips: Clips | None = None,
    after: Prepared | None = None,
) -> Prepared:
    """Set up a review of a folder; nothing is looked at yet.

    Args:
        folder: The originals.
        out: Where safe photos go; by default next to the folder, with `-safe` after its name.
        settings: What the user chose.
        jobs: Photos at a time.
        timeout: Seconds that a photo of ordinary size may take; None for no limit.
        report: The `--json` document of an earlier run: its faces are taken for photos that are still the same.
        report_to: File for the report of an export; by default `blurkit-report` as .json, .csv and .html next to
            the decisions, in the folder of the originals.
        take_over: End another review of this folder, and go on where it was.
        run: How photos are processed; by default as on the command line.
        clips: What makes clips safe and shows them; None leaves them alone.
        after: A review of this folder with other settings, which this one follows: it has its lock, and what is known
            of its faces is not looked for again.

    Raises:
        SettingsError: The policy covers words and nothing here finds them; the folder is none or holds no photo; the
            outputs would lie around the originals; an earlier review's decisions or the report cannot be read; or
            another review of it is open.
    """
    check_marks(settings.policy)
    if not folder.is_dir():
        raise SettingsError(tr("is no folder"), path=folder, hint="give the folder that holds the photos")
    out = out or beside(folder)
    if folder.resolve().is_relative_to(out.resolve()):
        raise SettingsError(
            tr("would hold the originals and their decisions"), path=out, hint="choose an --out outside the folder"
        )
    collected = collect([str(folder)], out=str(out), clips=clips is not None, is_output=is_output)
    if not collected.sources:
        raise SettingsError(tr("holds no photos"), path=folder, hint="give the folder that holds the photos")
    journal = opened_or_none(str(out), settings)
    tasks = batch.plan(collected.sources, str(out), settings, journal)
    tasks.sort(key=lambda task: task.source.is_clip)  # photos first: clips take longer
    sweep({(out / task.name).parent for task in tasks} | {folder})
    stop = threading.Event()
    means = batch.Means(jobs=jobs, timeout=timeout, journal=journal, stop=stop)
    given = None if report is None else schema.read(report)
    known = by_report(given, settings)
    if after is not None:
        known = either(by_session(after.session, settings), known)
    remarks = () if given is None else remarks_on(given, settings)

    def as_usual(wanted: Sequence[Task], overwrite: bool) -> Iterator[Outcome]:
        chosen = settings.model_copy(update={"write": settings.write.model_copy(update={"overwrite": overwrite})})
        if run is not None:
            return with_known(wanted, known, lambda left: run(left, overwrite))
        photos, moving = ([each for each in wanted if each.source.is_clip is is_clip] for is_clip in (False, True))
        rest = iter(()) if clips is None else clips.by(moving, chosen, means)
        return chain(with_known(photos, known, lambda left: done_by(batch.process, left, chosen, means)), rest)

    lock = Lock(folder / LOCK_NAME, take_over=take_over) if after is None else after.lock
    session = Session(folder / FILE_NAME, settings, [task.source.inside.as_posix() for task in tasks])
    pictures = Pictures(folder, [task.source.path for task in tasks], session, clips)
    session.similar = pictures.burst
    work = Work(session, pictures, tasks, as_usual, stop, collected, report_to, journal)
    warnings = Warnings(folder, out, session, pictures, clips=clips is not None)
    return Prepared(folder, out, session, pictures, work, lock, warnings, remarks)


def beside(folder: Path) -> Path:
    """Return where the safe photos of a folder go by default.

    Raises:
        SettingsError: There is nothing next to it, since it is a whole disk.
    """
    if not folder.absolute().name:
        raise SettingsError(tr("is a whole disk"), path=folder, hint="give the folder that holds the photos")
    return folder.absolute().with_name(f"{folder.absolute().name}-safe")
