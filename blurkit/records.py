"""What the stages hand to each other: photos, faces, ages, decisions and outcomes. All frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from blurkit.errors import BlurkitError, ExitCode, ModelError, VerificationError
from blurkit.geometry import Box, Point, Size

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]
    """Upright RGB, uint8 of shape (H, W, 3)."""
    Samples = npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
    """A picture's own samples, shape (H, W) or (H, W, C)."""


class ImageFormat(StrEnum):
    """A file format, told from the file's content and never from its name."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    TIFF = "tiff"
    BMP = "bmp"
    GIF = "gif"
    HEIF = "heif"
    AVIF = "avif"


class Action(StrEnum):
    """What happens to a face."""

    COVER = "cover"
    KEEP = "keep"


class Reason(StrEnum):
    """Why a face is covered or kept, in one word."""

    LOOKS_UNDER_AGE = "looks_under_age"
    MAY_BE_UNDER_AGE = "may_be_under_age"
    TOO_SMALL_TO_JUDGE = "too_small_to_judge"
    UNCLEAR_FACE = "unclear_face"
    EVERYONE = "everyone"
    ALWAYS_REGION = "always_region"
    NEVER_REGION = "never_region"
    FOUND_IN_CHECK = "found_in_check"
    MANUAL = "manual"
    LOOKS_ADULT = "looks_adult"


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


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the source was coded, as far as the output keeps it."""

    icc_profile: bytes | None = None
    """Colour profile of the samples; None means sRGB (or plain gray or CMYK)."""
    dpi: tuple[float, float] | None = None
    """Density (x, y) in dots an inch."""
    quantization: tuple[tuple[int, ...], ...] | None = None
    """JPEG quantisation tables of 64 numbers in natural order, for the upright photo."""
    subsampling: str | None = None
    """JPEG chroma subsampling: 4:4:4, 4:2:2 or 4:2:0."""
    progressive: bool = False
    """JPEG progressive scans."""
    lossless: bool = False
    """WebP, HEIF or AVIF coded without loss."""
    palette: bytes | None = None
    """RGB triples of a palette picture."""
    transparency: bytes | int | None = None
    """Transparency of a palette picture: alpha per entry, or the clear entry's index."""
    compression: str | None = None
    """TIFF compression, by Pillow's name."""
    stored: bytes | None = field(default=None, repr=False, compare=False)
    """The whole source file of a JPEG that is stored as it is shown, for keeping its blocks; else None."""


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A decoded photo, turned upright."""

    pixels: Pixels
    """What the models see: sRGB, uint8 of shape (H, W, 3), channels R G B, read-only."""
    samples: Samples
    """The source's own upright samples, shape (H, W) or (H, W, C), read-only; covers are drawn on a copy.

    The same array as `pixels` if the source is 8-bit sRGB.
    """
    mode: str
    """Kind of samples: L, LA, RGB, RGBA, CMYK, P, or L, LA, RGB, RGBA with `;16` for 16-bit."""
    format: ImageFormat
    """Format of the file it came from."""
    encoding: Encoding = field(default_factory=Encoding)
    """How it was coded."""
    source: Path | None = None
    """Where it came from, as the user gave it."""
    sha256: str | None = None
    """Hash of the file it came from, hexadecimal."""

    @property
    def size(self) -> Size:
        """Width and height of the upright photo in pixels."""
        height, width = self.pixels.shape[:2]
        return Size(width, height)


@dataclass(frozen=True, slots=True)
class Face:
    """One face, with the evidence of every detector that saw it."""

    box: Box
    """Brow to chin and ear to ear, before any margin; may stick out of the photo."""
    score: float
    """How sure the detectors are together, 0..1."""
    detectors: tuple[str, ...]
    """Names of the detectors that saw it, sorted."""
    landmarks: tuple[Point, ...] | None = None
    """Right eye, left eye, nose tip, right and left mouth corner, as the person has them; or None."""


@dataclass(frozen=True, slots=True)
class AgeEstimate:
    """How old a face looks: an interval, never a bare number. Absence is None."""

    years: float
    """Best estimate."""
    low: float
    """Lower end of the interval."""
    high: float
    """Upper end of the interval."""
    model: str
    """Which estimator said so."""

    def __post_init__(self) -> None:
        if not self.low <= self.years <= self.high:
            raise ValueError(f"an age lies inside its interval: {self}")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What happens to a face, and why."""

    age: AgeEstimate | None
    """How old it looks; None if that cannot be judged, or was not asked."""
    action: Action
    """Cover or keep."""
    reason: Reason
    """Why."""
    doubtful: bool = False
    """A person should look: kept near the line, or covered only because it could not be judged."""
    rule: Reason | None = None
    """The rule that decided, by its condition; None if none did (the check, a person, or no rule fits)."""
    threshold: float | None = None
    """Years that the low end of the age had to reach to count as adult; None if no age was asked for."""

    @property
    def margin(self) -> float | None:
        """Years from the line: the age's low end less the threshold; below 0 it may be a child, None if unknown."""
        return None if self.age is None or self.threshold is None else self.age.low - self.threshold


@dataclass(frozen=True, slots=True)
class Decision:
    """One face, and what happens to it."""

    face: Face
    """Where it is."""
    judgement: Judgement
    """What happens to it, and why."""


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
    """Share of pixels under covers, or in blocks coded anew where the others are kept, 0..1."""
    coding: str
    """How it was coded, in words."""
    max_difference_outside: int
    """Largest difference of a colour outside the covers between source and output, of 255; 0 where nothing is lost.

    Where blocks are kept: outside the blocks coded anew, and 0.
    """


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
    seconds: Mapping[str, float]
    """Time of each stage."""
    proof: Proof | None = None
    """What the file written can be told by later; None in a dry run."""
    sha256: str | None = None
    """Hash of the source file, hexadecimal."""
    earlier: bool = False
    """Whether an earlier run did it, and photo and output are as they were then."""


@dataclass(frozen=True, slots=True)
class PhotoFailure:
    """A photo of which there is no output."""

    source: Path
    """The photo, as the user gave it."""
    stage: str
    """The stage that failed: load, detect, age, policy, obscure, metadata, verify or write."""
    kind: str
    """Name of the error class."""
    error: str
    """What happened."""
    hint: str | None
    """What to do about it."""
    status: Status
    """BLOCKED if it could not be made safe, else FAILED."""
    exit_code: int
    """The exit code this failure has when it is the only photo."""


Outcome = PhotoResult | PhotoFailure
"""What became of one photo."""


def failure(source: Path, error: BlurkitError, *, stage: str) -> PhotoFailure:
    """Return an error as the outcome of a photo: BLOCKED if it could not be made safe, else FAILED."""
    unsafe = isinstance(error, VerificationError | ModelError)
    status = Status.BLOCKED if unsafe else Status.FAILED
    return PhotoFailure(source, stage, type(error).__name__, error.message, error.hint, status, int(error.exit_code))


def died(source: Path) -> PhotoFailure:
    """Return what became of a photo whose process died twice."""
    return bug(source, "its process died twice", hint="it may need more memory: try --jobs 1")


def bug(source: Path, what: str, *, hint: str) -> PhotoFailure:
    """Return a fault of blurkit as what became of a photo."""
    return PhotoFailure(source, "batch", "Bug", what, hint, Status.FAILED, int(ExitCode.BUG))
