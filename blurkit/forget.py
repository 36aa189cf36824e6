"""What blurkit wrote about photos and nobody needs now: decisions, sign-offs, reports and journals; never a photo."""

from __future__ import annotations

import json
import os
import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_state_path

from blurkit.decisions import load as load_decisions
from blurkit.errors import BlurkitError
from blurkit.report.page import GENERATOR
from blurkit.report.table import HEADER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BEGINNING = 4096
"""Bytes of a file by which a table, a page or a journal is known."""

REPORT = {"schema", "version", "policy", "models", "photos", "companions", "skipped"}
"""Keys that the `--json` document has had from the first version on."""

SIGNED = {"by", "when", "version", "policy", "answers"}
"""Keys of a sign-off."""

JOURNAL = re.compile(rb"[0-9a-f]{128}\{")
"""How a line of a journal begins: two hashes, and what was done."""


def state_folder() -> Path:
    """Return the folder in which blurkit keeps what it remembers between runs."""
    return user_state_path("blurkit", appauthor=False)


def find(folders: Sequence[Path], before: date) -> list[Path]:
    """Return the files of blurkit in folders that were last changed before a day.

    A file counts if its content is that of a decisions file, a sign-off, a report or a journal, whatever its name says
    beyond the extension. Links are neither followed nor returned.

    Args:
        folders: Where to look, with their subfolders.
        before: The first day, by this computer's clock, whose files stay.
    """
    first = datetime.combine(before, datetime.min.time()).timestamp()
    found = {path: None for folder in folders for path in _files(folder) if _is_older(path, first) and is_ours(path)}
    return list(found)


def is_ours(path: Path) -> bool:
    """Whether blurkit wrote a file, by its content; False if in any doubt."""
    try:
        match path.suffix.lower():
            case ".json":
                return _is_our_json(path)
            case ".csv":
                return _beginning(path).decode("utf-8-sig", "replace").startswith(",".join(HEADER))
            case ".html":
                return GENERATOR.encode() in _beginning(path)
            case ".lines":
                return JOURNAL.match(_beginning(path)) is not None
            case _:
                return False
    except (OSError, ValueError, RecursionError):
        return False


def _is_our_json(path: Path) -> bool:
    try:
        load_decisions(path)
    except BlurkitError:
        pass
    else:
        return True
    document = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict) or document.get("schema") != 1:
        return False
    if document.keys() >= REPORT:
        return isinstance(document["photos"], list) and isinstance(document["models"], dict)
    signed = document.get("signed")
    entries = signed if isinstance(signed, list) else []
    return bool(entries) and all(isinstance(entry, dict) and entry.keys() >= SIGNED for entry in entries)


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders.sort()
        yield from (path for name in sorted(names) if (path := Path(root, name)).is_file() and not path.is_symlink())


def _is_older(path: Path, first: float) -> bool:
    try:
        return path.stat().st_mtime < first
    except OSError:
        return False


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(BEGINNING)
