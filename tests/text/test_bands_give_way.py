"""Bands over words give way to faces that are kept, and never give up any of the words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blurkit.geometry import Size
from blurkit.obscure import covered_mask, drawn_mask
from tests.pictures import face, line, look

SIZE = Size(400, 400)
KEPT = face(160, 100, 240, 200)
"""A face that stays visible."""


def shown(mask, kept=KEPT):
    """Return which share of a face is shown, without the corners of its box."""
    rows, columns = np.indices(mask.shape) + 0.5
    box = kept.box
    across, down = (columns - box.center.x) / box.width, (rows - box.center.y) / box.height
    return 1 - mask[across**2 + down**2 <= 0.25].mean()


@pytest.mark.parametrize("degrees", [0, 12, 90])
def test_a_banner_over_a_face_that_is_kept_leaves_the_face_open(degrees):
    middle = (200, 60) if degrees < 45 else (270, 150)
    banner = line(degrees, middle, 50)
    alone, beside = (drawn_mask([banner], look(margin=1.0), SIZE, kept) for kept in ((), [KEPT]))
    assert shown(alone) < 0.85
    assert shown(beside) > 0.93


def test_words_on_a_face_that_is_kept_are_covered_all_the_same():
    words = line(0, (200, 150), 20)
    alone, beside = (covered_mask([words], look(), SIZE, kept) for kept in ((), [KEPT]))
    assert (alone == beside).all()


@settings(max_examples=40)
@given(
    st.builds(line, st.floats(-180, 180), st.tuples(st.floats(60, 340), st.floats(60, 340)), st.floats(6, 40)),
    st.sampled_from([0.0, 0.5]),
)
def test_no_word_is_given_up_and_no_band_grows(words, margin):
    chosen = look(margin=margin)
    alone, beside = (covered_mask([words], chosen, SIZE, kept) for kept in ((), [KEPT]))
    held = _filled(words)
    assert beside[held].all()
    assert not (beside & ~alone).any()


def _filled(words):
    import cv2

    mask = np.zeros((SIZE.height, SIZE.width), np.uint8)
    corners = np.array([(point.x - 0.5, point.y - 0.5) for point in words.corners])
    cv2.fillConvexPoly(mask, np.round(corners).astype(np.int32), 1)
    return mask > 0
