"""The command line: parse, build settings, one library call, print, exit code. No logic."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from blurkit import __version__
from blurkit.choices import PRESETS, DetectorName, OutputFormat, Shape, Style
from blurkit.errors import BlurkitError, ExitCode, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from blurkit.records import Outcome
    from blurkit.report import BatchReport
    from blurkit.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Covers children's faces in photos on this computer, for good, and cleans the files of everything hidden.",
)
policy_app = typer.Typer(no_args_is_help=True, help="Print or check a policy: who is covered.")
app.add_typer(policy_app, name="policy")

Photos = Annotated[list[str], typer.Argument(metavar="PHOTOS…", help="Photos, or folders of photos.")]
PolicyOption = Annotated[str, typer.Option("--policy", help=f"Who is covered: {', '.join(PRESETS)}, or a TOML file.")]
DetectorOption = Annotated[
    list[DetectorName] | None, typer.Option("--detector", help="Ask only this detector (repeatable); default both.")
]
RecursiveOption = Annotated[bool, typer.Option("--recursive/--no-recursive", help="Walk into subfolders.")]
JobsOption = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Photos side by side; default: the CPUs available.")
]
MegapixelsOption = Annotated[float, typer.Option("--max-megapixels", min=0.001, help="Refuse larger photos.")]
ReportOption = Annotated[Path | None, typer.Option("--report", help="Also write the report to this file (.json).")]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Only errors.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="A line for each photo and face.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]


@app.command()
def run(
    photos: Photos,
    out: Annotated[str, typer.Option("--out", "-o", help="The folder for the safe photos.")],
    policy: PolicyOption = "children",
    style: Annotated[Style, typer.Option("--style", help="How covers look.")] = Style.SOLID,
    shape: Annotated[Shape, typer.Option("--shape", help="Outline of the covers.")] = Shape.ELLIPSE,
    color: Annotated[str, typer.Option("--color", help="Colour of solid covers: a name or #rrggbb.")] = "gray",
    detector: DetectorOption = None,
    format: Annotated[
        OutputFormat, typer.Option("--format", help="Format of the outputs; auto: the source's, but HEIC as JPEG.")
    ] = OutputFormat.AUTO,
    keep_format: Annotated[bool, typer.Option("--keep-format", help="The same as --format same.")] = False,
    recursive: RecursiveOption = True,
    jobs: JobsOption = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace earlier outputs.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; as `detect`.")] = False,
    max_megapixels: MegapixelsOption = 200.0,
    report: ReportOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    debug: DebugOption = False,
) -> None:
    """Find faces, decide, cover, clean, check and write."""

    def settings() -> Settings:
        return _settings(
            policy,
            detect=_detect(detector),
            load={"max_megapixels": max_megapixels},
            obscure={"style": style, "shape": shape, "color": color},
            output={"format": OutputFormat.SAME if keep_format else format, "overwrite": overwrite},
        )

    show = _Show(json=json, quiet=quiet, verbose=verbose, report=report)
    target = None if dry_run else out
    _guarded(lambda: _batch(photos, target, settings(), recursive, jobs, show, debug), debug)


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

    show = _Show(json=json, quiet=quiet, verbose=verbose, report=report)
    _guarded(lambda: _batch(photos, None, settings(), recursive, jobs, show, debug), debug)


@policy_app.command("show")
def policy_show(name: Annotated[str, typer.Argument(help="A preset or a TOML file.")] = "children") -> None:
    """Print a policy as TOML, complete."""

    def work() -> ExitCode:
        from blurkit.settings import load_policy, policy_toml

        _print(policy_toml(load_policy(name)).rstrip())
        return ExitCode.OK

    _guarded(work, debug=False)


@policy_app.command("check")
def policy_check(name: Annotated[str, typer.Argument(help="A preset or a TOML file.")]) -> None:
    """Check a policy and say in words what it does."""

    def work() -> ExitCode:
        from blurkit.policy import explain
        from blurkit.settings import load_policy

        _print("\n".join(explain(load_policy(name))))
        return ExitCode.OK

    _guarded(work, debug=False)


@app.command()
def doctor() -> None:
    """Say what works on this machine."""

    def work() -> ExitCode:
        from blurkit.doctor import examine

        findings = list(examine())
        for finding in findings:
            _print(f"{'ok   ' if finding.works else 'FAILS'} {finding.name}: {finding.detail}")
        return ExitCode.OK if all(finding.works for finding in findings) else ExitCode.MODEL

    _guarded(work, debug=False)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    if version:
        _print(__version__)
        raise typer.Exit


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every console takes every file name."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    app(args=None if arguments is None else list(arguments))
    sys.exit(0)


def _batch(
    photos: Sequence[str],
    out: str | None,
    settings: Settings,
    recursive: bool,
    jobs: int | None,
    show: _Show,
    debug: bool,
) -> ExitCode:
    """Do the photos of a command and say what became of them."""
    from blurkit import batch
    from blurkit.records import PhotoResult
    from blurkit.report import BatchReport, Entry
    from blurkit.weights import model_hashes

    show.check()
    collected = batch.collect(photos, recursive=recursive, out=out)
    tasks = batch.plan(collected.sources, out, settings)
    outcomes: list[Outcome] = []
    running = batch.run_batch(tasks, settings, jobs=jobs or batch.available_cpus(), debug=debug)
    try:
        for outcome in show.progress(running, len(tasks)):
            outcomes.append(outcome)
            show.outcome(outcome)
    finally:
        batch.close_models()
    entries = tuple(
        Entry(task.source.given, task.written if isinstance(outcome, PhotoResult) else None, outcome)
        for task, outcome in zip(tasks, outcomes, strict=True)
    )
    done = BatchReport(__version__, settings, model_hashes(), entries, collected.companions, collected.skipped)
    show.report(done, written=out is not None)
    if not tasks:
        _say("error: no photos found\nhint: give photos, or a folder that holds some")
        return ExitCode.INPUT
    if len(photos) == 1 and not Path(photos[0]).is_dir():
        return ExitCode(getattr(outcomes[0], "exit_code", ExitCode.OK))
    return ExitCode.PARTIAL if done.failures else ExitCode.OK


class _Show:
    """What a command prints: JSON on standard output; everything for people on standard error."""

    def __init__(self, *, json: bool, quiet: bool, verbose: bool, report: Path | None) -> None:
        self.json, self.quiet, self.verbose, self.path = json, quiet, verbose, report

    def check(self) -> None:
        """Refuse a report of a kind that is not written, before any photo is done."""
        if self.path is not None and self.path.suffix.lower() != ".json":
            raise SettingsError("a report is written as .json", path=self.path, hint="--report report.json")

    def progress(self, outcomes: Iterable[Outcome], total: int) -> Iterable[Outcome]:
        """Pass outcomes on, with a progress bar on a terminal."""
        if self.quiet or self.json or not sys.stderr.isatty():
            return outcomes
        from rich.console import Console
        from rich.progress import track

        return track(outcomes, "photos", total=total, console=Console(stderr=True), transient=True)

    def outcome(self, outcome: Outcome) -> None:
        """Say at once what failed; with --verbose, what was done."""
        from blurkit.records import PhotoFailure
        from blurkit.report import sentences

        if isinstance(outcome, PhotoFailure):
            _say(f"error: {outcome.stage} {outcome.source}: {outcome.error}")
            if outcome.hint:
                _say(f"hint: {outcome.hint}")
        elif self.verbose and not self.quiet:
            _say("\n".join(sentences(outcome)))

    def report(self, report: BatchReport, *, written: bool) -> None:
        """Print the document or the summary, and write the report's file."""
        if self.path is not None:
            try:
                self.path.write_text(report.to_json(), encoding="utf-8")
            except OSError as fault:
                raise SettingsError(f"cannot be written: {fault.strerror}", path=self.path) from fault
        if self.json:
            sys.stdout.write(report.to_json())
            sys.stdout.flush()
        elif not self.quiet and report.entries:
            _say(report.summary(written=written))


def _settings(policy: str, **parts: dict[str, Any]) -> Settings:
    from blurkit.settings import Settings, load_policy

    return Settings.of(policy=load_policy(policy), **parts)


def _detect(detector: list[DetectorName] | None) -> dict[str, Any]:
    return {"detector": tuple(detector)} if detector else {}


def _guarded(work: Callable[[], ExitCode], debug: bool) -> NoReturn:
    """Do the work of a command; the one place where exceptions become messages and exit codes."""
    try:
        code = work()
    except BlurkitError as error:
        code = error.exit_code
        _say(f"error: {error}" + (f"\nhint: {error.hint}" if error.hint else ""))
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
        _say("stopped; finished photos are kept, no half-written file is left")
    except BrokenPipeError:
        code = ExitCode.OUTPUT
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        code = ExitCode.BUG
        _say(traceback.format_exc() if debug else f"error: a fault of blurkit: {type(error).__name__}: {error}")
        if not debug:
            _say("hint: run again with --debug")
    raise typer.Exit(int(code))


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
