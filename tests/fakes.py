"""Detectors and estimators for tests of logic and faults; each says in its name what it does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from blurkit.detect.views import Sighting
from blurkit.errors import DetectorFailed, EstimatorFailed, ReaderFailed
from blurkit.geometry import Box
from blurkit.records import AgeEstimate, Face

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.marks import Mark, Reading
    from blurkit.records import Pixels


class FixedFaces:
    """Finds the faces it was told."""

    name = "fixed"

    def __init__(self, *faces: Face) -> None:
        self.faces = faces
        self.closed = False

    def detect(self, pixels: Pixels) -> tuple[Face, ...]:
        return tuple(sorted(self.faces, key=lambda face: -face.score))

    def close(self) -> None:
        self.closed = True


class NoFaces(FixedFaces):
    """Finds nothing."""


class CrashingDetector(NoFaces):
    """Fails as a detector may."""

    def detect(self, pixels: Pixels) -> tuple[Face, ...]:
        raise DetectorFailed("the model fell over", hint="try again")


class BuggyDetector(NoFaces):
    """Fails as nobody foresaw."""

    def detect(self, pixels: Pixels) -> tuple[Face, ...]:
        raise ZeroDivisionError("unforeseen")


class SlowDetector(NoFaces):
    """Takes its time."""

    def detect(self, pixels: Pixels) -> tuple[Face, ...]:
        time.sleep(5)
        return ()


class FixedAge:
    """Gives every face the same age."""

    name = "fixed"

    def __init__(self, years: float, spread: float = 2.0) -> None:
        self.age: AgeEstimate | None = AgeEstimate(years, years - spread, years + spread, "fixed")

    def estimate(self, pixels: Pixels, faces: Sequence[Face]) -> tuple[AgeEstimate | None, ...]:
        return tuple(self.age for _ in faces)

    def close(self) -> None:
        pass


class NoAge(FixedAge):
    """Cannot judge any face."""

    def __init__(self) -> None:
        self.age = None


class CrashingAge(NoAge):
    """Fails as an estimator may."""

    def estimate(self, pixels: Pixels, faces: Sequence[Face]) -> tuple[AgeEstimate | None, ...]:
        raise EstimatorFailed("the model fell over")


class FixedSightings:
    """A network that sees the same in every picture, or nothing; remembers what it was shown."""

    name = "fixed"

    def __init__(self, *sightings: Sighting) -> None:
        self.sightings = sightings
        self.shown: list[Pixels] = []
        self.closed = False

    def look(self, picture: Pixels) -> list[Sighting]:
        self.shown.append(picture)
        return list(self.sightings)

    def close(self) -> None:
        self.closed = True


class BlindNetwork(FixedSightings):
    """Sees nothing."""


class SeesColor(BlindNetwork):
    """Takes the rectangle around all pixels near a colour for a face: a face that a cover can hide."""

    def __init__(self, color: tuple[int, int, int]) -> None:
        super().__init__()
        self.color = color

    def look(self, picture: Pixels) -> list[Sighting]:
        near = (abs(picture.astype(int) - self.color) < 12).all(axis=2)
        if near.sum() < 20:
            return []
        rows, columns = near.any(axis=1).nonzero()[0], near.any(axis=0).nonzero()[0]
        box = Box(float(columns[0]), float(rows[0]), float(columns[-1]) + 1, float(rows[-1]) + 1)
        return [Sighting(box, 0.95)]


class CrashingNetwork(BlindNetwork):
    """Fails as a network may."""

    def look(self, picture: Pixels) -> list[Sighting]:
        raise DetectorFailed("the check fell over")


class FixedMarks:
    """Reads what it was told, and again what it was told to read in the finished file; remembers where it looked."""

    def __init__(self, *readings: Reading, again: Sequence[Mark] = ()) -> None:
        self.readings, self.again = readings, tuple(again)
        self.people: list[Sequence[Box]] = []
        self.looked: list[tuple[Mark, ...]] = []
        self.closed = False

    def find(self, pixels: Pixels, people: Sequence[Box]) -> tuple[Reading, ...]:
        self.people.append(people)
        return self.readings

    def legible(self, pixels: Pixels, around: Sequence[Mark]) -> tuple[Mark, ...]:
        self.looked.append(tuple(around))
        return self.again

    def close(self) -> None:
        self.closed = True


class NoMarks(FixedMarks):
    """Finds no words."""


class CrashingMarks(FixedMarks):
    """Fails as a reader may."""

    def find(self, pixels: Pixels, people: Sequence[Box]) -> tuple[Reading, ...]:
        raise ReaderFailed("the model fell over")


def in_this_process(work, pieces, jobs, **_):
    """Do what `in_processes` does without a process, so that fakes are met."""
    return map(work, pieces)
