"""What an audit found, as text: the `--json` document, and lines that a school secretary understands."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from blurkit.language import mark, tn, tr
from blurkit.records import Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blurkit.audit.found import Audited, Beside, Finding
    from blurkit.audit.matches import Match
    from blurkit.batch.collect import Collected
    from blurkit.records import Decision

SCHEMA = 1
"""Version of the JSON document: keys may be added, none renamed or removed."""

HOW = {
    "output": "is the output of",
    "picture": "shows the same picture as the output of",
    "original": "IS THE ORIGINAL, WITH NOTHING COVERED:",
}
"""How a file and a photo of an earlier run belong together, in words."""


def to_json(audited: Sequence[Audited], collected: Collected, *, version: str) -> str:
    """Return the document as text in plain ASCII, so that any console takes it."""
    document = {
        "schema": SCHEMA,
        "version": version,
        "companions": dict(collected.companions),
        "skipped": collected.skipped,
        "photos": [_photo(each) for each in audited],
    }
    return json.dumps(document, indent=2) + "\n"


def sentences(each: Audited) -> Iterator[str]:
    """Yield a line about a file, and one for each thing found in it."""
    yield f"{each.given}: {_status(each)}"
    for action, words in ((Action.COVER, "of a child perhaps, or unclear"), (Action.KEEP, "of an adult, as it seems")):
        count = sum(decision.judgement.action is action for decision in each.visible)
        if count:
            yield f"  {_count(count, 'visible face')} {words}"
    said = Counter(_finding_words(finding) for finding in each.findings)
    yield from (f"  hidden: {words}{f' ({count} times)' if count > 1 else ''}" for words, count in said.items())
    yield from (f"  next to it: {beside.name}{_beside_words(beside)}" for beside in each.beside)
    yield from (f"  {_match_words(match)}" for match in each.matches)


def summary(audited: Sequence[Audited], collected: Collected) -> str:
    """Return a few lines about all files."""
    lines = [tn("{n} photo looked into, nothing changed", "{n} photos looked into, nothing changed", len(audited))]
    faces = sum(len(each.visible) for each in audited)
    shown = sum(bool(each.visible) for each in audited)
    seen = [finding for each in audited for finding in each.findings]
    hiding = sum(bool(each.findings) for each in audited)
    where = tn("{n} photo", "{n} photos", shown)
    lines.append(tn("{n} visible face in {photos}", "{n} visible faces in {photos}", faces, photos=where))
    lines.append(tn("{n} photo with something hidden", "{n} photos with something hidden", hiding))
    for words, count in (
        (mark("a face in a hidden picture"), sum(bool(finding.faces) for finding in seen)),
        (
            mark("a face in a video next to a photo"),
            sum(bool(beside.faces) for each in audited for beside in each.beside),
        ),
        (
            mark("a hidden picture or video that could not be looked at"),
            sum(finding.is_unseen_picture for finding in seen),
        ),
        (mark("the original of an earlier run"), sum(match.is_original for each in audited for match in each.matches)),
        (mark("could not be looked at as a whole"), sum(each.error is not None for each in audited)),
    ):
        lines += [tn("{n} time: {words}", "{n} times: {words}", count, words=tr(words))] if count else []
    lines += [f"{count} {tr(kind)}: {_companion_words(kind)}" for kind, count in collected.companions.items()]
    if collected.skipped:
        lines.append(tn("{n} other file skipped", "{n} other files skipped", collected.skipped))
    return "\n".join(lines)


def _status(each: Audited) -> str:
    if each.error is not None:
        return "failed"
    return "found" if each.has_found else "clean"


def _finding_words(finding: Finding) -> str:
    what = finding.hidden.detail or finding.hidden.kind.value
    if finding.faces:
        return f"{what}, WITH {_count(finding.faces, 'face').upper()}"
    if finding.is_unseen_picture:
        return f"{what}, which could not be looked at"
    if finding.frames:
        return f"{what}, {_no_face(finding.frames)}"
    return f"{what}, no face" if finding.faces == 0 else what


def _beside_words(beside: Beside) -> str:
    if beside.faces is None:
        return ", which was not looked into"
    return f", {_no_face(beside.frames)}" if not beside.faces else f", WITH {_count(beside.faces, 'face').upper()}"


def _no_face(frames: int) -> str:
    return f"no face in {_count(frames, 'frame')} of it"


def _companion_words(kind: str) -> str:
    is_video = kind.startswith("videos")
    return tr("a few frames looked at of those named like a photo") if is_video else tr("not looked into")


def _match_words(match: Match) -> str:
    return f"{HOW[match.how]} {match.source} ({match.report})"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _photo(each: Audited) -> dict[str, Any]:
    size, error = each.size, each.error
    return {
        "path": each.given,
        "sha256": each.sha256,
        "width": size and size.width,
        "height": size and size.height,
        "faces": [_face(decision, each) for decision in each.visible],
        "hidden": [
            {
                "kind": finding.hidden.kind.value,
                "what": finding.hidden.detail,
                "where": finding.hidden.where,
                "bytes": finding.hidden.size,
                "faces": finding.faces,
                "frames": finding.frames,
                "unseen": finding.is_unseen_picture,
            }
            for finding in each.findings
        ],
        "beside": [beside.name for beside in each.beside],
        "beside_faces": {beside.name: beside.faces for beside in each.beside},
        "matches": [
            {
                "report": match.report,
                "path": match.source,
                "output": match.output,
                "how": match.how,
                "distance": match.distance,
            }
            for match in each.matches
        ],
        "status": _status(each),
        "found": each.has_found,
        "error": error and {"kind": error.word, "stage": error.stage, "message": error.error, "hint": error.hint},
    }


def _face(decision: Decision, each: Audited) -> dict[str, Any]:
    box, age = decision.face.box, decision.judgement.age
    box = box.clip(each.size) if each.size is not None else box
    return {
        "box": [round(side, 2) for side in (box.left, box.top, box.right, box.bottom)],
        "score": round(decision.face.score, 4),
        "age": None if age is None else {"low": age.low, "years": age.years, "high": age.high},
        "reason": decision.judgement.reason.value,
        "may_be_child": decision.judgement.action is Action.COVER,
        "detectors": list(decision.face.detectors),
    }
