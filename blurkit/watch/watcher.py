"""Watch an inbox: photos are processed as they arrive, and sorted by what a person still has to do."""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from blurkit.batch.claims import Claims, numbered
from blurkit.batch.collect import (
    INSIDE,
    counts,
    format_of,
    has_video,
    is_clip,
    is_cut_short,
    is_of_live_photo,
    video_of,
)
from blurkit.batch.journal import Journal
from blurkit.batch.naming import Source, neutral_names, suited
from blurkit.encode import output_format
from blurkit.errors import ExitCode, PhotoChanged
from blurkit.language import tn, tr
from blurkit.machine.files import MAX_BYTES, MAX_HASHED, content_of, sweep
from blurkit.outcomes import PhotoFailure, Status
from blurkit.records import Action, Stage
from blurkit.report.removed import LIVE_PHOTOS, held_video
from blurkit.watch.arrival import FOLDERS, Arrival
from blurkit.watch.inbox import Inbox
from blurkit.watch.seen import Memory, Seen
from blurkit.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blurkit.outcomes import Outcome, PhotoResult
    from blurkit.settings import Settings
    from blurkit.watch.inbox import Incoming, State

PATIENCE = 30.0
"""Seconds for which a file that cannot be read has to be unchanged until it counts as broken, and not as unfinished."""

AGAIN = 60.0
"""Seconds after which a photo is tried again whose output could not be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What is to be watched."""

    inbox: str
    """The folder in which photos arrive, as the user gave it."""
    out: str | None
    """The folder for the safe photos."""
    recursive: bool
    """Look into subfolders."""
    jobs: int | None
    """Photos at a time; None is the CPUs available."""
    every: float
    """Seconds between two looks."""
    once: bool
    """End when the photos that are there are processed."""
    timeout: float | None
    """Seconds that a photo of ordinary size may take; None for no limit."""
    debug: bool
    """Show tracebacks."""
    clips: bool = False
    """Make clips safe, too."""
    live_photos: bool = False
    """With them, the videos of Live Photos, once their photo is there, and those in motion photos."""


class Says(Protocol):
    """Who tells the user what became of photos."""

    def note(self, text: str) -> None:
        """Say a line."""
        ...

    def outcome(self, outcome: Outcome) -> None:
        """Say what became of a photo."""
        ...


