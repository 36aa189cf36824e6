"""What every detector keeps to, with its real model: see `blurkit/detect/base.py`."""

import json
from pathlib import Path

import numpy as np
import pytest

from blurkit.detect import DETECTORS, make_detector
from blurkit.errors import SettingsError
from blurkit.geometry import Box, Size
from blurkit.load import decode
from blurkit.settings import DetectSettings, LoadSettings

pytestmark = pytest.mark.model

SAMPLES = Path(__file__).parents[2] / "samples"
FACES = json.loads((SAMPLES / "faces.json").read_text(encoding="utf-8"))
FLOOR = {"centerface": 28, "mediapipe": 60}
"""Height in pixels of the sample photo from which a detector must find every clear face."""
STICKS_OUT = 0.6
"""How far a box may lie outside the photo, as a share of its own size."""


@pytest.fixture(scope="module", params=DETECTORS, ids=str)
def detector(request):
    """Open each detector once."""
    opened = make_detector(request.param, DetectSettings())
    yield opened
    opened.close()


def sample(name):
    return decode((SAMPLES / name).read_bytes(), LoadSettings()).picture.pixels


@pytest.fixture(scope="module")
def close_up():
    """Return one face of 156 px in a photo of 300 x 300 px, and its box."""
    pixels = sample("tree/summer-fair/IMG_0001.jpg")
    box = Box(*FACES["tree/summer-fair/IMG_0001.jpg"]["faces"][1]["box"])
    left, top = int(box.center.x) - 150, int(box.center.y) - 150
    left, top = max(0, left), max(0, top)
    return np.ascontiguousarray(pixels[top : top + 300, left : left + 300]), box.shift(-left, -top)


def check_contract(faces, pixels):
    size = Size(pixels.shape[1], pixels.shape[0])
    assert isinstance(faces, tuple)
    assert [face.score for face in faces] == sorted((face.score for face in faces), reverse=True)
    for face in faces:
        assert 0 < face.score <= 1
        inside = face.box.clip(size)
        assert inside.area > 0
        assert inside.width >= (1 - STICKS_OUT) * face.box.width
        assert inside.height >= (1 - STICKS_OUT) * face.box.height
        assert face.landmarks is None or len(face.landmarks) == 5


def holds(face, box):
    """Whether a found face is this one: it holds the middle and is about as large."""
    middle = box.center
    found = face.box
    inside = found.left < middle.x < found.right and found.top < middle.y < found.bottom
    return inside and 0.4 < found.height / box.height < 2


def missed(faces, boxes):
    return [box for box in boxes if not any(holds(face, box) for face in faces)]


@pytest.mark.parametrize("name", ["phone.jpg", "tree/summer-fair/IMG_0001.jpg", "hall.heic", "badge.png"])
def test_the_faces_of_a_sample_are_found_where_they_are(detector, name):
    pixels = sample(name)
    faces = detector.detect(pixels)
    check_contract(faces, pixels)
    clear = [Box(*f["box"]) for f in FACES[name]["faces"] if f["height"] >= FLOOR[detector.name]]
    assert missed(faces, clear) == []
    assert all(face.detectors == (detector.name,) for face in faces)


