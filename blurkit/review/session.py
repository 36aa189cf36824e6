"""The state of a review: photos, what happens to each face, undo, and the file that survives a crash. No pixels."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from blurkit.errors import SettingsError
from blurkit.language import tr
from blurkit.outcomes import PhotoFailure
from blurkit.policy import Reviewed
from blurkit.policy import reviewed as decisions
from blurkit.policy.again import chosen
from blurkit.policy.reviewed import Choice, LeftOut, Recorded
from blurkit.records import Action
from blurkit.review import boards
from blurkit.review.boards import board_of, boarded, rebased
from blurkit.review.changes import changed, spread
from blurkit.review.history import History, Step
from blurkit.review.kept import Kept
from blurkit.review.seal import seal
from blurkit.review.spots import Sheet, Sheets, Shown, Spot, taken_up, unseen
from blurkit.review.words import Words
from blurkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from blurkit.outcomes import Outcome
    from blurkit.records import Decision
    from blurkit.review.requests import Edit
    from blurkit.settings import Settings


@dataclass
class Session:
    """A review under way; every method may be called from any thread."""

    file: Path
    """Where the decisions are kept."""
    settings: Settings
    """What the user chose."""
    names: Sequence[str]
    """Paths of the photos inside the folder, in order."""
    similar: Callable[[int], Sequence[int]] = lambda _: ()
    """Gives the numbers of photos of the same burst."""
    photos: list[Shown] = field(init=False)
    is_foreign: bool = field(init=False)
    """Whether the decisions that were there were not made on this computer: nobody here has seen any of those faces."""
    revision: int = field(default=0, init=False)
    key: str = field(default_factory=lambda: secrets.token_hex(8), init=False)
    """Tells it from a review of the same folder with other settings, whose faces have other numbers."""

    def __post_init__(self) -> None:
        """Take up an earlier review's decisions, or raise `SettingsError` if they cannot be read."""
        self.photos = [Shown(name) for name in self.names]
        self.lock = threading.RLock()
        self._sheets: Sheets = {}
        self._kept = Kept()
        known = decisions.read(self.file, seal) if self.file.exists() else Recorded({}, {}, True)
        self.is_foreign = bool(known.photos) and not known.is_ours
        self._stored: Mapping[str, Sequence[Choice]] = known.photos
        if self.is_foreign:
            self._stored = {sha256: tuple(map(unseen, choices)) for sha256, choices in known.photos.items()}
        self._left_out, self._boards = dict(known.left_out), dict(known.boards)
        self._opened = set(known.opened) if known.is_ours else set()
        self.is_closed = False
        self.words = Words(known.marks, is_foreign=self.is_foreign)
        self._next = 0
        self._history = History()

    def close(self) -> None:
        """Take no more decisions: another review of the folder goes on with them."""
        self.is_closed = True

    def add(self, number: int, outcome: Outcome) -> None:
        """Take in what the analysis says about a photo; decisions made by hand about this very file stay."""
        with self.lock:
            photo = self.photos[number]
            self.revision += 1
            outcome = outcome if isinstance(outcome, PhotoFailure) else boarded(outcome)
            photo.outcome, photo.revision = outcome, self.revision
            if isinstance(outcome, PhotoFailure) or outcome.sha256 is None:
                return
            photo.sha256, photo.size = outcome.sha256, outcome.size
            photo.opened = photo.sha256 in self._opened
            self.words.add(photo.sha256, outcome.marks)
            if (board := board_of(outcome)) is not None:
                stored = self._stored.get(photo.sha256, ())
                self._stored = {**self._stored, photo.sha256: rebased(stored, self._boards.get(photo.sha256), board)}
                self._boards[photo.sha256] = board
            if photo.sha256 not in self._sheets:
                self._sheets[photo.sha256] = taken_up(outcome.decisions, self._stored.get(photo.sha256, ()), self._spot)

    def _spot(self, choice: Choice, decision: Decision | None) -> Spot:
        self._next += 1
        return Spot(self._next, choice, decision)

    def sheet(self, number: int) -> Sheet:
        """Return the faces and places of a photo; none until it is analysed."""
        with self.lock:
            return self._sheets.get(self._photo(number).sha256 or "", ())

    def reviewed(self, number: int) -> Reviewed | None:
        """Return what is decided about a photo; None if it could not be analysed."""
        with self.lock:
            photo = self._photo(number)
            if photo.sha256 is None:
                return None
            spots = self._sheets[photo.sha256]
            decided = tuple(chosen(spot.choice, spot.decision) for spot in spots)
            choices = tuple(spot.choice for spot in spots)
            board, marks = self._boards.get(photo.sha256), self.words.decided(photo.sha256)
            return Reviewed(photo.sha256, decided, choices, board, marks)

    def spot(self, number: int, face: int) -> Spot:
        """Return one face of a photo.

        Raises:
            SettingsError: There is no such face.
        """
        for spot in self.sheet(number):
            if spot.number == face:
                return spot
        raise SettingsError(f"photo {number} has no face {face}")

    def edit(self, edits: Iterable[Edit]) -> None:
        """Make changes, all or none; they are saved before they count, and undone together.

        Raises:
            SettingsError: An unknown photo or face, or a change that is not allowed.
            OutputNotWritable: The decisions cannot be saved; nothing changed.
        """
        with self.lock:
            new: Sheets = {}
            for edit in edits:
                for number, change in self._spread(edit):
                    key = self._analysed(number)
                    boards.check(self._photo(number).outcome, change, new.get(key, self._sheets[key]))
                    new[key] = changed(new.get(key, self._sheets[key]), change, self._photo(number).size, self._spot)
            self.change(Step(new))

    def change(self, new: Step) -> None:
        """Make a change that can be undone, and save it.

        Raises:
            OutputNotWritable: It cannot be saved; nothing changed.
        """
        with self.lock:
            self._history.note(self._commit(new))

    def undo(self, *, back: bool = True) -> None:
        """Take the last change back, or with `back=False` make it again; nothing if there was no change."""
        with self.lock:
            self._history.undo(self._commit, back=back)

    @property
    def steps(self) -> tuple[int, int]:
        """How many changes can be undone, and made again."""
        return self._history.steps

    def see(self, faces: Iterable[tuple[int, int, Action]]) -> None:
        """Note that a person has looked at faces; what changed since it was shown does not count.

        Raises:
            SettingsError: An unknown photo or face.
        """
        with self.lock:
            shown: dict[str, dict[int, Action]] = {}
            for number, face, action in faces:
                shown.setdefault(self._analysed(number), {})[face] = action
            self._commit(Step({key: self._seen(key, actions) for key, actions in shown.items()}))

    def _seen(self, key: str, shown: Mapping[int, Action]) -> Sheet:
        sheet = self._sheets[key]
        if unknown := shown.keys() - {spot.number for spot in sheet}:
            raise SettingsError(f"there is no face {min(unknown)}")
        return tuple(
            replace(spot, choice=replace(spot.choice, seen=True))
            if shown.get(spot.number) is spot.choice.action
            else spot
            for spot in sheet
        )

    def unseen(self) -> list[tuple[int, int]]:
        """Return photo and face of everyone who would stay visible and whom nobody has looked at."""
        return self._all(lambda spot: spot.is_kept and not spot.choice.seen)

    def doubts(self) -> list[tuple[int, int]]:
        """Return photo and face of every doubtful face that nobody has looked at."""
        return self._all(lambda spot: spot.is_open)

    def _all(self, wanted: Callable[[Spot], bool]) -> list[tuple[int, int]]:
        with self.lock:
            left_out = self.left_out
            numbers = [number for number in range(len(self.photos)) if number not in left_out]
            return [(number, spot.number) for number in numbers for spot in self.sheet(number) if wanted(spot)]

    def tally(self) -> tuple[int, int]:
        """Return how many faces `unseen` and `doubts` have."""
        with self.lock:
            keys = [photo.sha256 for photo in self.photos]
            known = [self._kept.facts(key, self._sheets[key]) for key in keys if key and key not in self._left_out]
            return sum(facts.unseen for facts in known), sum(facts.doubts for facts in known)

    @property
    def left_out(self) -> dict[int, LeftOut]:
        """The numbers of the photos that are not published, and why."""
        keys = [photo.sha256 for photo in self.photos]
        return {number: self._left_out[key] for number, key in enumerate(keys) if key in self._left_out}

    @property
    def reasons(self) -> dict[str, LeftOut]:
        """Why photos are not published, by the hash of the photo."""
        return dict(self._left_out)

    def leave_out(self, number: int, reason: LeftOut | None) -> None:
        """Leave a photo out, or with no reason take it in again; this can be undone.

        Raises:
            SettingsError: An unknown photo, or one that is not analysed.
            OutputNotWritable: It cannot be saved; nothing changed.
        """
        with self.lock:
            self.change(Step(left_out={self._analysed(number): reason}))

    def open(self, number: int) -> None:
        """Note that a person has a whole photo on the screen.

        Raises:
            SettingsError: An unknown photo, or one that is not analysed.
            OutputNotWritable: It cannot be saved; nothing changed.
        """
        with self.lock:
            key = self._analysed(number)
            if key not in self._opened:
                self._commit(Step({key: self._sheets[key]}), opened={key})

    def save(self, new: Step = Step()) -> None:  # noqa: B008 - it never changes
        """Write the decisions with what is not undone: that words were looked at; by default as they are."""
        with self.lock:
            self._commit(new)

    def _commit(self, new: Step, *, opened: Iterable[str] = ()) -> Step:
        """Save a state and make it the present one; returns what it replaced."""
        if self.is_closed:
            raise SettingsError(tr("The settings were changed. Load the page again."))
        words = self.words.sheets
        before = Step(
            {key: self._sheets[key] for key in new.faces},
            {key: words[key] for key in new.words},
            {key: self._left_out.get(key) for key in new.left_out},
        )
        sheets, all_opened = self._sheets | dict(new.faces), self._opened.union(opened)
        left_out = {key: reason for key, reason in {**self._left_out, **new.left_out}.items() if reason is not None}
        policy = self.settings.policy.name
        states: dict[str, Sequence[Spot] | Sequence[Choice]] = {**self._stored, **sheets}
        decisions.save(
            self.file,
            {key: self._kept.facts(key, state).text for key, state in states.items()},
            version=__version__,
            policy=policy,
            left_out=left_out,
            boards=self._boards,
            marks=self.words.recorded(new.words),
            opened=all_opened,
            seal=seal,
        )
        self._sheets, self._left_out, self._opened = sheets, left_out, all_opened
        words.update(new.words)
        self.revision += 1
        about = new.about
        for photo in self.photos:
            if photo.sha256 in about:
                photo.revision, photo.opened = self.revision, photo.sha256 in all_opened
        return before

    def _photo(self, number: int) -> Shown:
        if not 0 <= number < len(self.photos):
            raise SettingsError(f"there is no photo {number}")
        return self.photos[number]

    def _analysed(self, number: int) -> str:
        key = self._photo(number).sha256
        if key is None:
            raise SettingsError(f"photo {number} is not analysed")
        return key

    def _spread(self, edit: Edit) -> list[tuple[int, Edit]]:
        """Return the single changes that an edit stands for, each with its photo."""
        if edit.do != "similar" or edit.face is None:
            return [(edit.photo, edit)]
        model = self.spot(edit.photo, edit.face).choice
        return spread(edit, model, [(number, self.sheet(number)) for number in self.similar(edit.photo)])
