"""What a review does in the background: it looks for faces, and at the end writes the photos."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from blurkit import batch
from blurkit.errors import BlurkitError, SettingsError, UnreadablePhoto
from blurkit.machine.files import read_regular, replace_text
from blurkit.outcomes import PhotoResult, failure
from blurkit.records import Stage
from blurkit.report.files import STEM, earlier, write, write_all
from blurkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from blurkit.batch.collect import Collected
    from blurkit.outcomes import Outcome
    from blurkit.review.pictures import Pictures
    from blurkit.review.requests import SignOff
    from blurkit.review.session import Session

    Run = Callable[[Sequence[batch.Task], bool], Iterator[Outcome]]
    """Does tasks, of which some may be analysed already; the flag says whether earlier outputs are replaced."""

SIGNED = "blurkit-signed.json"
"""Where sign-offs are kept: next to the decisions, and so apart from them: the file holds a person's name."""


@dataclass
class Work:
    """The threads of a review."""

    session: Session
    """Where outcomes go."""
    pictures: Pictures
    """Made while a photo is new."""
    tasks: Sequence[batch.Task]
    """The photos, with where their outputs go."""
    run: Run
    """How photos are processed."""
    stopped: threading.Event = field(default_factory=threading.Event)
    """Set when no more photos are to be processed; the one under way is given up, too."""
    found: Collected | None = None
    """What was found besides the photos, for the report."""
    report_to: Path | None = None
    """File for the report of an export; by default three are next to the decisions."""
    done: int = field(default=0, init=False)
    """Photos analysed."""
    written: list[dict[str, Any]] = field(default_factory=list, init=False)
    """What the last export did, a photo each."""
    fault: str | None = field(default=None, init=False)
    """What went wrong with the whole work."""

    def __post_init__(self) -> None:
        """Start nothing yet."""
        self._threads: list[threading.Thread] = []
        self.exporting = 0

    def start(self) -> None:
        """Begin to look for faces."""
        self._begin(self._analyze)

    def stop(self) -> None:
        """End after the photos under way, and wait for that."""
        self.stopped.set()
        for thread in self._threads:
            thread.join()
        self.pictures.forget()

    @property
    def is_busy(self) -> bool:
        """Whether photos are analysed or written."""
        return any(thread.is_alive() for thread in self._threads)

    def export(self, word: SignOff) -> None:
        """Write the photos as decided, after a person's sign-off.

        Raises:
            SettingsError: Not everybody who stays visible was looked at, a doubt is open, or work is under way.
            OutputNotWritable: The sign-off cannot be stored; nothing is written.
        """
        with self.session.lock:
            if self.is_busy:
                raise SettingsError("wait until all photos are looked at")
            unseen, doubts = self.session.unseen(), self.session.doubts()
            if unseen:
                raise SettingsError(f"{len(unseen)} faces would stay visible and nobody has looked at them")
            if doubts and not word.despite_doubts:
                raise SettingsError(f"{len(doubts)} doubtful faces are not looked at; look, or say that you know")
            tasks = []
            for number, task in enumerate(self.tasks):
                reviewed = self.session.reviewed(number)
                if reviewed is not None:
                    tasks.append(replace(task, reviewed=reviewed))
            self._sign(word, tasks, len(doubts))
            self.written, self.exporting = [], len(tasks)
            self._begin(lambda: self._write(tasks, word.replace))

    def _sign(self, word: SignOff, tasks: Sequence[batch.Task], doubts: int) -> None:
        policy = self.session.settings.policy
        entry = {
            "by": word.by,
            "when": datetime.now().astimezone().isoformat(timespec="seconds"),
            "version": __version__,
            "policy": policy.model_dump(mode="json", exclude_none=True),
            "answers": word.answers,
            "open_doubts": doubts,
            "photos": [task.reviewed.sha256 for task in tasks if task.reviewed is not None],
        }
        file = self.session.file.with_name(SIGNED)
        earlier: list[Any] = []
        with suppress(FileNotFoundError):
            try:
                earlier = json.loads(read_regular(file))["signed"]
            except (OSError, ValueError, KeyError, TypeError) as fault:
                if isinstance(fault, FileNotFoundError):
                    raise
                raise SettingsError(f"earlier sign-offs cannot be read: {fault}", path=file) from fault
        replace_text(file, [json.dumps({"schema": 1, "signed": [*earlier, entry]}, indent=1), "\n"])

    def _begin(self, work: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                work()
            except BlurkitError as error:
                self.fault = str(error)
            except Exception as error:  # nothing is written for a photo that failed
                self.fault = f"a fault of blurkit: {type(error).__name__}: {error}"
            finally:
                batch.close_models()

        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._threads.append(threading.Thread(target=guarded, daemon=True))
        self._threads[-1].start()

    def _analyze(self) -> None:
        inside = [number for number in range(len(self.tasks)) if self._is_inside(number)]
        tasks = [replace(self.tasks[number], out=None) for number in inside]
        for outcome, number in zip(self.run(tasks, False), inside, strict=False):  # fewer if stopped
            self.session.add(number, outcome)
            with suppress(BlurkitError):  # the page asks again, and shows what is wrong
                self.pictures.prepare(number)
            self.done += 1
            if self.stopped.is_set():
                return
        self.session.save()

    def _is_inside(self, number: int) -> bool:
        if self.pictures.is_inside(number):
            return True
        path, what = self.tasks[number].source.path, "is a link to a file outside the folder"
        hint = "copy the photo itself into the folder"
        self.session.add(number, failure(path, UnreadablePhoto(what, hint=hint), stage=Stage.LOAD))
        self.done += 1
        return False

    def _write(self, tasks: Sequence[batch.Task], overwrite: bool) -> None:
        run = batch.Run(self.session.settings, found=self.found)
        try:
            for task, outcome in run.do(tasks, by=lambda wanted: self.run(wanted, overwrite)):
                self.written.append(_result(task, outcome))
                if self.stopped.is_set():
                    return
        finally:
            self._report(run)

    def _report(self, run: batch.Run) -> None:
        """Write the report of all that was exported, now and earlier, next to the decisions unless told otherwise."""
        folder = self.session.file.parent
        if self.report_to is not None:
            write(run.report(earlier(self.report_to)), self.report_to)
        else:
            write_all(run.report(earlier(folder / f"{STEM}.json")), folder)


def _result(task: batch.Task, outcome: Outcome) -> dict[str, Any]:
    name = task.source.inside.as_posix()
    if isinstance(outcome, PhotoResult):
        known = len(task.reviewed.decisions) if task.reviewed is not None else 0
        added = len(outcome.decisions) - known
        return {"name": name, "output": task.name.as_posix(), "removed": list(outcome.removed), "added": added}
    return {"name": name, "output": None, "error": outcome.error, "hint": outcome.hint}
