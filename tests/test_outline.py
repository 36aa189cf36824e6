"""The outline of a cover: one head-like curve that holds the face's box, however wrong its landmarks are."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blurkit.appearance import ObscureSettings
from blurkit.choices import Shape
from blurkit.detect.tilt import tilt_of, yaw_of
from blurkit.geometry import Box, Point, Size
from blurkit.obscure import covered_mask
from blurkit.obscure.covers import Cover, covers_of
from blurkit.obscure.outline import Outline
from blurkit.records import Face
from tests.pictures import face, tilted, touched

TILTS = [-135, -90, -60, -30, -10, 8, 20, 45, 75, 90, 150, 170]
SIZE = Size(400, 400)


def outline(place, shape=Shape.HEAD, margin=0.0):
    return Outline.around(place, shape, margin)


def corners(box):
    return np.array([(x, y) for x in (box.left, box.right) for y in (box.top, box.bottom)])


BOXES = st.builds(
    lambda left, top, width, height: Box(left, top, left + width, top + height),
    *(st.floats(-300, 600), st.floats(-300, 600), st.floats(0, 500), st.floats(0, 500)),
)
ANYWHERE = st.tuples(*[st.builds(Point, st.floats(-900, 900), st.floats(-900, 900))] * 5)


@given(BOXES, ANYWHERE, st.sampled_from(Shape), st.floats(0, 2))
def test_wrong_landmarks_uncover_nothing_of_the_box_of_a_face(box, landmarks, shape, margin):
    wrong = Face(box, 0.9, ("fixed",), landmarks, tilt_of(box, landmarks), yaw_of(box, landmarks))
    assert outline(wrong, shape, margin).beyond(corners(box)) <= 1e-6 * (1 + max(map(abs, box.sides)))


@given(
    st.floats(-180, 180), st.lists(st.tuples(st.floats(-9, 9), st.floats(-9, 9)), min_size=5, max_size=5),
    st.sampled_from(Shape),
)  # fmt: skip
def test_landmarks_moved_at_random_leave_every_pixel_of_the_box_covered(degrees, moves, shape):
    head = tilted(degrees, (200, 200), 60)
    moved = tuple(Point(point.x + dx, point.y + dy) for point, (dx, dy) in zip(head.landmarks, moves, strict=True))
    wrong = replace(head, landmarks=moved, tilt=tilt_of(head.box, moved), yaw=yaw_of(head.box, moved))
    left, top, right, bottom = head.box.pixels(SIZE)
    assert covered_mask([wrong], ObscureSettings(shape=shape, margin=0.0), SIZE)[top:bottom, left:right].all()


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize(("height", "width"), [(40, 32), (400, 320), (2000, 1600)])
def test_an_outline_reaches_hair_chin_and_ears_in_proportion_to_the_face(shape, height, width):
    bounds = outline(face(width, height, 2 * width, 2 * height), shape, 0.05).bounds
    assert 0.2 * height < height - bounds.top < 0.5 * height
    assert 0.05 * height < bounds.bottom - 2 * height < 0.25 * height
    for reach in (width - bounds.left, bounds.right - 2 * width):
        assert 0.1 * width < reach < 0.3 * width


def test_a_head_is_wider_at_the_skull_than_at_the_chin():
    rows = touched(face(150, 150, 230, 250), ObscureSettings(), SIZE).sum(axis=1)
    skull, chin = rows[160], rows[250]
    assert skull > 1.1 * chin


def test_a_narrow_box_of_a_profile_is_widened_to_a_head():
    bounds = outline(face(1000, 1000, 1200, 1800)).bounds
    assert bounds.width >= 0.8 * 800
    assert bounds.center.x == pytest.approx(1100)


@pytest.mark.parametrize("degrees", [0, 50, -90])
def test_the_skull_lies_behind_a_face_that_looks_aside(degrees):
    turn = np.radians(degrees)
    right = np.array([np.cos(turn), np.sin(turn)])
    ahead, aside = (outline(replace(tilted(degrees, (200, 200), 120), yaw=yaw)) for yaw in (0.0, 0.35))
    behind, before = (200 - 0.7 * 120 * right, 200 + 0.75 * 120 * right)
    assert aside.beyond(behind[None]) < 0 < ahead.beyond(behind[None])
    assert aside.beyond(before[None]) > 0


@given(BOXES, ANYWHERE, st.sampled_from(Shape), st.floats(0, 2))
def test_an_outline_has_no_dents(box, landmarks, shape, margin):
    curve = outline(Face(box, 0.9, (), landmarks, tilt_of(box, landmarks), yaw_of(box, landmarks)), shape, margin)
    assert curve.beyond(curve.points) <= 1e-6 * (1 + float(curve.reaches.max()))


@pytest.mark.parametrize("degrees", TILTS)
def test_an_outline_is_turned_with_the_head(degrees):
    """The crown of the skull is covered as far from the face's middle as that of an upright head."""
    turn, height = np.radians(degrees), 120
    crown = np.array([np.sin(turn), -np.cos(turn)]) * 0.5 * 1.5 * height
    chin = -crown / 1.5 * 1.05
    assert outline(tilted(degrees, (200, 200), height)).beyond(np.array([crown, chin]) + 200) < 0