def test_the_faces_of_a_large_group_are_found_down_to_the_small_ones(detector):
    pixels = sample("group.jpg")
    faces = detector.detect(pixels)
    check_contract(faces, pixels)
    floor = {"centerface": 28, "mediapipe": 280}[detector.name]  # in a photo of 4032 px; MediaPipe needs two looks
    clear = [Box(*f["box"]) for f in FACES["group.jpg"]["faces"] if f["height"] >= floor and f["blur"] < 2]
    assert len(missed(faces, clear)) <= max(1, len(clear) // 20)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_photo_held_wrongly_shows_the_same_faces(detector, turns):
    name = "tree/summer-fair/IMG_0001.jpg"
    upright = sample(name)
    size = Size(upright.shape[1], upright.shape[0])
    pixels = np.ascontiguousarray(np.rot90(upright, turns))
    faces = detector.detect(pixels)
    check_contract(faces, pixels)
    boxes = [Box(*f["box"]).turned(turns, size) for f in FACES[name]["faces"]]
    assert missed(faces, boxes) == []


def test_landmarks_are_those_of_the_person_also_when_the_photo_is_turned(detector, close_up):
    pixels, box = close_up
    for turns in range(4):
        turned = np.ascontiguousarray(np.rot90(pixels, turns))
        face = next(f for f in detector.detect(turned) if holds(f, box.turned(turns, Size(300, 300))))
        right_eye, left_eye, nose, *mouth = face.landmarks
        along = np.array([left_eye.x - right_eye.x, left_eye.y - right_eye.y])
        down = np.array([np.mean([m.x for m in mouth]), np.mean([m.y for m in mouth])]) - [
            (left_eye.x + right_eye.x) / 2,
            (left_eye.y + right_eye.y) / 2,
        ]
        expected = [(1, 0), (0, -1), (-1, 0), (0, 1)][turns]
        assert along @ expected > 0.8 * np.linalg.norm(along)
        assert down @ [-expected[1], expected[0]] > 0.8 * np.linalg.norm(down)
        assert face.box.left < nose.x < face.box.right


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_a_face_cut_by_the_border_is_found(detector, close_up, side):
    pixels, box = close_up
    cut = {
        "left": (slice(None), slice(round(box.left + 0.3 * box.width), None)),
        "right": (slice(None), slice(0, round(box.right - 0.3 * box.width))),
        "top": (slice(round(box.top + 0.3 * box.height), None), slice(None)),
        "bottom": (slice(0, round(box.bottom - 0.25 * box.height)), slice(None)),
    }[side]
    seen = np.ascontiguousarray(pixels[cut])
    faces = detector.detect(seen)
    check_contract(faces, seen)
    assert faces


def test_a_face_that_fills_the_photo_is_found(detector, close_up):
    pixels, box = close_up
    left, top, right, bottom = box.expand(0.12, 0.12).pixels(Size(300, 300))
    seen = np.ascontiguousarray(pixels[top:bottom, left:right])
    for factor in (1, 4):
        large = np.repeat(np.repeat(seen, factor, axis=0), factor, axis=1)
        faces = detector.detect(large)
        check_contract(faces, large)
        assert any(
            face.box.clip(Size(*large.shape[1::-1])).area > 0.3 * large.shape[0] * large.shape[1] for face in faces
        )


def test_a_gray_photo_shows_its_faces_too(detector, close_up):
    pixels, box = close_up
    gray = np.repeat(pixels.mean(axis=2).astype(np.uint8)[..., None], 3, axis=2)
    assert missed(detector.detect(gray), [box]) == []


def test_red_and_blue_are_not_mixed_up(detector, close_up):
    """Skin is seen best in its own colours: the score falls when they are swapped."""
    pixels, box = close_up
    right, swapped = (
        max((f.score for f in detector.detect(np.ascontiguousarray(p)) if holds(f, box)), default=0.0)
        for p in (_faint(pixels), _faint(pixels[..., ::-1]))
    )
    assert right >= swapped


def _faint(pixels):
    """Return the photo small, so that a face is hard to see and its colours count."""
    import cv2

    return cv2.resize(pixels, (36, 36), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("tone", [0, 128, 255])
def test_a_flat_photo_shows_nobody(detector, tone):
    assert detector.detect(np.full((480, 640, 3), tone, np.uint8)) == ()


def test_a_sky_and_noise_show_nobody(detector):
    sky = np.repeat(np.linspace(90, 240, 480).astype(np.uint8)[:, None, None], 640, axis=1).repeat(3, axis=2)
    assert detector.detect(sky) == ()
    assert detector.detect(np.random.default_rng(2).integers(0, 255, (480, 640, 3), dtype=np.uint8)) == ()


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 1), (2, 2), (7, 3), (33, 1000)])
def test_a_photo_of_any_size_is_taken(detector, size):
    pixels = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    check_contract(detector.detect(pixels), pixels)


def test_the_photo_is_not_written_to(detector, close_up):
    pixels = close_up[0].copy()
    before = pixels.copy()
    pixels.flags.writeable = False
    detector.detect(pixels)
    assert (pixels == before).all()


def test_the_same_photo_gives_the_same_faces(detector, close_up):
    assert detector.detect(close_up[0]) == detector.detect(close_up[0])


def test_a_higher_score_asked_for_gives_no_more_faces(close_up):
    for name in DETECTORS:
        counts = []
        for score in (0.2, 0.55, 0.95):
            opened = make_detector(name, DetectSettings(min_score=score))
            counts.append(len(opened.detect(close_up[0])))
            opened.close()
        assert counts == sorted(counts, reverse=True)


def test_a_detector_that_is_none_is_an_error():
    with pytest.raises((ValueError, SettingsError)):
        make_detector("retina", DetectSettings())
