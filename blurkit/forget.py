"""What blurkit wrote about photos and nobody needs now: decisions, sign-offs, reports and journals; never a photo."""

from __future__ import annotations

import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.decisions import load as load_decisions
from blurkit.errors import BlurkitError
from blurkit.journal import ENTRY, state_folder
from blurkit.numbering import NUMBER
from blurkit.report.page import GENERATOR
from blurkit.report.table import HEADER
from blurkit.seen import NAME, SEEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BEGINNING = 4096
"""Bytes of a file by which a table or a page is known."""

REPORT = {"schema", "version", "policy", "models", "photos", "companions", "skipped"}
"""Keys that the `--json` document has had from the first version on."""

SIGNED = {"by", "when", "version", "policy", "answers"}
"""Keys of a sign-off."""

REMEMBERED = (ENTRY, NUMBER, SEEN, NAME, ".tmp")
"""Extensions of the files in a journal; the last is of one that was being written when a run was killed."""


def find(folders: Sequence[Path], before: date) -> list[Path]:
    """Return the files of blurkit in folders, and of its journals, that were last changed before a day.

    A file in a folder counts if its content is that of a decisions file, a sign-off or a report, whatever its name
    says beyond the extension; one of a journal by its place. Links are neither followed nor returned.

    Args:
        folders: Where to look, with their subfolders.
        before: The first day, by this computer's clock, whose files stay.
    """
    first = datetime.combine(before, datetime.min.time()).timestamp()
    ours = [path for folder in folders for path in _files(folder) if _is_older(path, first) and is_ours(path)]
    journals = [path for path in _files(state_folder() / "journal") if path.suffix in REMEMBERED]
    return list(dict.fromkeys(ours + [path for path in journals if _is_older(path, first)]))


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
