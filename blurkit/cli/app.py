"""The command line: parse, build settings, one library call, print, exit code. No logic."""

from __future__ import annotations

import contextlib
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from blurkit.choices import ExecutorName, OutputFormat, Shape, Style
from blurkit.cli import options
from blurkit.cli.clean import clean
from blurkit.cli.console import Show, say, write_out
from blurkit.cli.guard import end
from blurkit.cli.policy import app as policy_app
from blurkit.cli.review import Review, do_review, has_screen
from blurkit.cli.run import Work, do_batch
from blurkit.cli.stream import do_stream
from blurkit.errors import ExitCode
from blurkit.machine.crash import forbid_core_dumps
from blurkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.settings import Settings

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: twice as fast, and the same on every console
    help="Covers children's faces in photos on this computer, for good, and cleans the files of everything hidden.",
)
app.add_typer(policy_app, name="policy")


@app.command()
def run(
    photos: options.Photos,
    out: options.OutOption = None,
    policy: options.PolicyOption = "children",
    style: options.StyleOption = Style.SOLID,
    shape: options.ShapeOption = Shape.ELLIPSE,
    color: options.ColorOption = "gray",
    detector: options.DetectorOption = None,
    format: options.FormatOption = OutputFormat.AUTO,
    keep_format: options.KeepFormatOption = False,
    publish: options.PublishOption = False,
    max_side: options.MaxSideOption = None,
    keep_blocks: options.KeepBlocksOption = False,
    recursive: options.RecursiveOption = True,
    jobs: options.JobsOption = None,
    overwrite: options.OverwriteOption = False,
    resume: options.ResumeOption = True,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; as `detect`.")] = False,
    max_megapixels: options.MegapixelsOption = 200.0,
    decisions: options.DecisionsOption = None,
    executor: options.ExecutorOption = ExecutorName.LOCAL,
    scheduler: options.SchedulerOption = None,
    report: options.ReportOption = None,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
    verbose: options.VerboseOption = False,
    debug: options.DebugOption = False,
) -> None:
    """Find faces, decide, cover, clean, check and write; `-` is a photo from standard input to standard output."""

    def settings() -> Settings:
        return options.settings(
            policy,
            detector=detector,
            max_megapixels=max_megapixels,
            obscure={"style": style, "shape": shape, "color": color},
            output=options.output(format, keep=keep_format, publish=publish, max_side=max_side)
            | {"overwrite": overwrite, "keep_blocks": keep_blocks},
        )

    show = Show(json=json, quiet=quiet, verbose=verbose, report=report)
    work = Work(
        photos=photos,
        out=out,
        dry_run=dry_run,
        recursive=recursive,
        jobs=jobs,
        decisions=decisions,
        resume=resume,
        executor=executor,
        scheduler=scheduler,
        debug=debug,
    )
    do = do_stream if "-" in photos else do_batch
    end(lambda: do(work, settings(), show), debug=debug)


@app.command()
def watch(
    inbox: Annotated[str, typer.Argument(metavar="INBOX", help="The folder in which photos arrive.")],
    out: options.OutOption = None,
    policy: options.PolicyOption = "children",
    style: options.StyleOption = Style.SOLID,
    shape: options.ShapeOption = Shape.ELLIPSE,
    color: options.ColorOption = "gray",
    detector: options.DetectorOption = None,
    format: options.FormatOption = OutputFormat.AUTO,
    keep_format: options.KeepFormatOption = False,
    publish: options.PublishOption = False,
    max_side: options.MaxSideOption = None,
    keep_blocks: options.KeepBlocksOption = False,
    recursive: options.RecursiveOption = True,
    jobs: options.JobsOption = None,
    overwrite: options.OverwriteOption = False,
    max_megapixels: options.MegapixelsOption = 200.0,
    every: Annotated[float, typer.Option("--every", min=0.1, help="Seconds between two looks.")] = 2.0,
    once: Annotated[bool, typer.Option("--once", help="Do what is there, and end.")] = False,
    quiet: options.QuietOption = False,
    verbose: options.VerboseOption = False,
    debug: options.DebugOption = False,
) -> None:
    """Do photos as they arrive in a folder: `ready` ones go to DIR/ready, those to look at to DIR/review."""

    def work() -> ExitCode:
        from blurkit.cli.watch import do_watch
        from blurkit.watch.watcher import Watch

        settings = options.settings(
            policy,
            detector=detector,
            max_megapixels=max_megapixels,
            obscure={"style": style, "shape": shape, "color": color},
            output=options.output(format, keep=keep_format, publish=publish, max_side=max_side)
            | {"overwrite": overwrite, "keep_blocks": keep_blocks},
        )
        wanted = Watch(
            inbox=inbox,
            out=out,
            recursive=recursive,
            jobs=jobs,
            every=every,
            once=once,
            debug=debug,
        )
        return do_watch(wanted, settings, Show(json=False, quiet=quiet, verbose=verbose, report=None))

    end(work, debug=debug)


