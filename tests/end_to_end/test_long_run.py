"""A batch of thousands: what is kept of each photo until the report is small, and nothing else grows."""

import json

import pytest

from tests import pictures
from tests.end_to_end.process import blurkit
from tests.end_to_end.test_kills import QUICK_FAKES

FACES, WARM, MEASURED = 20, 100, 200
MOST = 12 * 1024
"""Bytes that a photo of so many faces may take until the report; it takes some 5 KB, and 24 KB as it comes."""

CROWD = f"""
import random
from pathlib import Path
from blurkit.geometry import Box, Point, Size
from blurkit.pipeline import Blurrer
from blurkit.outcomes import PhotoResult, Proof, Status
from blurkit.records import Action, AgeEstimate, Decision, Face, Judgement, Reason, Stage
def decision():
    x, y, low = (random.random() * 100 for _ in range(3))
    points = tuple(Point(random.random(), random.random()) for _ in range(5))
    face = Face(Box(x, y, x + 9.5, y + 9.5), random.random(), ("fake",), points)
    return Decision(face, Judgement(AgeEstimate(low + 3, low, low + 7, "fake"), Action.COVER, Reason.MAY_BE_UNDER_AGE))
def run(self, source, *, out, **_):
    name = random.randbytes(32).hex()
    proof = Proof(input_sha256=name, output_sha256=name, fingerprint=name, changed_share=random.random(),
        coding="PNG", max_difference_outside=0)
    decisions = tuple(decision() for _ in range({FACES}))
    seconds = {{stage: random.random() for stage in (Stage.LOAD, Stage.DETECT, Stage.WRITE)}}
    return PhotoResult(source, Path(out), Size(100, 100), decisions, Status.READY, (), seconds, proof, name)
Blurrer.run = run
"""
MEASURE = f"""
import atexit, json, tracemalloc
from blurkit.cli.console import Show
real, taken = Show.outcome, []
def outcome(self, each):
    real(self, each)
    del each
    taken.append(None)
    if len(taken) == 1:
        tracemalloc.start()
    if len(taken) in ({WARM}, {WARM + MEASURED}):
        taken[-1] = tracemalloc.get_traced_memory()[0]
Show.outcome = outcome
atexit.register(lambda: taken and open("taken.json", "w").write(json.dumps([n for n in taken if n])))
"""
HOARD = """
from blurkit.report.entries import Entries
hoard, add = [], Entries.add
Entries.add = lambda self, path, output, outcome: (hoard.append(outcome), add(self, path, output, outcome))[1]
"""


@pytest.mark.parametrize(("defect", "flat"), [("", True), (HOARD, False)], ids=["as it is", "if outcomes were kept"])
def test_a_photo_of_many_faces_takes_little_memory_until_the_report(defect, flat, tmp_path):
    (tmp_path / "in").mkdir()
    data = pictures.file("png")
    for number in range(WARM + MEASURED):
        (tmp_path / "in" / f"{number:03}.png").write_bytes(data)
    faults = QUICK_FAKES + CROWD + MEASURE + defect
    done = blurkit("run", "in", "--out", "out", "--jobs", "1", "--quiet", cwd=tmp_path, faults=faults)
    assert done.code == 0, done.err
    before, after = json.loads((tmp_path / "taken.json").read_text())
    taken = (after - before) / MEASURED
    assert (taken < MOST) is flat, taken
