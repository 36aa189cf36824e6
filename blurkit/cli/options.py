"""The options that several commands share, each written once, in groups that a command takes whole."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from blurkit.choices import (
    LEAST_SIDE,
    MAX_MEGAPIXELS,
    PRESETS,
    PUBLISHED,
    PUBLISHED_CLIP_SIDE,
    PUBLISHED_SIDE,
    Children,
    ClipCodec,
    DetectorName,
    ExecutorName,
    OutputFormat,
    Shape,
    Style,
    Treatment,
)
from blurkit.cli.grouping import grouped as grouped
from blurkit.cli.help import HEADINGS
from blurkit.cli.speaking import LanguageOption

if TYPE_CHECKING:
    from blurkit.settings import Settings

TIMEOUT = 120.0
"""Seconds that a photo of ordinary size may take by default: one of 12 megapixels takes about two."""

_, COVER, OUTPUT, WHICH, REPORT, _ = HEADINGS


def _option(group: str, *names: str, help: str, metavar: str | None = None, **more: Any) -> Any:
    return typer.Option(*names, rich_help_panel=group, help=help, metavar=metavar, **more)


def _treated(name: str, help: str) -> Any:
    return _option(COVER, name, metavar="|".join(Treatment), help=help)


Photos = Annotated[list[str], typer.Argument(metavar="PHOTOS", help="Photos, or folders of photos.")]

PolicyOption = Annotated[
    str,
    _option(COVER, "--policy", metavar="NAME|FILE", help=f"Who is covered: {', '.join(PRESETS)}, or a TOML file."),
]
ChildrenOption = Annotated[
    Children | None,
    _option(
        COVER, "--children", metavar="|".join(Children), help="The children's ages; whoever is older may stay visible."
    ),
]
DetectorOption = Annotated[
    list[DetectorName] | None,
    _option(
        COVER, "--detector", metavar="|".join(DetectorName), help="Ask only this detector (repeatable); default: both."
    ),
]
DecisionsOption = Annotated[
    Path | None,
    _option(COVER, "--decisions", metavar="FILE", help="Replay a review; any face it does not mention is covered."),
]
TextOption = Annotated[Treatment | None, _treated("--text", "Words and numbers; default: warn.")]
CodeOption = Annotated[Treatment | None, _treated("--code", "QR codes and bar codes; default: cover.")]
PlateOption = Annotated[Treatment | None, _treated("--plate", "Number plates of cars; default: warn.")]
StyleOption = Annotated[
    Style | None, _option(COVER, "--style", metavar="|".join(Style), help="How covers look; default: solid.")
]
ShapeOption = Annotated[
    Shape | None, _option(COVER, "--shape", metavar="|".join(Shape), help="Outline of the covers; default: head.")
]
StickerOption = Annotated[
    Path | None, _option(COVER, "--sticker", metavar="FILE", help="A PNG to lay over the covers, such as your logo.")
]
MarginOption = Annotated[
    float | None,
    _option(
        COVER,
        "--margin",
        metavar="NUMBER",
        min=0,
        max=2,
        help="Cover so much more than the head, as a share of the face.",
    ),
]
ColorOption = Annotated[
    str | None,
    _option(
        COVER,
        "--color",
        metavar="COLOR",
        help="Colour of covers: a name, #rrggbb, or auto, which suits the photo (default).",
    ),
]

OutOption = Annotated[
    str | None,
    _option(OUTPUT, "--out", "-o", metavar="DIR|FILE", help="Folder for the safe photos; for one photo, also a file."),
]
FormatOption = Annotated[
    OutputFormat,
    _option(
        OUTPUT,
        "--format",
        metavar="|".join(OutputFormat),
        help="Format of the outputs; auto: the source's, but HEIC becomes JPEG.",
    ),
]
KeepFormatOption = Annotated[
    bool, _option(OUTPUT, "--keep-format", help="The same as --format same --clip-codec same.")
]
PublishOption = Annotated[
    bool,
    _option(OUTPUT, "--publish", help="For a website: JPEG of at most 1600 pixels, clips of 1280, named by day."),
]
MaxSideOption = Annotated[
    int | None,
    _option(
        OUTPUT,
        "--max-side",
        metavar="PIXELS",
        min=LEAST_SIDE,
        help=f"Longest side of the outputs, {LEAST_SIDE} or more.",
    ),
]
KeepBlocksOption = Annotated[
    bool,
    _option(OUTPUT, "--keep-blocks", help="In JPEG, re-encode only the blocks under covers."),
]
KeepSoundOption = Annotated[
    bool, _option(OUTPUT, "--keep-sound", help="Keep the sound of clips; voices and names identify, too.")
]
ClipCodecOption = Annotated[
    ClipCodec | None,
    _option(
        OUTPUT, "--clip-codec", metavar="|".join(ClipCodec), help="How clips are coded; default: h264, which all play."
    ),
]
OverwriteOption = Annotated[
    bool, _option(OUTPUT, "--overwrite", help="Replace outputs of earlier runs that nobody changed.")
]
ResumeOption = Annotated[
    bool,
    _option(OUTPUT, "--resume/--no-resume", help="Skip photos that an earlier run finished and nobody changed."),
]
DryRunOption = Annotated[bool, _option(OUTPUT, "--dry-run", help="Write nothing, like `detect`.")]

RecursiveOption = Annotated[bool, _option(WHICH, "--recursive/--no-recursive", help="Look into subfolders.")]
LivePhotosOption = Annotated[
    bool, _option(WHICH, "--live-photos", help="Also take the videos of Live Photos and motion photos.")
]
MegapixelsOption = Annotated[
    float, _option(WHICH, "--max-megapixels", metavar="NUMBER", min=0.001, help="Refuse larger photos.")
]
JobsOption = Annotated[
    int | None,
    _option(WHICH, "--jobs", "-j", metavar="NUMBER", min=1, help="Photos at a time; default: the CPUs available."),
]
TimeoutOption = Annotated[
    float,
    _option(WHICH, "--timeout", metavar="SECONDS", min=0, help="Time for one photo, more if it is large; 0: no limit."),
]
ExecutorOption = Annotated[
    ExecutorName,
    _option(
        WHICH,
        "--executor",
        metavar="|".join(ExecutorName),
        help="Process photos on this computer, or on a Dask cluster.",
    ),
]
SchedulerOption = Annotated[
    str | None,
    _option(WHICH, "--scheduler", metavar="ADDRESS", help="The Dask scheduler, such as tcp://10.0.0.5:8786."),
]

ReportOption = Annotated[
    Path | None,
    _option(REPORT, "--report", metavar="FILE", help="Also write a report to this file: .json, .csv or .html."),
]
JsonOption = Annotated[bool, _option(REPORT, "--json", help="Print one JSON document and nothing else.")]
QuietOption = Annotated[bool, _option(REPORT, "--quiet", "-q", help="Print only errors.")]
VerboseOption = Annotated[bool, _option(REPORT, "--verbose", "-v", help="Print a line for each photo and face.")]
DebugOption = Annotated[bool, _option(REPORT, "--debug", help="Show tracebacks.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What to cover, and how."""

    policy: PolicyOption = "children"
    children: ChildrenOption = None
    text: TextOption = None
    code: CodeOption = None
    plate: PlateOption = None
    style: StyleOption = None
    shape: ShapeOption = None
    color: ColorOption = None
    sticker: StickerOption = None
    margin: MarginOption = None
    detector: DetectorOption = None
    decisions: DecisionsOption = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """What is written, and where."""

    out: OutOption = None
    format: FormatOption = OutputFormat.AUTO
    keep_format: KeepFormatOption = False
    publish: PublishOption = False
    max_side: MaxSideOption = None
    keep_blocks: KeepBlocksOption = False
    keep_sound: KeepSoundOption = False
    clip_codec: ClipCodecOption = None
    overwrite: OverwriteOption = False
    resume: ResumeOption = True
    dry_run: DryRunOption = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which photos are processed, and where that happens."""

    recursive: RecursiveOption = True
    live_photos: LivePhotosOption = False
    max_megapixels: MegapixelsOption = MAX_MEGAPIXELS
    jobs: JobsOption = None
    timeout: TimeoutOption = TIMEOUT
    executor: ExecutorOption = ExecutorName.LOCAL
    scheduler: SchedulerOption = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is said about it."""

    report: ReportOption = None
    json: JsonOption = False
    quiet: QuietOption = False
    verbose: VerboseOption = False
    language: LanguageOption = None
    debug: DebugOption = False


