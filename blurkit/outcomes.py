"""What becomes of a photo: a result or a failure, and what is known of the file written. All frozen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from blurkit.board import Board
from blurkit.errors import BlurkitError, Bug, ExitCode, ModelError, VerificationError
from blurkit.geometry import Box, Size
from blurkit.marks import MarkDecision
from blurkit.records import Decision, ImageFormat, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Status(StrEnum):
    """The verdict on a photo."""

    READY = "ready"
    """Written; nothing doubtful."""
    LOOK = "look"
    """Written; a person should look at a doubtful face."""
    BLOCKED = "blocked"
    """Could not be made safe: no output."""
    FAILED = "failed"
    """Could not be read or written: no output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a written file can be told by later, and how far it differs from its source."""

    input_sha256: str
    """Hash of the photo's file, hexadecimal."""
    output_sha256: str
    """Hash of the file written."""
    fingerprint: str
    """Perceptual hash of the picture written: 256 bits, hexadecimal."""
    changed_share: float
    """Share of pixels under covers, or in re-encoded blocks where the others are kept, 0..1."""
    coding: str
    """How it was coded, in words."""
    max_difference_outside: int
    """Largest difference of a colour outside the covers between source and output, of 255; 0 where nothing is lost.

    Where blocks are kept: outside the re-encoded blocks, and 0.
    """


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in a photo of which nothing is written."""

    decisions: tuple[Decision, ...]
    """One a face."""
    marks: tuple[MarkDecision, ...] | None
    """One for each word, code or plate; None if nobody looked for them."""
    proof: None = None
    """There is no file."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished file in memory that passed its checks."""

    data: bytes
    """The whole file."""
    format: ImageFormat
    """Its format."""
    decisions: tuple[Decision, ...]
    """Those it was made from, and those that the checks added."""
    proof: Proof
    """What it can be told by later."""
    marks: tuple[MarkDecision, ...] | None = None
    """Likewise of words, codes and plates; None if nobody looked for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipFacts:
    """What is known of a clip besides what is known of a photo."""

    frames: int
    """How many it has."""
    seconds: float
    """How long it is."""
    sound: str
    """`none`, `dropped` or `kept`."""
    notes: tuple[str, ...]
    """What a person is told of it, in words."""
    spans: tuple[tuple[float, float], ...]
    """From when to when each person is covered or kept, in seconds, in the order of the decisions."""
    board: Board | None = None
    """The moments of it that a person reviews."""
    places: tuple[tuple[tuple[int, Box], ...], ...] = ()
    """For each person the pictures of the board that show them, and where, in pixels of the clip; best view first."""


@dataclass(frozen=True, slots=True)
class PhotoResult:
    """A photo that was analysed and, unless it was a dry run, written and verified."""

    source: Path
    """The photo, as the user gave it."""
    output: Path | None
    """The file written; None in a dry run."""
    size: Size
    """Of the upright photo, in pixels."""
    decisions: tuple[Decision, ...]
    """One a face, from top-left to bottom-right."""
    status: Status
    """READY or LOOK."""
    removed: tuple[str, ...]
    """What was hidden in the source and is not in the output, in words."""
    seconds: Mapping[Stage, float]
    """Time of each stage."""
    proof: Proof | None = None
    """What the file written can be told by later; None in a dry run."""
    sha256: str | None = None
    """Hash of the source file, hexadecimal."""
    earlier: bool = False
    """Whether an earlier run did it, and photo and output are as they were then."""
    clip: ClipFacts | None = None
    """What is known besides if it is a clip; its decisions are one for each person in a shot."""
    marks: tuple[MarkDecision, ...] | None = None
    """Words, codes and plates, from top to bottom; None if they were not looked for."""

    @property
    def exit_code(self) -> ExitCode:
        """The exit code if it is the only photo."""
        return ExitCode.OK


@dataclass(frozen=True, slots=True)
class SafeFile:
    """A finished file in memory that passed its checks, ready to be stored or sent."""

    data: bytes
    """The whole file."""
    format: ImageFormat
    """Its format, which may differ from the source's."""
    suffix: str
    """The usual extension of that format, such as `.jpg`."""
    result: PhotoResult
    """What became of the photo."""


@dataclass(frozen=True, slots=True)
class PhotoFailure:
    """A photo of which there is no output."""

    source: Path
    """The photo, as the user gave it."""
    stage: Stage
    """Where it failed."""
    kind: type[BlurkitError]
    """The error."""
    error: str
    """What happened."""
    hint: str | None
    """What to do about it."""

    @property
    def word(self) -> str:
        """What reports call the error."""
        return self.kind.__name__

    @property
    def status(self) -> Status:
        """BLOCKED if it could not be made safe, else FAILED."""
        return Status.BLOCKED if issubclass(self.kind, VerificationError | ModelError) else Status.FAILED

    @property
    def exit_code(self) -> ExitCode:
        """The exit code if it is the only photo."""
        return self.kind.exit_code


Outcome = PhotoResult | PhotoFailure
"""What became of one photo."""


def failure(source: Path, error: BlurkitError, *, stage: Stage) -> PhotoFailure:
    """Return an error as the outcome of a photo."""
    return PhotoFailure(source, stage, type(error), error.message, error.hint)


def died(source: Path) -> PhotoFailure:
    """Return what became of a photo whose process died twice."""
    return bug(source, "its process died twice", hint="it may need more memory: try --jobs 1")


def bug(source: Path, what: str, *, hint: str) -> PhotoFailure:
    """Return a fault of blurkit as what became of a photo."""
    return PhotoFailure(source, Stage.BATCH, Bug, what, hint)
