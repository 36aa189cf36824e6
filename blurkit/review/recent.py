"""The folders that a person reviewed lately, kept only if they agree; `blurkit forget` deletes them."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blurkit.batch.journal import state_folder
from blurkit.errors import OutputNotWritable
from blurkit.machine.files import read_regular, replace_text
from blurkit.policy.reviewed import FILE_NAME
from blurkit.review.signing import SIGNED

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 12
"""Folders that are kept; the oldest go."""

MAX_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Recent:
    """A folder, and the day when it was opened last."""

    path: str
    day: str


def known() -> list[Recent]:
    """Return the folders, the latest first; none if the file is not as blurkit writes it."""
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        entries = json.loads(read_regular(_file(), max_bytes=MAX_BYTES))["folders"]
        found = [Recent(str(entry["path"]), date.fromisoformat(entry["day"]).isoformat()) for entry in entries]
        return found[:MOST]
    return []


def opened(folder: Path, *, agreed: bool) -> None:
    """Keep a folder that is opened, or drop it if the person does not agree."""
    others = [each for each in known() if each.path != str(folder)]
    if agreed:
        others.insert(0, Recent(str(folder), date.today().isoformat()))
    if agreed or others != known():
        with suppress(OutputNotWritable):  # then it is not there next time
            _keep(others[:MOST])


def is_kept(folder: Path) -> bool:
    """Whether a person agreed to keep a folder."""
    return any(each.path == str(folder) for each in known())


def told() -> list[dict[str, Any]]:
    """Return the folders that are still there, each with how far its review is, as the page lists them."""
    return [
        {"name": Path(each.path).name, "path": each.path, "state": _state(Path(each.path))}
        for each in known()
        if Path(each.path).is_dir()
    ]


def _state(folder: Path) -> str:
    if (folder / SIGNED).exists():
        return "written"
    return "begun" if (folder / FILE_NAME).exists() else "opened"


def before(day: date) -> list[Recent]:
    """Return the folders that were opened last before a day."""
    return [each for each in known() if each.day < day.isoformat()]


def forget(entries: Sequence[Recent]) -> None:
    """Drop entries.

    Raises:
        OutputNotWritable: The file cannot be written.
    """
    left = [each for each in known() if each not in entries]
    if left:
        _keep(left)
    else:
        _file().unlink(missing_ok=True)


def _keep(entries: Sequence[Recent]) -> None:
    file = _file()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise OutputNotWritable(f"cannot be made: {fault.strerror}", path=file.parent) from fault
    rows = [{"path": each.path, "day": each.day} for each in entries]
    replace_text(file, [json.dumps({"schema": 1, "folders": rows}, indent=1), "\n"])


def _file() -> Path:
    return state_folder() / "review" / "recent.json"
