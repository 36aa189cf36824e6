"""What a review does in the background: it looks for faces, and at the end writes the photos."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from blurkit import batch
from blurkit.errors import BlurkitError, Bug, SettingsError, UnreadablePhoto
from blurkit.language import speak, spoken, tn, tr
from blurkit.outcomes import failure
from blurkit.records import Stage
from blurkit.report.files import STEM, earlier, write, write_all
from blurkit.review.export import Export
from blurkit.review.marking import still_open
from blurkit.review.signing import SIGNED, SignOffs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from blurkit.batch.collect import Collected
    from blurkit.batch.journal import Journal
    from blurkit.review.export import Run
    from blurkit.review.pictures import Pictures
    from blurkit.review.requests import SignOff
    from blurkit.review.session import Session

BETWEEN_NOTES = 2.0
"""Seconds between two notes of what was written: a review that is killed still leaves a nearly complete list."""


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
    journal: Journal | None = None
    """What was written into the folder of safe photos."""
    done: int = field(default=0, init=False)
    """Photos analysed."""
    written: list[dict[str, Any]] = field(default_factory=list, init=False)
    """What the last export did, a photo each."""
    fault: BlurkitError | None = field(default=None, init=False)
    """What went wrong with the whole work."""

    def __post_init__(self) -> None:
        """Start nothing yet."""
        self._threads: list[threading.Thread] = []
        self.exporting = 0
        self._export: Export | None = None
        self._exported = 0

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
                raise SettingsError(tr("Wait until all photos are looked at."))
            unseen, doubts = self.session.unseen(), self.session.doubts()
            if unseen:
                raise SettingsError(
                    tn(
                        "{n} face stays visible and nobody has looked.",
                        "{n} faces stay visible and nobody has looked.",
                        len(unseen),
                    )
                )
            if words := still_open(self.session):
                raise SettingsError(
                    tn(
                        "{n} word or number stays visible and nobody has looked.",
                        "{n} words or numbers stay visible and nobody has looked.",
                        words,
                    )
                )
            if doubts and not word.despite_doubts:
                raise SettingsError(
                    tn("{n} uncertain face is not looked at.", "{n} uncertain faces are not looked at.", len(doubts))
                )
            published = set(range(len(self.tasks))) - self.session.left_out.keys()
            if not any(map(self.session.reviewed, published)):
                raise SettingsError(tr("No photo is left to publish."))
            signed = SignOffs(self.session.file.with_name(SIGNED))
            visible = sum(spot.is_kept for number in published for spot in self.session.sheet(number))
            excluded = self.session.reasons
            signed.begin(word, self.session.settings, visible=visible, doubts=len(doubts), left_out=excluded)
            export = Export(self.session, self.tasks, signed, self.journal)
            self.written, self.exporting = export.told, len(self.tasks)
            self._export, self._exported = export, self.session.revision
            self._begin(lambda: self._write(export), spoken())

    @property
    def outdated(self) -> list[int]:
        """Photos that were changed since the last export, so that what is in the folder is not what is decided."""
        export = self._export
        if export is None or self.is_busy:
            return []
        changed = [n for n, photo in enumerate(self.session.photos) if photo.revision > self._exported]
        return [number for number in changed if export.is_outdated(number)]

    def output(self, number: int) -> Path:
        """Return the safe photo that the last export left for a photo.

        Raises:
            SettingsError: It left nothing for that one.
        """
        for one in self.written:
            if one["photo"] == number and one["output"] is not None:
                return Path(self.tasks[number].written or "")
        raise SettingsError(tr("No safe photo was written for this one."))

    @property
    def report(self) -> Path:
        """The report that a person reads."""
        return self.report_to or self.session.file.with_name(f"{STEM}.html")

    def _begin(self, work: Callable[[], None], language: str = "en") -> None:
        def guarded() -> None:
            speak(language)
            try:
                work()
            except BlurkitError as error:
                self.fault = error
            except Exception as error:  # nothing is written for a photo that failed
                self.fault = Bug(f"{type(error).__name__}: {error}")
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

    def _write(self, export: Export) -> None:
        run = batch.Run(self.session.settings, found=self.found)
        noted = time.monotonic()
        try:
            for _ in export.write(run, self.run):
                if time.monotonic() - noted > BETWEEN_NOTES:
                    export.signed.note(export.files)
                    noted = time.monotonic()
                if self.stopped.is_set():
                    return
        finally:
            try:
                export.signed.note(export.files)
            finally:
                self._report(run, export)

    def _report(self, run: batch.Run, export: Export) -> None:
        """Write the report of all that was exported, now and earlier, next to the decisions unless told otherwise."""
        folder = self.session.file.parent
        known = earlier(self.report_to or folder / f"{STEM}.json")
        kept = [entry for entry in known if entry.output not in export.gone]
        report = run.report(kept, signed=export.signed.latest)
        if self.report_to is not None:
            write(report, self.report_to)
        else:
            write_all(report, folder)
