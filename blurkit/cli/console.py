"""What a command prints: results on standard output, everything for people on standard error."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from blurkit.errors import OutputNotWritable, SettingsError
from blurkit.language import tn, tr
from blurkit.words import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from rich.progress import TaskID

    from blurkit.audit.found import Audited
    from blurkit.outcomes import Outcome, PhotoFailure
    from blurkit.report import BatchReport
    from blurkit.settings import Settings


Thing = TypeVar("Thing")

REPORTS = (".json", ".csv", ".html")
"""Forms of a report, by the extension of its file."""


@dataclass(slots=True, kw_only=True)
class Show:
    """What a command prints: JSON on standard output; everything for people on standard error."""

    json: bool
    quiet: bool
    verbose: bool
    report: Path | None
    _alike: dict[tuple[str, str, str | None], list[str]] | None = field(default=None, init=False)
    """With --quiet, photos that are refused for the same reason; None to say each at once."""

    def begin(self, settings: Settings) -> None:
        """Before any photo is processed: refuse a report that cannot be written, and say if a detector is missing."""
        from blurkit.analysis import check_marks
        from blurkit.detect import mediapipe_installed

        check_marks(settings.policy)
        if self.report is not None and self.report.suffix.lower() not in REPORTS:
            kinds = ", ".join(REPORTS)
            raise SettingsError(f"a report is written as one of {kinds}", path=self.report, hint="--report report.html")
        if self.report is not None and not self.report.absolute().parent.is_dir():
            raise SettingsError("there is no such folder for the report", path=self.report, hint="make it first")
        if self.report is not None and self.report.is_dir():
            raise SettingsError("is a folder", path=self.report, hint="--report report.html")
        by_default = settings.detect.detector == type(settings.detect)().detector
        if by_default and not mediapipe_installed() and not self.quiet:
            say(tr("note: mediapipe has no build for this system; the detector CenterFace works alone"))

    def progress(self, outcomes: Iterable[Thing], total: int) -> Iterable[Thing]:
        """Pass outcomes on, with a progress bar on a terminal."""
        if self.quiet:
            return self._grouped(outcomes)
        if self.json or sys.stderr is None or not sys.stderr.isatty():
            return outcomes
        from rich.console import Console
        from rich.progress import track

        return track(outcomes, tr("photos"), total=total, console=Console(stderr=True), transient=True)

    @contextmanager
    def bar(self) -> Iterator[Callable[[str, float], None]]:
        """Lend what shows how far a clip is, with the time left, on a terminal."""
        if self.quiet or self.json or not sys.stderr.isatty():
            yield lambda name, share: None
            return
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as progress:
            tasks: dict[str, TaskID] = {}

            def advance(name: str, share: float) -> None:
                if name not in tasks:
                    tasks.clear()
                    tasks[name] = progress.add_task(one_line(name).replace("[", "("), total=1.0)
                progress.update(tasks[name], completed=share)

            yield advance

    def _grouped(self, outcomes: Iterable[Thing]) -> Iterator[Thing]:
        """Pass outcomes on, and say at the end what was refused: one line for all that are refused alike."""
        self._alike = {}
        try:
            yield from outcomes
        finally:
            alike, self._alike = self._alike, None
            for (stage, error, hint), (first, *more) in alike.items():
                if more:
                    what = tn("{first} and {n} other photo", "{first} and {n} other photos", len(more), first=first)
                    complain(f"{stage} {what}: {error}{f' ({hint})' if hint else ''}", None)
                else:
                    complain(f"{stage} {first}: {error}", hint)

    def note(self, text: str) -> None:
        """Say something to the person who waits, unless only errors are wanted."""
        if not self.quiet:
            say(one_line(text))

    def outcome(self, outcome: Outcome) -> None:
        """Say at once what failed; with --verbose, what became of each photo."""
        from blurkit.outcomes import PhotoFailure
        from blurkit.report import sentences

        if isinstance(outcome, PhotoFailure):
            self.failure(outcome, str(outcome.source))
        elif self.verbose and not self.quiet:
            say("\n".join(map(one_line, sentences(outcome))))

    def failure(self, failure: PhotoFailure, given: str) -> None:
        """Say why a photo was refused: at once, or with others at the end."""
        if self._alike is None:
            complain(f"{failure.stage} {given}: {failure.error}", failure.hint)
        else:
            self._alike.setdefault((failure.stage, failure.error, failure.hint), []).append(given)

    def audited(self, each: Audited) -> Audited:
        """Say what was found in a file: on standard output, since that was asked for."""
        from blurkit.audit.report import sentences

        if each.error is not None:
            self.failure(each.error, each.given)
        if not self.json and not self.quiet:
            write_out("\n".join(map(one_line, sentences(each))))
        return each

    def end(self, report: BatchReport, *, written: bool) -> None:
        """Print the document or the summary, and write the report's file."""
        from blurkit.report.look import to_look_at

        if self.json:
            write_parts(report.json_parts())
        elif not self.quiet and report.entries:
            say("\n".join([report.summary(written=written), *map(one_line, to_look_at(report.entries))]))
        if self.report is not None:
            from blurkit.report.files import write

            write(report, self.report, written=written)


def complain(what: str, hint: str | None) -> None:
    """Say on standard error what went wrong, and what helps."""
    say(tr("error: {words}").format(words=one_line(what)))
    if hint:
        say(tr("hint: {words}").format(words="\n".join(map(one_line, hint.rstrip().splitlines()))))


def write_out(text: str) -> None:
    """Print to standard output, which is for results.

    Raises:
        BrokenPipeError: Its reader went away.
        OutputNotWritable: It cannot be written otherwise.
    """
    write_parts([text, "\n"])


def write_parts(parts: Iterable[str]) -> None:
    """Print a text to standard output, part by part; raises what `write_out` does."""
    if sys.stdout is None:
        raise OutputNotWritable("standard output is closed")
    try:
        sys.stdout.writelines(parts)
        sys.stdout.flush()
    except OSError as fault:
        to_nowhere(1)
        if isinstance(fault, BrokenPipeError):
            raise
        raise OutputNotWritable(f"standard output cannot be written: {fault.strerror}") from fault


def say(text: str) -> None:
    """Print to standard error, which is for people; if nobody can read it, the work goes on all the same."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text + "\n")
        sys.stderr.flush()
    except (OSError, ValueError):
        to_nowhere(2)


def to_nowhere(stream: int) -> None:
    """Let what is still to be written to a stream that failed go nowhere, also at the end of the program."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream)
    os.close(nowhere)