class Watcher:
    """What is known of an inbox while it is watched."""

    def __init__(self, wanted: Watch, out: str, settings: Settings, show: Says) -> None:
        self.journal = Journal.open(out, settings)
        self._inbox = Inbox(Path(wanted.inbox), recursive=wanted.recursive, out=out, clips=wanted.clips)
        self._longest = MAX_HASHED if wanted.clips else MAX_BYTES
        self._takes_clips, self._takes_live_photos = wanted.clips, wanted.live_photos
        self._given, self._out, self._settings, self._show = wanted.inbox, out, settings, show
        self._memory, self._claims = Memory(self.journal.folder), Claims(self.journal.folder)
        self._known: dict[Path, State] = {}
        self._unfinished: dict[Path, State] = {}
        self._again: dict[Path, float] = {}
        self._failed: dict[Path, str] = {}
        self._incoming: dict[Path, Incoming] = {}
        self._parts: Counter[Path] = Counter()
        self._faults: dict[Path, set[ExitCode | None]] = {}
        self._otherwise: set[Path] = set()
        self._reachable = True
        sweep(Path(place) for folder in FOLDERS.values() for place, *_ in os.walk(Path(out, folder)))

    def arrivals(self) -> list[Arrival]:
        """Look at the inbox, and return the photos that are whole and not dealt with."""
        reachable = self._inbox.folder.is_dir()
        if self._reachable and not reachable:
            self._show.note(tr("note: the inbox cannot be reached; waiting for it"))
        self._reachable = reachable
        whole = self._inbox.poll(lambda path, state: self._known.get(path) == state)
        for kept in (self._known, self._unfinished, self._failed, self._again):
            for path in [path for path in kept if not self._inbox.holds(path)]:
                del kept[path]
        self._incoming = {incoming.path: incoming for incoming in whole}
        before = len(self._otherwise)
        found = [arrived for incoming in whole if (arrived := self._arrived(incoming)) is not None]
        arrivals = self._named(found + [part for arrived in found for part in self._inside(*arrived)])
        self._parts, self._faults = Counter(arrival.source.path for arrival in arrivals), {}
        if len(self._otherwise) > before:
            self._show.note(
                tn(
                    "note: {n} photo was processed with other settings, and left so; --overwrite processes it again",
                    "note: {n} photos were processed with other settings, and left so; "
                    "--overwrite processes them again",
                    len(self._otherwise),
                )
            )
        return arrivals

    def take(self, arrival: Arrival, outcome: Outcome) -> None:
        """Say what became of a photo, and remember it; of a motion photo and its video, once both are through."""
        path = arrival.source.path
        incoming, faults = self._incoming[path], self._faults.setdefault(path, set())
        self._parts[path] -= 1
        if isinstance(outcome, PhotoFailure):
            if outcome.exit_code is ExitCode.INPUT:  # perhaps a part of a photo, which must not have the photo's name
                self._release(arrival.name)
            if outcome.kind is PhotoChanged:  # the next looks see it
                faults.add(None)
                return
            if outcome.stage == Stage.LOAD and incoming.quiet_seconds < PATIENCE:
                self._unfinished[path] = incoming.state
                faults.add(None)
                return
            if self._failed.get(path) != outcome.error:
                self._show.outcome(outcome)
            self._failed[path] = outcome.error
            if outcome.exit_code is ExitCode.OUTPUT:
                self._again[path] = time.monotonic() + AGAIN
                faults.add(None)
                return
            faults.add(outcome.exit_code)
        else:
            if not faults:
                self._failed.pop(path, None)
            self._say(arrival, outcome)
        if self._parts[path] > 0 or None in faults:
            return
        self._known[path] = incoming.state
        if faults <= {ExitCode.INPUT, ExitCode.UNSAFE}:
            self._note(incoming, arrival.sha256, done=not faults)

    def end(self) -> ExitCode:
        """Say what is left, and return what that means."""
        waiting = self._inbox.waiting + len(self._unfinished)
        if waiting:
            self._show.note(
                tn(
                    "{n} file still being written: left for another time",
                    "{n} files still being written: left for another time",
                    waiting,
                )
            )
        return ExitCode.PARTIAL if self._failed else ExitCode.OK

    def _arrived(self, incoming: Incoming) -> tuple[Source, str] | None:
        """Return a photo that is to be processed, and the hash of its content.

        None if it was dealt with, is no photo, or may be unfinished.
        """
        path, state = incoming.path, incoming.state
        if self._again.get(path, 0) > time.monotonic():
            return None
        if self._unfinished.get(path) == state and incoming.quiet_seconds < PATIENCE:
            return None
        self._unfinished.pop(path, None)
        inside = path.relative_to(self._inbox.folder)
        seen = self._memory.recall(inside)
        unchanged = seen is not None and (seen.size, seen.changed_ns) == (state.size, state.changed_ns)
        sha256 = seen.sha256 if seen is not None and unchanged else content_of(path, max_bytes=self._longest)
        if seen is not None and seen.sha256 == sha256:
            same = seen.key == self.journal.key(sha256, path, None)
            if same or (seen.done and not self._settings.write.overwrite):
                self._known[path] = state
                if not seen.done:
                    self._failed[path] = ""
                    given = os.path.join(self._given, inside)
                    words = tr("note: {photo} could not be made safe earlier and has not changed since: no output")
                    self._show.note(words.format(photo=given))
                elif not same:
                    self._otherwise.add(path)
                return None
        kind = format_of(path)
        moving = self._takes_clips and is_clip(path, kind)
        left = not moving and not counts(path, kind)
        if left or (moving and not self._takes_live_photos and is_of_live_photo(path)):
            self._known[path] = state
            return None
        if moving and incoming.quiet_seconds < PATIENCE and is_cut_short(path):
            self._unfinished[path] = state
            return None
        given = os.path.join(self._given, inside)
        return Source(path, self._inbox.folder, None if moving else kind, given, is_clip=moving), sha256

    def _inside(self, source: Source, sha256: str) -> Iterator[tuple[Source, str]]:
        """Yield the video of a motion photo, if those are asked for."""
        wanted = self._takes_clips and self._takes_live_photos and not source.is_clip
        if wanted and has_video(source.path, source.format):
            yield video_of(source), sha256

    def _named(self, arrived: list[tuple[Source, str]]) -> list[Arrival]:
        """Give the outputs of photos their names, which are theirs from then on."""
        wanted = self._settings.output.format
        folders = [Path(self._out, folder) for folder in FOLDERS.values()]
        written = [replace(s, format=None if s.format is None else output_format(s.format, wanted)) for s, _ in arrived]
        if self._settings.write.neutral_names:
            contents = [sha256 for _, sha256 in arrived]
            stems = numbered(contents, date.today(), taken=folders, folder=self.journal.folder)
            names = neutral_names(written, stems)
        else:
            names = [self._claimed(source, sha256) for source, (_, sha256) in zip(written, arrived, strict=True)]
        return [Arrival(source, sha256, name, self._out) for (source, sha256), name in zip(arrived, names, strict=True)]

    def _claimed(self, source: Source, sha256: str) -> Path:
        """Return the name of an output: the wanted one, or the first with a number that nobody has."""
        wanted, part = suited(source, source.inside), INSIDE if source.given.endswith(INSIDE) else ""
        return self._claims.claim(
            source.inside.as_posix() + part + sha256,
            map(str, count(1)),
            lambda tag: wanted if tag == "1" else wanted.with_name(f"{wanted.stem}-{tag}{wanted.suffix}"),
            lambda name: any(Path(self._out, folder, name).exists() for folder in FOLDERS.values()),
        )

    def _release(self, name: Path) -> None:
        self._claims.release(Path(name.stem) if self._settings.write.neutral_names else name)

    def _note(self, incoming: Incoming, sha256: str, *, done: bool) -> None:
        path, state = incoming.path, incoming.state
        key = self.journal.key(sha256, path, None)
        seen = Seen(size=state.size, changed_ns=state.changed_ns, sha256=sha256, key=key, done=done)
        self._memory.note(path.relative_to(self._inbox.folder), seen)

    def _say(self, arrival: Arrival, result: PhotoResult) -> None:
        covered = sum(decision.judgement.action is Action.COVER for decision in result.decisions)
        visible = len(result.decisions) - covered
        words = tr("ready") if result.status is Status.READY else tr("a person should look at it")
        faces = tn(
            "{n} face covered, {visible} left visible",
            "{n} faces covered, {visible} left visible",
            covered,
            visible=visible,
        )
        self._show.note(one_line(f"{arrival.source.given}: {words}, {faces}: {result.output}"))
        if self._takes_clips and not self._takes_live_photos and held_video(result.removed):
            self._show.note(tr(LIVE_PHOTOS))
        self._show.outcome(result)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
