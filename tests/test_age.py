"""Chips, ages, intervals and thresholds: the age stage without its networks."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blurkit.age import ESTIMATORS, make_estimator
from blurkit.age.ensemble import Together
from blurkit.age.judge import interval, judge
from blurkit.age.network import AgeNetwork, Diet, read_ages
from blurkit.errors import EstimatorFailed, ExitCode
from blurkit.geometry import Box, Point
from blurkit.picture.chips import TEMPLATE, aligned, contrast, cut, pose_of, sharpness, upright_square
from blurkit.records import Face

years = st.floats(0, 100)
ages = st.tuples(years, years, years).map(lambda row: np.sort(np.array(row)))


def face_at(x=100.0, y=100.0, width=100.0, degrees=0.0):
    """Return a face seen from the front: the template, turned clockwise, with its middle at (x, y)."""
    turn = math.radians(degrees)
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    points = (TEMPLATE - TEMPLATE.mean(axis=0)) * width @ rotation.T + [x, y]
    box = Box(x - 0.6 * width, y - 0.7 * width, x + 0.6 * width, y + 0.7 * width)
    return Face(box, 0.9, ("fixed",), tuple(Point(float(px), float(py)) for px, py in points))


def dots(face, size=(300, 300), radius=2):
    """Return a black picture with a soft white dot on every landmark."""
    rows, columns = np.mgrid[: size[1], : size[0]] + 0.5
    light = np.zeros((size[1], size[0]))
    for point in face.landmarks:
        light += np.exp(-((columns - point.x) ** 2 + (rows - point.y) ** 2) / (2 * radius**2))
    return np.repeat((255 * np.minimum(light, 1)).astype(np.uint8)[..., None], 3, axis=2)


class FixedAges:
    """Reads the same ages in every face, and remembers how often it was asked."""

    def __init__(self, *ages):
        self.found = np.array(ages, float)
        self.asked = []

    def ages(self, pixels, poses):
        self.asked.append(len(poses))
        return np.tile(self.found, (len(poses), 1))


@pytest.mark.parametrize("degrees", [0, 30, -30, 90, 180, 270])
@pytest.mark.parametrize("width", [30, 64, 150, 900])
def test_landmarks_land_on_the_template_however_a_face_is_turned(degrees, width):
    side = round(1.6 * width)
    face = face_at(side / 2, side / 2, width=width, degrees=degrees)
    chip = cut(dots(face, (side, side), radius=max(1, width / 40)), aligned(pose_of(face), 0.2, 64), 64)
    for x, y in (TEMPLATE + 0.2) / 1.4 * 64:
        near = chip[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4, 0].astype(float)
        rows, columns = np.mgrid[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4] + 0.5
        assert near.sum() > 0
        assert (near * columns).sum() / near.sum() == pytest.approx(x, abs=0.5)
        assert (near * rows).sum() / near.sum() == pytest.approx(y, abs=0.5)


@pytest.mark.parametrize("degrees", [0, 90, 180])
def test_the_square_is_upright_and_has_the_size_asked_for(degrees):
    face = face_at(150, 150, width=100, degrees=degrees)
    matrix = upright_square(pose_of(face), 1.2, 224)
    eyes = [matrix[:, :2] @ (point.x, point.y) + matrix[:, 2] for point in face.landmarks[:2]]
    assert eyes[0][0] < eyes[1][0]
    assert eyes[0][1] == pytest.approx(eyes[1][1], abs=1)
    assert math.hypot(*matrix[:, 0]) == pytest.approx(224 / (1.2 * 140))


def test_a_large_face_is_shrunk_without_aliasing():
    face = face_at(800, 800, width=1500)
    stripes = np.zeros((1600, 1600, 3), np.uint8)
    stripes[:, ::2] = 255
    chip = cut(stripes, aligned(pose_of(face), 0.2, 64), 64)
    assert chip[5:-5, 5:-5].min() > 100
    assert chip[5:-5, 5:-5].max() < 155


@pytest.mark.parametrize(("x", "y"), [(0, 0), (299, 299), (-200, 100), (150, 900)])
def test_a_face_at_or_beyond_the_border_gives_a_chip(x, y):
    picture = np.full((300, 300, 3), 90, np.uint8)
    pose = pose_of(face_at(x, y))
    for matrix, side in ((aligned(pose, 0.2, 64), 64), (upright_square(pose, 1.2, 224), 224)):
        assert (cut(picture, matrix, side) == 90).all()


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (300, 1)])
def test_a_photo_of_any_size_gives_a_chip(size):
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    assert cut(picture, aligned(pose_of(face_at(0, 0, width=2000)), 0.2, 64), 64).shape == (64, 64, 3)


def test_cutting_does_not_write_to_the_photo():
    picture = dots(face_at())
    picture.setflags(write=False)
    cut(picture, aligned(pose_of(face_at()), 0.2, 64), 64)


def test_landmarks_that_make_no_face_are_none():
    box = Box(0, 0, 50, 50)
    for landmarks in (None, (), (Point(3, 3),) * 5, (Point(math.nan, 0),) * 5, (Point(1, 1), Point(2, 2))):
        assert pose_of(Face(box, 0.9, ("fixed",), landmarks)) is None


def test_a_face_turned_away_misfits():
    front = face_at()
    profile = [Point(100 + 0.2 * (point.x - 100), point.y) for point in front.landmarks]
    assert pose_of(front).misfit == pytest.approx(0, abs=1e-6)
    assert pose_of(Face(front.box, 0.9, ("fixed",), tuple(profile))).misfit > 0.1


def test_blur_lowers_sharpness_and_light_does_not_change_it():
    noise = np.random.default_rng(0).integers(60, 200, (64, 64, 3), np.uint8)
    sharp = [sharpness(cv2.GaussianBlur(noise, (0, 0), sigma)) for sigma in (0.5, 1, 2, 4)]
    assert sharp == sorted(sharp, reverse=True)
    assert sharpness(noise // 2) == pytest.approx(sharpness(noise), rel=0.05)
    assert sharpness(np.full((64, 64, 3), 90, np.uint8)) == 0


def test_a_blurred_face_is_not_judged():
    model = FixedAges(20, 30, 40)
    assert judge("fixed", model, np.full((300, 300, 3), 90, np.uint8), (face_at(),)) == (None,)
    assert model.asked == []


def test_darkness_lowers_contrast_and_sharp_noise_does_not_hide_it():
    noise = np.random.default_rng(0).integers(60, 200, (64, 64, 3), np.uint8)
    assert contrast(noise // 4) == pytest.approx(contrast(noise) / 4, rel=0.05)
    assert contrast(np.full((64, 64, 3), 90, np.uint8)) == 0


@pytest.mark.parametrize(("light", "judged"), [(1.0, True), (0.05, False)])
def test_a_face_too_dark_is_not_judged(light, judged):
    model = FixedAges(20, 30, 40)
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3)) * light
    (age,) = judge("fixed", model, noise.astype(np.uint8), (face_at(),))
    assert (age is not None) == judged


def test_ages_are_read_between_the_years():
    (low, expected, high), (first, *_) = read_ages(np.array([[0.0, 0.5, 0.5, 0.0], [1.0, 0.0, 0.0, 0.0]]), 0.25)
    assert (low, expected, high) == (1.5, 1.5, 2.5)
    assert first == 0.25


def test_no_chips_are_no_ages():
    assert read_ages(np.empty((0, 81)), 0.2).shape == (0, 3)


def test_a_photo_with_no_faces_asks_no_model():
    model = FixedAges(20, 30, 40)
    assert judge("fixed", model, dots(face_at()), ()) == ()
    assert model.asked == []


def test_only_faces_that_can_be_read_are_asked_for_in_one_run_and_order_is_kept():
    model = FixedAges(20, 30, 40)
    blind = Face(face_at().box, 0.9, ("fixed",), None)
    faces = (face_at(), blind, face_at(150, 150))
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), np.uint8)
    answers = judge("fixed", model, noise, faces)
    assert [answer is None for answer in answers] == [False, True, False]
    assert model.asked == [2]
    assert answers[0].years == 30
    assert answers[2].model == "fixed"


def low_end_of(trained, other):
    noise = np.random.default_rng(0).integers(0, 255, (300, 300, 3), np.uint8)
    (age,) = judge("fixed", Together(trained, other), noise, (face_at(),))
    return age


def test_the_trained_network_counts_for_most_and_the_other_for_the_rest():
    age = low_end_of(FixedAges(30, 40, 50), FixedAges(29, 36, 42))
    assert (age.low, age.years, age.high) == pytest.approx((29.75, 39, 48), abs=0.01)


def test_a_low_end_that_only_the_trained_network_sees_does_not_count():
    age = low_end_of(FixedAges(50, 60, 70), FixedAges(21, 24, 30))
    assert (age.low, age.years) == pytest.approx((23, 51), abs=0.01)
    assert low_end_of(FixedAges(21, 24, 30), FixedAges(50, 60, 70)).low == pytest.approx(28.25, abs=0.01)


@given(ages, st.floats(0, 1))
def test_an_interval_holds_its_years_and_starts_at_birth(ages, misfit):
    age = interval("fixed", ages, misfit=misfit)
    assert 0 <= age.low <= age.years <= age.high


@given(ages, st.floats(0, 1), st.floats(0, 1))
def test_a_face_turned_further_away_never_has_a_higher_low_end(ages, first, second):
    less, more = sorted((first, second))
    assert interval("fixed", ages, misfit=more).low <= interval("fixed", ages, misfit=less).low


class BrokenSession:
    """Fails, or returns what it was given."""

    def __init__(self, answer):
        self.answer = answer

    def run(self, names, feed):
        if isinstance(self.answer, Exception):
            raise self.answer
        return [self.answer]


@pytest.mark.parametrize(
    "answer",
    [RuntimeError("out of memory"), np.full((1, 81), np.nan), np.full((1, 81), 0.5), -np.ones((1, 81))],
    ids=["fails", "nan", "sum", "negative"],
)
def test_a_network_that_fails_says_so(monkeypatch, answer):
    monkeypatch.setattr("blurkit.age.network.onnx_session", lambda *_, **__: BrokenSession(answer))
    network = AgeNetwork("broken", Diet((0, 0, 0), 1.0, bgr=False, chips=4, quantile=0.2), threads=1)
    with pytest.raises(EstimatorFailed) as caught:
        network.ages([np.zeros((64, 64, 3), np.uint8)], views=1)
    assert caught.value.exit_code is ExitCode.MODEL


class Eyes:
    """Reads the age that is the red of a chip's corner, and remembers how many chips came at a time."""

    def __init__(self):
        self.sizes = []

    def run(self, names, feed):
        self.sizes.append(len(feed["images"]))
        return [np.eye(81, dtype=np.float32)[feed["images"][:, 0, 0, 0].astype(int)]]