LOOK = ("style", "shape", "color", "sticker", "margin")
"""Options of `Cover` that say how covers look; those that are not given are left to the policy's file."""


def settings(cover: Cover | None = None, output: Output | None = None, which: Which | None = None) -> Settings:
    """Build the settings of a command.

    Raises:
        SettingsError: A value is not allowed, or two options contradict each other.
    """
    from blurkit.policy.children import for_children
    from blurkit.policy.marks import treating
    from blurkit.settings import Settings

    cover, output, which = cover or Cover(), output or Output(), which or Which()
    made = Settings.of(
        policy=cover.policy,
        load={"max_megapixels": which.max_megapixels},
        detect={"detector": tuple(cover.detector)} if cover.detector else {},
        obscure={name: value for name in LOOK if (value := getattr(cover, name)) is not None},
        output=_written(output),
        write={"overwrite": output.overwrite, "neutral_names": output.publish},
    )
    policy = treating(made.policy, text=cover.text, code=cover.code, plate=cover.plate)
    if cover.children is not None:
        policy = for_children(policy, cover.children)
    return made.model_copy(update={"policy": policy})


def _written(output: Output) -> dict[str, Any]:
    """Return what is to be written, by the keys of the settings; `--publish` is a preset for the others."""
    from blurkit.errors import SettingsError

    if output.keep_format and output.publish:
        raise SettingsError("contradicts --publish, which writes JPEG", path="--keep-format", hint="leave one out")
    if output.keep_format and output.format not in (OutputFormat.AUTO, OutputFormat.SAME):
        raise SettingsError(f"contradicts --format {output.format}", path="--keep-format", hint="leave one out")
    publish_as = PUBLISHED if output.publish and output.format is OutputFormat.AUTO else output.format
    return {
        "format": OutputFormat.SAME if output.keep_format else publish_as,
        "max_side": output.max_side or (PUBLISHED_SIDE if output.publish else None),
        "keep_blocks": output.keep_blocks,
        "keep_sound": output.keep_sound,
        "clip_codec": output.clip_codec or (ClipCodec.SAME if output.keep_format else ClipCodec.H264),
        "max_clip_side": output.max_side or (PUBLISHED_CLIP_SIDE if output.publish else None),
    }
