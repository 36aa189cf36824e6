"""The story in one screen: load, detect, age, text, policy, obscure, encode, metadata, verify, write. READ FIRST."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Self

from blurkit import metadata
from blurkit.analysis import Models
from blurkit.encode.blocks import check_available
from blurkit.errors import BlurkitError, PhotoLeftOut
from blurkit.load import decode, read
from blurkit.machine.clock import Clock
from blurkit.machine.crash import forbid_core_dumps
from blurkit.machine.turns import in_turns
from blurkit.outcomes import Found, PhotoResult, SafeFile, failure
from blurkit.picture.formats import PHOTO_SUFFIXES
from blurkit.policy import Reviewed, replay, verdict
from blurkit.policy.reviewed import read as read_decisions
from blurkit.policy.reviewed_marks import replay_marks
from blurkit.records import Stage
from blurkit.render import Checks, render
from blurkit.settings import Settings
from blurkit.write import check_target, write

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from blurkit.age.base import AgeEstimator
    from blurkit.age.calibration import Calibration
    from blurkit.detect.base import Detector
    from blurkit.detect.views import Network
    from blurkit.marks import MarkDecision
    from blurkit.outcomes import Outcome, PhotoFailure, Rendered
    from blurkit.policy.reviewed import Choice
    from blurkit.policy.reviewed_marks import MarkChoice
    from blurkit.records import Decision, Face, Photo, Picture
    from blurkit.text import MarkFinder


@in_turns("run", "run_bytes", "detect", "analyze", "find_faces", "find_marks", "render")
class Blurrer:
    """Makes photos safe: `with Blurrer(settings) as blurrer: blurrer.run("photo.jpg", out="safe.jpg")`."""

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        detectors: Sequence[Detector] | None = None,
        age_estimator: AgeEstimator | None = None,
        independent_check: Network | None = None,
        calibration: Calibration | None = None,
        mark_finder: MarkFinder | None = None,
        threads: int = 1,
        decisions: Path | None = None,
        progress: Callable[[Stage], None] = lambda stage: None,
    ) -> None:
        """Open the models once, for many photos; from then on this process writes no core dump.

        Args:
            settings: What the user chose; by default the policy `children`.
            detectors: Your own instead of those the settings name; closed with this object.
            age_estimator: Your own instead of the bundled ensemble; closed with this object, and asked for nothing
                unless the policy has a rule about age.
            independent_check: Your own network instead of the bundled one; closed with this object.
            calibration: Your own thresholds of age instead of the bundled ones.
            mark_finder: Your own finder of words, codes and plates; closed with this object.
            threads: Threads of one run of a model.
            decisions: File of a review that is replayed; what it does not speak of is covered.
            progress: Called with each stage as it begins; an error that it raises ends the photo.

        Raises:
            ModelError: A model is missing, altered or cannot be opened.
            SettingsError: The decisions cannot be read, blocks cannot be kept here, or the policy covers words and
                what finds them is not installed.
        """
        forbid_core_dumps()
        self.settings = settings or Settings()
        if self.settings.output.keep_blocks:
            check_available()
        recorded = None if decisions is None else read_decisions(decisions)
        self._recorded = None if recorded is None else recorded.photos
        self._left_out = {} if recorded is None else recorded.left_out
        self._recorded_marks = {} if recorded is None else recorded.marks
        self._models = Models(
            self.settings,
            detectors=detectors,
            age_estimator=age_estimator,
            independent_check=independent_check,
            calibration=calibration,
            mark_finder=mark_finder,
            threads=threads,
        )
        self._progress, self._turn = progress, RLock()
        self._clock = Clock(progress)

    @property
    def recorded(self) -> Mapping[str, tuple[Choice | MarkChoice, ...]] | None:
        """What a review that is replayed chose, by the hash of the photo; None without a review."""
        if self._recorded is None:
            return None
        marks = self._recorded_marks
        return {sha256: (*choices, *marks.get(sha256, ())) for sha256, choices in self._recorded.items()}

    def run(
        self,
        path: Path | str,
        *,
        out: Path | str,
        reviewed: Reviewed | None = None,
        before_write: Callable[[PhotoResult], None] = lambda result: None,
    ) -> Outcome:
        """Make one photo safe, from file to file.

        Args:
            path: The photo.
            out: The file to write; an original is never overwritten.
            reviewed: What a person decided, instead of looking for faces again.
            before_write: Called with what is about to be written, when it has passed its checks.

        Returns:
            What became of the photo; or, if anything failed, why there is no output.
        """
        source, target = Path(path), Path(out)
        self._clock = Clock(self._progress)
        try:
            with self._clock(Stage.WRITE):
                check_target(target, source, overwrite=self.settings.write.overwrite)
            with self._clock(Stage.LOAD):
                data = read(source)
            photo, rendered, removed = self._make_safe(data, source, reviewed)
            with self._clock(Stage.WRITE):
                result = self._result(source, target, photo, rendered, removed)
                before_write(result)
                write(rendered.data, target, source=source, overwrite=self.settings.write.overwrite)
        except BlurkitError as error:
            return failure(source, error, stage=self._clock.stage)
        return replace(result, seconds=dict(self._clock.seconds))

    def run_bytes(self, data: bytes, *, name: Path | str) -> SafeFile | PhotoFailure:
        """Make one photo safe in memory.

        Args:
            data: The whole file.
            name: What it is called in messages, and for rules about certain files.

        Returns:
            A file that passed its checks, with its format; or why no such file exists.
        """
        source = Path(name)
        self._clock = Clock(self._progress)
        try:
            photo, rendered, removed = self._make_safe(data, source, None)
        except BlurkitError as error:
            return failure(source, error, stage=self._clock.stage)
        result = self._result(source, None, photo, rendered, removed)
        return SafeFile(rendered.data, rendered.format, PHOTO_SUFFIXES[rendered.format][0], result)

    def _make_safe(
        self, data: bytes, source: Path, reviewed: Reviewed | None
    ) -> tuple[Photo, Rendered, tuple[str, ...]]:
        """Return a photo as it came, as it leaves, and what it hid."""
        with self._clock(Stage.LOAD):
            photo = decode(data, self.settings.load, source=source)
        decisions = self.analyze(photo) if reviewed is None else reviewed.about(photo)
        rendered = self.render(photo, decisions, None if reviewed is None else reviewed.marks)
        with self._clock(Stage.METADATA):
            return photo, rendered, metadata.in_words(data)

    def detect(self, path: Path | str) -> Outcome:
        """Say what `run` would do with a photo, and write nothing."""
        source = Path(path)
        self._clock = Clock(self._progress)
        try:
            with self._clock(Stage.LOAD):
                photo = decode(read(source), self.settings.load, source=source)
            decisions = self.analyze(photo)
            found = Found(decisions, self.find_marks(photo, decisions))
        except BlurkitError as error:
            return failure(source, error, stage=self._clock.stage)
        return self._result(source, None, photo, found, ())

    def analyze(self, photo: Photo) -> tuple[Decision, ...]:
        """Find the faces of a photo, estimate their age, and decide which are covered.

        Raises:
            ModelError: A detector or the estimator failed; no other is tried in its place.
            PhotoLeftOut: The review that is replayed does not publish it.
        """
        if photo.sha256 in self._left_out:
            raise PhotoLeftOut("the review left this photo out", path=photo.source, hint="take it in again on the page")
        decided = self._models.analysis.analyze(photo, self._clock)
        return decided if self._recorded is None else replay(decided, self._recorded.get(photo.sha256 or ""))

    def find_faces(self, picture: Picture) -> tuple[Face, ...]:
        """Return the faces of a picture, from top to bottom.

        Raises:
            ModelError: A detector failed; no other is tried in its place.
        """
        return self._models.analysis.find_faces(picture, self._clock)

    def find_marks(self, photo: Photo, decisions: Sequence[Decision]) -> tuple[MarkDecision, ...] | None:
        """Find words, codes and plates, and decide which are covered.

        Args:
            photo: The upright photo.
            decisions: About its faces.

        Returns:
            One decision for each that the policy does not ignore; None if nobody looked, since the policy does not
            ask for it or `blurkit[text]` is not installed.

        Raises:
            ModelError: A model failed.
        """
        found = self._models.analysis.find_marks(photo, decisions, self._clock)
        recorded = self._recorded_marks.get(photo.sha256 or "")
        return found if found is None or recorded is None else replay_marks(found, recorded)

    def render(
        self, photo: Photo, decisions: Sequence[Decision], marks: Sequence[MarkDecision] | None = None
    ) -> Rendered:
        """Cover, encode, clean and check a photo in memory.

        Args:
            photo: The upright photo.
            decisions: Of `analyze`, or changed by hand.
            marks: Of `find_marks`, or changed by hand; by default they are looked for now.

        Returns:
            The bytes of a file that passed its checks, with the decisions that the checks added.

        Raises:
            VerificationError: The file did not pass; it must not be written.
        """
        marks = self.find_marks(photo, decisions) if marks is None else tuple(marks)
        checks = Checks(self._models.independent_check, self._models.analysis.mark_finder)
        return render(photo, decisions, marks, self.settings, checks=checks, clock=self._clock)

    def _result(
        self,
        source: Path,
        output: Path | None,
        photo: Photo,
        found: Found | Rendered,
        removed: tuple[str, ...],
    ) -> PhotoResult:
        return PhotoResult(
            source,
            output,
            photo.size,
            found.decisions,
            verdict(found.decisions, found.marks),
            removed,
            dict(self._clock.seconds),
            found.proof,
            photo.sha256,
            marks=found.marks,
        )

    def close(self) -> None:
        """Free the models."""
        self._models.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
