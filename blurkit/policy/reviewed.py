"""The decisions of a review: which faces a person covered or kept, as a small file that `run` replays.

The file holds photo hashes, boxes and actions: no picture, no file name. Whatever it does not speak of is covered.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from blurkit.board import Board
from blurkit.errors import PhotoChanged, SettingsError
from blurkit.geometry import Box, Size
from blurkit.machine.files import read_regular, replace_text
from blurkit.policy.reviewed_marks import MarkChoice, MarkShape
from blurkit.records import Action, Decision, Photo
from blurkit.validation import validated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from blurkit.marks import MarkDecision

    Seal = Callable[[bytes], str]
    """Returns the seal that content bears if it was written on this computer."""

SCHEMA, WITH_CLIPS = 1, 2
"""Version of the file; that of one which also speaks of clips."""

FILE_NAME = "blurkit-decisions.json"
"""What the file is called; it lies next to the originals and never in the folder that is published."""

MAX_NOTE = 80
"""Characters of a note, such as the number of a consent form."""


class Why(StrEnum):
    """Why a person lets a covered face be seen."""

    CONSENT = "consent"
    ADULT = "adult"
    NOT_A_FACE = "not_a_face"


class LeftOut(StrEnum):
    """Why a person does not publish a photo."""

    NO_CONSENT = "no_consent"
    CLOTHES = "clothes"
    NOT_NEEDED = "not_needed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Choice:
    """What happens to one face or place of a photo, as the review left it."""

    box: Box
    """Where it is, in pixels of the upright photo."""
    action: Action
    """Cover or keep."""
    found: Box | None = None
    """Where a detector found it; None if a person drew it."""
    by_hand: bool = False
    """Whether a person chose the action or the place."""
    why: Why | None = None
    """Why a person keeps it."""
    note: str = ""
    """The consent's reference; no name."""
    seen: bool = False
    """Whether a person looked at it in this state."""


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Side = Annotated[float, Field(allow_inf_nan=False)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Sides = tuple[Side, Side, Side, Side]
Pixels = Annotated[int, Field(ge=1, le=1 << 16)]


class _Choice(_Shape):
    box: Sides
    action: Action
    found: Sides | None = None
    by_hand: bool = False
    why: Why | None = None
    note: Annotated[str, Field(max_length=MAX_NOTE)] = ""
    seen: bool = False


class _Board(_Shape):
    size: tuple[Pixels, Pixels]
    seconds: Annotated[tuple[Side, ...], Field(min_length=1, max_length=10000)]
    columns: Pixels
    cell: tuple[Pixels, Pixels]


class _File(_Shape):
    schema_: Annotated[int, Field(alias="schema", ge=SCHEMA, le=WITH_CLIPS)]
    version: str
    policy: str
    seal: str = ""
    photos: dict[Sha256, tuple[_Choice, ...]]
    left_out: dict[Sha256, LeftOut] = {}
    clips: dict[Sha256, _Board] = {}
    marks: dict[Sha256, tuple[MarkShape, ...]] = {}
    opened: frozenset[Sha256] = frozenset()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a file of decisions says."""

    photos: dict[str, tuple[Choice, ...]]
    """The choices of each photo, by the sha256 of its file."""
    left_out: dict[str, LeftOut]
    """The photos that are not published, and why."""
    is_ours: bool
    """Whether it bears a seal of this computer."""
    boards: dict[str, Board] = field(default_factory=dict)
    """For each clip the storyboard that was reviewed; the boxes of its choices are in pixels of that."""
    marks: dict[str, tuple[MarkChoice, ...]] = field(default_factory=dict)
    """The choices about words, codes and plates of each photo in which they were looked for."""
    opened: frozenset[str] = frozenset()
    """The photos that a person has had on the screen as a whole."""


def load(path: Path) -> dict[str, tuple[Choice, ...]]:
    """Return the choices of each photo, by the sha256 of its file.

    Raises:
        SettingsError: The file is not there, or is none that blurkit wrote; nothing in it is used.
    """
    return read(path).photos


def read(path: Path, seal: Seal = lambda _: "") -> Recorded:
    """Read the decisions of a review.

    Args:
        path: The file.
        seal: Tells whether they were made on this computer.

    Raises:
        SettingsError: As `load`.
    """
    hint = "give the file that the review wrote, or move it away to start again"
    try:
        values = json.loads(read_regular(path))
        known = validated(_File, values, origin=str(path), hint=hint)
        photos = {sha256: tuple(map(_choice, choices)) for sha256, choices in known.photos.items()}
        is_ours = bool(known.seal) and hmac.compare_digest(known.seal.encode(), seal(_content(values)).encode())
    except SettingsError as fault:
        raise SettingsError(fault.message, path=path, hint=hint) from fault
    except (OSError, ValueError, RecursionError) as fault:
        raise SettingsError(f"cannot be read as decisions: {fault}", path=path, hint=hint) from fault
    boards = {
        sha256: Board(Size(*each.size), each.seconds, each.columns, Size(*each.cell))
        for sha256, each in known.clips.items()
    }
    marks = {sha256: tuple(shape.choice() for shape in shapes) for sha256, shapes in known.marks.items()}
    return Recorded(photos, known.left_out, is_ours, boards, marks, known.opened)


def save(
    path: Path,
    photos: Mapping[str, Sequence[Choice] | str],
    *,
    version: str,
    policy: str,
    left_out: Mapping[str, LeftOut] | None = None,
    boards: Mapping[str, Board] | None = None,
    marks: Mapping[str, Sequence[MarkChoice]] | None = None,
    opened: Iterable[str] = (),
    seal: Seal | None = None,
) -> None:
    """Write the decisions, whole or not at all, so that they survive a crash.

    Args:
        path: The file.
        photos: The choices of each photo, or their text as `text_of` makes it.
        version: That of blurkit.
        policy: The name of the policy.
        left_out: The photos that are not published.
        boards: The storyboards of clips.
        marks: The choices about words, codes and plates.
        opened: The photos that a person has had on the screen as a whole.
        seal: Seals what was decided on this computer.

    Raises:
        OutputNotWritable: The file cannot be written; the one before it stays.
    """
    texts = {key: each if isinstance(each, str) else text_of(each) for key, each in photos.items()}
    excluded = _text({sha256: reason.value for sha256, reason in (left_out or {}).items()})
    clips = _text({sha256: _laid_out(board) for sha256, board in (boards or {}).items()}) if boards else ""
    words = (
        _text({sha256: [each.values() for each in known] for sha256, known in (marks or {}).items()}) if marks else ""
    )
    whole = _text(sorted(opened)) if opened else ""
    head: dict[str, Any] = {"schema": WITH_CLIPS if boards else SCHEMA, "version": version, "policy": policy}
    if seal is not None:
        all_photos = ",".join(f'"{sha256}":{texts[sha256]}' for sha256 in sorted(texts))
        more = "".join(f",{part}" for part in (clips, words, whole) if part)
        head["seal"] = seal(f"[{{{all_photos}}},{excluded}{more}]".encode())
    rows = ",\n".join(f'"{sha256}":{text}' for sha256, text in texts.items())
    parts = [_text(head)[:-1], ',\n"photos":{', rows, "}", f',\n"left_out":{excluded}' if left_out else ""]
    parts += [f',\n"clips":{clips}' if clips else "", f',\n"marks":{words}' if words else ""]
    parts += [f',\n"opened":{whole}' if whole else "", "}\n"]
    replace_text(path, parts)


def text_of(choices: Sequence[Choice]) -> str:
    """Return the choices of a photo as they stand in the file."""
    return _text([_values(choice) for choice in choices])


def _content(values: Mapping[str, Any]) -> bytes:
    """Return what a seal is about, however it is laid out."""
    more = [values[name] for name in ("clips", "marks", "opened") if values.get(name)]
    return _text([values["photos"], values.get("left_out", {}), *more]).encode()


def _laid_out(board: Board) -> dict[str, Any]:
    size, cell = board.size, board.cell
    return {
        "size": [size.width, size.height],
        "seconds": list(board.seconds),
        "columns": board.columns,
        "cell": [cell.width, cell.height],
    }


def _text(values: Any) -> str:
    return json.dumps(values, sort_keys=True, separators=(",", ":"))


def _choice(values: _Choice) -> Choice:
    found = None if values.found is None else Box(*values.found)
    return Choice(Box(*values.box), values.action, found, values.by_hand, values.why, values.note, values.seen)


def _values(choice: Choice) -> dict[str, Any]:
    values: dict[str, Any] = {"box": _sides(choice.box), "action": choice.action.value}
    if choice.found is not None:
        values["found"] = _sides(choice.found)
    for key in ("by_hand", "why", "note", "seen"):
        if value := getattr(choice, key):
            values[key] = value
    return values


def _sides(box: Box) -> list[float]:
    return [box.left, box.top, box.right, box.bottom]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a person decided about a photo with a certain content."""

    sha256: str
    """Hash of the file that was looked at."""
    decisions: tuple[Decision, ...]
    """One a face or place."""
    choices: tuple[Choice, ...] = ()
    """For a clip: what was chosen on its storyboard."""
    board: Board | None = None
    """That storyboard."""
    marks: tuple[MarkDecision, ...] | None = None
    """One for each word, code or plate; None if no person decided about them, so that the policy does."""

    def about(self, photo: Photo) -> tuple[Decision, ...]:
        """Return the decisions.

        Raises:
            PhotoChanged: They are about another picture.
        """
        if photo.sha256 != self.sha256:
            raise PhotoChanged("is not the file that was reviewed", path=photo.source, hint="review the folder again")
        return self.decisions
