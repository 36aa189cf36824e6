"""The report as one page for a data protection officer: no picture, no script, nothing loaded from anywhere."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from blurkit.appearance import in_words
from blurkit.policy import explain
from blurkit.report.rows import Row, row
from blurkit.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blurkit.report.summary import BatchReport

GENERATOR = '<meta name="generator" content="blurkit report">'
"""By this line `blurkit forget` knows the file."""

REMAINS = (
    "Covered is not anonymous: uniform, place, friends, hair, captions and file names can still identify a child.",
    "No detector is perfect: a person looks at every photo before it is published.",
    "The paths below may hold personal data, and each hash tells its photo: keep this page as you keep the originals.",
)
"""What no report may leave unsaid."""


def to_html(report: BatchReport, *, written: bool) -> str:
    """Return the page.

    Args:
        report: The run.
        written: Whether files were written, or only looked at.
    """
    style = files("blurkit.report").joinpath("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    allowed = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    rows = [row(entry) for entry in report.entries]
    models = [_model(name, sha256) for name, sha256 in sorted(report.models.items())]
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{allowed}">',
            GENERATOR,
            '<meta name="referrer" content="no-referrer">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            "<title>What blurkit did</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body><main>",
            "<h1>What blurkit did</h1>",
            f"<p>blurkit {_text(report.version)}, policy '{_text(report.settings.policy.name)}'</p>",
            "<h2>Totals</h2>",
            _list(report.summary(written=written).splitlines()),
            "<h2>The policy</h2>",
            _list(explain(report.settings.policy)),
            f"<p>{_text(_covers(report))}</p>",
            "<h2>What remains</h2>",
            _list(REMAINS),
            "<h2>Models</h2>",
            _table(("model", "sha256"), models),
            "<h2>Photos</h2>",
            _table(("photo", "verdict", "faces", "checks passed", "removed", "sha256"), map(_photo, rows)),
            "</main></body>",
            "</html>",
            "",
        ]
    )


def _photo(row: Row) -> str:
    faces = [f"{number} {what}" + (f": {why}" if why else "") for number, what, why in _faces(row)] + _marks(row)
    files = [row.photo] + ([f"written as {row.output}"] if row.output else [])
    hashes = [f"{what} {value}" for what, value in (("in", row.input_sha256), ("out", row.output_sha256)) if value]
    return (
        f'<tr class="{row.verdict}"><th scope="row">{_lines(files)}</th>'
        f'<td class="verdict">{_text(row.verdict)}</td>'
        f"<td>{_lines([row.error] if row.error else faces)}</td>"
        f"<td>{_lines(row.checks.split('; ') if row.checks else ['none: no file was written'])}</td>"
        f"<td>{_text(row.removed or 'nothing')}</td>"
        f"<td><code>{_lines(hashes)}</code></td></tr>"
    )


def _faces(row: Row) -> Iterable[tuple[int, str, str]]:
    yield row.covered, "covered", row.why_covered
    yield row.visible, "left visible", row.why_visible
    if row.doubtful:
        yield row.doubtful, "doubtful", "a person should look"


def _marks(row: Row) -> list[str]:
    told = ((row.words_covered, "covered"), (row.words_visible, "left visible"))
    return [f"{marks} {what}" for marks, what in told if marks]


def _covers(report: BatchReport) -> str:
    return in_words(report.settings.obscure)


def _model(name: str, sha256: str) -> str:
    return f'<tr><th scope="row">{_text(name)}</th><td><code>{_text(sha256)}</code></td></tr>'


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    names = "".join(f'<th scope="col">{_text(head)}</th>' for head in heads)
    return "\n".join([f"<table><thead><tr>{names}</tr></thead>", "<tbody>", *rows, "</tbody></table>"])


def _list(lines: Iterable[str]) -> str:
    return "\n".join(["<ul>", *(f"<li>{_text(line.strip())}</li>" for line in lines), "</ul>"])


def _lines(lines: Iterable[str]) -> str:
    return "<br>".join(map(_text, lines))


def _text(text: str) -> str:
    """Return text that cannot be markup: file names hold anything."""
    return escape(one_line(text))
