"""What the page is told: the state of a session as plain values, in plain words."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from blurkit.errors import SettingsError
from blurkit.language import LANGUAGES, spoken, texts, tr
from blurkit.outcomes import PhotoFailure
from blurkit.policy.marks import asks_for_marks
from blurkit.policy.plain import explained
from blurkit.policy.reviewed import MAX_NOTE
from blurkit.records import Action, Reason
from blurkit.report import refused
from blurkit.report.signed import CHECKS, LEFT_OUT, QUESTIONS
from blurkit.review import plain, remember
from blurkit.review.boards import board_of, seen
from blurkit.review.doubt import doubt, prominence
from blurkit.review.marking import still_open
from blurkit.review.requests import REFERENCE
from blurkit.text import installed
from blurkit.version import __version__

if TYPE_CHECKING:
    from blurkit.errors import BlurkitError
    from blurkit.geometry import Size
    from blurkit.policy.reviewed import LeftOut
    from blurkit.review.session import Session
    from blurkit.review.spots import Spot
    from blurkit.review.work import Work


def state(session: Session, work: Work, *, since: int) -> dict[str, Any]:
    """Return what the page needs to draw itself.

    Args:
        session: The review.
        work: Its threads.
        since: Only photos that changed after this revision are told; 0 for all.
    """
    with session.lock:
        undo, redo = session.steps
        unseen, doubts = session.tally()
        left_out = session.left_out
        changed = [number for number, photo in enumerate(session.photos) if not since or photo.revision > since]
        return {
            "review": session.key,
            "revision": session.revision,
            "total": len(session.photos),
            "done": work.done,
            "busy": work.is_busy,
            "fault": None if work.fault is None else told_of(work.fault),
            "undo": undo,
            "redo": redo,
            "unseen": unseen,
            "doubts": doubts,
            "open_words": still_open(session),
            "exporting": work.exporting,
            "written": list(map(_written, work.written)) if work.exporting else [],
            "outdated": work.outdated,
            "photos": [_photo(session, number, left_out.get(number)) for number in changed],
        }


def words(_: object) -> dict[str, Any]:
    """Return the page's texts in the language that is spoken, and which languages there are."""
    chosen = remember.liking()["language"]
    return {"language": spoken(), "texts": texts(spoken()), "languages": LANGUAGES, "chosen": chosen}


def told_of(error: BlurkitError) -> str:
    """Return what a person is told of an error: what they did wrong as it says, else its kind in plain words."""
    if isinstance(error, SettingsError):
        return str(error)
    what = tr(refused.in_plain_words(type(error)))
    detail = error if spoken() == "en" else error.path  # the exact words are English, and help whom they are sent to
    return what if detail is None else f"{what} ({detail})"


def _written(one: dict[str, Any]) -> dict[str, Any]:
    """Return what an export did with a photo, with what was removed in plain words."""
    return one | {"removed": [tr(words) for words in one.get("removed", ())]}


def about(session: Session, *, folder: str, out: str, report: str) -> dict[str, Any]:
    """Return what stays the same during a review."""
    policy = session.settings.policy
    return {
        "version": __version__,
        "policy": policy.name,
        "policy_words": explained(policy),
        "folder": folder,
        "out": out,
        "report": report,
        "decisions": str(session.file),
        "foreign": session.is_foreign,
        "questions": {
            name: asdict(question) | {"words": tr(question.words), "no": tr(question.no)}
            for name, question in QUESTIONS.items()
        },
        "left_out_words": {reason.value: tr(words) for reason, words in LEFT_OUT.items()},
        "whys": {why.value: tr(words) for why, words in plain.WHYS.items()},
        "max_note": MAX_NOTE,
        "reference": REFERENCE,
        "letter_keys": remember.liking()["letter_keys"],
        "checks": [tr(words) for words in CHECKS],
        "margin": session.settings.obscure.margin,
        "words": asks_for_marks(policy) and installed(),
    }


def _photo(session: Session, number: int, left_out: LeftOut | None) -> dict[str, Any]:
    photo, spots = session.photos[number], session.sheet(number)
    outcome = photo.outcome
    told: dict[str, Any] = {
        "number": number,
        "name": photo.name,
        "status": "waiting",
        "faces": [],
        "marks": [],
        "doubt": 0.0,
    }
    told["opened"] = photo.opened
    told["clip"] = board_of(outcome) is not None
    if isinstance(outcome, PhotoFailure):
        why = tr(refused.in_plain_words(outcome.kind))
        return told | {"status": outcome.status.value, "error": why, "detail": outcome.error, "doubt": 9.0}
    if photo.size is None:
        return told
    open_spots = [spot for spot in spots if spot.is_open and left_out is None]
    signs = session.words.of(photo.sha256)
    is_open = left_out is None and any(sign.is_open for sign in signs)
    return told | {
        "status": "left_out" if left_out is not None else "look" if open_spots or is_open else "ready",
        "left_out": left_out,
        "width": photo.size.width,
        "height": photo.size.height,
        "faces": [_face(spot, session, photo.size, seen(outcome, n)) for n, spot in enumerate(spots)],
        "marks": [sign.told() for sign in signs],
        "doubt": max((doubt(spot.decision) for spot in open_spots), default=0.0),
    }


def _face(spot: Spot, session: Session, size: Size, when: str) -> dict[str, Any]:
    choice, decision = spot.choice, spot.decision
    box = choice.box
    return {
        "number": spot.number,
        "box": [round(side, 1) for side in (box.left, box.top, box.right, box.bottom)],
        "action": choice.action.value,
        "words": " · ".join(filter(None, (plain.words(spot, session.settings.policy.child_age), when))),
        "drawn": decision is None,
        "free": decision is not None and decision.judgement.action is Action.KEEP,
        "by_hand": choice.by_hand,
        "seen": choice.seen,
        "uncertain": decision is not None and decision.judgement.doubtful,
        "open": spot.is_open,
        "tiny": decision is not None and decision.judgement.reason is Reason.TOO_SMALL_TO_JUDGE,
        "child": decision is not None and decision.judgement.reason is Reason.LOOKS_UNDER_AGE,
        "doubt": round(doubt(decision), 4),
        "prominence": round(prominence(decision, size), 4),
    }
