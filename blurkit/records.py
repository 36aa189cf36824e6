"""What the stages hand to each other: photos, faces, ages and decisions. All frozen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from blurkit.geometry import Box, Point, Size

if TYPE_CHECKING:
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


class Stage(StrEnum):
    """Where a photo is on its way; the words of failures, timing and reports."""

    LOAD = "load"
    DETECT = "detect"
    AGE = "age"
    TEXT = "text"
    POLICY = "policy"
    OBSCURE = "obscure"
    ENCODE = "encode"
    METADATA = "metadata"
    VERIFY = "verify"
    WRITE = "write"
    BATCH = "batch"
    """No stage of one photo: its process, or the run as a whole."""


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


@dataclass(frozen=True, slots=True)
class Colors:
    """Which colours a picture's samples stand for."""

    icc_profile: bytes | None = None
    """Colour profile of the samples; None means sRGB (or plain gray or CMYK)."""
    palette: bytes | None = None
    """RGB triples of a palette picture."""
    transparency: bytes | int | None = None
    """Transparency of a palette picture: alpha per entry, or the clear entry's index."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the source was coded, as far as the output keeps it."""

    dpi: tuple[float, float] | None = None
    """Density (x, y) in dots an inch."""
    quantization: tuple[tuple[int, ...], ...] | None = None
    """JPEG quantisation tables of 64 numbers in natural order, for the upright photo; None for those of no encoder."""
    subsampling: str | None = None
    """JPEG chroma subsampling: 4:4:4, 4:2:2 or 4:2:0."""
    progressive: bool = False
    """JPEG progressive scans."""
    lossless: bool = False
    """WebP, HEIF or AVIF coded without loss."""
    compression: str | None = None
    """TIFF compression, by Pillow's name."""
    stored: bytes | None = field(default=None, repr=False, compare=False)
    """The whole source file of a JPEG that is stored as it is shown, for keeping its blocks; else None."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """What is to be seen: a photo or a frame of a clip, turned upright, whatever file it came from."""

    pixels: Pixels
    """What the models see: sRGB, uint8 of shape (H, W, 3), channels R G B, read-only."""
    samples: Samples
    """The source's own upright samples, shape (H, W) or (H, W, C), read-only; covers are drawn on a copy.

    The same array as `pixels` if the source is 8-bit sRGB.
    """
    mode: str
    """Kind of samples: L, LA, RGB, RGBA, CMYK, P, or L, LA, RGB, RGBA with `;16` for 16-bit."""
    colors: Colors = field(default_factory=Colors)
    """Which colours the samples stand for."""

    @property
    def size(self) -> Size:
        """Width and height of the upright picture in pixels."""
        height, width = self.pixels.shape[:2]
        return Size(width, height)


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A decoded photo: its picture, and what is known of its file."""

    picture: Picture
    """What it shows."""
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
        return self.picture.size

    def showing(self, picture: Picture) -> Photo:
        """Return the same photo with another picture; stored blocks do not fit one of another size."""
        encoding = self.encoding if picture.size == self.size else replace(self.encoding, stored=None)
        return replace(self, picture=picture, encoding=encoding)


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
    tilt: float = 0.0
    """How far the head is turned in the picture: clockwise in degrees, -180 to 180; 0 if it is upright or unknown."""
    yaw: float = 0.0
    """How far the face looks to a side: how far the nose lies to the right of the middle between eyes and mouth, held
    upright, as a share of the way between them; -0.45 to 0.45, about that in a profile; 0 ahead or if it is unknown."""
    unclear: bool = False
    """Whether it may be only a part of a face, or shows only brightened or by its alpha.

    Its age cannot be judged, and a person should look.
    """


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
class Line:
    """How old a face must look to count as an adult, by its height: the smaller it is, the older."""

    years: float
    """Years that the low end of an age must reach; infinite: nobody counts as an adult."""
    below: tuple[tuple[float, float], ...] = ()
    """Heights in pixels, rising, and the years that count for a face lower than that, falling."""

    def __post_init__(self) -> None:
        heights, asked = [height for height, _ in self.below], [*(years for _, years in self.below), self.years]
        if heights != sorted(set(heights)) or asked != sorted(asked, reverse=True):
            raise ValueError(f"a line falls as faces grow: {self}")

    def at(self, height: float) -> float:
        """Return the years that count for a face of so many pixels."""
        return next((years for limit, years in self.below if height < limit), self.years)


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
