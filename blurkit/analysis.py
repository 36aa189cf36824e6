"""From a photo to decisions about its faces and its marks: detect, age, text, policy."""

from __future__ import annotations

import math
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.age import make_estimator
from blurkit.age.calibration import load_calibration
from blurkit.detect import make_independent_check, not_among
from blurkit.detect.finder import Finder
from blurkit.errors import SettingsError
from blurkit.picture.renditions import other_renditions
from blurkit.policy import asked_for, asks_for_age, decide
from blurkit.policy.marks import asks_for_marks, decide_marks, must_cover_marks
from blurkit.records import Line, Stage
from blurkit.text import INSTALL, BundledFinder, installed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.age.base import AgeEstimator
    from blurkit.age.calibration import Calibration
    from blurkit.detect.base import Detector
    from blurkit.detect.views import Network
    from blurkit.geometry import Size
    from blurkit.machine.clock import Clock
    from blurkit.marks import MarkDecision
    from blurkit.records import AgeEstimate, Decision, Face, Photo, Picture
    from blurkit.settings import PolicySettings, Settings
    from blurkit.text import MarkFinder


class Analysis:
    """The detectors and the estimator of age, opened once for many photos."""

    def __init__(
        self,
        settings: Settings,
        *,
        detectors: Sequence[Detector] | None,
        age_estimator: AgeEstimator | None,
        calibration: Calibration | None,
        threads: int,
        mark_finder: MarkFinder | None = None,
    ) -> None:
        """Open the models that the settings ask for; the arguments are those of `Blurrer`.

        Raises:
            ModelError: A model is missing, altered or cannot be opened.
            SettingsError: The policy covers words, and what finds them is not installed.
        """
        self._policy = settings.policy
        self._line, self._age_estimator = Line(math.inf), age_estimator
        with ExitStack() as models:  # closes what is open if a later one fails
            self._finder = Finder(settings.detect, detectors=detectors, threads=threads)
            models.callback(self._finder.close)
            if asks_for_age(self._policy):
                table = calibration or load_calibration()
                self._line = table.line(self._policy.cutoff_age, self._policy.max_miss_rate)
                self._age_estimator = age_estimator or make_estimator(threads=threads)
            if self._age_estimator is not None:
                models.callback(self._age_estimator.close)
            self.mark_finder = mark_finder or finder_for(self._policy, threads=threads)
            if self.mark_finder is not None:
                models.callback(self.mark_finder.close)
            self._models = models.pop_all()

    def analyze(self, photo: Photo, clock: Clock) -> tuple[Decision, ...]:
        """Find the faces of a photo, estimate their age, and decide which are covered.

        Raises:
            ModelError: A detector or the estimator failed; no other is tried in its place.
        """
        faces = self.find_faces(photo.picture, clock)
        ages = self.ages(photo.picture, faces, clock)
        with clock(Stage.POLICY):
            return self.decide(faces, ages, photo.size, photo.source or Path())

    def find_marks(self, photo: Photo, decisions: Sequence[Decision], clock: Clock) -> tuple[MarkDecision, ...] | None:
        """Find words, codes and plates, and decide which are covered; what they say is forgotten here.

        Args:
            photo: The upright photo.
            decisions: About its faces, for rules about what is next to people.
            clock: Times the stages.

        Returns:
            One decision for each that the policy does not ignore; None if nobody looked.

        Raises:
            ModelError: A model failed.
        """
        if self.mark_finder is None or not asks_for_marks(self._policy):
            return None
        people = [decision.face.box for decision in decisions]
        with clock(Stage.TEXT):
            readings = self.mark_finder.find(photo.picture.pixels, people)
        with clock(Stage.POLICY):
            return decide_marks(readings, people, self._policy, size=photo.size, photo=photo.source or Path())

    def find_faces(self, picture: Picture, clock: Clock) -> tuple[Face, ...]:
        """Return the faces of a picture, from top to bottom.

        Raises:
            ModelError: A detector failed; no other is tried in its place.
        """
        with clock(Stage.DETECT):
            faces = self._finder.detect(picture.pixels)
            for rendition in other_renditions(picture):
                faces += not_among(faces, self._finder.detect(rendition))
            return tuple(sorted(faces, key=lambda face: (face.box.top, face.box.left)))

    def ages(self, picture: Picture, faces: Sequence[Face], clock: Clock) -> list[AgeEstimate | None]:
        """Return how old faces look, as far as the policy asks; the age stage is not entered if it asks for nobody."""
        asked = asked_for(faces, self._policy)
        if not asked or self._age_estimator is None:
            return [None] * len(faces)
        with clock(Stage.AGE):
            told = iter(self._age_estimator.estimate(picture.pixels, asked))
            return [next(told) if face in asked else None for face in faces]

    def decide(
        self, faces: Sequence[Face], ages: Sequence[AgeEstimate | None], size: Size, source: Path
    ) -> tuple[Decision, ...]:
        """Decide which faces of a photo, or of a frame of a clip, are covered; see `policy.decide`."""
        return decide(faces, ages, self._policy, size=size, line=self._line, photo=source)

    def close(self) -> None:
        """Free the models."""
        self._models.close()


class Models:
    """All models that photos and clips need alike, opened once: the analysis, and the independent check."""

    def __init__(
        self,
        settings: Settings,
        *,
        detectors: Sequence[Detector] | None = None,
        age_estimator: AgeEstimator | None = None,
        independent_check: Network | None = None,
        calibration: Calibration | None = None,
        mark_finder: MarkFinder | None = None,
        threads: int = 1,
    ) -> None:
        """Open the models that the settings ask for; the arguments are those of `Blurrer`.

        Raises:
            ModelError: A model is missing, altered or cannot be opened.
            SettingsError: The policy covers words, and what finds them is not installed.
        """
        with ExitStack() as models:  # closes what is open if a later one fails
            self.analysis = Analysis(
                settings,
                detectors=detectors,
                age_estimator=age_estimator,
                calibration=calibration,
                threads=threads,
                mark_finder=mark_finder,
            )
            models.callback(self.analysis.close)
            self.independent_check = independent_check or make_independent_check(threads=threads)
            models.callback(self.independent_check.close)
            self._open = models.pop_all()

    def close(self) -> None:
        """Free the models."""
        self._open.close()


def finder_for(policy: PolicySettings, *, threads: int) -> MarkFinder | None:
    """Open what finds words, codes and plates; None if the policy has no use for it, or it is not installed.

    Raises:
        SettingsError: See `check_marks`.
        ModelError: A model of it is missing, altered or cannot be opened.
    """
    check_marks(policy)
    return BundledFinder(threads=threads) if asks_for_marks(policy) and installed() else None


def check_marks(policy: PolicySettings) -> None:
    """Refuse a policy that covers words, codes or plates where nothing can find them.

    Raises:
        SettingsError: What finds them is not installed.
    """
    if must_cover_marks(policy) and not installed():
        raise SettingsError(
            "covers words, codes or plates, and what finds them is not installed", path=policy.name, hint=INSTALL
        )
