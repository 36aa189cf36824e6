"""Cuts are told from what a camera does, and its motion from what moves in the picture."""

import numpy as np
import pytest

from blurkit.video.planes import Planes
from blurkit.video.shots import Cuts


def planes(seed, shift=0, brightness=1.0):
    """Return a window of a large textured picture, of its own colours for each seed."""
    import cv2

    random = np.random.default_rng(seed)
    coarse = random.integers(20 + 60 * (seed % 3), 100 + 60 * (seed % 3), (12, 30), np.uint8)
    large = cv2.resize(coarse, (600, 240), interpolation=cv2.INTER_CUBIC)
    y = np.clip(large[:, 100 + shift : 420 + shift] * brightness, 0, 255).astype(np.uint8)
    u, v = (np.full((120, 160), 60 + 50 * ((seed + at) % 3), np.uint8) for at in (0, 1))
    return Planes(np.ascontiguousarray(y), u, v)


def looks(*frames):
    cuts = Cuts()
    return [cuts.look(frame) for frame in frames]


def test_the_first_frame_begins_a_shot():
    assert looks(planes(1))[0][0]


def test_a_cut_is_seen():
    assert [is_new for is_new, _ in looks(planes(1), planes(1), planes(2), planes(2))] == [True, False, True, False]


@pytest.mark.parametrize("step", [4, 12, 24])
def test_a_pan_is_no_cut_and_its_motion_is_measured(step):
    told = looks(*(planes(1, shift=step * index) for index in range(4)))
    assert [is_new for is_new, _ in told] == [True, False, False, False]
    for _, motion in told[1:]:
        assert motion.x == pytest.approx(-step, abs=3)
        assert motion.y == pytest.approx(0, abs=3)


def test_light_that_changes_a_little_is_no_cut():
    told = looks(*(planes(1, brightness=share) for share in (1.0, 0.95, 0.9, 0.85)))
    assert [is_new for is_new, _ in told] == [True, False, False, False]


def test_nothing_that_moves_is_no_motion():
    flat = Planes(np.full((240, 320), 90, np.uint8), *(np.full((120, 160), 128, np.uint8) for _ in range(2)))
    for _, motion in looks(flat, flat):
        assert (motion.x, motion.y) == pytest.approx((0, 0), abs=0.01)
