"""Evidence of several looks and detectors becomes one face each, and none is lost."""

from dataclasses import replace

import pytest

from blurkit.detect import merge
from blurkit.detect.merge import fuse, is_face, not_among
from blurkit.detect.views import Sighting
from blurkit.geometry import Box, Point
from blurkit.records import Face

POINTS = tuple(Point(i, i) for i in range(5))


def sighting(left=0, top=0, side=40, score=0.6, source="640", landmarks=()):
    return Sighting(Box(left, top, left + side, top + side), score, landmarks, source)


def face(left=0, top=0, side=40, score=0.6, detector="one", landmarks=None):
    return Face(Box(left, top, left + side, top + side), score, (detector,), landmarks)


def test_no_evidence_is_no_face():
    assert fuse([], "any", min_score=0.5) == ()
    assert merge([]) == merge([(), ()]) == ()


def test_looks_of_different_scale_add_up():
    (found,) = fuse([sighting(score=0.4), sighting(2, source="1024", score=0.5)], "any", min_score=0.5)
    assert found.score == pytest.approx(1 - 0.6 * 0.5)
    assert found.detectors == ("any",)


def test_the_same_look_counts_once_with_its_best():
    assert fuse([sighting(score=0.4), sighting(2, score=0.3)], "any", min_score=0.45) == ()
    (found,) = fuse([sighting(score=0.4), sighting(2, score=0.3)], "any", min_score=0.35)
    assert found.score == pytest.approx(0.4)


def test_the_box_is_the_mean_weighted_by_score():
    (found,) = fuse([sighting(0, score=0.75), sighting(8, source="b", score=0.25)], "any", min_score=0.1)
    assert found.box.left == pytest.approx(2)


def test_faces_side_by_side_stay_apart():
    found = fuse([sighting(0), sighting(41), sighting(82)], "any", min_score=0.5)
    assert len(found) == 3


def test_a_face_in_front_of_a_far_larger_one_stays_apart():
    found = fuse([sighting(0, side=200, score=0.9), sighting(60, 60, side=40, score=0.8)], "any", min_score=0.5)
    assert len(found) == 2


def test_a_tight_box_inside_a_wide_one_is_the_same_face():
    assert len(fuse([sighting(0, side=100), sighting(20, 20, side=60, source="b")], "any", min_score=0.5)) == 1


def test_landmarks_come_from_the_best_look_that_has_them():
    looks = [sighting(score=0.9), sighting(1, source="b", score=0.5, landmarks=POINTS)]
    assert fuse(looks, "any", min_score=0.5)[0].landmarks == POINTS
    assert fuse(looks[:1], "any", min_score=0.5)[0].landmarks is None


def test_a_score_above_one_is_certainty_not_more():
    assert fuse([sighting(score=1.3)], "any", min_score=0.5)[0].score == 1.0


def test_two_detectors_agree_on_one_face_with_the_evidence_of_both():
    (found,) = merge([(face(0, score=0.6),), (face(6, score=0.5, detector="two"),)])
    assert found.score == pytest.approx(0.8)
    assert found.detectors == ("one", "two")
    assert found.box == Box(0, 0, 46, 40)


def test_what_only_one_detector_saw_stays():
    found = merge([(face(0),), (face(300, detector="two"),)])
    assert {each.detectors for each in found} == {("one",), ("two",)}


def test_merged_landmarks_are_those_of_the_surest():
    other = tuple(Point(9, 9) for _ in range(5))
    (found,) = merge([(face(score=0.9, landmarks=POINTS),), (face(score=0.8, detector="two", landmarks=other),)])
    assert found.landmarks == POINTS


def test_the_surest_come_first():
    scores = [each.score for each in merge([(face(0, score=0.6), face(200, score=0.9)), (face(400, score=0.7),)])]
    assert scores == sorted(scores, reverse=True)


def test_a_chain_of_faces_in_a_row_does_not_become_one():
    """Each overlaps its neighbour; the ends do not overlap at all."""
    row = [face(30 * i, score=0.9 - i / 100) for i in range(8)]
    found = merge([row])
    assert len(found) >= 4
    for each in row:
        assert any(f.box.union(each.box) == f.box for f in found)


def test_a_box_without_area_is_no_error():
    assert len(merge([(face(side=0),), (face(side=0, detector="two"),)])) == 2
    assert len(fuse([sighting(side=0, score=0.9)], "any", min_score=0.5)) == 1


@pytest.mark.parametrize(
    ("height", "score", "judged", "enough"),
    [
        (14, 0.5, False, True),
        (14, 0.49, True, False),
        (13, 0.69, False, False),
        (13, 0.71, False, True),
        (13, 0.79, True, False),
        (13, 0.81, True, True),
    ],
)
def test_something_tiny_needs_more_evidence(height, score, judged, enough):
    assert is_face(Box(0, 0, 10, height), score, 0.5, judged=judged) is enough


@pytest.mark.parametrize("min_score", [0.01, 0.3, 0.99])
def test_what_is_certain_is_a_face_at_any_size(min_score):
    assert is_face(Box(0, 0, 2, 2), 1.0, min_score)
    assert not is_face(Box(0, 0, 2, 2), min_score, min_score)


def test_a_face_of_another_view_is_added_as_an_unclear_one_unless_it_is_known():
    known = Face(Box(100, 100, 180, 200), 0.9, ("fixed",))
    again, inside, new = (
        Face(box, 0.8, ("fixed",)) for box in (Box(104, 98, 182, 204), Box(110, 110, 140, 150), Box(300, 100, 380, 200))
    )
    assert not_among([known], [again, inside, new]) == (replace(new, unclear=True),)
    assert not_among([], [again]) == (replace(again, unclear=True),)
