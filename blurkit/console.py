"""What a command prints: results on standard output, everything for people on standard error."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from blurkit.errors import OutputNotWritable, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from blurkit.audit import Audited
    from blurkit.records import Outcome
    from blurkit.report import BatchReport
    from blurkit.settings import Settings


Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """What a command prints: JSON on standard output; everything for people on standard error."""

    json: bool
    quiet: bool
    verbose: bool
    report: Path | None

    def begin(self, settings: Settings) -> None:
        """Before any photo is done: refuse a report that cannot be written, and say if a detector is missing."""
        from blurkit.detect import mediapipe_installed

        if self.report is not None and self.report.suffix.lower() != ".json":
            raise SettingsError("a report is written as .json", path=self.report, hint="--report report.json")
        if self.report is not None and not self.report.absolute().parent.is_dir():
            raise SettingsError("there is no such folder for the report", path=self.report, hint="make it first")
        by_default = settings.detect.detector == type(settings.detect)().detector
        if by_default and not mediapipe_installed() and not self.quiet:
            say("note: mediapipe has no build for this system; the detector CenterFace works alone")

    def progress(self, outcomes: Iterable[Thing], total: int) -> Iterable[Thing]:
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
            complain(f"{outcome.stage} {outcome.source}: {outcome.error}", outcome.hint)
        elif self.verbose and not self.quiet:
            say("\n".join(map(one_line, sentences(outcome))))

    def audited(self, each: Audited) -> Audited:
        """Say what was found in a file: on standard output, since that was asked for."""
        from blurkit.audit.report import sentences

        if each.error is not None:
            complain(f"{each.error.stage} {each.given}: {each.error.error}", each.error.hint)
        if not self.json and not self.quiet:
            write_out("\n".join(map(one_line, sentences(each))))
        return each

    def end(self, report: BatchReport, *, written: bool) -> None:
        """Print the document or the summary, and write the report's file."""
        if self.json:
            write_out(report.to_json().rstrip())
            sys.stdout.flush()
        elif not self.quiet and report.entries:
            say(report.summary(written=written))
        if self.report is not None:
            try:
                self.report.write_text(report.to_json(), encoding="utf-8")
            except OSError as fault:
                raise OutputNotWritable(f"cannot be written: {fault.strerror}", path=self.report) from fault


def complain(what: str, hint: str | None) -> None:
    """Say on standard error what went wrong, and what helps."""
    say(f"error: {one_line(what)}")
    if hint:
        say(f"hint: {hint.rstrip()}")


def one_line(text: str) -> str:
    """Return text with what would start a line or steer a terminal written out: file names hold anything."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)


def write_out(text: str) -> None:
    """Print to standard output, which is for results."""
    sys.stdout.write(text + "\n")


def say(text: str) -> None:
    """Print to standard error, which is for people."""
    sys.stderr.write(text + "\n")
