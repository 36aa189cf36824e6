"""The command line: parse, build settings, one library call, print, exit code. No logic."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from blurkit.cli import help, options
from blurkit.cli.clean import clean
from blurkit.cli.console import Show, say, write_out
from blurkit.cli.guard import end
from blurkit.cli.policy import app as policy_app
from blurkit.cli.review import ReviewAsked, do_review, has_screen
from blurkit.cli.run import PhotosAsked, do_batch
from blurkit.cli.serve import serve
from blurkit.cli.speaking import PageLanguageOption
from blurkit.errors import ExitCode
from blurkit.language import of_system, speak
from blurkit.machine.crash import forbid_core_dumps
from blurkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(
    cls=help.Group,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: twice as fast, and the same on every console
    help="Covers children's faces in photos on this computer, for good, and cleans the files of everything hidden.",
)
app.add_typer(policy_app, name="policy")


@app.command(cls=help.Command)
@options.grouped()
def run(
    photos: options.Photos,
    cover: options.Cover,
    output: options.Output,
    which: options.Which,
    report: options.Report,
) -> None:
    """Cover faces and write safe copies of photos.

    Finds the faces, decides who is covered, covers them, cleans the file, checks the result and only then writes it.
    `blurkit run -` reads one photo from standard input and writes it to standard output.
    """
    work = _work(photos, cover, output, which, report)

    def do() -> ExitCode:
        if "-" not in photos:
            return do_batch(work, options.settings(cover, output, which), _show(report))
        from blurkit.cli.stream import do_stream

        return do_stream(work, options.settings(cover, output, which), _show(report))

    end(do, debug=report.debug)


@app.command(cls=help.Command)
@options.grouped(without={"decisions", "resume", "dry_run", "executor", "scheduler", "json"})
def watch(
    inbox: Annotated[str, typer.Argument(metavar="INBOX", help="The folder in which photos arrive.")],
    cover: options.Cover,
    output: options.Output,
    which: options.Which,
    report: options.Report,
    every: Annotated[
        float, typer.Option("--every", metavar="SECONDS", min=0.1, help="How long to wait between two looks.")
    ] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Process the photos that are there, then end.")] = False,
) -> None:
    """Process photos as they arrive in a folder.

    Photos that are ready go to DIR/ready; photos that a person should look at go to DIR/review.
    """

    def do() -> ExitCode:
        from blurkit.cli.watch import do_watch
        from blurkit.video import installed
        from blurkit.watch.watcher import Watch

        wanted = Watch(
            inbox=inbox,
            out=output.out,
            recursive=which.recursive,
            jobs=which.jobs,
            timeout=which.timeout or None,
            every=every,
            once=once,
            debug=report.debug,
            clips=installed(),
            live_photos=which.live_photos,
        )
        return do_watch(wanted, options.settings(cover, output, which), _show(report))

    end(do, debug=report.debug)


@app.command(cls=help.Command)
@options.grouped(without={"style", "shape", "color", "decisions", "executor", "scheduler"})
def detect(photos: options.Photos, cover: options.Cover, which: options.Which, report: options.Report) -> None:
    """Show what `run` would do; write nothing."""
    work = _work(photos, cover, options.Output(dry_run=True), which, report)
    end(lambda: do_batch(work, options.settings(cover, which=which), _show(report)), debug=report.debug)


@app.command(cls=help.Command)
@options.grouped(without={"decisions"})
def review(
    cover: options.Cover,
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The folder with the photos; default: choose it on the page.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="The folder for the safe photos; default: DIR-safe."),
    ] = None,
    known: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="Take the faces from an earlier report (.json)."),
    ] = None,
    jobs: options.JobsOption = None,
    timeout: options.TimeoutOption = options.TIMEOUT,
    report: options.ReportOption = None,
    idle: Annotated[
        float, typer.Option("--idle", metavar="MINUTES", min=0.01, help="End after this long without use.")
    ] = 60.0,
    language: PageLanguageOption = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="End another review of this folder, and go on where it was.")
    ] = False,
    debug: options.DebugOption = False,
) -> None:
    """Check and correct on a page, then write.

    The page is on this computer. Nothing is written until a person signs off.
    """
    start = ReviewAsked(
        folder=folder,
        out=out,
        known=known,
        jobs=jobs,
        timeout=timeout or None,
        report=report,
        idle=idle,
        language=language,
        browser=browser,
        take_over=take_over,
    )
    end(lambda: do_review(start, options.settings(cover)), debug=debug)


@app.command(cls=help.Command)
@options.grouped(
    without={"policy", "children", "style", "shape", "color", "decisions", "executor", "scheduler", "report", "verbose"}
    | {"live_photos"}
)
def audit(
    photos: options.Photos,
    cover: options.Cover,
    which: options.Which,
    report: options.Report,
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", metavar="FILE", help="Name the sources by the report of a run (repeatable)."),
    ] = None,
) -> None:
    """Look for faces and hidden data in files.

    For files that are online already, for example: lists faces, hidden pictures and metadata, and changes nothing.
    """

    def do() -> ExitCode:
        from blurkit.cli.audit import do_audit

        task = _work(photos, cover, options.Output(dry_run=True), which, report)
        return do_audit(task, options.settings(cover, which=which), against or (), _show(report))

    end(do, debug=report.debug)


app.command(cls=help.Command)(clean)
app.command(cls=help.Command)(serve)


@app.command(cls=help.Command)
def forget(
    before: Annotated[str, typer.Option("--before", metavar="DATE", help="Only files last changed before this day.")],
    folders: Annotated[list[Path] | None, typer.Argument(metavar="DIR", help="Folders to look through.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
) -> None:
    """Delete what blurkit noted; never a photo.

    That is decisions, sign-offs, reports and journals.
    """

    def do() -> ExitCode:
        from blurkit.cli.forget import do_forget

        return do_forget(folders or [], before, yes=yes)

    end(do)


@app.command(cls=help.Command)
def doctor(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Where the starter goes; default: the desktop.")
    ] = None,
    starter: Annotated[
        bool, typer.Option("--starter", help="Make a file to double-click that opens the review page.")
    ] = False,
) -> None:
    """Check what works on this computer."""

    def do() -> ExitCode:
        from blurkit.cli.doctor import do_doctor

        return do_doctor(folder, starter=starter)

    end(do)


@app.callback(invoke_without_command=True)
def _alone(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """Open the review page if somebody sits at a screen, else print the help; with a command, do that."""
    if version:
        end(_say_version)
    if context.invoked_subcommand is None and has_screen():
        end(lambda: do_review(ReviewAsked(timeout=options.TIMEOUT), options.settings()))
    if context.invoked_subcommand is None:
        say(context.get_help())
        raise typer.Exit(int(ExitCode.USAGE))


def _say_version() -> ExitCode:
    write_out(__version__)
    return ExitCode.OK


def _work(
    photos: Sequence[str],
    cover: options.Cover,
    output: options.Output,
    which: options.Which,
    report: options.Report,
) -> PhotosAsked:
    return PhotosAsked(
        photos=photos,
        out=output.out,
        dry_run=output.dry_run,
        recursive=which.recursive,
        jobs=which.jobs,
        timeout=which.timeout or None,
        decisions=cover.decisions,
        resume=output.resume,
        live_photos=which.live_photos,
        executor=which.executor,
        scheduler=which.scheduler,
        debug=report.debug,
    )


def _show(report: options.Report) -> Show:
    return Show(json=report.json, quiet=report.quiet, verbose=report.verbose, report=report.report)


def _fill_closed_streams() -> None:
    """Let no file take the number of a standard stream that is closed: libraries would write into it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every console takes every file name, and being told to end is like Ctrl-C."""
    forbid_core_dumps()
    _fill_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    speak(of_system())
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app(args=None if arguments is None else list(arguments))
    sys.exit(0)