@given(st.sampled_from(Shape), st.floats(-180, 180), st.floats(1, 90), st.floats(0, 1), st.integers(1, 3))
def test_cells_are_touched_wherever_the_outline_goes(shape, degrees, height, margin, side):
    curve = outline(tilted(degrees, (200, 200), height), shape, margin)
    left, right = curve.rows(0, 400 // side, side)
    ways = np.linspace(0, 1, 7)[:, None, None]
    points = curve.middle + (ways * (curve.points - curve.middle)).reshape(-1, 2) * 0.9999
    columns, rows = np.floor(points / side).astype(int).T
    known = (rows >= 0) & (rows < len(left))
    assert (left[rows[known]] <= columns[known]).all()
    assert (columns[known] < right[rows[known]]).all()


def test_no_cell_far_from_an_outline_is_touched():
    curve = outline(face(150, 150, 230, 250))
    left, right = curve.rows(0, 400, 1)
    filled = np.flatnonzero(left < right)
    bounds = curve.bounds
    assert bounds.top - 1 < filled[0] <= filled[-1] < bounds.bottom
    assert left[filled].min() > bounds.left - 1
    assert right[filled].max() < bounds.right + 1


@given(st.sampled_from(Shape), st.floats(-180, 180), st.floats(1, 90), st.floats(-20, 420), st.floats(0, 1))
def test_the_edge_that_is_drawn_holds_all_that_is_hidden(shape, degrees, height, middle, margin):
    cover = Cover.over(tilted(degrees, (middle, 200), height), ObscureSettings(shape=shape, margin=margin), SIZE)
    rows, columns = (window.start + places for window, places in zip(cover.window, cover.hidden.nonzero(), strict=True))
    if len(rows):
        pixels = np.concatenate([np.column_stack([columns + x, rows + y]) for x in (0, 1) for y in (0, 1)])
        assert cover.edge.beyond(pixels.astype(float)) <= 0
        assert (cover.alpha(cover.edge)[cover.hidden] == 255).mean() > 0.98
    assert cover.edge.beyond(cover.outline.points) <= 1e-6
    assert cover.edge.grown(-8).beyond(cover.outline.points) > 0  # and is not far from it


def test_faces_further_away_are_drawn_first():
    near, small, high = face(100, 100, 180, 200), face(190, 150, 210, 175), face(100, 20, 180, 120)
    covers = covers_of([near, small, high], ObscureSettings(), SIZE)
    assert [cover.face for cover in covers] == [small, high, near]


@pytest.mark.parametrize("huge", [1e9, 1e300])
def test_a_box_beyond_all_measure_covers_the_whole_photo(huge):
    assert covered_mask([Face(Box(-huge, -huge, huge, huge), 0.9, ("fixed",))], ObscureSettings(), Size(30, 20)).all()


def test_the_path_of_an_outline_follows_it():
    curve = outline(face(150, 150, 230, 250))
    path = curve.svg()
    assert path.startswith("M")
    assert path.endswith("Z")
    told = np.array([[float(value) for value in corner.split()] for corner in path[1:-1].split("L")])
    assert -0.06 < curve.beyond(told) < 0.5
    assert len(told) == 180
