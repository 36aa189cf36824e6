"""The command line: parse, build settings, one library call, print, exit code. No logic."""

from __future__ import annotations

import contextlib
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from blurkit import __version__
from blurkit.choices import PRESETS, DetectorName, ExecutorName, OutputFormat, Shape, Style
from blurkit.commands import Review, Work, do_audit, do_batch, do_doctor, do_forget, do_review, guarded, has_screen
from blurkit.console import Show, say, write_out
from blurkit.errors import ExitCode
from blurkit.stream import do_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from blurkit.settings import Settings

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: twice as fast, and the same on every console
    help="Covers children's faces in photos on this computer, for good, and cleans the files of everything hidden.",
)
policy_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Print or check a policy: who is covered.")
app.add_typer(policy_app, name="policy")

PUBLISHED, PUBLISHED_SIDE = OutputFormat.JPEG, 1600
"""What `--publish` makes of photos: a format that every website takes, and their longest side in pixels."""

Photos = Annotated[list[str], typer.Argument(metavar="PHOTOS", help="Photos, or folders of photos.")]
PolicyOption = Annotated[str, typer.Option("--policy", help=f"Who is covered: {', '.join(PRESETS)}, or a TOML file.")]
DetectorOption = Annotated[
    list[DetectorName] | None, typer.Option("--detector", help="Ask only this detector (repeatable); default both.")
]
RecursiveOption = Annotated[bool, typer.Option("--recursive/--no-recursive", help="Walk into subfolders.")]
JobsOption = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Photos side by side; default: the CPUs available.")
]
MegapixelsOption = Annotated[float, typer.Option("--max-megapixels", min=0.001, help="Refuse larger photos.")]
ReportOption = Annotated[
    Path | None, typer.Option("--report", help="Also write the report to this file: .json, .csv or .html.")
]
DecisionsOption = Annotated[
    Path | None, typer.Option("--decisions", help="Replay a review; what it does not speak of is covered.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Only errors.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="A line for each photo and face.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]


@app.command()
def run(
    photos: Photos,
    out: Annotated[str | None, typer.Option("--out", "-o", help="The folder for the safe photos.")] = None,
    policy: PolicyOption = "children",
    style: Annotated[Style, typer.Option("--style", help="How covers look.")] = Style.SOLID,
    shape: Annotated[Shape, typer.Option("--shape", help="Outline of the covers.")] = Shape.ELLIPSE,
    color: Annotated[str, typer.Option("--color", help="Colour of solid covers: a name or #rrggbb.")] = "gray",
    detector: DetectorOption = None,
    format: Annotated[
        OutputFormat, typer.Option("--format", help="Format of the outputs; auto: the source's, but HEIC as JPEG.")
    ] = OutputFormat.AUTO,
    keep_format: Annotated[bool, typer.Option("--keep-format", help="The same as --format same.")] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help="For a website: JPEG of at most 1600 pixels, named by day and number.")
    ] = False,
    max_side: Annotated[
        int | None, typer.Option("--max-side", min=64, help="Longest side of the outputs in pixels.")
    ] = None,
    recursive: RecursiveOption = True,
    jobs: JobsOption = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace earlier outputs.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; as `detect`.")] = False,
    max_megapixels: MegapixelsOption = 200.0,
    decisions: DecisionsOption = None,
    executor: Annotated[
        ExecutorName, typer.Option("--executor", help="Do photos on this machine, or by a Dask cluster's workers.")
    ] = ExecutorName.LOCAL,
    scheduler: Annotated[
        str | None, typer.Option("--scheduler", help="Address of the Dask scheduler, such as tcp://10.0.0.5:8786.")
    ] = None,
    report: ReportOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    debug: DebugOption = False,
) -> None:
    """Find faces, decide, cover, clean, check and write; `-` is a photo from standard input to standard output."""

    def settings() -> Settings:
        return _settings(
            policy,
            detect=_detect(detector),
            load={"max_megapixels": max_megapixels},
            obscure={"style": style, "shape": shape, "color": color},
            output={
                "format": OutputFormat.SAME if keep_format else PUBLISHED if publish and format == "auto" else format,
                "overwrite": overwrite,
                "max_side": max_side or (PUBLISHED_SIDE if publish else None),
                "neutral_names": publish,
            },
        )

    show = Show(json=json, quiet=quiet, verbose=verbose, report=report)
    work = Work(
        photos=photos,
        out=out,
        dry_run=dry_run,
        recursive=recursive,
        jobs=jobs,
        decisions=decisions,
        executor=executor,
        scheduler=scheduler,
        debug=debug,
    )
    do = do_stream if "-" in photos else do_batch
    _end(lambda: do(work, settings(), show), debug=debug)


