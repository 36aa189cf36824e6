"""Faces made worse on purpose: as much as was asked for, and drawn where the face is."""

import cv2
import numpy as np
import pytest

from bench.worse import WORN, WORSE, blurred, darkened, resized, turned, worn
from blurkit.picture.chips import contrast, sharpness
from tests.test_age import face_at

CHIP = (64, 64)
PHOTO = np.random.default_rng(0).integers(60, 200, (200, 200, 3), np.uint8)


@pytest.mark.parametrize("height", [200, 64, 16])
def test_a_face_becomes_as_high_as_asked(height):
    assert resized(PHOTO, height).shape[0] == pytest.approx(200 * height / 190, abs=1)


def test_each_way_lowers_what_the_gate_measures():
    blurs = [cv2.resize(blurred(PHOTO, share), CHIP, interpolation=cv2.INTER_AREA) for share in (0.03, 0.02, 0.01)]
    assert sharpness(blurs[0]) < sharpness(blurs[1]) < sharpness(blurs[2])
    assert contrast(darkened(PHOTO, 0.03)) < contrast(darkened(PHOTO, 0.3)) < contrast(PHOTO)


def test_a_turned_photo_keeps_its_middle_and_is_whole():
    photo = np.zeros((200, 200, 3), np.uint8)
    photo[95:105, 95:105] = 255
    result = turned(photo, 90)
    middle = result.shape[0] // 2
    assert min(result.shape[:2]) >= 1.41 * 200
    assert result[middle, middle].min() == 255


@pytest.mark.parametrize("what", WORN)
@pytest.mark.parametrize("degrees", [0, 90, 180])
def test_what_is_worn_is_drawn_on_the_face_and_turns_with_it(what, degrees):
    photo = np.full((300, 300, 3), 90, np.uint8)
    face = face_at(150, 150, width=80, degrees=degrees)
    changed = (worn(photo, face, what) != photo).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert changed.any()
    assert np.hypot(rows - 150, columns - 150).max() < 150
    assert (photo == 90).all()


def test_every_way_has_steps():
    assert all(len(steps) >= 3 for _, steps in WORSE.values())
