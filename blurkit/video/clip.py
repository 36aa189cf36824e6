"""The story of one clip: look, link, judge, draw, encode, check, write. Two passes, and no frame is kept."""

from __future__ import annotations

import hashlib
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

from blurkit.analysis import Models
from blurkit.choices import ClipCodec
from blurkit.detect.quick import SIDES, QuickLook
from blurkit.errors import (
    BlurkitError,
    OutputNotWritable,
    PhotoChanged,
    PhotoLeftOut,
    UnreadablePhoto,
)
from blurkit.machine.clock import Clock
from blurkit.machine.crash import forbid_core_dumps
from blurkit.machine.files import MAX_HASHED, hash_of_file
from blurkit.outcomes import ClipFacts, PhotoResult, Proof, failure
from blurkit.policy import Reviewed, verdict
from blurkit.policy.reviewed import read as read_decisions
from blurkit.records import Stage
from blurkit.video.codecs import CODINGS, coding_of
from blurkit.video.course import Course
from blurkit.video.frames import Frames
from blurkit.video.front import BLOCK
from blurkit.video.judging import judge
from blurkit.video.look import Look
from blurkit.video.making import LOOKING, Maker, Pass, advance
from blurkit.video.replaying import replayed
from blurkit.video.scenes import board_of, places_of
from blurkit.video.source import check_installed, check_marks, facts_of
from blurkit.write import check_target, write_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from blurkit.detect.base import Detector
    from blurkit.outcomes import Outcome
    from blurkit.policy.reviewed import Choice
    from blurkit.settings import Settings
    from blurkit.video.check import Checked
    from blurkit.video.judging import Judged

CUT_SHORT = "ends in the middle; it was made safe up to its last whole frame"
NO_SOUND = "its sound was dropped, since voices and names identify, too; --keep-sound keeps it"


