"""What the page may ask for, checked before anything happens; a request that is not named here is refused."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from blurkit.choices import Language
from blurkit.language import tr
from blurkit.policy.reviewed import MAX_NOTE, LeftOut, Why
from blurkit.records import Action
from blurkit.report.signed import QUESTIONS
from blurkit.review.wishes import Wishes

REFERENCE = r"^(?=.*[0-9])(?!.*[A-Za-z\u00C0-\u024F\u0370-\u03FF\u0400-\u04FF]{3}).+$"
"""A consent's reference, for Python and for the page: with a digit, and without three letters in a row as in names."""

MIN_REASON = 5
"""Characters of a reason; fewer say nothing."""

Number = Annotated[int, Field(ge=0)]
Side = Annotated[float, Field(allow_inf_nan=False)]


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


class Nothing(_Request):
    """A request that says all by its name."""


class Liking(_Request):
    """How a person likes the page."""

    letter_keys: bool | None = None
    """Whether single letters are keys; None leaves it as it is, here and below."""
    language: Language | Literal[""] | None = None
    """What the page speaks; empty for what the browser asks for."""


class Folder(_Request):
    """A folder of this computer that a person opens; an empty path is where choosing begins."""

    path: Annotated[str, Field(max_length=4096)] = ""


class Chosen(_Request):
    """How a folder is reviewed."""

    wishes: Wishes = Wishes()
    remember: bool = False
    """Whether this computer may keep the folder's path, to offer it again."""


class Opened(Folder, Chosen):
    """The folder that is reviewed, and how."""

    take_over: bool = False
    """Whether another review of it is ended first."""


class Show(_Request):
    """Something of this review that is opened outside the page."""

    what: Literal["folder", "report"]


class Edit(_Request):
    """One change to one photo."""

    do: Literal["set", "draw", "move", "delete", "cover_all", "similar"]
    """Set a face's action, draw a cover, move one, delete one that was drawn, cover all, or copy to similar photos."""
    photo: Number
    """The photo's number."""
    face: Number | None = None
    """The face's number in it."""
    action: Action | None = None
    """What `set` sets."""
    box: tuple[Side, Side, Side, Side] | None = None
    """Left, top, right, bottom in pixels, for `draw` and `move`."""
    why: Why | None = None
    """Why a covered face is let be seen."""
    note: Annotated[str, Field(max_length=MAX_NOTE)] = ""
    """The consent's reference."""

    @model_validator(mode="after")
    def _is_whole(self) -> Edit:
        needs = {"set": ("face", "action"), "draw": ("box",), "move": ("face", "box"), "cover_all": ()}
        for name in needs.get(self.do, ("face",)):
            if getattr(self, name) is None:
                raise ValueError(f"'{self.do}' needs '{name}'")
        if self.note.strip() and not re.fullmatch(REFERENCE, self.note.strip()):
            raise ValueError(tr("Write the number of the form alone, such as C-112. It may hold no name."))
        return self


class Edits(_Request):
    """Changes that are undone together."""

    edits: Annotated[tuple[Edit, ...], Field(min_length=1, max_length=20000)]


class LeaveOut(_Request):
    """A photo that is not published, with the reason; or that is published after all, without one."""

    photo: Number
    reason: LeftOut | None = None


class Looked(_Request):
    """Faces that a person has looked at, and the action they were shown with."""

    faces: Annotated[tuple[tuple[Number, Number, Action], ...], Field(max_length=20000)]


class Whole(_Request):
    """A whole photo that a person has on the screen."""

    photo: Number


class Marked(_Request):
    """Words, codes and plates that are covered or left; or that a person has looked at."""

    do: Literal["set", "see"]
    marks: Annotated[tuple[tuple[Number, Number, Action], ...], Field(max_length=20000)]
    """Numbers of photo and mark, and the action to set, or with which it was shown."""


class SignOff(_Request):
    """A person's word that the photos may be published."""

    by: Annotated[str, Field(min_length=1, max_length=200)]
    """Who reviewed, as they write it."""
    answers: dict[str, bool]
    """One answer a question."""
    reasons: dict[str, Annotated[str, Field(max_length=500)]] = {}
    """Why photos may be published all the same, for each question answered with no."""
    named: bool = False
    """Whether the report may hold that name."""
    despite_doubts: bool = False
    """Whether photos with an open doubt are exported knowingly."""

    @model_validator(mode="after")
    def _answers_all(self) -> SignOff:
        if self.answers.keys() != QUESTIONS.keys():
            raise ValueError(tr("Every question needs an answer, yes or no."))
        for name in (name for name, answer in self.answers.items() if not answer):
            question = QUESTIONS[name]
            if question.ends:
                raise ValueError(" ".join((tr("Nothing is written."), tr(question.no))))
            if len(self.reasons.get(name, "").strip()) < MIN_REASON:
                why = tr("Say why these photos may be published all the same.")
                raise ValueError(" ".join((tr(question.no), why)))
        if any(self.answers.get(name, True) for name in self.reasons):
            raise ValueError("a reason is for a question that was answered with no")
        return self
