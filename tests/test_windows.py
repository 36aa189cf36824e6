"""Views around what asks for a closer look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blurkit.detect.views import level
from blurkit.detect.windows import near
from blurkit.geometry import Box, Size

SIZE = Size(1632, 1224)
SIDES = {"tile": 512, "overlap": 96}


def area(views):
    return sum(view.size.width * view.size.height for view in views)


def shows(view, box):
    left, top, right, bottom = view.window
    return left <= box.left and top <= box.top and right >= box.right and bottom >= box.bottom


def test_what_is_small_and_alone_is_seen_in_a_view_that_is_as_small():
    box = Box(700, 500, 860, 670)
    (view,) = near([box], [], SIZE, 2048, **SIDES)
    assert shows(view, box)
    assert view.size.width == pytest.approx(160 * view.scale, abs=3)
    assert {(view.scale, view.source, view.rim)} == {(v.scale, v.source, v.rim) for v in level(SIZE, 2048, **SIDES)}


def test_what_is_close_together_shares_a_view_and_what_is_far_apart_does_not():
    close = [Box(700, 500, 860, 670), Box(720, 520, 880, 690)]
    far = Box(60, 60, 220, 220)
    views = near([*close, far], [], SIZE, 2048, **SIDES)
    assert len(views) == 2
    assert all(any(shows(view, box) for view in views) for box in (*close, far))


def test_what_lies_near_it_in_its_tile_is_seen_again_and_what_lies_elsewhere_is_not():
    box, nearby, elsewhere = Box(700, 500, 740, 540), Box(600, 600, 660, 680), Box(60, 60, 220, 220)
    views = near([box], [nearby, elsewhere], SIZE, 2048, **SIDES)
    assert all(any(shows(view, each) for view in views) for each in (box, nearby))
    assert not any(shows(view, elsewhere) for view in views)


def test_where_nothing_asks_nothing_is_looked_at():
    box = Box(700, 500, 860, 670)
    assert near([], [box], SIZE, 2048, **SIDES) == []
    assert near([Box(-300, -300, -20, -20)], [], SIZE, 2048, **SIDES) == []


def test_among_many_places_whole_tiles_are_seen():
    boxes = [Box(700 + 20 * n, 500, 860 + 20 * n, 670) for n in range(9)]
    tiles = {view.window for view in level(SIZE, 2048, **SIDES)}
    assert {view.window for view in near(boxes, [], SIZE, 2048, **SIDES)} <= tiles
    assert not {view.window for view in near(boxes[:8], [], SIZE, 2048, **SIDES)} & tiles


@given(
    st.lists(st.tuples(st.integers(-50, 1620), st.integers(-50, 1210)), min_size=1, max_size=12),
    st.sampled_from([2048, 2880, 4096]),
)
def test_no_more_is_looked_at_than_tiles_hold_and_all_of_what_asks_for_it(corners, side):
    boxes = [Box(x, y, x + 150, y + 150) for x, y in corners]
    views = near(boxes, [], SIZE, side, **SIDES)
    tiles = [v for v in level(SIZE, side, **SIDES) if any(Box(*v.window).intersection(box) > 0 for box in boxes)]
    assert area(views) <= 1.02 * area(tiles)
    for box in boxes:
        middle = box.clip(SIZE).center
        assert any(v.window[0] <= middle.x <= v.window[2] and v.window[1] <= middle.y <= v.window[3] for v in views)