@app.command()
def detect(
    photos: Photos,
    policy: PolicyOption = "children",
    detector: DetectorOption = None,
    recursive: RecursiveOption = True,
    jobs: JobsOption = None,
    max_megapixels: MegapixelsOption = 200.0,
    report: ReportOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    debug: DebugOption = False,
) -> None:
    """Say what `run` would do, and write nothing."""

    def settings() -> Settings:
        return _settings(policy, detect=_detect(detector), load={"max_megapixels": max_megapixels})

    show = Show(json=json, quiet=quiet, verbose=verbose, report=report)
    work = Work(photos=photos, out=None, dry_run=True, recursive=recursive, jobs=jobs, debug=debug)
    _end(lambda: do_batch(work, settings(), show), debug=debug)


@app.command()
def review(
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="The folder with the photos; default: choose it on the page.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The folder for the safe photos; default: DIR-safe.")
    ] = None,
    policy: PolicyOption = "children",
    style: Annotated[Style, typer.Option("--style", help="How covers look.")] = Style.SOLID,
    known: Annotated[
        Path | None,
        typer.Option("--from", help="Take the faces from an earlier report (.json) instead of looking again."),
    ] = None,
    jobs: JobsOption = None,
    idle: Annotated[float, typer.Option("--idle", min=0.01, help="End after so many minutes without use.")] = 60.0,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    debug: DebugOption = False,
) -> None:
    """Check and correct in a page on this computer, sign off, then write."""
    start = Review(folder=folder, out=out, known=known, jobs=jobs, idle=idle, browser=browser)
    _end(lambda: do_review(start, _settings(policy, obscure={"style": style})), debug=debug)


@app.command()
def audit(
    photos: Photos,
    against: Annotated[
        list[Path] | None, typer.Option("--against", help="Name the sources by the report of a run (repeatable).")
    ] = None,
    detector: DetectorOption = None,
    recursive: RecursiveOption = True,
    jobs: JobsOption = None,
    max_megapixels: MegapixelsOption = 200.0,
    json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """List faces, hidden pictures and metadata in files, such as those online already; change nothing."""

    def work() -> ExitCode:
        from blurkit.settings import Settings

        settings = Settings.of(detect=_detect(detector), load={"max_megapixels": max_megapixels})
        show = Show(json=json, quiet=quiet, verbose=False, report=None)
        task = Work(photos=photos, out=None, dry_run=True, recursive=recursive, jobs=jobs, debug=debug)
        return do_audit(task, settings, against or (), show)

    _end(work, debug=debug)


@app.command()
def forget(
    before: Annotated[
        str, typer.Option("--before", metavar="DATE", help="Only what was last changed before this day.")
    ],
    folders: Annotated[list[Path] | None, typer.Argument(metavar="DIRS", help="Folders to look through.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Delete without asking.")] = False,
) -> None:
    """Delete decisions, sign-offs, reports and journals that blurkit wrote; never a photo."""
    _end(lambda: do_forget(folders or [], before, yes=yes))


@policy_app.command("show")
def policy_show(name: Annotated[str, typer.Argument(help="A preset or a TOML file.")] = "children") -> None:
    """Print a policy as TOML, complete."""

    def work() -> ExitCode:
        from blurkit.settings import load_policy, policy_toml

        write_out(policy_toml(load_policy(name)).rstrip())
        return ExitCode.OK

    _end(work)


@policy_app.command("check")
def policy_check(name: Annotated[str, typer.Argument(help="A preset or a TOML file.")]) -> None:
    """Check a policy and say in words what it does."""

    def work() -> ExitCode:
        from blurkit.policy import explain
        from blurkit.settings import load_policy

        write_out("\n".join(explain(load_policy(name))))
        return ExitCode.OK

    _end(work)


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
    _end(lambda: do_doctor(folder, starter=starter))


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
        _end(lambda: do_review(Review(), _settings("children")))
    if context.invoked_subcommand is None:
        say(context.get_help())
        raise typer.Exit(int(ExitCode.USAGE))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every console takes every file name, and being told to end is like Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app(args=None if arguments is None else list(arguments))
    sys.exit(0)


def _settings(policy: str, **parts: dict[str, Any]) -> Settings:
    from blurkit.settings import Settings, load_policy

    return Settings.of(policy=load_policy(policy), **parts)


def _detect(detector: list[DetectorName] | None) -> dict[str, Any]:
    return {"detector": tuple(detector)} if detector else {}


def _end(work: Callable[[], ExitCode], *, debug: bool = False) -> NoReturn:
    """Do the work of a command, and end with its exit code."""
    raise typer.Exit(int(guarded(work, debug=debug)))
