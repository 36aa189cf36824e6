"""The report as one page for a data protection officer: no picture, no script, nothing loaded from anywhere.

It is in the language that is spoken, and prints on A4. What an office reads comes first: how many photos, who signed,
and each photo by its name. What a technician checks comes last: rules, hashes and models. No path of a folder is in it.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import datetime
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from blurkit.appearance import in_words
from blurkit.language import mark, moment, spoken, tn, tr
from blurkit.outcomes import PhotoFailure, Status
from blurkit.policy import explain
from blurkit.policy.plain import explained
from blurkit.policy.reviewed import LeftOut
from blurkit.records import Action
from blurkit.report import marks, refused, removed
from blurkit.report.names import Names
from blurkit.report.rows import reasons
from blurkit.report.signed import CHECKS, LEFT_OUT, QUESTIONS, only_checked
from blurkit.report.summary import faces
from blurkit.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from blurkit.outcomes import PhotoResult
    from blurkit.report.signed import Signed
    from blurkit.report.summary import BatchReport, ReportEntry
    from blurkit.report.warned import Caution

GENERATOR = '<meta name="generator" content="blurkit report">'
"""By this line `blurkit forget` knows the file."""

REMAINS = (
    mark(
        "Covered is not anonymous: uniform, place, friends, hair, captions and file names can still identify a child."
    ),
    mark("No detector is perfect: a person looks at every photo before it is published."),
    mark("Names of files may hold personal data, and each hash tells its photo. Keep this page like the originals."),
)
"""What no report may leave unsaid."""

VERDICTS = {
    Status.READY: mark("written, nothing doubtful"),
    Status.LOOK: mark("written; a person should look at it"),
    Status.BLOCKED: mark("could not be made safe: not written"),
    Status.FAILED: mark("could not be processed: not written"),
}
SEEN = {Status.READY: mark("looked at, nothing doubtful"), Status.LOOK: mark("looked at; a person should look at it")}
"""Verdicts in words, if photos were written and if they were only looked at."""

CHECKED = mark("written; the last check covered more")
"""The verdict if a person has reviewed the photos and nothing else in one is doubtful."""


def to_html(report: BatchReport, *, written: bool) -> str:
    """Return the page.

    Args:
        report: The run.
        written: Whether files were written, or only looked at.
    """
    style = files("blurkit.report").joinpath("page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    allowed = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = tr("Photos made safe: report for the data protection officer")
    entries, policy = report.entries, report.settings.policy
    names, technical = Names.of(entries), tr("For a technical check")
    made = tr("Made on {when} by blurkit {version}").format(when=moment(datetime.now()), version=report.version)
    return "\n".join(
        [
            "<!doctype html>",
            f'<html lang="{spoken()}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{allowed}">',
            GENERATOR,
            '<meta name="referrer" content="no-referrer">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{_text(title)}</title>",
            f"<style>{style}</style>",
            "</head>",
            "<body><main>",
            f"<h1>{_text(title)}</h1>",
            f"<p>{_text(made)}</p>",
            *_section(tr("In short"), report.totals(written=written, brief=True)),
            *_section(tr("Please note"), [_told(warning, names) for warning in report.warnings]),
            *_section(tr("Sign-off"), [] if report.signed is None else _signed(report.signed)),
            *_section(tr("Who is covered"), [*explained(policy), in_words(report.settings.obscure)]),
            *_section(tr("Every written photo was"), [tr(words) for words in CHECKS] if written else []),
            *_section(tr("What remains"), map(tr, REMAINS)),
            f"<h2>{_text(tr('Photos'))}</h2>",
            _table(
                (tr("Photo"), tr("Result"), tr("Faces"), tr("Removed from the file")),
                (_photo(entry, names, written=written, is_signed=report.signed is not None) for entry in entries),
            ),
            '<section class="technical">',
            f"<h2>{_text(technical)}</h2>",
            *_section(tr("Totals"), report.totals(written=written), level=3),
            *_section(tr("Rules"), explain(policy), level=3),
            f"<h3>{_text(tr('Hashes of the files'))}</h3>",
            _table((tr("Photo"), "sha256"), filter(None, (_hashes(entry, names) for entry in entries))),
            f"<h3>{_text(tr('Models'))}</h3>",
            _table((tr("Model"), "sha256"), [_model(name, sha256) for name, sha256 in sorted(report.models.items())]),
            "</section>",
            "</main></body>",
            "</html>",
            "",
        ]
    )


def _signed(signed: Signed) -> Iterator[str]:
    """Say who signed off, what they answered, and what they left out."""
    when = moment(datetime.fromisoformat(signed.when))
    unnamed = tr("On {when}, by the person whose name is with the decisions of the review.")
    yield (tr("On {when}, by {name}.") if signed.by else unnamed).format(when=when, name=signed.by)
    for name, answer in signed.answers.items():
        if question := QUESTIONS.get(name):
            reason = "" if answer else signed.reasons.get(name, "")
            yield f"{tr(question.words)} {tr('Yes') if answer else tr('No')}" + (f": {reason}" if reason else "")
    if signed.visible:
        yield tn(
            "{n} face stays visible, and the person looked at it.",
            "{n} faces stay visible, and the person looked at each.",
            signed.visible,
        )
    if signed.open_doubts:
        number = signed.open_doubts
        yield tn("{n} uncertain face was not looked at.", "{n} uncertain faces were not looked at.", number)
    known = {each.value: tr(words) for each, words in LEFT_OUT.items()}
    for reason, number in signed.left_out.items():
        words = known.get(reason, tr(LEFT_OUT[LeftOut.OTHER]))
        yield tn("{n} photo is not published: {reason}", "{n} photos are not published: {reason}", number, reason=words)


def _told(warning: Caution, names: Names) -> str:
    """Return a warning without the folders of its photos."""
    return replace(warning, photo=names.short(warning.photo), other=names.short(warning.other)).told()


def _photo(entry: ReportEntry, known: Names, *, written: bool, is_signed: bool) -> str:
    outcome = entry.outcome
    names = [known.short(entry.path)]
    if isinstance(outcome, PhotoFailure):
        verdict, told, gone = VERDICTS[outcome.status], [tr(refused.in_plain_words(outcome.kind))], []
    else:
        verdict = (VERDICTS if written else SEEN)[outcome.status]
        is_checked = is_signed and outcome.status is Status.LOOK and only_checked(outcome)
        verdict = CHECKED if is_checked else verdict
        told = list(_faces(outcome, written=written, is_checked=is_checked))
        gone = [*map(tr, removed.in_plain_words(outcome.removed))]
        output = known.short(entry.output or "")
        names += [tr("written as {output}").format(output=output)] if output not in ("", *names) else []
        gone = gone or [tr("nothing was hidden")]
    return (
        f'<tr class="{outcome.status.value}"><th scope="row">{_lines(names)}</th>'
        f'<td class="verdict">{_text(tr(verdict))}</td><td>{_lines(told)}</td><td>{_lines(gone)}</td></tr>'
    )


def _faces(outcome: PhotoResult, *, written: bool, is_checked: bool) -> Iterator[str]:
    """Say how many faces are covered and kept, and why; no place of a face, no age."""
    for action in Action:
        these = [decision for decision in outcome.decisions if decision.judgement.action is action]
        if these:
            yield f"{faces(action, len(these), written=written)}: {reasons(these, told=tr)}"
        marks_there = [decision for decision in outcome.marks or () if decision.action is action]
        if marks_there:
            yield marks.told(marks_there, action, written=written)
    if not outcome.decisions:
        yield tr("no face")
    doubtful = sum(decision.judgement.doubtful for decision in outcome.decisions)
    if doubtful and not is_checked:
        yield tn("{n} doubtful: a person should look", "{n} doubtful: a person should look", doubtful)


def _hashes(entry: ReportEntry, names: Names) -> str:
    """Return a row with the hashes of a photo and of the file written; nothing if it has no file."""
    outcome = entry.outcome
    if isinstance(outcome, PhotoFailure):
        return ""
    proof = outcome.proof
    known = (
        (tr("original"), outcome.sha256 or (proof.input_sha256 if proof else "")),
        (tr("safe photo"), proof.output_sha256 if proof else ""),
    )
    hashes = "<br>".join(f"{_text(what)} <code>{_text(value)}</code>" for what, value in known if value)
    same = ""
    if proof is not None:
        words = tr("Outside the covers no colour differs from the original by more than {most} of 255.")
        same = f"<br>{_text(words.format(most=proof.max_difference_outside))}"
    return f'<tr><th scope="row">{_text(names.short(entry.path))}</th><td>{hashes}{same}</td></tr>'


def _model(name: str, sha256: str) -> str:
    return f'<tr><th scope="row">{_text(name)}</th><td><code>{_text(sha256)}</code></td></tr>'


def _section(title: str, lines: Iterable[str], *, level: int = 2) -> list[str]:
    """Return a heading and its lines; neither if there are no lines."""
    items = [f"<li>{_text(line.strip())}</li>" for line in lines]
    return [f"<h{level}>{_text(title)}</h{level}>", "<ul>", *items, "</ul>"] if items else []


def _table(heads: Iterable[str], rows: Iterable[str]) -> str:
    names = "".join(f'<th scope="col">{_text(head)}</th>' for head in heads)
    return "\n".join([f"<table><thead><tr>{names}</tr></thead>", "<tbody>", *rows, "</tbody></table>"])


def _lines(lines: Iterable[str]) -> str:
    return "<br>".join(map(_text, lines))


def _text(text: str) -> str:
    """Return text that cannot be markup: file names hold anything."""
    return escape(one_line(text))
