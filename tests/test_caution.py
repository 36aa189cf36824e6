"""Warnings beside faces: near-duplicates that give a cover away, and file names that name a child."""

from dataclasses import replace

import pytest

from blurkit.geometry import Box, Size
from blurkit.outcomes import ClipFacts
from blurkit.records import Action, Decision, Face, Judgement, Reason
from blurkit.report import ReportEntry
from blurkit.report.caution import NEIGHBOURS, cautions, names_a_child
from blurkit.report.warned import Caution
from tests.test_report import PROOF, failure, report, result

LARGE = Size(200, 100)


def decision(action, box):
    return Decision(Face(Box(*box), 0.9, ("fixed",)), Judgement(None, action, Reason.MANUAL))


HERE, THERE = (10, 20, 40, 60), (120, 20, 150, 60)
COVERED, OPEN = decision(Action.COVER, HERE), decision(Action.KEEP, HERE)


def entry(name, *decisions, fingerprint="3c" * 32, size=LARGE):
    outcome = replace(result(*decisions), proof=replace(PROOF, fingerprint=fingerprint), size=size)
    return ReportEntry(name, f"out/{name}", outcome)


@pytest.mark.parametrize("pair", [(COVERED, OPEN), (OPEN, COVERED)])
def test_a_face_covered_in_one_photo_and_open_in_its_near_duplicate_is_told(pair):
    (warning,) = cautions([entry("a.jpg", pair[0]), entry("b.jpg", pair[1])])
    assert str(warning).startswith("a.jpg and b.jpg are nearly the same photo")


def test_a_clip_is_compared_with_nothing():
    clip = ClipFacts(frames=1, seconds=1.0, sound="none", notes=(), spans=((0.0, 1.0),))
    one, other = entry("a.jpg", COVERED), entry("a.mov", OPEN)
    assert cautions([one, other])
    assert not cautions([one, replace(other, outcome=replace(other.outcome, clip=clip))])


def test_a_near_duplicate_of_another_size_is_compared_by_shares_of_the_photo():
    small = decision(Action.KEEP, (5, 10, 20, 30))
    assert cautions([entry("a.jpg", COVERED), entry("b.jpg", small, size=Size(100, 50))])


@pytest.mark.parametrize(
    "other",
    [
        entry("b.jpg", COVERED),
        entry("b.jpg", decision(Action.KEEP, THERE)),
        entry("b.jpg", OPEN, fingerprint="c3" * 32),
        entry("b.jpg"),
        ReportEntry("b.jpg", None, replace(entry("b.jpg", OPEN).outcome, proof=None)),
        ReportEntry("b.jpg", None, failure()),
    ],
    ids=["covered too", "another face is open", "another picture", "no face", "nothing written", "failed"],
)
def test_nothing_is_told_of_photos_that_give_nothing_away(other):
    assert cautions([entry("a.jpg", COVERED), other]) == []


def test_only_neighbours_are_compared_so_that_a_long_batch_stays_quick():
    between = [entry(f"{number}.jpg", fingerprint="c3" * 32) for number in range(NEIGHBOURS)]
    assert cautions([entry("a.jpg", COVERED), *between, entry("b.jpg", OPEN)]) == []
    assert cautions([entry("a.jpg", COVERED), *between[1:], entry("b.jpg", OPEN)])


@pytest.mark.parametrize(
    "name", ["Anna_Klein_3b.jpg", "ben class 4.png", "Klasse_4_Søren.jpg", "u12 maria.jpg", "x/Zoë-year-5.heic"]
)
def test_a_name_with_a_class_is_told(name):
    assert names_a_child(name)
    (warning,) = cautions([entry(name)])
    assert str(warning).startswith(f"out/{name}: the file's name looks like")


@pytest.mark.parametrize(
    "name",
    [
        "IMG_0042.jpg",
        "IMG_20261122_3b.jpg",
        "3b.jpg",
        "Anna.jpg",
        "2026-11-22-001.jpg",
        "class 4.png",
        "class 4 trip.jpg",
    ],
)
def test_other_names_are_not(name):
    assert not names_a_child(name)


def test_a_neutral_name_of_the_output_is_what_counts():
    assert cautions([replace(entry("Anna_3b.jpg"), output="out/2026-11-22-001.jpg")]) == []


def test_warnings_stand_in_the_summary_and_in_the_report():
    warned = replace(report(result(COVERED)), warnings=(Caution("{photo}", "a\nb"),))
    assert "warning: a\\nb" in warned.summary(written=True).splitlines()
    assert warned.document()["warnings"] == ["a\nb"]
