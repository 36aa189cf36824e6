"""Covers give way to faces that are kept, and never give up any of the face that they cover."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blurkit.choices import Shape
from blurkit.geometry import Box, Size
from blurkit.obscure import covered_mask, drawn_mask, obscure, sketch
from blurkit.obscure.outline import SPARED, Outline
from blurkit.records import Face
from tests.pictures import covering, face, keeping, look, picture, tilted

SIZE = Size(400, 400)
COVERED, BESIDE = face(150, 150, 230, 250), face(229, 118, 289, 193)
"""A face, and one next to it that its cover would lie on."""


def hidden_of(kept, *, covered=COVERED, given_way=True, size=SIZE, **values):
    """Return which share of a kept face is hidden, without the corners of its box."""
    mask = drawn_mask([covered], look(**values), size, [kept] if given_way else ())
    rows, columns = np.indices(mask.shape) + 0.5
    box = kept.box
    across, down = (columns - box.center.x) / box.width, (rows - box.center.y) / box.height
    return mask[across**2 + down**2 <= 0.25].mean()


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("margin", [0.0, 0.35, 1.0])
def test_a_face_that_is_kept_stays_open_beside_a_cover(shape, margin):
    assert hidden_of(BESIDE, shape=shape, margin=margin, given_way=False) > 0.1
    assert hidden_of(BESIDE, shape=shape, margin=margin) < 0.04


@pytest.mark.parametrize("left", [232, 240, 260, 300])
def test_a_face_on_any_side_is_spared(left):
    across = face(left, 150, left + 80, 250)
    assert hidden_of(across, margin=0.5) < 0.1
    above = Face(Box(*(across.box.top, 380 - across.box.right, across.box.bottom, 380 - across.box.left)), 0.9, ())
    assert hidden_of(above, covered=COVERED, margin=0.5) < 0.1


PLACES = st.builds(
    lambda left, top, width, height: Face(Box(left, top, left + width, top + height), 0.9, ("fixed",)),
    *(st.floats(0, 380), st.floats(0, 380), st.floats(0, 120), st.floats(0, 120)),
)
TILTED = st.builds(tilted, st.floats(-180, 180), st.tuples(st.floats(60, 340), st.floats(60, 340)), st.floats(8, 90))
ASIDE = st.builds(lambda place, yaw: replace(place, yaw=yaw), TILTED, st.floats(-0.45, 0.45))


@settings(max_examples=40)
@given(PLACES | ASIDE, st.lists(PLACES, max_size=3), st.sampled_from(Shape), st.sampled_from([0.0, 0.4]))
def test_no_part_of_a_covered_face_is_given_up_and_no_cover_grows(place, kept, shape, margin):
    chosen = look(shape=shape, margin=margin)
    left, top, right, bottom = place.box.pixels(SIZE)
    alone, beside = (covered_mask([place], chosen, SIZE, others) for others in ((), kept))
    rows, columns = np.indices(beside.shape)[:, top:bottom, left:right] + 0.5
    across, down = (
        (columns - place.box.center.x) / max(place.box.width, 1e-9),
        (rows - place.box.center.y) / max(place.box.height, 1e-9),
    )
    assert beside[top:bottom, left:right][across**2 + down**2 <= 0.25].all()
    assert alone[top:bottom, left:right].all()
    assert not (beside & ~alone).any()


@settings(max_examples=30)
@given(ASIDE, PLACES, st.sampled_from(Shape))
def test_a_cut_outline_lies_within_the_whole_one_and_holds_its_face(place, kept, shape):
    whole = Outline.around(place, shape, 0.2)
    cut = whole.apart_from(kept.box, place.box)
    angles = np.linspace(0, 2 * np.pi, 60)
    halves = np.array([place.box.width, place.box.height]) / 2
    oval = (
        np.array([place.box.center.x, place.box.center.y]) + np.column_stack([np.cos(angles), np.sin(angles)]) * halves
    )
    assert cut.beyond(oval) <= 1e-6
    assert whole.beyond(cut.points) <= 1e-6


def test_a_corner_of_the_box_in_which_no_face_lies_is_given_up_to_a_face_that_lies_there():
    corner = face(222, 110, 282, 160)
    assert corner.box.iou(COVERED.box) > 0
    assert hidden_of(corner, given_way=False) > 0.12
    assert hidden_of(corner) < 0.1


def test_where_two_faces_overlap_nothing_is_given_up():
    inside = face(190, 200, 260, 280)
    alone, beside = (covered_mask([COVERED], look(), SIZE, others) for others in ((), [inside]))
    assert (alone == beside).all()


def test_a_face_far_away_changes_nothing():
    whole = Outline.around(COVERED, Shape.HEAD, 0.0)
    assert whole.apart_from(Box(330, 330, 390, 390), COVERED.box) is whole


def test_what_is_drawn_and_what_the_page_shows_give_way_alike():
    before, decisions = picture(size=(400, 400)), covering(COVERED) + keeping(BESIDE)
    after = obscure(before, decisions, look(margin=0.3))
    changed = (after.pixels != before.pixels).any(axis=2)
    assert not (changed & ~drawn_mask([COVERED], look(margin=0.3), SIZE, [BESIDE])).any()
    spared = BESIDE.box.expand((SPARED - 1) / 2, (SPARED - 1) / 2)
    assert not changed[150, round(spared.left) + 2 : round(spared.right)].any()
    (_, path), *_ = sketch(before, decisions, look(margin=0.3)).edges
    told = np.array([[float(value) for value in corner.split()] for corner in path[1:-1].split("L")])
    assert told[np.abs(told[:, 1] - 150) < 8, 0].max() < spared.left + 3
    (_, whole), *_ = sketch(before, covering(COVERED), look(margin=0.3)).edges
    assert whole != path
