"""The options that several commands share, one spelling and one help text each, and the settings they make."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from blurkit.choices import PRESETS, DetectorName, ExecutorName, OutputFormat, Shape, Style

if TYPE_CHECKING:
    from blurkit.settings import Settings

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
ExecutorOption = Annotated[
    ExecutorName, typer.Option("--executor", help="Do photos on this machine, or by a Dask cluster's workers.")
]
SchedulerOption = Annotated[
    str | None, typer.Option("--scheduler", help="Address of the Dask scheduler, such as tcp://10.0.0.5:8786.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, nothing else.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Only errors.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="A line for each photo and face.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]
OutOption = Annotated[str | None, typer.Option("--out", "-o", help="The folder for the safe photos.")]
StyleOption = Annotated[Style, typer.Option("--style", help="How covers look.")]
ShapeOption = Annotated[Shape, typer.Option("--shape", help="Outline of the covers.")]
ColorOption = Annotated[str, typer.Option("--color", help="Colour of solid covers: a name or #rrggbb.")]
FormatOption = Annotated[
    OutputFormat, typer.Option("--format", help="Format of the outputs; auto: the source's, but HEIC as JPEG.")
]
KeepFormatOption = Annotated[bool, typer.Option("--keep-format", help="The same as --format same.")]
PublishOption = Annotated[
    bool, typer.Option("--publish", help="For a website: JPEG of at most 1600 pixels, named by day and number.")
]
MaxSideOption = Annotated[int | None, typer.Option("--max-side", min=64, help="Longest side of the outputs in pixels.")]
KeepBlocksOption = Annotated[
    bool, typer.Option("--keep-blocks", help="In JPEG, code only blocks under covers anew; keep all others.")
]
OverwriteOption = Annotated[bool, typer.Option("--overwrite", help="Replace earlier outputs.")]
ResumeOption = Annotated[
    bool, typer.Option("--resume/--no-resume", help="Leave alone what an earlier run did and is unchanged.")
]


def settings(
    policy: str = "children",
    *,
    detector: list[DetectorName] | None = None,
    max_megapixels: float | None = None,
    obscure: dict[str, Any] | None = None,
    output: dict[str, Any] | None = None,
) -> Settings:
    """Build the settings of a command.

    Args:
        policy: A preset or a TOML file.
        detector: Detectors to ask; None asks all.
        max_megapixels: Larger photos are refused; None is the default limit.
        obscure: How covers look, by the keys of the settings.
        output: What is written, likewise; see `output`.

    Raises:
        SettingsError: A value is not allowed.
    """
    from blurkit.settings import Settings, load_policy

    return Settings.of(
        policy=load_policy(policy),
        load={} if max_megapixels is None else {"max_megapixels": max_megapixels},
        detect={"detector": tuple(detector)} if detector else {},
        obscure=obscure or {},
        output=output or {},
    )


def output(kind: OutputFormat, *, keep: bool, publish: bool, max_side: int | None) -> dict[str, Any]:
    """Return what is to be written, by the keys of the settings; `publish` is a preset for the others."""
    return {
        "format": OutputFormat.SAME if keep else PUBLISHED if publish and kind == "auto" else kind,
        "max_side": max_side or (PUBLISHED_SIDE if publish else None),
        "neutral_names": publish,
    }
