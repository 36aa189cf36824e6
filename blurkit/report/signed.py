"""The sign-off that a report is about: who may know it, what was asked, and what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from blurkit.language import mark
from blurkit.marks import MarkReason
from blurkit.policy.reviewed import LeftOut
from blurkit.records import Reason

if TYPE_CHECKING:
    from blurkit.outcomes import PhotoResult


class Signed(BaseModel):
    """A person's word that the photos may be published."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    when: str
    """When it was given, with the time zone, as ISO 8601 has it."""
    by: str | None = None
    """Who gave it, only if they wanted to be named here."""
    answers: dict[str, bool] = {}
    """One answer for each question."""
    reasons: dict[str, str] = {}
    """Why photos may be published all the same, for each question that was answered with no."""
    visible: int | None = None
    """Faces that stay visible, each of which the person looked at; None if an earlier version wrote this."""
    open_doubts: int = 0
    """Uncertain faces that nobody looked at."""
    left_out: dict[str, int] = {}
    """How many photos are not published, by reason."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the person who signs off answers with yes or no."""

    words: str
    no: str
    """What a no means, and what helps."""
    ends: bool
    """Whether nothing is written after a no; else it needs a reason."""


QUESTIONS = {
    "whole": Question(
        mark("Did you look over every whole photo for faces that blurkit missed?"),
        mark("A face that was not found stays visible. Open each photo, and cover what was missed."),
        ends=True,
    ),
    "consent": Question(
        mark("Is there consent for everyone who can still be recognised?"),
        mark("Without consent they may not be shown. Cover them, or leave the photo out."),
        ends=True,
    ),
    "names": Question(
        mark("Are the captions, the file names and the page free of names?"),
        mark("A name makes a child easy to find."),
        ends=False,
    ),
    "badges": Question(
        mark("Are badges, jerseys and signs in the photos free of children's names, or covered?"),
        mark("A name makes a child easy to find. Draw a cover over the text."),
        ends=False,
    ),
    "place": Question(
        mark("Is it all right that the place can be recognised?"),
        mark("The place tells where the children are. Leave those photos out."),
        ends=True,
    ),
    "clothes": Question(
        mark("Is everyone shown fully dressed, rather than in swimwear or gym wear?"),
        mark("Such photos are often misused. Better leave them out."),
        ends=False,
    ),
    "needed": Question(
        mark("Is each photo really needed?"), mark("Leave out the photos that are not needed."), ends=True
    ),
}


def only_checked(result: PhotoResult) -> bool:
    """Whether all that is doubtful in a photo is what the last check covered, which no person could look at before."""
    judged = [decision.judgement for decision in result.decisions]
    faces = [each.reason is Reason.FOUND_IN_CHECK for each in judged if each.doubtful]
    marks = [mark.reason is MarkReason.FOUND_IN_CHECK for mark in result.marks or () if mark.doubtful]
    return bool(faces or marks) and all(faces + marks)


LEFT_OUT = {
    LeftOut.NO_CONSENT: mark("somebody must not be seen at all"),
    LeftOut.CLOTHES: mark("somebody is half dressed"),
    LeftOut.NOT_NEEDED: mark("the photo is not needed"),
    LeftOut.OTHER: mark("another reason"),
}
"""Why a photo is not published."""

CHECKS = (
    mark("opened again and compared with what you saw here"),
    mark("searched for hidden pictures, places and names, and nothing was left"),
    mark("searched for faces once more, and nobody is visible except those you keep"),
)
"""What every written file passed."""
