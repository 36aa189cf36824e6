"""What the commands do with photos: one call, what is shown, and the exit code that every error becomes."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit import __version__
from blurkit.choices import ExecutorName
from blurkit.console import Show, complain, say, write_out
from blurkit.errors import BlurkitError, ExitCode, ModelError, OutputNotWritable, SettingsError
from blurkit.words import count, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from blurkit.cluster import Cluster
    from blurkit.journal import Journal
    from blurkit.review.start import Review as Prepared
    from blurkit.settings import Settings

NO_PHOTOS = "error: no photos found\nhint: give photos, or a folder that holds some"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a command was asked to do with which photos."""

    photos: Sequence[str]
    out: str | None
    dry_run: bool
    recursive: bool
    jobs: int | None
    debug: bool
    decisions: Path | None = None
    resume: bool = True
    executor: ExecutorName = ExecutorName.LOCAL
    scheduler: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """How a review was asked for."""

    folder: Path | None = None
    """The photos; None to choose the folder on the page."""
    out: Path | None = None
    """Where safe photos go; by default beside the folder."""
    known: Path | None = None
    """An earlier report whose faces are taken."""
    jobs: int | None = None
    """Photos side by side; by default the CPUs available."""
    idle: float = 60.0
    """Minutes without use after which it ends."""
    browser: bool = True
    """Whether the page is opened by itself."""


def do_batch(work: Work, settings: Settings, show: Show) -> ExitCode:
    """Do the photos of a command and say what became of them."""
    from blurkit import batch
    from blurkit.blocks import check_available
    from blurkit.caution import cautions
    from blurkit.collect import collect
    from blurkit.decisions import load as load_decisions
    from blurkit.report import BatchReport
    from blurkit.report.entries import Entries
    from blurkit.weights import model_hashes

    if work.out is None and not work.dry_run:
        raise SettingsError(
            "a folder for the safe photos is needed", path="--out", hint="blurkit run PHOTOS --out safe"
        )
    if settings.output.keep_blocks:
        check_available()
    show.begin(settings)
    if work.decisions is not None:
        load_decisions(work.decisions)  # a file that cannot be read is a bad option, and no photo is done
    collected = collect(work.photos, recursive=work.recursive, out=work.out)
    out = None if work.dry_run else work.out
    journal = None if out is None else _journal(out, settings, resume=work.resume)
    tasks = batch.plan(collected.sources, out, settings, journal)
    entries, code = Entries(), ExitCode.OK
    try:
        with _cluster(work) as cluster:
            running = batch.run_batch(
                tasks,
                settings,
                jobs=work.jobs or batch.available_cpus(),
                executor=cluster,
                ahead=batch.AHEAD if cluster is None else cluster.ahead,
                decisions=work.decisions,
                journal=journal,
                debug=work.debug,
            )
            for task, outcome in zip(tasks, show.progress(running, len(tasks)), strict=True):
                entries.add(task.source.given, task.written, outcome)
                code = ExitCode(getattr(outcome, "exit_code", ExitCode.OK))
                show.outcome(outcome)
    finally:
        batch.close_models()
    try:
        models = model_hashes()
    except ModelError:  # each photo says so
        models = {}
    warnings = tuple(cautions(entries))
    report = BatchReport(__version__, settings, models, entries, collected.companions, collected.skipped, warnings)
    show.end(report, written=not work.dry_run)
    if not tasks:
        say(NO_PHOTOS)
        return ExitCode.INPUT
    if len(work.photos) == 1 and not Path(work.photos[0]).is_dir():
        return code
    return ExitCode.PARTIAL if report.failures else ExitCode.OK


@contextmanager
def _cluster(work: Work) -> Iterator[Cluster | None]:
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
    from blurkit.cluster import connected

    out = None if work.dry_run else work.out
    with connected(work.scheduler, [*work.photos, work.decisions], out) as cluster:
        yield cluster


def _journal(out: str, settings: Settings, *, resume: bool) -> Journal | None:
    """Return what earlier runs into a folder did; None, said once, if that cannot be known."""
    from blurkit.journal import Journal

    try:
        return Journal.open(out, settings, resume=resume)
    except OutputNotWritable as error:
        say(f"note: if this run is interrupted, it cannot go on where it stopped: {one_line(str(error))}")
    except ModelError:  # each photo says so
        pass
    return None


def do_audit(work: Work, settings: Settings, against: Sequence[Path], show: Show) -> ExitCode:
    """Look into the files of a command and say what was found."""
    from blurkit import audit, batch
    from blurkit.audit import report
    from blurkit.audit.matches import read_reports
    from blurkit.collect import collect

    reports = read_reports(against)
    collected = collect(work.photos, recursive=work.recursive)
    looking = audit.audit(collected.sources, settings, reports=reports, jobs=work.jobs or batch.available_cpus())
    try:
        audited = [show.audited(each) for each in show.progress(looking, len(collected.sources))]
    finally:
        batch.close_models()
    if show.json:
        write_out(report.to_json(audited, collected, version=__version__).rstrip())
    elif not show.quiet:
        say(report.summary(audited, collected) if audited else NO_PHOTOS)
    return audit.exit_code(audited, is_one=len(work.photos) == 1 and not Path(work.photos[0]).is_dir())


