"""What blurkit wrote about photos and nobody needs now: decisions, sign-offs, reports and journals; never a photo."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.batch.claims import NAME, OWNER
from blurkit.batch.journal import ENTRY, state_folder
from blurkit.cli.console import complain, say
from blurkit.errors import BlurkitError, ExitCode, SettingsError
from blurkit.language import tn, tr
from blurkit.machine.files import open_regular, read_regular
from blurkit.policy.reviewed import load as load_decisions
from blurkit.report.files import STEM
from blurkit.report.page import GENERATOR
from blurkit.report.schema import Report
from blurkit.report.table import HEADER
from blurkit.review import recent
from blurkit.watch.seen import SEEN
from blurkit.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BEGINNING = 4096
"""Bytes of a file by which a table or a page is known."""

SIGNED = {"by", "when", "version", "policy", "answers"}
"""Keys of a sign-off."""

CHOICES = {"schema", "choices", "seal"}
"""Keys of what was chosen for a folder on the review page."""

REMEMBERED = (ENTRY, SEEN, NAME, OWNER, ".number", ".tmp")
"""Extensions of the files in a journal; `.number` is of earlier versions, and the last is of one that was being
written when a run was killed."""


def files_before(folders: Sequence[Path], before: date) -> list[Path]:
    """Return the files of blurkit in folders, and of its journals, that were last changed before a day.

    A file in a folder counts if its content is that of a decisions file, a sign-off or a report, whatever its name
    says beyond the extension; one of a journal by its place. Links are neither followed nor returned.

    Args:
        folders: Where to look, with their subfolders.
        before: The first day, by this computer's clock, whose files stay.
    """
    first = datetime.combine(before, datetime.min.time()).timestamp()
    ours = [path for folder in folders for path in _files(folder) if _is_older(path, first) and is_ours(path)]
    journals = [path for path in _files(state_folder() / "journal") if path.suffix in REMEMBERED or path.stem == STEM]
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
    document = json.loads(read_regular(path))
    if not isinstance(document, dict) or document.get("schema") != 1:
        return False
    if document.keys() == CHOICES:
        return True
    if "photos" in document:
        Report.model_validate(document)  # what is none raises a ValueError
        return True
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
    with open_regular(path) as file:
        return file.read(BEGINNING)


def do_forget(folders: Sequence[Path], before: str, *, yes: bool) -> ExitCode:
    """Delete what blurkit wrote about photos before a day, if that is wanted."""
    try:
        day = date.fromisoformat(before)
    except ValueError as fault:
        raise SettingsError(
            tr("no such day: {day}").format(day=before), path="--before", hint="--before 2026-09-01"
        ) from fault
    for folder in folders:
        if not folder.is_dir():
            raise SettingsError(
                tr("there is no such folder"), path=folder, hint=tr("give the folders with your photos")
            )
    found = files_before(folders, day)
    told = [path for path in found if path.suffix not in REMEMBERED]
    for path in told:
        say(one_line(str(path)))
    if len(told) < len(found):
        rest = len(found) - len(told)
        say(tn("{n} file of the journals of earlier runs", "{n} files of the journals of earlier runs", rest))
    folders_known = recent.before(day)
    for each in folders_known:
        say(tr("path of a folder that was reviewed: {path}").format(path=one_line(each.path)))
    if not found and not folders_known:
        say(tr("nothing that blurkit wrote before {day} was found").format(day=day))
        return ExitCode.OK
    if not yes:
        if sys.stdin is None or not sys.stdin.isatty():
            raise SettingsError(
                tr("nothing was deleted, since nobody can be asked"), hint=tr("read the list, then add --yes")
            )
        number = len(found) + len(folders_known)
        yes_here = tr("yes")
        say(
            tn(
                "delete {n} entry of this list for good? Type {yes}:",
                "delete {n} entries of this list for good? Type {yes}:",
                number,
                yes=yes_here,
            )
        )
        if sys.stdin.readline().strip().lower() not in ("yes", yes_here):
            say(tr("nothing was deleted"))
            return ExitCode.OK
    code = ExitCode.OK
    recent.forget(folders_known)
    for path in found:
        try:
            path.unlink()
        except OSError as fault:
            complain(
                tr("{path}: cannot be deleted: {why}").format(path=path, why=fault.strerror),
                tr("check who may change its folder"),
            )
            code = ExitCode.OUTPUT
    if code is ExitCode.OK:
        say(tn("{n} file deleted; no photo was touched", "{n} files deleted; no photo was touched", len(found)))
    return code
