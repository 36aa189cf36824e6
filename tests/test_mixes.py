"""Faces that were found before are judged again where they lie; and other ways to mix give what they should."""

import numpy as np
import pytest

from bench.faces import Judged, LabelledFace, _sheets, judge_faces
from bench.mixes import Read, tried
from blurkit.age.ensemble import APART, TRAINED, Together
from blurkit.age.network import read_ages
from blurkit.geometry import Box
from blurkit.records import AgeEstimate, Face

AGES = 81


class Eyes:
    """Says what light the middle of each face has."""

    name = "eyes"

    def estimate(self, pixels, faces):
        middles = [(int(face.box.center.y), int(face.box.center.x)) for face in faces]
        return tuple(AgeEstimate(years=float(pixels[at][0]), low=0.0, high=255.0, model="eyes") for at in middles)

    def close(self):
        """Nothing to free."""


def test_faces_found_before_lie_on_the_sheet_where_they_lay_in_their_photos():
    labels = [LabelledFace("", "made up", 5, 5, ()) for _ in range(70)]
    photos = [np.full((20 + index % 3, 24, 3), index, np.uint8) for index in range(70)]
    found = [Face(Box(8.0, 7.0, 16.0, 15.0), 0.9, ("fixed",)) if index % 7 else None for index in range(70)]
    judged = judge_faces(labels, [Eyes()], photos=photos, found=found)
    assert [face.found for face in judged] == found
    assert [face.ages[0] and face.ages[0].years for face in judged] == [
        float(index) if index % 7 else None for index in range(70)
    ]


def test_one_large_photo_makes_no_large_sheets_of_all_the_others():
    label = LabelledFace("", "made up", 5, 5, ())
    photos = [np.zeros((size, size, 3), np.uint8) for size in (400, *[40] * 100)]
    sizes = [sheet.shape for sheet, _ in _sheets([label] * 101, photos)]
    assert sizes[0] == (600 * 8, 600 * 8, 3)
    assert sizes[1:] == [(2 * 60, 32 * 60, 3)]


def at(*ages):
    """Return shares that are all at one age, one row a face."""
    return np.eye(AGES)[list(ages)]


def remembered(place):
    return AgeEstimate(years=place, low=0, high=place, model="listener")


class Fixed:
    def __init__(self, shares):
        self.shares = shares

    def ages(self, pixels, poses):
        return read_ages(self.shares, 0.2)


def test_the_shipped_way_is_that_of_the_program():
    trained, other = at(30, 50, 10), at(28, 20, 40)
    low = Read([trained[:1], trained[1:]], [other], [0.0, 0.0, 0.0]).low(0.2, TRAINED, APART)
    assert low == pytest.approx(Together(Fixed(trained), Fixed(other)).ages(None, ())[:, 0])
    assert low[1] == pytest.approx(20.2 + APART)


def test_what_becomes_of_each_age_and_of_pupils_in_photos():
    years = [*range(13, 20)] * 20 + [5] * 10 + [25] * 10 + [50] * 10 + [70] * 10
    places = iter(range(169, -1, -1))
    judged = [
        Judged(LabelledFace("", "", age, age, ()), None, (None if age == 5 else remembered(next(places)),))
        for age in years
    ]
    read = Read(
        [at(*(age for age in years if age != 5))[::-1]], [at(*(age for age in years if age != 5))[::-1]], [0.0] * 170
    )
    band = Read([at(15, 18, 40)], [at(15, 18, 40)], [0.0] * 3)
    first = next(tried(judged, read, np.array(["child", "child", "adult"]), np.array([60.0, 40.0, 40.0]), band))
    assert first["0 to 12 kept"] == 0
    assert first["20 to 36 covered"] == 0
    assert (first["in photos: child kept"], first["in photos: adult kept"]) == ("0 of 2", "1 of 1")
    assert first["line"].startswith("19")
