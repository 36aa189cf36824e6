"""The state of a review: photos, what happens to each face, undo, and the file that survives a crash. No pixels."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from blurkit.errors import SettingsError
from blurkit.language import tr
from blurkit.outcomes import PhotoFailure
from blurkit.policy import Reviewed
from blurkit.policy import reviewed as decisions
from blurkit.policy.again import chosen, match
from blurkit.policy.reviewed import Choice, LeftOut, Recorded
from blurkit.records import Action
from blurkit.review import boards
from blurkit.review.boards import board_of, boarded, rebased
from blurkit.review.changes import changed, spread
from blurkit.review.kept import Kept
from blurkit.review.seal import seal
from blurkit.review.spots import Sheet, Sheets, Shown, Spot, unseen
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
        self.is_closed = False
        self.words = Words(known.marks, is_foreign=self.is_foreign)
        self._next = 0
        self._done: list[Sheets] = []
        self._undone: list[Sheets] = []

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
            self.words.add(photo.sha256, outcome.marks)
            if (board := board_of(outcome)) is not None:
                stored = self._stored.get(photo.sha256, ())
                self._stored = {**self._stored, photo.sha256: rebased(stored, self._boards.get(photo.sha256), board)}
                self._boards[photo.sha256] = board
            if photo.sha256 not in self._sheets:
                self._sheets[photo.sha256] = self._taken_up(outcome.decisions, self._stored.get(photo.sha256, ()))

    def _taken_up(self, found: Sequence[Decision], stored: Sequence[Choice]) -> Sheet:
        matched, left = match(found, stored)
        spots = []
        for decision, earlier in zip(found, matched, strict=True):
            choice = Choice(decision.face.box, decision.judgement.action, decision.face.box)
            if earlier is not None:
                reason_is_missing = earlier.action is Action.KEEP and decision.judgement.action is Action.COVER
                if earlier.by_hand and not (reason_is_missing and earlier.why is None):
                    box = earlier.box if earlier.action is Action.COVER else choice.box
                    choice = replace(earlier, box=box, found=decision.face.box)
                else:
                    choice = replace(choice, seen=earlier.seen and earlier.action is choice.action)
            spots.append(self._spot(choice, decision))
        covers = [choice for choice in left if choice.by_hand and choice.action is Action.COVER]
        return *spots, *(self._spot(replace(choice, found=None), None) for choice in covers)

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
            before = {key: self._sheets[key] for key in new}
            self._commit(new)
            self._done.append(before)
            self._undone.clear()

    def undo(self, *, back: bool = True) -> None:
        """Take the last change back, or with `back=False` make it again; nothing if there was no change."""
        with self.lock:
            source, target = (self._done, self._undone) if back else (self._undone, self._done)
            if source:
                now = {key: self._sheets[key] for key in source[-1]}
                self._commit(source[-1])
                source.pop()
                target.append(now)

    @property
    def steps(self) -> tuple[int, int]:
        """How many changes can be undone, and made again."""
        return len(self._done), len(self._undone)

    def see(self, faces: Iterable[tuple[int, int, Action]]) -> None:
        """Note that a person has looked at faces; what changed since it was shown does not count.

        Raises:
            SettingsError: An unknown photo or face.
        """
        with self.lock:
            shown: dict[str, dict[int, Action]] = {}
            for number, face, action in faces:
                shown.setdefault(self._analysed(number), {})[face] = action
            self._commit({key: self._seen(key, actions) for key, actions in shown.items()})

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
        """Leave a photo out, or with no reason take it in again.

        Raises:
            SettingsError: An unknown photo, or one that is not analysed.
            OutputNotWritable: It cannot be saved; nothing changed.
        """
        with self.lock:
            key, before = self._analysed(number), dict(self._left_out)
            self._left_out.pop(key, None)
            if reason is not None:
                self._left_out[key] = reason
            try:
                self._commit({key: self._sheets[key]})
            except BaseException:
                self._left_out = before
                raise

    def save(self, changed: Iterable[int] = ()) -> None:
        """Write the decisions as they are, and tell the page of some photos again."""
        with self.lock:
            self._commit({key: self._sheets[key] for key in map(self._analysed, changed)})

    def _commit(self, new: Sheets) -> None:
        if self.is_closed:
            raise SettingsError(tr("The settings were changed. Load the page again."))
        sheets = self._sheets | new
        policy = self.settings.policy.name
        states: dict[str, Sequence[Spot] | Sequence[Choice]] = {**self._stored, **sheets}
        decisions.save(
            self.file,
            {key: self._kept.facts(key, state).text for key, state in states.items()},
            version=__version__,
            policy=policy,
            left_out=self._left_out,
            boards=self._boards,
            marks=self.words.recorded(),
            seal=seal,
        )
        self._sheets = sheets
        self.revision += 1
        for photo in self.photos:
            if photo.sha256 in new:
                photo.revision = self.revision

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
