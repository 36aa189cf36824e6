"""The report says what was done, in words for a person and in a form that other programs rely on."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from blurkit.errors import FaceVisible, UnreadablePhoto
from blurkit.geometry import Box, Point, Size
from blurkit.outcomes import PhotoFailure, PhotoResult, Proof, Status
from blurkit.records import Action, AgeEstimate, Decision, Face, Judgement, Reason, Stage
from blurkit.report import BatchReport, ReportEntry, sentences
from blurkit.report.summary import REASONS
from blurkit.settings import Settings

FACE = Face(Box(10.126, 20, 40, 60), 0.98765, ("centerface", "mediapipe"), (Point(1, 2),) * 5)
AGE = AgeEstimate(41.0, 33.5, 50.0, "ensemble")
ADULT = Decision(FACE, Judgement(AGE, Action.KEEP, Reason.LOOKS_ADULT, rule=Reason.LOOKS_ADULT, threshold=23.0))
YOUNG = Judgement(AgeEstimate(9.0, 6.0, 12.0, "ensemble"), Action.COVER, Reason.LOOKS_UNDER_AGE)
CHILD = Decision(FACE, YOUNG)
SMALL = Decision(
    Face(Box(-5, -5, 8, 8), 0.6, ("centerface",)),
    Judgement(None, Action.COVER, Reason.TOO_SMALL_TO_JUDGE, doubtful=True),
)


PROOF = Proof(
    input_sha256="1a" * 32,
    output_sha256="2b" * 32,
    fingerprint="3c" * 32,
    changed_share=0.0123456,
    coding="JPEG, RGB, 4:2:0, the source's tables, baseline",
    max_difference_outside=12,
)


def result(*decisions, status=Status.READY, removed=()):
    return PhotoResult(
        Path("in/a.jpg"),
        Path("out/a.jpg"),
        Size(200, 100),
        decisions,
        status,
        removed,
        {"load": 0.123456, "detect": 1.0},
        PROOF,
        marks=(),
    )


def failure(status=Status.FAILED):
    kind = FaceVisible if status is Status.BLOCKED else UnreadablePhoto
    return PhotoFailure(Path("in/b.jpg"), Stage.LOAD, kind, "cut short", "copy it again")


def report(*outcomes, companions=None, skipped=0):
    entries = tuple(
        ReportEntry(f"./{outcome.source.as_posix()}", f"out/{number}.jpg", outcome)
        for number, outcome in enumerate(outcomes)
    )
    return BatchReport("1.2.3", Settings(), {"centerface": "ab" * 32}, entries, companions or {}, skipped)


def test_a_photo_in_the_document():
    (photo,) = report(result(ADULT, SMALL, status=Status.LOOK)).document()["photos"]
    assert photo["path"] == "./in/a.jpg"
    assert photo["output"] == "out/0.jpg"
    assert (photo["width"], photo["height"], photo["status"], photo["error"]) == (200, 100, "look", None)
    assert photo["seconds"] == {"load": 0.1235, "detect": 1.0}


def test_a_face_in_the_document():
    (photo,) = report(result(ADULT, SMALL)).document()["photos"]
    adult, small = photo["faces"]
    assert adult["box"] == [10.13, 20.0, 40.0, 60.0]
    assert adult["age"] == {"low": 33.5, "years": 41.0, "high": 50.0}
    assert (adult["action"], adult["reason"], adult["score"]) == ("keep", "looks_adult", 0.9877)
    assert small["box"] == [0.0, 0.0, 8.0, 8.0]
    assert (adult["rule"], adult["threshold"], adult["margin"]) == ("looks_adult", 23.0, 10.5)
    assert small["age"] is None
    assert (small["rule"], small["threshold"], small["margin"]) == (None, None, None)
    assert small["doubtful"] is True


def test_the_proof_of_an_output_in_the_document():
    (photo,) = report(result()).document()["photos"]
    assert photo["input_sha256"] == "1a" * 32
    assert photo["output_sha256"] == "2b" * 32
    assert photo["fingerprint"] == "3c" * 32
    assert photo["changed_share"] == 0.012346
    assert photo["coding"].startswith("JPEG")
    assert photo["max_difference_outside"] == 12


def test_a_line_that_nobody_reaches_is_null_in_the_document():
    (photo,) = report(result(Decision(FACE, replace(YOUNG, threshold=math.inf)))).document()["photos"]
    assert (photo["faces"][0]["threshold"], photo["faces"][0]["margin"]) == (None, None)


def test_a_failure_in_the_document_has_every_key_and_no_output():
    (photo,) = report(failure()).document()["photos"]
    (done,) = report(result()).document()["photos"]
    assert photo.keys() == done.keys()
    assert (photo["output"], photo["width"], photo["height"], photo["faces"]) == (None, None, None, [])
    assert photo["error"] == {
        "kind": "UnreadablePhoto",
        "stage": "load",
        "message": "cut short",
        "hint": "copy it again",
    }


def test_the_document_has_no_landmark_of_a_face():
    """Nothing that tells one person from another."""
    text = report(result(ADULT)).to_json()
    assert "landmark" not in text


def test_the_text_is_ascii_and_reads_back_the_same():
    odd = PhotoFailure(Path("in/é\udce9\n.jpg"), Stage.LOAD, UnreadablePhoto, "– no", None)
    made = report(odd)
    assert made.to_json().isascii()
    assert json.loads(made.to_json()) == made.document()


def test_failures_are_those_without_an_output():
    made = report(result(), failure(), failure(Status.BLOCKED))
    assert [entry.outcome.status.value for entry in made.failures] == ["failed", "blocked"]


def test_the_summary_counts_photos_faces_and_reasons():
    made = report(result(ADULT, CHILD), result(CHILD, SMALL, status=Status.LOOK), failure(), failure(Status.BLOCKED))
    assert made.summary(written=True).splitlines() == [
        "2 photos written",
        "  1 photo should be looked at by a person before publishing",
        "3 faces covered (2 look under age, 1 too small to judge)",
        "1 face left visible (1 look adult)",
        "1 photo could not be made safe: no output",
        "1 photo could not be processed: no output",
    ]


def test_the_summary_of_a_dry_run_promises_nothing():
    text = report(result(ADULT)).summary(written=False)
    assert "1 photo looked at, nothing written" in text
    assert "1 face would stay visible" in text


def test_the_summary_says_in_how_many_photos_each_thing_was_removed():
    first = result(removed=("GPS position", "thumbnail 160x120", "camera data, 18 entries"))
    made = report(first, result(removed=("thumbnail 320x240", "camera data, 2 entries")))
    assert "data about the camera and its settings (2), hidden copies of the photo (2), the place (1)" in made.summary(
        written=True
    )


def test_the_summary_names_what_was_left_aside():
    text = report(result(), companions={"videos of Live Photos": 41}, skipped=2).summary(written=True)
    assert "41 videos of Live Photos: not made safe, not copied" in text
    assert "2 other files skipped" in text


def test_every_reason_has_plain_words():
    assert set(REASONS) == set(Reason)


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (ADULT, "keep: face at 25, 40 of 40 px: look adult, looks 41 (34 to 50), 10.5 years above the line of 23.0"),
        (SMALL, "cover: face at 2, 2 of 13 px: too small to judge"),
    ],
)
def test_a_sentence_says_where_what_and_why(decision, words):
    photo, face = sentences(result(decision))
    assert photo == f"{Path('in/a.jpg')}: ready, 1 face"
    assert face.strip() == words
