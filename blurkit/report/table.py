"""The report as a table for a spreadsheet: one row per photo, as CSV."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, fields
from typing import TYPE_CHECKING

from blurkit.report.rows import Row, row
from blurkit.words import one_line

if TYPE_CHECKING:
    from blurkit.report.summary import BatchReport

HEADER = tuple(field.name for field in fields(Row))
"""The first line; by it `blurkit forget` knows the file."""

FORMULA = ("=", "+", "-", "@", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet compute a cell instead of showing it, also in full width."""


def to_csv(report: BatchReport) -> str:
    """Return the table; it begins with a byte order mark, by which a spreadsheet knows UTF-8."""
    text = io.StringIO()
    text.write("\ufeff")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(HEADER)
    for entry in report.entries:
        table.writerow([_cell(value) for value in astuple(row(entry))])
    return text.getvalue()


def _cell(value: str | int) -> str:
    """Return a cell that is shown and never computed: file names hold anything."""
    text = one_line(str(value))
    return f"'{text}" if text.lstrip(" '\"").startswith(FORMULA) else text