class Clips:
    """Makes clips safe: `with Clips(settings) as clips: clips.run("clip.mp4", out="safe.mp4")`."""

    def __init__(
        self,
        settings: Settings,
        *,
        models: Models | None = None,
        quick: Detector | None = None,
        threads: int = 1,
        decisions: Path | None = None,
        progress: Callable[[float], None] = lambda share: None,
    ) -> None:
        """Open the models once, for many clips.

        Args:
            settings: What the user chose.
            models: Your own instead of the bundled ones; closed with this object.
            quick: Your own quick look at most frames instead of CenterFace's; closed with this object.
            threads: Of the models, of decoders and of the encoder; with one, the same frames give the same bytes.
            decisions: File of a review that is replayed; who it does not speak of is covered.
            progress: Called with the share of a clip that is through, 0 to 1.

        Raises:
            UnsupportedFormat: The library for clips is not installed, or the policy covers words, codes or plates.
            ModelError: A model is missing, altered or cannot be opened.
        """
        check_installed()
        check_marks(settings.policy)
        forbid_core_dumps()
        self._review = None if decisions is None else read_decisions(decisions)
        self._settings, self._threads = settings, threads
        self.progress = progress
        """Called with the share of a clip that is through."""
        with ExitStack() as open_:  # closes what is open if a later one fails
            self._models = models or Models(settings, threads=threads)
            open_.callback(self._models.close)
            self._quick = quick or QuickLook(threads=threads)
            open_.callback(self._quick.close)
            self._glance = quick or QuickLook(SIDES[:1], threads=threads)
            open_.callback(self._glance.close)
            self._open = open_.pop_all()
        self._clock = Clock()

    @property
    def recorded(self) -> Mapping[str, tuple[Choice, ...]] | None:
        """What a review that is replayed chose; see `Blurrer.recorded`."""
        return None if self._review is None else self._review.photos

    def run(
        self,
        path: Path | str,
        *,
        out: Path | str,
        reviewed: Reviewed | None = None,
        before_write: Callable[[PhotoResult], None] = lambda result: None,
    ) -> Outcome:
        """Make one clip safe, from file to file; see `Blurrer.run`."""

        def place(result: PhotoResult) -> PhotoResult:
            placed = replace(result, output=Path(out))
            before_write(placed)
            return placed

        self._clock = Clock()
        try:
            with self._clock(Stage.WRITE):
                check_target(Path(out), Path(path), overwrite=self._settings.write.overwrite)
        except BlurkitError as error:
            return failure(Path(path), error, stage=self._clock.stage)
        return self.run_to(path, place, reviewed=reviewed)

    def run_to(
        self, path: Path | str, place: Callable[[PhotoResult], PhotoResult], *, reviewed: Reviewed | None = None
    ) -> Outcome:
        """Make one clip safe, and write it where its verdict belongs.

        Args:
            path: The clip.
            place: Called with what is about to be written, when it has passed its checks; returns it with its place as
                `output`.
            reviewed: What a person decided about it.

        Returns:
            What became of the clip; or, if anything failed, why there is no output.
        """
        source = Path(path)
        self._clock = Clock()
        try:
            first = replace(self._look(source), reviewed=reviewed)
            with tempfile.TemporaryFile() as made:  # it has no name, and is gone with this process
                people, checked, share = self._maker().make(first, lambda: self._people(first), made)
                result = self._result(first, people, self._proof(first, made, checked, share))
                with self._clock(Stage.WRITE):
                    result = place(result)
                    if result.output is not None:
                        replaces = self._settings.write.overwrite
                        write_parts(_blocks(made), result.output, source=source, overwrite=replaces)
        except BlurkitError as error:
            return failure(source, error, stage=self._clock.stage)
        except OSError as fault:
            full = OutputNotWritable(f"no room for the clip: {fault.strerror or fault}", hint="free some space")
            return failure(source, full, stage=self._clock.stage)
        return replace(result, seconds=dict(self._clock.seconds))

    def detect(self, path: Path | str) -> Outcome:
        """Say what `run` would do with a clip, and write nothing."""
        source = Path(path)
        self._clock = Clock()
        try:
            first = self._look(source)
            return self._result(first, self._people(first), None)
        except BlurkitError as error:
            return failure(source, error, stage=self._clock.stage)

    def judged(self, path: Path) -> list[Judged]:
        """Return everybody in a clip, where they are in each frame, and what would happen to them.

        Raises:
            BlurkitError: The clip cannot be read, or a model failed.
        """
        self._clock = Clock()
        return self._people(self._look(path))

    def _look(self, source: Path) -> Pass:
        """Watch a clip for the first time."""
        with self._clock(Stage.LOAD):
            facts = facts_of(source, max_megapixels=self._settings.load.max_megapixels)
            try:
                sha256 = hash_of_file(source, max_bytes=MAX_HASHED)
            except OSError as fault:
                raise UnreadablePhoto(f"cannot be read: {fault.strerror or fault}", path=source) from fault
            coding = coding_of(self._settings.output.clip_codec, facts.codec)
        frames = Frames(source, facts, threads=self._threads)
        watched = Look(self._models.analysis, self._quick, self._glance, self._clock).watch(
            frames, facts.coloring, facts.time_base, partial(advance, self.progress, facts, 0.0, LOOKING)
        )
        keeps_sound = self._settings.output.keep_sound
        notes = list(facts.notes)
        if frames.is_cut_short:
            notes.append(CUT_SHORT)
        if facts.has_sound and not keeps_sound:
            notes.append(NO_SOUND)
        if self._settings.output.clip_codec is ClipCodec.SAME and facts.codec not in CODINGS:
            notes.append(f"is not coded as before, but by {coding.words}, which every player plays")
        return Pass(source, sha256, facts, coding, watched, tuple(notes))

    def _maker(self) -> Maker:
        return Maker(self._settings, self._models.independent_check, self._clock, self.progress, threads=self._threads)

    def _people(self, first: Pass) -> list[Judged]:
        """Link what was seen, and judge everybody once."""
        watched, policy = first.watched, self._settings.policy
        with self._clock(Stage.POLICY):
            people = [
                judge(
                    Course(track, shot, watched.motion, watched.seconds),
                    lambda faces, ages: self._models.analysis.decide(faces, ages, first.facts.size, first.source),
                    has_regions=bool(policy.regions),
                )
                for track, shot in watched.tracks()
            ]
            if (reviewed := self._reviewed(first)) is not None:
                people = replayed(people, watched, reviewed.board, reviewed.choices)
            return people

    def _reviewed(self, first: Pass) -> Reviewed | None:
        """Return what a person decided about a clip; nothing at all if the review that is replayed never saw it.

        Raises:
            PhotoChanged: It is about another file.
            PhotoLeftOut: The review does not publish it.
        """
        if first.reviewed is not None:
            if first.reviewed.sha256 != first.sha256:
                hint = "review the folder again"
                raise PhotoChanged("is not the file that was reviewed", path=first.source, hint=hint)
            return first.reviewed
        if self._review is None:
            return None
        if first.sha256 in self._review.left_out:
            raise PhotoLeftOut("the review left this clip out", path=first.source, hint="take it in again on the page")
        chosen, board = self._review.photos.get(first.sha256, ()), self._review.boards.get(first.sha256)
        return Reviewed(first.sha256, (), chosen, board)

    def _proof(self, first: Pass, made: IO[bytes], checked: Checked, share: float) -> Proof:
        made.seek(0)
        kept = first.facts.has_sound and self._settings.output.keep_sound
        coding = first.coding
        return Proof(
            input_sha256=first.sha256,
            output_sha256=hashlib.file_digest(made, "sha256").hexdigest(),  # type: ignore[arg-type]  # a real file
            fingerprint=checked.fingerprint,
            changed_share=share,
            coding=f"MP4, {coding.words}, constant quality {coding.quality}" + (", sound copied" if kept else ""),
            max_difference_outside=checked.largest,
        )

    def _result(self, first: Pass, people: Sequence[Judged], proof: Proof | None) -> PhotoResult:
        decisions = tuple(each.decision for each in people)
        seconds, frames = first.watched.seconds, [each.course.frames for each in people]
        board = board_of(first.facts.size, first.watched, people)
        has_sound, kept = first.facts.has_sound, self._settings.output.keep_sound
        clip = ClipFacts(
            frames=len(seconds),
            seconds=seconds[-1] - seconds[0] + float(1 / first.facts.rate),
            sound="none" if not has_sound else "kept" if kept else "dropped",
            notes=first.notes,
            spans=tuple((seconds[each.start], seconds[each.stop - 1]) for each in frames),
            board=board,
            places=tuple(places_of(board, first.watched, each) for each in people),
        )
        removed = tuple(what for what in first.facts.hidden if what != "sound" or not kept)
        return PhotoResult(
            first.source,
            None,
            first.facts.size,
            decisions,
            verdict(decisions),
            removed,
            dict(self._clock.seconds),
            proof,
            first.sha256,
            clip=clip,
        )

    def close(self) -> None:
        """Free the models."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    """Yield a file block by block from its beginning."""
    file.seek(0)
    while block := file.read(BLOCK):
        yield block
