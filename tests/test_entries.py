"""Photos of a long run are kept small, and come back as they were."""

import json
import pickle
from dataclasses import replace

import pytest

from blurkit.geometry import Box, Point
from blurkit.records import Face
from blurkit.report import ReportEntry
from blurkit.report.entries import Entries
from tests.test_report import ADULT, CHILD, failure, report, result


@pytest.fixture
def kept():
    """Return a photo with faces, one that failed, and both as they are kept."""
    outcomes = [result(ADULT, CHILD), failure()]
    entries = Entries()
    for number, outcome in enumerate(outcomes):
        entries.add(f"in/{number}.jpg", f"out/{number}.jpg", outcome)
    return outcomes, entries


def test_entries_come_back_as_they_were_but_for_landmarks(kept):
    (done, failed), entries = kept
    decisions = tuple(replace(each, face=replace(each.face, landmarks=None)) for each in done.decisions)
    assert list(entries) == [
        ReportEntry("in/0.jpg", "out/0.jpg", replace(done, decisions=decisions)),
        ReportEntry("in/1.jpg", "out/1.jpg", failed),
    ]
    assert entries[-1] == entries[1:][0]
    assert len(entries) == 2


def test_a_report_of_kept_photos_is_the_same(kept):
    (done, failed), entries = kept
    plain = tuple(
        ReportEntry(f"in/{number}.jpg", f"out/{number}.jpg", each) for number, each in enumerate((done, failed))
    )
    one, other = replace(report(), entries=plain), replace(report(), entries=entries)
    assert other.to_json() == one.to_json()
    assert other.summary(written=True) == one.summary(written=True)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_text_that_comes_in_parts_is_that_of_the_whole_document(number):
    made = report(*[result(ADULT, removed=("a\n]}",)), failure()][:number])
    assert made.to_json() == json.dumps(made.document(), indent=2) + "\n"


def test_a_photo_with_many_faces_is_kept_small():
    faces = [Face(Box(n, n, n + 40.25, n + 50.5), n / 40, ("centerface",), (Point(n, 2),) * 5) for n in range(20)]
    entries, outcome = Entries(), result(*[replace(CHILD, face=face) for face in faces])
    entries.add("in/a.jpg", "out/a.jpg", outcome)
    assert len(entries._held[0][2]) < len(pickle.dumps(outcome)) / 2
