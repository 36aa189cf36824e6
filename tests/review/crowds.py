"""Photos of crowds: many faces a photo, known and not found, so that a review of them is quick."""

import hashlib

from blurkit.geometry import Box, Size
from blurkit.outcomes import PhotoResult, Status
from blurkit.records import Action, AgeEstimate, Decision, Face, Judgement, Reason
from tests.end_to_end.process import small

ADULT = Judgement(AgeEstimate(50, 40, 60, "known"), Action.KEEP, Reason.LOOKS_ADULT)
MAYBE = Judgement(AgeEstimate(30, 15, 45, "known"), Action.COVER, Reason.MAY_BE_UNDER_AGE, threshold=22.0)
CHILD = Judgement(AgeEstimate(9, 6, 12, "known"), Action.COVER, Reason.LOOKS_UNDER_AGE, threshold=22.0)
TINY = Judgement(None, Action.COVER, Reason.TOO_SMALL_TO_JUDGE, doubtful=True)
UNCLEAR = Judgement(None, Action.COVER, Reason.UNCLEAR_FACE, doubtful=True)
COVERED = Judgement(None, Action.COVER, Reason.EVERYONE)

WIDTH, HEIGHT = 400, 300
"""Size of the photos in pixels."""


def photos(folder, *names):
    """Write small photos, each with a content of its own."""
    one = small(folder, "one.jpg", width=WIDTH)
    data = one.read_bytes()
    one.unlink()
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        comment = path.name.encode()
        path.write_bytes(data[:2] + b"\xff\xfe" + (2 + len(comment)).to_bytes(2, "big") + comment + data[2:])
    return folder


def place(number, side=24):
    """Return where the face with a number is: ten in a row."""
    left, top = 8 + 39 * (number % 10), 8 + 40 * (number // 10)
    return Box(left, top, left + side, top + side * 1.2)


def crowd(*judgements, side=lambda number: 24):
    """Return what gives each photo a face for each judgement."""
    decided = tuple(
        Decision(Face(place(number, side(number)), 0.99, ("known",)), judgement)
        for number, judgement in enumerate(judgements)
    )

    def run(tasks, overwrite):
        for task in tasks:
            path = task.source.path
            sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
            yield PhotoResult(path, None, Size(WIDTH, HEIGHT), decided, Status.READY, (), {}, sha256=sha256)

    return run