def do_review(start: Review, settings: Settings) -> ExitCode:
    """Serve the review page of a folder, or its chooser, until it ends."""
    from blurkit.batch import available_cpus
    from blurkit.review.server import Server
    from blurkit.review.start import prepare

    def chosen(folder: Path) -> Prepared:
        return prepare(folder, start.out, settings, jobs=start.jobs or available_cpus(), report=start.known)

    server = Server(chosen if start.folder is None else chosen(start.folder), idle_minutes=start.idle)

    def ready(address: str) -> None:
        say(f"the review page is at {address}")
        say("it works while this window is open; press Close on the page, or Ctrl+C here, to end it")

    with suppress(KeyboardInterrupt):  # the usual way to end it
        server.run(browser=start.browser, ready=ready)
    say("the review has ended; its decisions are kept")
    return ExitCode.OK


def do_doctor(folder: Path | None, *, starter: bool) -> ExitCode:
    """Say what works on this machine, and make a starter if it is wanted."""
    from blurkit.doctor import examine
    from blurkit.starter import make

    desktop = _desktop() if starter and folder is None else folder
    if folder is not None and not starter:
        raise SettingsError("is for a starter", path=folder, hint="blurkit doctor --starter FOLDER")
    findings = list(examine())
    for finding in findings:
        write_out(f"{'ok   ' if finding.works else 'FAILS'} {finding.name}: {finding.detail}")
    if desktop is not None:
        say(f"double-click to start: {make(desktop, sys.platform, sys.executable)}")
        if sys.platform not in ("win32", "darwin"):
            say("if your desktop asks: right-click it and allow it to be started")
    return ExitCode.OK if all(finding.works for finding in findings) else ExitCode.MODEL


def _desktop() -> Path:
    from platformdirs import user_desktop_path

    desktop = user_desktop_path()
    if not desktop.is_dir():
        raise SettingsError("there is no desktop folder", path=desktop, hint="blurkit doctor --starter FOLDER")
    return desktop


def has_screen() -> bool:
    """Whether somebody sits at a terminal of a machine that can open a browser."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        return False
    if sys.platform in ("win32", "darwin"):
        return "SSH_CONNECTION" not in os.environ
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def do_forget(folders: Sequence[Path], before: str, *, yes: bool) -> ExitCode:
    """Delete what blurkit wrote about photos before a day, if that is wanted."""
    from datetime import date

    from blurkit.forget import REMEMBERED, find

    try:
        day = date.fromisoformat(before)
    except ValueError as fault:
        raise SettingsError(f"no such day: {before}", path="--before", hint="--before 2026-09-01") from fault
    for folder in folders:
        if not folder.is_dir():
            raise SettingsError("there is no such folder", path=folder, hint="give the folders with your photos")
    found = find(folders, day)
    told = [path for path in found if path.suffix not in REMEMBERED]
    for path in told:
        say(one_line(str(path)))
    if len(told) < len(found):
        say(f"journals of earlier runs: {count(len(found) - len(told), 'file')}")
    if not found:
        say(f"nothing that blurkit wrote before {day} was found")
        return ExitCode.OK
    if not yes:
        if sys.stdin is None or not sys.stdin.isatty():
            raise SettingsError("nothing was deleted, since nobody can be asked", hint="read the list, then add --yes")
        say(f"delete {count(len(found), 'file')} for good? Type yes:")
        if sys.stdin.readline().strip().lower() != "yes":
            say("nothing was deleted")
            return ExitCode.OK
    code = ExitCode.OK
    for path in found:
        try:
            path.unlink()
        except OSError as fault:
            complain(f"{path}: cannot be deleted: {fault.strerror}", "check who may change its folder")
            code = ExitCode.OUTPUT
    if code is ExitCode.OK:
        say(f"{count(len(found), 'file')} deleted; no photo was touched")
    return code


def guarded(work: Callable[[], ExitCode], *, debug: bool = False) -> ExitCode:
    """Do the work of a command; the one place where exceptions become messages and exit codes."""
    try:
        code = work()
    except BlurkitError as error:
        code = error.exit_code
        complain(str(error), error.hint)
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
        say("stopped; finished photos are kept, no half-written file is left")
    except BrokenPipeError:
        code = ExitCode.OUTPUT
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        code = ExitCode.BUG
        hint = traceback.format_exc() if debug else "run again with --debug"
        complain(f"a fault of blurkit: {type(error).__name__}: {error}", hint)
    return code
