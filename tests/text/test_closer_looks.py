"""Where the finder looks closely: at what small people wear, and at bars that run at any angle."""

import numpy as np
import pytest
from PIL import Image

from blurkit.geometry import Box, Size
from blurkit.text.bars import bars
from blurkit.text.codes import codes
from blurkit.text.finder import CLOSE, WHOLE, windows
from blurkit.text.overlap import distinct
from tests.pictures import line
from tests.text.signs import code, photo

SIZE = Size(4000, 3000)
SMALL = Box(1000, 1000, 1100, 1120)


def closely(size, *people):
    return list(windows(size, people))[: -len(list(windows(size, ())))]


def test_the_chest_of_a_small_person_is_looked_at_closely():
    (close,) = closely(SIZE, SMALL)
    left, top, right, bottom = close.sides
    assert left < SMALL.left < SMALL.right < right
    assert top <= SMALL.bottom < bottom
    assert close.scale == pytest.approx(CLOSE / 120)


def test_what_is_large_enough_in_the_whole_photo_is_not_looked_at_twice():
    assert closely(SIZE, Box(1000, 1000, 1400, 1500)) == []
    assert closely(Size(WHOLE, 700), SMALL) == []


@pytest.mark.parametrize("face", [Box(1000, 2990, 1100, 3100), Box(4100, 100, 4200, 220), Box(10, 10, 10, 10)])
def test_a_chest_outside_the_photo_is_not_looked_at(face):
    assert closely(SIZE, face) == []


def test_of_marks_that_lie_in_each_other_the_first_stays():
    one, same, other = line(0, (100, 100), 20), line(2, (102, 101), 18), line(0, (300, 300), 20)
    assert distinct([one, same, other]) == [one, other]


@pytest.mark.parametrize("format", ["EAN13", "Code128"])
@pytest.mark.parametrize("degrees", [0, 25, 40, 65, 115])
def test_a_bar_code_at_any_angle_is_found_whole(format, degrees):
    sign = code("400638133393" if format == "EAN13" else "anna-klein", 2, format)
    picture, (there,) = photo((sign, (320, 240), degrees, "code"))
    found = [mark for mark in codes(np.asarray(picture)) if mark.box.intersection(there.box) > 0]
    assert len(found) == 1
    assert found[0].box.intersection(there.box) > 0.6 * there.box.area


def test_a_bar_code_that_is_too_small_to_be_decoded_is_found_all_the_same():
    sign = code("400638133393", 8, "EAN13")
    small = sign.resize((120, 60), Image.Resampling.BOX)
    picture, (there,) = photo((small, (320, 240), 20, "code"))
    (mark,) = codes(np.asarray(picture))
    assert mark.box.intersection(there.box) > 0.5 * there.box.area


@pytest.mark.parametrize("period", [6, 11, 30])
def test_a_fence_is_no_bar_code(period):
    columns = np.where(np.arange(640) % period < period // 2, 230, 30).astype(np.uint8)
    fence = np.full((480, 640), 128, np.uint8)
    fence[150:300, 100:500] = columns[100:500]
    assert [place for place in bars(fence, fence) if place.look_like_code()] == []
    assert codes(np.dstack([fence] * 3)) == []