@app.command()
def detect(
    photos: options.Photos,
    policy: options.PolicyOption = "children",
    detector: options.DetectorOption = None,
    recursive: options.RecursiveOption = True,
    jobs: options.JobsOption = None,
    max_megapixels: options.MegapixelsOption = 200.0,
    report: options.ReportOption = None,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
    verbose: options.VerboseOption = False,
    debug: options.DebugOption = False,
) -> None:
    """Say what `run` would do, and write nothing."""

    def settings() -> Settings:
        return options.settings(policy, detector=detector, max_megapixels=max_megapixels)

    show = Show(json=json, quiet=quiet, verbose=verbose, report=report)
    work = Work(photos=photos, out=None, dry_run=True, recursive=recursive, jobs=jobs, debug=debug)
    end(lambda: do_batch(work, settings(), show), debug=debug)


@app.command()
def review(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The folder with the photos; default: choose it on the page.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The folder for the safe photos; default: DIR-safe.")
    ] = None,
    policy: options.PolicyOption = "children",
    style: options.StyleOption = Style.SOLID,
    known: Annotated[
        Path | None,
        typer.Option("--from", help="Take the faces from an earlier report (.json) instead of looking again."),
    ] = None,
    jobs: options.JobsOption = None,
    idle: Annotated[float, typer.Option("--idle", min=0.01, help="End after so many minutes without use.")] = 60.0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    debug: options.DebugOption = False,
) -> None:
    """Check and correct in a page on this computer, sign off, then write."""
    start = Review(folder=folder, out=out, known=known, jobs=jobs, idle=idle, browser=browser)
    end(lambda: do_review(start, options.settings(policy, obscure={"style": style})), debug=debug)


@app.command()
def audit(
    photos: options.Photos,
    against: Annotated[
        list[Path] | None, typer.Option("--against", help="Name the sources by the report of a run (repeatable).")
    ] = None,
    detector: options.DetectorOption = None,
    recursive: options.RecursiveOption = True,
    jobs: options.JobsOption = None,
    max_megapixels: options.MegapixelsOption = 200.0,
    json: options.JsonOption = False,
    quiet: options.QuietOption = False,
    debug: options.DebugOption = False,
) -> None:
    """List faces, hidden pictures and metadata in files, such as those online already; change nothing."""

    def work() -> ExitCode:
        from blurkit.cli.audit import do_audit

        settings = options.settings(detector=detector, max_megapixels=max_megapixels)
        show = Show(json=json, quiet=quiet, verbose=False, report=None)
        task = Work(photos=photos, out=None, dry_run=True, recursive=recursive, jobs=jobs, debug=debug)
        return do_audit(task, settings, against or (), show)

    end(work, debug=debug)


app.command()(clean)


@app.command()
def forget(
    before: Annotated[
        str, typer.Option("--before", metavar="DATE", help="Only what was last changed before this day.")
    ],
    folders: Annotated[list[Path] | None, typer.Argument(metavar="DIRS", help="Folders to look through.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
) -> None:
    """Delete decisions, sign-offs, reports and journals that blurkit wrote; never a photo."""

    def work() -> ExitCode:
        from blurkit.cli.forget import do_forget

        return do_forget(folders or [], before, yes=yes)

    end(work)


@app.command()
def doctor(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Where the starter goes; default: the desktop.")
    ] = None,
    starter: Annotated[
        bool, typer.Option("--starter", help="Make a file to double-click that opens the review page.")
    ] = False,
) -> None:
    """Say what works on this machine; make a starter."""

    def work() -> ExitCode:
        from blurkit.cli.doctor import do_doctor

        return do_doctor(folder, starter=starter)

    end(work)


@app.callback(invoke_without_command=True)
def _alone(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """Open the review page if somebody sits at a screen, else print the help; with a command, do that."""
    if version:
        write_out(__version__)
        raise typer.Exit
    if context.invoked_subcommand is None and has_screen():
        end(lambda: do_review(Review(), options.settings()))
    if context.invoked_subcommand is None:
        say(context.get_help())
        raise typer.Exit(int(ExitCode.USAGE))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every console takes every file name, and being told to end is like Ctrl-C."""
    forbid_core_dumps()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app(args=None if arguments is None else list(arguments))
    sys.exit(0)
