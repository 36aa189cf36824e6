"""Which photos a run does: from files and folders as the user gave them to a list of sources."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.batch.naming import Source
from blurkit.language import mark
from blurkit.machine.files import MAX_HASHED, open_regular, read_regular
from blurkit.metadata import video_in
from blurkit.picture.animations import MOVING_KINDS, moves
from blurkit.picture.containers import CLIP_SUFFIXES, is_whole, sniff_clip
from blurkit.picture.formats import COMPANIONS, PHOTO_SUFFIXES, sniff
from blurkit.records import ImageFormat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

SNIFF_BYTES = 64
"""How much of a file tells its format."""

OUTPUTS = mark("outputs of earlier runs")
"""What summaries call them."""


LIVE = ".mov"
"""Extension of the video of a Live Photo, which is named like the photo."""

INSIDE = " (its video)"
"""What is added to the path of a photo where the video in it is meant."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What was found in the arguments of a run."""

    sources: tuple[Source, ...]
    """Photos, in the order of the arguments and then by name."""
    companions: Mapping[str, int]
    """Files that travel with photos, and outputs of earlier runs, by kind: not made safe, not copied."""
    skipped: int
    """Other files in folders that are no photos."""


def collect(
    arguments: Sequence[str],
    *,
    recursive: bool = True,
    clips: bool = False,
    live_photos: bool = False,
    out: str | None = None,
    is_output: Callable[[Path, Path], bool] = lambda path, folder: False,
) -> Collected:
    """Find the photos of a run.

    In a folder, what has neither a photo's content nor its extension is counted, not processed; so are hidden files,
    and what lies in the output folder. A file named itself always counts, also one that is not there; a folder inside
    that cannot be read counts as a photo that fails. Each is processed once.

    Args:
        arguments: Files and folders as the user gave them.
        recursive: Walk into subfolders.
        clips: Take clips in folders, too, instead of counting them.
        live_photos: With them, also the videos that travel with photos, next to them or inside them.
        out: The output folder, which is left out.
        is_output: Says whether a file below a folder was written by an earlier run, and is no photo to process.
    """
    sources: dict[str, Source] = {}
    companions: Counter[str] = Counter()
    skipped = 0
    for given in arguments:
        argument = Path(given)
        if not argument.is_dir():
            kind = format_of(argument)
            moving = clips and is_clip(argument, kind)
            source = Source(argument, argument, None if moving else kind, given, is_clip=moving)
            sources.setdefault(os.path.abspath(argument), source)
            if clips and live_photos and not moving and has_video(argument, kind):
                sources.setdefault(os.path.abspath(argument) + INSIDE, video_of(source))
            continue
        for path in files_in(argument, recursive=recursive, out=out):
            kind, suffix = format_of(path), path.suffix.lower()
            if is_left_alone(path):
                skipped += 1
            elif clips and is_clip(path, kind):
                inside = os.path.join(given, path.relative_to(argument))
                if is_output(path, argument):
                    companions[OUTPUTS] += 1
                elif not live_photos and kind is None and is_of_live_photo(path):
                    companions[COMPANIONS[LIVE]] += 1
                else:
                    sources.setdefault(os.path.abspath(path), Source(path, argument, None, inside, is_clip=True))
            elif suffix in COMPANIONS and path.is_file():
                companions[COMPANIONS[suffix]] += 1
            elif kind is not None and is_output(path, argument):
                companions[OUTPUTS] += 1
            elif counts(path, kind):
                inside = os.path.join(given, path.relative_to(argument))
                source = Source(path, argument, kind, inside)
                sources.setdefault(os.path.abspath(path), source)
                if clips and live_photos and has_video(path, kind):
                    sources.setdefault(os.path.abspath(path) + INSIDE, video_of(source))
            else:
                skipped += 1
    return Collected(tuple(sources.values()), dict(sorted(companions.items())), skipped)


def counts(path: Path, kind: ImageFormat | None) -> bool:
    """Whether something in a folder is processed, or fails: by content, by extension, or as no file at all."""
    return kind is not None or any(path.suffix.lower() in known for known in PHOTO_SUFFIXES.values()) or path.is_dir()


def files_in(folder: Path, *, recursive: bool, out: str | None) -> Iterator[Path]:
    """Yield the files of a folder by name, and at last folders that cannot be read.

    Links to folders are not followed, and the output folder is not entered.
    """
    unreadable: list[Path] = []
    for root, folders, names in os.walk(folder, onerror=lambda fault: unreadable.append(Path(fault.filename))):
        inside = [Path(root, name) for name in sorted(folders)]
        folders[:] = [path.name for path in inside if recursive and not (out is not None and _is_same(path, out))]
        yield from (Path(root, name) for name in sorted(names))
    yield from unreadable


def is_left_alone(path: Path) -> bool:
    """Whether it is hidden, or a pipe or device that would be waited for."""
    return path.name.startswith(".") or not (path.is_file() or path.is_dir() or path.is_symlink())


def _is_same(path: Path, other: str) -> bool:
    """Whether two paths are one folder, by whatever links and spelling."""
    try:
        return path.samefile(other)
    except OSError:  # one is not there
        return False


def is_clip(path: Path, kind: ImageFormat | None) -> bool:
    """Whether a file is a clip, by its first bytes; or by its name, if it is too damaged to have any.

    Args:
        path: The file.
        kind: Its format as a photo, or None. A GIF, WebP or PNG is a clip if it moves.
    """
    if kind is not None and kind not in MOVING_KINDS:
        return False
    try:
        with open_regular(path, max_bytes=MAX_HASHED) as file:
            if kind is not None:
                return moves(file, kind)
            return sniff_clip(file.read(SNIFF_BYTES)) is not None or path.suffix.lower() in CLIP_SUFFIXES
    except OSError:
        return False


def is_cut_short(path: Path) -> bool:
    """Whether a clip's file ends before its own structure does: more of it may still come."""
    try:
        with open_regular(path, max_bytes=MAX_HASHED) as file:
            form = sniff_clip(file.read(SNIFF_BYTES))
            return form is None or not is_whole(file, form)
    except OSError:
        return True


def is_of_live_photo(path: Path) -> bool:
    """Whether a clip is the video of a Live Photo, which lies next to it."""
    if path.suffix.lower() != LIVE:
        return False
    suffixes = (suffix for kind in PHOTO_SUFFIXES.values() for suffix in kind)
    return any(path.with_suffix(each).exists() for suffix in suffixes for each in (suffix, suffix.upper()))


def has_video(path: Path, kind: ImageFormat | None) -> bool:
    """Whether a photo holds a video: it is a motion photo."""
    if kind not in (ImageFormat.JPEG, ImageFormat.HEIF):
        return False
    try:
        return video_in(read_regular(path)) is not None
    except OSError:  # the photo itself says so
        return False


def video_of(photo: Source) -> Source:
    """Return the video of a motion photo as a source of its own."""
    return replace(photo, format=None, given=photo.given + INSIDE, is_clip=True)


def format_of(path: Path) -> ImageFormat | None:
    """Return a file's format by its first bytes; None if it is no photo or cannot be read."""
    try:
        with open_regular(path) as file:
            return sniff(file.read(SNIFF_BYTES))
    except OSError:
        return None
