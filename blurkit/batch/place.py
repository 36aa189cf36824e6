"""Where outputs go, by what a user gave as `--out`: a folder, or for one photo a file. Mistakes are refused at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.choices import OutputFormat
from blurkit.encode import output_format
from blurkit.errors import SettingsError
from blurkit.picture.containers import CLIP_SUFFIX
from blurkit.picture.formats import PHOTO_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.batch.naming import Source
    from blurkit.batch.plan import Task
    from blurkit.settings import Settings

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)

KINDS = {suffix: kind for kind, suffixes in PHOTO_SUFFIXES.items() for suffix in suffixes}
"""Format by the extension of a file."""

CHOICES = {kind: OutputFormat(kind.value) for kind in PHOTO_SUFFIXES if kind.value in set(OutputFormat)}
"""Formats that can be asked for."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the outputs of a run go."""

    folder: str | None
    """The folder as the user gave it; None to write nothing."""
    name: Path | None = None
    """What the one output is called in it; None to name outputs after their photos."""

    def suited(self, settings: Settings, sources: Sequence[Source]) -> Settings:
        """Return the settings with the format that the output's name asks for.

        Raises:
            SettingsError: The name asks for another format than the options do.
        """
        if self.name is None or (sources[0].format is None and not sources[0].is_clip):
            return settings  # what is no photo fails by itself
        if sources[0].is_clip != (self.name.suffix.lower() == CLIP_SUFFIX):
            fitting = self.name.with_suffix(CLIP_SUFFIX if sources[0].is_clip else sources[0].path.suffix)
            raise SettingsError("has an extension that does not fit", path=self.name, hint=f"--out {fitting}")
        if sources[0].format is None:
            return settings
        asked = KINDS[self.name.suffix.lower()]
        kind = output_format(sources[0].format, settings.output.format)
        if kind is asked:
            return settings
        if settings.output.format is OutputFormat.AUTO and asked in CHOICES:
            output = settings.output.model_copy(update={"format": CHOICES[asked]})
            return settings.model_copy(update={"output": output})
        fitting = self.name.with_suffix(PHOTO_SUFFIXES[kind][0])
        raise SettingsError(f"the output is {kind.value.upper()}", path=self.name, hint=f"--out {fitting}")

    def named(self, tasks: Sequence[Task]) -> list[Task]:
        """Return the tasks with the name that the user gave to the one output."""
        return list(tasks) if self.name is None else [replace(task, name=self.name) for task in tasks]


def check_photos(arguments: Sequence[str]) -> None:
    """Refuse what cannot be photos on this computer.

    Raises:
        SettingsError: One is an address on the web.
    """
    for given in arguments:
        if ADDRESS.match(given) and not Path(given).exists():
            hint = "download the photo first, then give its file; blurkit fetches nothing"
            raise SettingsError("is an address, not a file on this computer", path=given, hint=hint)


def place_of(arguments: Sequence[str], out: str | None) -> Place:
    """Return where the outputs of photos go.

    Args:
        arguments: The photos and folders as the user gave them.
        out: What the user gave as their place; None to write nothing.

    Raises:
        SettingsError: It is another file, the name of a file for several photos, or inside a folder of the photos,
            where later runs would take outputs for photos.
    """
    if out is None:
        return Place(None)
    path, is_photo = Path(out), Path(out).suffix.lower() in (*KINDS, CLIP_SUFFIX)
    for folder in (Path(given) for given in arguments if Path(given).is_dir()):
        if path.resolve().is_relative_to(folder.resolve()):
            hint = f"choose a folder next to it: --out {folder.absolute().name or 'photos'}-safe"
            raise SettingsError(f"lies in the folder of the photos, {folder}", path=out, hint=hint)
    if path.is_dir() or not (is_photo or path.exists()):
        return Place(out)
    if len(arguments) == 1 and not Path(arguments[0]).is_dir() and is_photo:
        return Place(str(path.parent), Path(path.name))
    if path.exists():
        raise SettingsError("is a file, and a folder is needed", path=out, hint="--out safe")
    why = "names one file, but the photos need a folder"
    raise SettingsError(why, path=out, hint=f"--out {path.with_suffix('')}")


def folder_of(arguments: Sequence[str], out: str) -> str:
    """Return the folder for the outputs of photos, which cannot be a file here.

    Raises:
        SettingsError: It is a file, or inside a folder of the photos.
    """
    if (place := place_of(arguments, out)).name is not None:
        raise SettingsError("names a file, and a folder is needed", path=out, hint=f"--out {Path(out).with_suffix('')}")
    return place.folder or out
