"""Lists folders of this computer by name, so that a person can choose the one with the photos; opens no file."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from blurkit.errors import SettingsError
from blurkit.language import mark, tr
from blurkit.picture.containers import CLIP_SUFFIXES
from blurkit.picture.formats import PHOTO_SUFFIXES
from blurkit.review.start import beside
from blurkit.review.wishes import no_whole_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Set

MAX_FOLDERS = 500
"""Folders that are listed; more are left to the text field."""

MAX_ENTRIES = 20_000
"""Entries that are counted below a folder; of a folder with more, the page says "at least"."""

ENDINGS = frozenset(ending for endings in PHOTO_SUFFIXES.values() for ending in endings)

HINT = "choose a folder on this computer"


def folder(given: str) -> Path:
    """Return a folder by its path as a person may write it: with `~`, or in quotes as Windows copies it.

    Raises:
        SettingsError: It is no whole path, or no folder that can be read.
    """
    if "\0" in given or not _is_text(given):
        raise SettingsError(tr("This is no path."), hint=HINT)
    path = Path(given.strip().strip('"'))
    with suppress(RuntimeError):  # nobody has that name
        path = path.expanduser()
    if not path.is_absolute():
        raise no_whole_path(given)
    path = Path(os.path.normpath(path))
    if not path.is_dir():
        raise SettingsError(tr("{path} is no folder.").format(path=path), hint=HINT)
    return path


def listing(given: str, *, clips: bool = False) -> dict[str, Any]:
    """Return what a person needs to choose: where they are, what is inside, where else to look.

    Hidden folders and links to folders are left out, as a run leaves them out.

    Args:
        given: The folder; empty for the one with the user's pictures.
        clips: Count clips, too.

    Raises:
        SettingsError: It is no folder, or cannot be read.
    """
    path = folder(given) if given else _first()
    try:
        inside = sorted(_folders(path), key=lambda each: each.name.casefold())
    except OSError as fault:
        what = tr("{path} cannot be opened: {why}").format(path=path, why=fault.strerror)
        raise SettingsError(what, hint="choose another folder") from fault
    endings = ENDINGS.union(CLIP_SUFFIXES) if clips else ENDINGS
    photos, is_all = _count(path, endings, deep=True)
    here, _ = _count(path, endings, deep=False)
    return {
        "path": str(path),
        "name": path.name or str(path),
        "up": str(path.parent) if path.parent != path else None,
        "folders": [_described(each, endings) for each in inside[:MAX_FOLDERS]],
        "more": max(0, len(inside) - MAX_FOLDERS),
        "photos": photos,
        "here": here,
        "all": is_all,
        "out": str(beside(path)) if path.name else None,
        "places": [{"name": name, "path": str(place)} for name, place in _places()],
    }


def _described(path: Path, endings: Set[str]) -> dict[str, Any]:
    try:
        photos, _ = _count(path, endings, deep=False)
        folders = sum(1 for _ in _folders(path))
    except OSError:  # it can be seen, but not opened
        return {"name": path.name, "path": str(path), "photos": 0, "folders": 0, "closed": True}
    return {"name": path.name, "path": str(path), "photos": photos, "folders": folders, "closed": False}


def _folders(path: Path) -> Iterator[Path]:
    with os.scandir(path) as entries:
        for entry in entries:
            if not entry.name.startswith(".") and _is_text(entry.name) and _is_folder(entry):
                yield Path(entry.path)


def _is_text(name: str) -> bool:
    """Whether a page can show a name: file systems hold others, too."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _count(path: Path, endings: Set[str], *, deep: bool) -> tuple[int, bool]:
    """Count photos by their endings, and say whether that is all; nothing is opened."""
    photos = seen = 0
    for _, folders, names in os.walk(path):
        folders[:] = [name for name in folders if deep and not name.startswith(".")]
        photos += sum(not name.startswith(".") and Path(name).suffix.lower() in endings for name in names)
        seen += len(names) + len(folders)
        if seen > MAX_ENTRIES:
            return photos, False
    return photos, True


def _first() -> Path:
    pictures = platformdirs.user_pictures_path()
    return pictures if pictures.is_dir() else Path.home()


def _places() -> Iterator[tuple[str, Path]]:
    """Yield folders where photos often are: the user's own, and disks, cards and phones that are plugged in."""
    known = {
        mark("Pictures"): platformdirs.user_pictures_path(),
        mark("Desktop"): platformdirs.user_desktop_path(),
        mark("Downloads"): platformdirs.user_downloads_path(),
        mark("Documents"): platformdirs.user_documents_path(),
        mark("Home"): Path.home(),
    }
    yield from ((name, path) for name, path in known.items() if path.is_dir())
    for path in _disks():
        yield path.name or str(path), path


def _disks() -> list[Path]:
    if sys.platform == "win32":
        return [path for letter in "CDEFGHIJKLMNOPQRSTUVWXYZ" if (path := Path(f"{letter}:\\")).exists()]
    name = Path.home().name
    mounts = (Path("/Volumes"), Path("/media") / name, Path("/run/media") / name)
    found = (each for mount in mounts if mount.is_dir() for each in sorted(mount.iterdir()))
    return [path for path in found if path.is_dir()]
