"""Boxes and sizes: arithmetic in pixels of the upright photo."""

import math

import numpy as np
import pytest

from blurkit.geometry import Box, Point, Size


def test_a_size_counts_megapixels_and_knows_its_long_side() -> None:
    assert Size(4000, 3000).megapixels == 12.0
    assert Size(4000, 3000).long_side == Size(3000, 4000).long_side == 4000


def test_a_negative_size_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        Size(-1, 5)


@pytest.mark.parametrize("side", [math.nan, math.inf, -math.inf])
def test_a_box_without_finite_sides_is_refused(side: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        Box(0, 0, side, 1)


@pytest.mark.parametrize("sides", [(5, 0, 4, 1), (0, 5, 1, 4)])
def test_a_box_turned_inside_out_is_refused(sides: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="inside out"):
        Box(*sides)


def test_a_box_knows_its_size_area_and_middle() -> None:
    box = Box(2, 3, 8, 11)
    assert (box.width, box.height, box.area, box.center) == (6, 8, 48, Point(5, 7))


@pytest.mark.parametrize(
    ("one", "other", "iou"),
    [
        pytest.param(Box(0, 0, 4, 4), Box(0, 0, 4, 4), 1.0, id="same"),
        pytest.param(Box(0, 0, 4, 4), Box(2, 0, 6, 4), 8 / 24, id="half"),
        pytest.param(Box(0, 0, 4, 4), Box(4, 0, 8, 4), 0.0, id="touching"),
        pytest.param(Box(0, 0, 4, 4), Box(9, 9, 10, 10), 0.0, id="apart"),
        pytest.param(Box(1, 1, 1, 1), Box(1, 1, 1, 1), 0.0, id="empty"),
    ],
)
def test_overlap_is_intersection_over_union(one: Box, other: Box, iou: float) -> None:
    assert one.iou(other) == other.iou(one) == pytest.approx(iou)


def test_a_union_contains_both() -> None:
    assert Box(0, 5, 2, 6).union(Box(1, 1, 3, 2)) == Box(0, 1, 3, 6)


def test_a_box_grows_by_shares_of_its_own_size() -> None:
    assert Box(10, 10, 20, 30).expand(0.1, 0.5) == Box(9, 0, 21, 40)


def test_a_box_is_moved_and_scaled() -> None:
    assert Box(1, 2, 3, 4).shift(10, -1).scale(2) == Box(22, 2, 26, 6)


@pytest.mark.parametrize(
    ("box", "clipped"),
    [
        pytest.param(Box(-5, -5, 5, 5), Box(0, 0, 5, 5), id="corner"),
        pytest.param(Box(-5, 2, 500, 4), Box(0, 2, 100, 4), id="across"),
        pytest.param(Box(200, 200, 300, 300), Box(100, 50, 100, 50), id="outside"),
    ],
)
def test_clipping_leaves_what_is_inside_the_photo(box: Box, clipped: Box) -> None:
    assert box.clip(Size(100, 50)) == clipped


def test_whole_pixels_are_rounded_outward_and_reach_the_last_row_and_column() -> None:
    assert Box(1.9, 1.1, 98.1, 49.2).pixels(Size(100, 50)) == (1, 1, 99, 50)
    assert Box(90, 40, 100, 50).pixels(Size(100, 50)) == (90, 40, 100, 50)
    assert Box(90, 40, 120, 70).pixels(Size(100, 50)) == (90, 40, 100, 50)


@pytest.mark.parametrize("turns", range(-4, 8))
def test_a_box_turns_as_the_array_does(turns: int) -> None:
    size, box = Size(7, 5), Box(1, 2, 4, 3)
    picture = np.zeros((5, 7), bool)
    picture[2:3, 1:4] = True
    rows, columns = np.nonzero(np.rot90(picture, turns))
    turned = box.turned(turns, size)
    assert turned == Box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
