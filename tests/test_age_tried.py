"""Ways that are tried are measured by what was not fitted, and find what there is to be found."""

import numpy as np
import pytest

from bench.age_tried import tried
from bench.faces import Judged, LabelledFace
from blurkit.geometry import Box
from blurkit.records import AgeEstimate, Face

pytest.importorskip("sklearn")


def rows_of(peak, youngest):
    rng = np.random.default_rng(0)
    age = AgeEstimate(years=20, low=10, high=30, model="made up")
    judged = [
        Judged(LabelledFace("", "", first, first, ()), Face(Box(0, 0, 40, height), 0.9, ("made up",)), (age,))
        for first, height in zip(youngest, rng.uniform(40, 90, len(youngest)), strict=True)
    ]
    ages = np.arange(81)
    shares = np.exp(-((ages - peak[:, None]) ** 2) / 50) + 1e-6
    shares /= shares.sum(axis=1, keepdims=True)
    other = np.pad(shares, ((0, 0), (0, 19)))
    return {row["way"]: row for row in tried(judged, shares, other, rng.uniform(0, 0.1, len(youngest)))}


def test_every_way_keeps_adults_who_look_it_and_none_guesses_what_nothing_says():
    rng = np.random.default_rng(1)
    youngest = rng.permutation(np.repeat([3, 13, 20, 37, 66], 200))
    seen = rows_of(youngest + 3.0, youngest)
    assert all(row["37 to 65 covered"] == 0 for row in seen.values())
    assert all(seen[way]["0 to 12 kept"] == 0 for way in ("shipped", "adult or not: linear, of all probabilities"))
    blind = rows_of(rng.uniform(10, 60, 1000), youngest)
    assert all(row["20 to 36 covered"] > 0.8 for row in blind.values())
