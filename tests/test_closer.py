"""Closer looks: a large box of MediaPipe alone is backed, corrected or dropped; one larger than the photo is found."""

from dataclasses import replace

import numpy as np
import pytest

from blurkit.detect.closer import CANVAS, CROPS, CloserLooks
from blurkit.detect.views import Sighting
from blurkit.geometry import Box
from blurkit.records import Face
from tests.fakes import BlindNetwork, FixedSightings

PHOTO = np.random.default_rng(1).integers(0, 255, (600, 800, 3), np.uint8)
LONE = Face(Box(300, 200, 400, 300), 0.6, ("mediapipe",))
SURE = Face(Box(40, 40, 80, 90), 0.98, ("centerface",))


class SeesInCrops(BlindNetwork):
    """Sees a square around the middle of a crop, so many times as large as the box; nothing on a canvas."""

    name = "centerface"

    def __init__(self, share, score):
        super().__init__()
        self.share, self.score = share, score

    def look(self, picture):
        side = picture.shape[0]
        times = next((times for times, pixels in CROPS if pixels == side == picture.shape[1]), None)
        if times is None:
            return []
        half = self.share * side / times / 2
        return [Sighting(Box(side / 2 - half, side / 2 - half, side / 2 + half, side / 2 + half), self.score)]


class SeesOnCanvas(BlindNetwork):
    """Sees nearly all of the photo as one face when it lies on a larger canvas; nothing in crops."""

    def __init__(self, name, score):
        super().__init__()
        self.name, self.score = name, score

    def look(self, picture):
        height, width = picture.shape[:2]
        if height == width:
            return []
        border = {384: 64, 512: 128}[width]
        return [Sighting(Box(border + 10, border + 5, width - border - 10, height - border + 20), self.score)]


class SeesWithRoomAbove(BlindNetwork):
    """Sees one face, whose mouth is in the photo, where a canvas reaches far above it."""

    name = "centerface"

    def __init__(self, score):
        super().__init__()
        self.score = score

    def look(self, picture):
        height, width = picture.shape[:2]
        is_above = height > width > CANVAS
        return [Sighting(Box(100, 100, 412, 460), self.score)] if is_above else []


def judged(faces, centerface, mediapipe=None, photo=PHOTO):
    return CloserLooks(centerface, mediapipe or BlindNetwork()).judge(photo, faces)


def test_a_large_box_where_centerface_sees_nothing_is_no_face():
    assert judged([LONE], BlindNetwork()) == ()


def test_a_faint_sighting_of_the_same_size_backs_it():
    assert judged([LONE], SeesInCrops(1, 0.1)) == (LONE,)


def test_one_that_is_fainter_still_does_not():
    assert judged([LONE], SeesInCrops(1, 0.09)) == ()


def test_a_box_three_times_too_large_is_corrected():
    (face,) = judged([LONE], SeesInCrops(1 / 3, 0.8))
    assert face.box.width == pytest.approx(LONE.box.width / 3)
    assert (face.box.center.x, face.box.center.y) == pytest.approx((350, 250))
    assert face.detectors == ("centerface", "mediapipe")
    assert face.score == 0.8


def test_a_box_around_a_face_that_is_known_is_dropped():
    known = Face(Box(335, 235, 365, 265), 0.97, ("centerface", "mediapipe"))
    assert judged([known, LONE], SeesInCrops(1 / 3, 0.8)) == (known,)


def test_what_centerface_saw_is_not_asked_about():
    both = Face(LONE.box, 0.6, ("centerface", "mediapipe"))
    assert judged([both, SURE], BlindNetwork()) == (SURE, both)


@pytest.mark.parametrize("box", [Box(100, 50, 700, 550), Box(-20, 100, 300, 400)], ids=["fills", "at the border"])
def test_what_may_be_cut_by_the_frame_stays_if_mediapipe_sees_it_from_further_away(box):
    lone = Face(box, 0.6, ("mediapipe",))
    assert judged([lone], BlindNetwork(), SeesOnCanvas("mediapipe", 0.2)) == (replace(lone, unclear=True),)
    assert judged([lone], BlindNetwork(), BlindNetwork()) == ()


@pytest.mark.parametrize(("width", "unclear"), [(300, True), (200, False)])
def test_a_large_box_that_mediapipe_alone_saw_may_be_an_eye_of_a_larger_face(width, unclear):
    lone = Face(Box(100, 100, 100 + width, 300), 0.6, ("mediapipe",))
    assert judged([lone], SeesInCrops(1, 0.1)) == (replace(lone, unclear=unclear),)
    assert judged([lone, SURE], SeesInCrops(1, 0.1)) == (SURE, lone)


@pytest.mark.parametrize("score", [0.04, 0.03])
def test_half_a_face_without_eyes_is_found_on_canvases_with_room_above(score):
    found = judged([], SeesWithRoomAbove(score))
    if score == 0.03:
        assert found == ()
    else:
        (face,) = found
        assert face.unclear
        assert face.box.intersection(Box(0, 0, 800, 600)) == 800 * 600


@pytest.mark.parametrize(
    "networks",
    [(SeesOnCanvas("centerface", 0.15), BlindNetwork()), (BlindNetwork(), SeesOnCanvas("mediapipe", 0.4))],
    ids=["centerface", "mediapipe"],
)
def test_a_face_larger_than_the_photo_is_found_whole_and_a_person_is_asked(networks):
    eye = Face(Box(200, 150, 300, 230), 0.7, ("mediapipe",))
    for faces in ([], [eye]):
        (face,) = judged(faces, *networks)
        assert face.unclear
        assert face.box.intersection(Box(0, 0, 800, 600)) > 0.85 * 800 * 600


def test_a_face_that_is_nearly_as_large_becomes_larger():
    most = Face(Box(60, 30, 700, 560), 0.7, ("centerface", "mediapipe"))
    (face,) = judged([most], SeesOnCanvas("centerface", 0.15))
    assert not face.unclear
    assert face.score == most.score
    assert face.box.area > most.box.area


def test_nothing_is_larger_than_a_photo_with_a_sure_face():
    assert judged([SURE], SeesOnCanvas("centerface", 0.6), SeesOnCanvas("mediapipe", 0.5)) == (SURE,)


@pytest.mark.parametrize("shape", [(2, 2), (3, 700), (1, 1)])
def test_a_photo_of_any_size_is_taken(shape):
    photo = np.zeros((*shape, 3), np.uint8)
    assert judged([], FixedSightings(), FixedSightings(), photo) == ()
