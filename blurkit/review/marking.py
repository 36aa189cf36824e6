"""Changes to the words, codes and plates of a review, and how many of them nobody has looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.review.history import Step

if TYPE_CHECKING:
    from blurkit.records import Action
    from blurkit.review.requests import Marked
    from blurkit.review.session import Session
    from blurkit.review.words import Signs


def decide(session: Session, wanted: Marked) -> None:
    """Cover or leave marks of a review, which can be undone, or note that a person has looked at them; all or none.

    Raises:
        SettingsError: An unknown photo or mark.
        OutputNotWritable: It cannot be saved; nothing changed.
    """
    actions: dict[int, dict[int, Action]] = {}
    for photo, number, action in wanted.marks:
        actions.setdefault(photo, {})[number] = action
    with session.lock:
        new: dict[str, Signs | None] = {}
        for photo, these in actions.items():
            sha256 = session.photos[photo].sha256 if photo < len(session.photos) else None
            new[sha256 or ""] = session.words.changed(sha256, these, only_seen=wanted.do == "see")
        (session.save if wanted.do == "see" else session.change)(Step(words=new))


def still_open(session: Session) -> int:
    """Return how many marks would stay visible and nobody has looked at."""
    with session.lock:
        left_out = session.left_out
        shown = [photo.sha256 for number, photo in enumerate(session.photos) if number not in left_out]
        return sum(sign.is_open for sha256 in shown for sign in session.words.of(sha256))
