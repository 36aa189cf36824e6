"""Where each output goes: pure functions from the paths of a run to paths below the output folder."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.picture.containers import CLIP_SUFFIX, CLIP_SUFFIXES
from blurkit.picture.formats import PHOTO_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.records import ImageFormat


@dataclass(frozen=True, slots=True)
class Source:
    """One photo of a run, and how the user named it."""

    path: Path
    """The photo: the argument, or the argument's folder and the path inside it; nothing is resolved."""
    argument: Path
    """The file or folder that was given."""
    format: ImageFormat | None
    """What its output will be; None if it is no photo, and so will fail."""
    given: str
    """Its path as the user gave it: the argument, or argument/path inside the folder."""
    is_clip: bool = False
    """Whether it is a clip, whose output is an MP4."""

    @property
    def named(self) -> bool:
        """Whether the photo was named itself rather than found in a folder."""
        return self.path == self.argument

    @property
    def inside(self) -> Path:
        """Its path inside the folder given, or its name."""
        return Path(self.path.name) if self.named else self.path.relative_to(self.argument)


def output_names(sources: Sequence[Source]) -> list[Path]:
    """Return where each photo goes below the output folder.

    A file goes to its own name, a folder's file to its path inside that folder. Where two would meet, all keep their
    path below the deepest folder common to all arguments. What still meets (`b.heic` and `b.jpg`) gets a number,
    first of all what has a new extension.

    Returns:
        One relative path a photo, with the extension of the output's format.

    Invariant: no two are the same, also where capitals do not count.
    """
    names = [suited(source, source.inside) for source in sources]
    if len({same_name(name) for name in names}) < len(names):
        common = _deepest_common([source.path.parent if source.named else source.argument for source in sources])
        names = [suited(source, _below(source.path, common)) for source in sources]
    taken: set[str] = set()
    unique: dict[int, Path] = {}
    for index in sorted(range(len(names)), key=lambda index: names[index].name != sources[index].path.name):
        name = candidate = names[index]
        count = 1
        while same_name(candidate) in taken:
            count += 1
            candidate = name.with_name(f"{name.stem}-{count}{name.suffix}")
        taken.add(same_name(candidate))
        unique[index] = candidate
    return [unique[index] for index in range(len(names))]


def neutral_names(sources: Sequence[Source], names: Sequence[str]) -> list[Path]:
    """Return a file name for each photo that says nothing of it, such as `2026-11-22-001.jpg`.

    Folders are left out, since their names say as much.

    Args:
        sources: The photos.
        names: A day and a number for each, without an extension.
    """
    suffixes = [
        CLIP_SUFFIX if source.is_clip else "" if source.format is None else PHOTO_SUFFIXES[source.format][0]
        for source in sources
    ]
    return [Path(name + suffix) for name, suffix in zip(names, suffixes, strict=True)]


def suited(source: Source, path: Path) -> Path:
    """Return the path with an extension that fits what is written."""
    if not source.is_clip:
        return with_suffix_of(path, source.format)
    photos = [suffix for suffixes in PHOTO_SUFFIXES.values() for suffix in suffixes]  # of what moves, or holds a video
    known = path.suffix.lower() in (*CLIP_SUFFIXES, *photos)
    return path.with_suffix(CLIP_SUFFIX) if known else path.with_name(path.name + CLIP_SUFFIX)


def with_suffix_of(path: Path, kind: ImageFormat | None) -> Path:
    """Return the path with an extension that fits the content; unchanged if it fits already."""
    if kind is None or path.suffix.lower() in PHOTO_SUFFIXES[kind]:
        return path
    known = any(path.suffix.lower() in suffixes for suffixes in PHOTO_SUFFIXES.values())
    return path.with_suffix(PHOTO_SUFFIXES[kind][0]) if known else path.with_name(path.name + PHOTO_SUFFIXES[kind][0])


def same_name(path: Path) -> str:
    """Return what is the same for names that some file system takes for one: capitals, composed accents."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path.as_posix()).casefold())


def _deepest_common(folders: Sequence[Path]) -> Path | None:
    """Return the deepest folder that contains all, as an absolute path; None across drives."""
    try:
        return Path(os.path.commonpath([_absolute(folder) for folder in folders]))
    except ValueError:
        return None


def _below(path: Path, common: Path | None) -> Path:
    absolute = _absolute(path)
    if common is not None:
        return absolute.relative_to(common)
    return Path(absolute.drive.rstrip(":\\/") or "root", *absolute.parts[1:])


def _absolute(path: Path) -> Path:
    """Return an absolute path without following links, so that names stay as the user knows them."""
    return Path(os.path.abspath(path))