def network_of(monkeypatch, session, *, quantile=0.2):
    monkeypatch.setattr("blurkit.age.network.onnx_session", lambda *_, **__: session)
    return AgeNetwork("fixed", Diet((0, 0, 0), 1.0, bgr=False, chips=4, quantile=quantile), threads=1)


def chips_of(*ages):
    return [np.full((64, 64, 3), age, np.uint8) for age in ages]


def test_memory_is_bounded_by_running_few_chips_at_a_time(monkeypatch):
    eyes = Eyes()
    assert network_of(monkeypatch, eyes).ages(chips_of(*range(10)), views=1).shape == (10, 3)
    assert eyes.sizes == [4, 4, 2]


def test_the_views_of_a_face_stay_together(monkeypatch):
    eyes = Eyes()
    ages = network_of(monkeypatch, eyes).ages(chips_of(10, 10, 10, 40, 40, 40), views=3)
    assert eyes.sizes == [3, 3]
    assert ages[:, 1].tolist() == [10, 40]


def test_one_view_that_looks_younger_lowers_the_low_end(monkeypatch):
    ((low, *_),) = network_of(monkeypatch, Eyes()).ages(chips_of(40, 40, 40, 12), views=4)
    assert low < 13


def test_an_unknown_estimator_is_a_key_error():
    with pytest.raises(KeyError):
        make_estimator("guess")
    assert "ensemble" in ESTIMATORS
