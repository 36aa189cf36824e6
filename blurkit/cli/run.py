"""What the commands do with photos: one call, what is shown, and the exit code that every error becomes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.choices import ExecutorName
from blurkit.cli.console import Show, complain, say
from blurkit.errors import ExitCode, ModelError, OutputNotWritable, SettingsError
from blurkit.language import mark, tr
from blurkit.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blurkit.batch.cluster import Cluster
    from blurkit.batch.journal import Journal
    from blurkit.settings import Settings

TRUST = mark(
    "note: without TLS, whoever can reach the scheduler can read paths and outcomes, "
    "and run programs on the workers and on this computer"
)
NO_PHOTOS = mark("no photos found"), mark("give photos, or a folder that holds some")
"""What is said where a command finds no photo, and what helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotosAsked:
    """What a command was asked to do with which photos."""

    photos: Sequence[str]
    out: str | None
    dry_run: bool
    recursive: bool
    jobs: int | None
    debug: bool
    timeout: float | None = None
    decisions: Path | None = None
    resume: bool = True
    live_photos: bool = False
    executor: ExecutorName = ExecutorName.LOCAL
    scheduler: str | None = None


def do_batch(work: PhotosAsked, settings: Settings, show: Show) -> ExitCode:
    """Do the photos of a command and say what became of them."""
    from blurkit import batch
    from blurkit.batch.collect import LIVE, collect
    from blurkit.batch.journal import is_output
    from blurkit.batch.place import check_photos, place_of
    from blurkit.cli.clips import do_clips
    from blurkit.encode.blocks import check_available
    from blurkit.machine.files import sweep
    from blurkit.machine.workers import available_cpus
    from blurkit.outcomes import PhotoResult
    from blurkit.picture.formats import COMPANIONS
    from blurkit.policy.reviewed import load as load_decisions
    from blurkit.report.removed import LIVE_PHOTOS, held_video
    from blurkit.video import installed

    if work.out is None and not work.dry_run:
        raise SettingsError(
            "a folder for the safe photos is needed", path="--out", hint="blurkit run PHOTOS --out safe"
        )
    check_photos(work.photos)
    place = place_of(work.photos, work.out)
    if settings.output.keep_blocks:
        check_available()
    show.begin(settings)
    if work.decisions is not None:
        load_decisions(work.decisions)  # a file that cannot be read is a bad option, and no photo is processed
    collected = collect(
        work.photos,
        recursive=work.recursive,
        clips=installed(),
        live_photos=work.live_photos,
        is_output=is_output,
    )
    settings, out = place.suited(settings, collected.sources), None if work.dry_run else place.folder
    journal = None if out is None else _journal(out, settings, resume=work.resume)
    tasks = place.named(batch.plan(collected.sources, out, settings, journal))
    sweep({Path(task.written).parent for task in tasks if task.written is not None})
    photos = [task for task in tasks if not task.source.is_clip]
    clips = [task for task in tasks if task.source.is_clip]
    code = ExitCode.OK
    with _cluster(work, out, show) as cluster:
        means = batch.Means(
            jobs=work.jobs or available_cpus(),
            timeout=work.timeout,
            executor=cluster,
            ahead=batch.AHEAD if cluster is None else cluster.ahead,
            decisions=work.decisions,
            journal=journal,
            debug=work.debug,
        )
        run = batch.Run(settings, means, found=collected)
        for _, outcome in show.progress(run.do(photos), len(photos)):
            code = outcome.exit_code
            show.outcome(outcome)
        for _, outcome in do_clips(clips, run, settings, means, show):
            code = outcome.exit_code
            show.outcome(outcome)
    report = run.report()
    show.end(report, written=not work.dry_run)
    moving = any(isinstance(each.outcome, PhotoResult) and held_video(each.outcome.removed) for each in report.entries)
    if installed() and not work.live_photos and (moving or collected.companions.get(COMPANIONS[LIVE])):
        show.note(tr(LIVE_PHOTOS))
    if not tasks:
        no_photos()
        return ExitCode.INPUT
    if len(work.photos) == 1 and not Path(work.photos[0]).is_dir():
        return code
    return ExitCode.PARTIAL if report.failures else ExitCode.OK


def no_photos() -> None:
    """Say that there are no photos."""
    complain(*map(tr, NO_PHOTOS))


@contextmanager
def _cluster(work: PhotosAsked, out: str | None, show: Show) -> Iterator[Cluster | None]:
    """Lend the workers of a cluster, if they were asked for."""
    if work.executor is ExecutorName.LOCAL:
        if work.scheduler is not None:
            raise SettingsError("is for a cluster", path="--scheduler", hint="add --executor dask")
        yield None
        return
    if work.scheduler is None:
        hint = "--executor dask --scheduler tcp://ADDRESS:8786"
        raise SettingsError("the address of the cluster's scheduler is needed", path="--scheduler", hint=hint)
    if work.jobs is not None:
        raise SettingsError("is for this machine", path="--jobs", hint="start as many workers as you want")
    from blurkit.batch.cluster import connected

    with connected(work.scheduler, [*work.photos, work.decisions], out, timeout=work.timeout) as cluster:
        if not work.scheduler.startswith("tls://"):
            show.note(tr(TRUST))
        yield cluster


def _journal(out: str, settings: Settings, *, resume: bool) -> Journal | None:
    """Return what earlier runs into a folder did; None, said once, if that cannot be known."""
    from blurkit.batch.journal import Journal

    try:
        return Journal.open(out, settings, resume=resume)
    except OutputNotWritable as error:
        words = tr("note: if this run is interrupted, it cannot go on where it stopped: {why}")
        say(words.format(why=one_line(str(error))))
    except ModelError:  # each photo says so
        pass
    return None
