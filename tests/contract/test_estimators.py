"""What every age estimator keeps to, with its real model: see `blurkit/age/base.py`."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from blurkit.age import ESTIMATORS, make_estimator
from blurkit.detect import make_detector
from blurkit.geometry import Box, Point
from blurkit.load import decode
from blurkit.settings import DetectSettings, LoadSettings

pytestmark = pytest.mark.model

SAMPLE = Path(__file__).parents[2] / "samples" / "badge.png"


@pytest.fixture(scope="module", params=ESTIMATORS, ids=str)
def estimator(request):
    """Open each estimator once."""
    opened = make_estimator(request.param)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def photo():
    """Return a photo of two adults, and their faces."""
    pixels = decode(SAMPLE.read_bytes(), LoadSettings()).picture.pixels
    detector = make_detector("centerface", DetectSettings())
    faces = detector.detect(pixels)
    detector.close()
    assert len(faces) == 2
    return pixels, faces


def moved(face, scale=1.0, dx=0.0, dy=0.0):
    """Return a face where it is after the photo was resized and then moved."""
    points = tuple(Point(scale * point.x + dx, scale * point.y + dy) for point in face.landmarks)
    return replace(face, box=face.box.scale(scale).shift(dx, dy), landmarks=points)


def close(first, second, years):
    return all(abs(getattr(first, end) - getattr(second, end)) <= years for end in ("low", "years", "high"))


def test_it_has_a_name(estimator):
    assert estimator.name in ESTIMATORS


def test_no_faces_are_no_ages(estimator, photo):
    assert estimator.estimate(photo[0], ()) == ()


def test_adults_look_adult_and_the_interval_holds_the_years(estimator, photo):
    for age in estimator.estimate(*photo):
        assert age.model == estimator.name
        assert age.low <= age.years <= age.high
        assert age.low > 18
        assert age.high < 100


def test_a_face_without_landmarks_is_not_judged(estimator, photo):
    pixels, faces = photo
    assert estimator.estimate(pixels, [replace(face, landmarks=None) for face in faces]) == (None, None)


def test_order_is_kept_and_each_face_stands_for_itself(estimator, photo):
    pixels, (first, second) = photo
    blind = replace(second, landmarks=None)
    together = estimator.estimate(pixels, (first, blind, second))
    alone = [estimator.estimate(pixels, (face,))[0] for face in (first, second)]
    assert together[1] is None
    assert close(together[0], alone[0], 0.01)
    assert close(together[2], alone[1], 0.01)


def test_the_same_photo_gives_the_same_ages(estimator, photo):
    assert estimator.estimate(*photo) == estimator.estimate(*photo)


def test_more_faces_than_one_run_takes(estimator, photo):
    pixels, (face, _) = photo
    ages = estimator.estimate(pixels, (face,) * 40)
    assert len(ages) == 40
    assert all(close(age, ages[0], 0.01) for age in ages)


def test_the_photo_is_not_written_to(estimator, photo):
    pixels = photo[0].copy()
    pixels.setflags(write=False)
    estimator.estimate(pixels, photo[1])
    assert np.array_equal(pixels, photo[0])


def test_a_face_cut_by_the_border_is_judged(estimator, photo):
    pixels, (face, _) = photo
    left = int(face.box.left + 0.2 * face.box.width)
    (age,) = estimator.estimate(np.ascontiguousarray(pixels[:, left:]), (moved(face, dx=-left),))
    assert age is not None


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_face_has_about_the_same_age(estimator, photo, turns):
    pixels, (face, _) = photo
    height, width = pixels.shape[:2]
    box, points = face.box, list(face.landmarks)
    for _ in range(turns):
        box = Box(box.top, width - box.right, box.bottom, width - box.left)
        points = [Point(point.y, width - point.x) for point in points]
        width, height = height, width
    turned = replace(face, box=box, landmarks=tuple(points))
    (age,) = estimator.estimate(np.ascontiguousarray(np.rot90(pixels, turns)), (turned,))
    (upright,) = estimator.estimate(pixels, (face,))
    assert close(age, upright, 3)


def test_a_face_four_times_as_large_has_about_the_same_age(estimator, photo):
    pixels, (face, _) = photo
    large = cv2.resize(pixels, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)
    # the corner of a pixel stays where it is when cv2 resizes
    (age,) = estimator.estimate(large, (moved(face, 4),))
    (original,) = estimator.estimate(pixels, (face,))
    assert close(age, original, 3)
