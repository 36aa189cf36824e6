"""A photo's halves are made once, and never those of another photo or of an earlier state of it."""

import gc

import numpy as np

from blurkit.geometry import Size
from blurkit.picture import halvings
from blurkit.picture.halvings import Halvings


def noise(*, writeable=False):
    pixels = np.random.default_rng(0).integers(0, 256, (90, 121, 3), np.uint8)
    pixels.flags.writeable = writeable
    return pixels


def test_halves_are_made_once_for_all_that_look_at_a_photo():
    pixels = noise()
    half, divisor = Halvings(pixels).at_least(0.5)
    assert divisor == 2
    assert Halvings(pixels).at_least(0.5)[0] is half


def test_what_can_still_change_is_halved_again():
    pixels = noise(writeable=True)
    before = Halvings(pixels).at_least(0.25)[0].copy()
    pixels[:] = 255 - pixels
    assert np.abs(Halvings(pixels).at_least(0.25)[0].astype(int) - before).max() > 10


def test_halves_go_with_their_photo():
    pixels = noise()
    key = id(pixels)
    Halvings(pixels).at_least(0.25)
    assert key in halvings._smaller
    del pixels
    gc.collect()
    assert key not in halvings._smaller


def test_a_small_copy_has_the_mean_tones_of_all_of_the_photo():
    pixels = np.zeros((101, 203, 3), np.uint8)
    pixels[:, -3:] = 255  # what halving by cutting would lose
    small = Halvings(pixels).resized(Size(20, 10))
    assert small.shape == (10, 20, 3)
    assert small[:, -1].mean() > 50
    assert abs(small.mean() - pixels.mean()) < 1
