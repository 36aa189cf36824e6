"""Brings the output folder up to date: writes what is new or changed, and takes out what may not stay."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blurkit.errors import Bug, OutputExists
from blurkit.language import tr
from blurkit.machine.files import MAX_HASHED, content_of
from blurkit.outcomes import PhotoFailure, PhotoResult
from blurkit.report import refused, removed
from blurkit.review.signing import Written
from blurkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from blurkit.batch import Run as Batch
    from blurkit.batch import Task
    from blurkit.batch.journal import Journal
    from blurkit.outcomes import Outcome
    from blurkit.review.session import Session
    from blurkit.review.signing import SignOffs

    Run = Callable[[Sequence[Task], bool], Iterator[Outcome]]
    """Does tasks, of which some may be analysed already; the flag says whether earlier outputs are replaced."""


@dataclass
class Export:
    """One export: what became of each photo, and which files are ours."""

    session: Session
    tasks: Sequence[Task]
    signed: SignOffs
    journal: Journal | None = None
    """Knows a safe photo that was written just before a review was killed, too late for the sign-offs."""
    told: list[dict[str, Any]] = field(default_factory=list)
    """What the page is told, a photo each."""
    gone: set[str] = field(default_factory=set)
    """Paths of safe photos that were taken out, as the user gave the folder."""
    files: list[Written] = field(default_factory=list)
    """The safe photos that are there for this sign-off."""

    def __post_init__(self) -> None:
        """Number the photos as the page knows them."""
        self._numbers = {task.source.path: number for number, task in enumerate(self.tasks)}

    def write(self, batch: Batch, run: Run) -> Iterator[None]:
        """Do it, photo by photo; whatever is in the folder and not ours by its hash stays as it is."""
        known = self.signed.written
        new: list[tuple[Task, Written | None]] = []
        changed: list[tuple[Task, Written | None]] = []
        for number, task in enumerate(self.tasks):
            earlier = self._ours(task, known.get(task.name.as_posix()))
            reviewed = None if number in self.session.left_out else self.session.reviewed(number)
            if reviewed is None:
                self._take_out(number, task, earlier)
                yield
                continue
            task = replace(task, reviewed=reviewed)
            if earlier is not None and earlier.made_of == self._made_of(task):
                self.files.append(earlier)
                self._tell(task, "unchanged", output=task.name.as_posix())
                yield
            else:
                (new if earlier is None else changed).append((task, earlier))
        for group, overwrite in ((new, False), (changed, True)):
            earlier_of = {task.source.path: earlier for task, earlier in group}
            done = batch.do([task for task, _ in group], by=partial(_by, run, overwrite))
            for task, outcome in done:
                earlier = earlier_of[task.source.path]
                self._note(task, earlier, outcome)
                yield
        self._take_out_other_names(known)

    def _take_out_other_names(self, known: Mapping[str, Written]) -> None:
        """Remove safe photos of these photos that have another name now, since settings changed: they are of before."""
        names = {task.name.as_posix() for task in self.tasks}
        numbers = {photo.sha256: number for number, photo in enumerate(self.session.photos)}
        for name, written in known.items():
            number = numbers.get(written.photo)
            if number is not None and name not in names:
                path = Path(self.tasks[number].out or "", name)
                if not path.is_symlink() and content_of(path, max_bytes=MAX_HASHED) == written.sha256:
                    self._remove(path)

    def is_outdated(self, number: int) -> bool:
        """Whether what is in the folder for a photo is not what is decided now."""
        task = self.tasks[number]
        there = next((one.made_of for one in self.files if one.output == task.name.as_posix()), None)
        reviewed = None if number in self.session.left_out else self.session.reviewed(number)
        return there != (None if reviewed is None else self._made_of(replace(task, reviewed=reviewed)))

    def _note(self, task: Task, earlier: Written | None, outcome: Outcome) -> None:
        if isinstance(outcome, PhotoResult) and task.reviewed is not None and outcome.output is not None:
            name = task.name.as_posix()
            made = Written(
                name, content_of(outcome.output, max_bytes=MAX_HASHED), task.reviewed.sha256, self._made_of(task)
            )
            self.files.append(made)
            added = max(0, len(outcome.decisions) - len(task.reviewed.decisions))  # drawn covers of a clip may be one
            state = "written" if earlier is None else "rewritten"
            self._tell(task, state, output=name, removed=removed.in_plain_words(outcome.removed), added=added)
            return
        kind, detail = (Bug, "") if isinstance(outcome, PhotoResult) else (outcome.kind, outcome.error)
        error = tr(refused.in_plain_words(kind))
        if earlier is not None and self._ours(task, earlier):
            self._remove(Path(task.written or ""))
            error += " " + tr("The earlier safe photo was taken out of the folder.")
        self._tell(task, "failed", error=error, detail=detail)

    def _take_out(self, number: int, task: Task, earlier: Written | None) -> None:
        """Remove the safe photo of one that may not be published, only if it is the file that we wrote."""
        path = Path(task.written or "")
        if earlier is not None:
            self._remove(path)
            self._tell(task, "taken_out")
        elif path.exists():
            self._tell(task, "failed", error=tr(refused.in_plain_words(OutputExists)), detail=str(path))
        elif number in self.session.left_out:
            self._tell(task, "left_out")
        else:
            outcome = self.session.photos[number].outcome
            kind, detail = (outcome.kind, outcome.error) if isinstance(outcome, PhotoFailure) else (Bug, "")
            self._tell(task, "failed", error=tr(refused.in_plain_words(kind)), detail=detail)

    def _remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self.gone.add(str(path))

    def _ours(self, task: Task, known: Written | None) -> Written | None:
        path = Path(task.written or "")
        if known is None and self.journal is not None and self.journal.wrote_by_hand(task.name, path):
            return Written(task.name.as_posix(), content_of(path, max_bytes=MAX_HASHED), "", "")
        is_ours = known is not None and not path.is_symlink() and content_of(path, max_bytes=MAX_HASHED) == known.sha256
        return known if is_ours else None

    def _made_of(self, task: Task) -> str:
        """Return the hash of all that decides what a safe photo looks like."""
        settings = self.session.settings.model_dump_json()
        return hashlib.sha256(f"{__version__} {settings} {task.reviewed}".encode()).hexdigest()

    def _tell(self, task: Task, state: str, **more: Any) -> None:
        told = {"photo": self._numbers[task.source.path], "name": task.source.inside.as_posix()}
        self.told.append(told | {"state": state, "output": None} | more)


def _by(run: Run, overwrite: bool, tasks: Sequence[Task]) -> Iterator[Outcome]:
    return run(tasks, overwrite)
