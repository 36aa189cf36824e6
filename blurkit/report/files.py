"""Reports as files: one in the form that its name asks for, or all three in one folder, each private and whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.errors import SettingsError
from blurkit.machine.files import replace_text
from blurkit.report.page import to_html
from blurkit.report.schema import outcome_of, read
from blurkit.report.summary import ReportEntry
from blurkit.report.table import to_csv

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from blurkit.report.summary import BatchReport

SUFFIXES = (".json", ".csv", ".html")
"""Forms of a report, by the extension of its file."""

STEM = "blurkit-report"
"""What the reports are called that are written without being asked for by name."""


def write(report: BatchReport, path: Path, *, written: bool = True) -> None:
    """Write a report in the form that its name asks for.

    Args:
        report: The run.
        path: The file: `.csv`, `.html`, or else JSON.
        written: Whether photos were written, or only looked at.

    Raises:
        OutputNotWritable: The file cannot be written; the one before it stays.
    """
    replace_text(path, _parts(report, path.suffix.lower(), written=written))


def write_all(report: BatchReport, folder: Path) -> None:
    """Write the JSON, the table and the page of a run into a folder.

    Raises:
        OutputNotWritable: One cannot be written.
    """
    for suffix in SUFFIXES:
        write(report, folder / f"{STEM}{suffix}")


def earlier(path: Path) -> list[ReportEntry]:
    """Return the photos that an earlier report says were written; none if there is no such report.

    Args:
        path: The JSON report, or the table or page of the same name.
    """
    try:
        photos = read(path.with_suffix(SUFFIXES[0])).photos
    except SettingsError:  # nothing was written there, or not by blurkit
        return []
    return [ReportEntry(each.path, each.output, outcome_of(each)) for each in photos if each.output is not None]


def _parts(report: BatchReport, suffix: str, *, written: bool) -> Iterable[str]:
    match suffix:
        case ".csv":
            return [to_csv(report)]
        case ".html":
            return [to_html(report, written=written)]
        case _:
            return report.json_parts()
