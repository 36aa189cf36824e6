"""Views of a photo: what a network is shown, and where in the photo that is which it saw."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blurkit.detect.views import Sighting, View, level, measure, scale_of, spans, sweep, tiles
from blurkit.geometry import Box, Point, Size
from blurkit.picture.halvings import Halvings
from tests.fakes import FixedSightings, SeesColor

RED = (220, 30, 30)


def blank(width, height):
    """Return a black photo."""
    return Halvings(np.zeros((height, width, 3), np.uint8))


def with_mark(size, box):
    """Return a gray photo with a red rectangle."""
    picture = np.full((size.height, size.width, 3), 128, np.uint8)
    picture[round(box.top) : round(box.bottom), round(box.left) : round(box.right)] = RED
    return Halvings(picture)


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (50, [(0, 50)]),
        (100, [(0, 100)]),
        (101, [(0, 61), (40, 101)]),
        (180, [(0, 100), (80, 180)]),
        (181, [(0, 74), (53, 127), (107, 181)]),
        (260, [(0, 100), (80, 180), (160, 260)]),
    ],
)
def test_a_length_is_cut_into_even_spans(length, expected):
    assert spans(length, 100, 20) == expected


def test_a_small_photo_is_one_view_of_its_own_size_or_enlarged():
    (view,) = level(Size(320, 240), 640, tile=1000, overlap=100)
    assert view.window == (0, 0, 320, 240)
    assert view.size == Size(640, 480)
    assert view.picture(blank(320, 240)).shape == (480, 640, 3)


@pytest.mark.parametrize("size", [Size(4032, 3024), Size(1080, 2160), Size(900, 900)])
def test_an_ordinary_photo_is_resized_by_its_long_side(size):
    assert measure(size) == size.long_side
    assert scale_of(size, 1600) == pytest.approx(1600 / size.long_side)


@pytest.mark.parametrize(("size", "counts"), [(Size(16000, 3900), 7800), (Size(1080, 11000), 2160)])
def test_a_wide_or_tall_photo_is_resized_by_its_short_side(size, counts):
    assert measure(size) == counts
    assert scale_of(size, 1600) == pytest.approx(1600 / counts)
    assert scale_of(size, counts) == 1
    assert {view.source for view in level(size, 640, tile=1000, overlap=100)} == {"640"}


def test_a_strip_of_few_rows_is_not_enlarged_and_equal_looks_have_one_name():
    size = Size(4000, 20)
    levels = [level(size, side, tile=1216, overlap=96) for side in (640, 1600)]
    assert {view.scale for views in levels for view in views} == {1.0}
    assert len({view.source for views in levels for view in views}) == 1


def test_a_view_is_turned_after_it_is_resized():
    (view,) = level(Size(400, 200), 200, tile=1000, overlap=100, quarter_turns=1)
    assert view.picture(blank(400, 200)).shape == (200, 100, 3)
    assert view.source == "200 turned 90"


def test_no_tile_is_larger_than_asked():
    for view in level(Size(4032, 3024), 2048, tile=640, overlap=96):
        assert max(view.size.width, view.size.height) <= 641


@pytest.mark.parametrize("turns", range(4))
@pytest.mark.parametrize("side", [150, 300, 600, 1200])
def test_what_is_seen_in_a_view_is_found_where_it_is_in_the_photo(turns, side):
    size, mark = Size(600, 400), Box(440, 240, 520, 340)
    found = sweep(SeesColor(RED), with_mark(size, mark), level(size, side, tile=2000, overlap=100, quarter_turns=turns))
    assert len(found) == 1
    assert found[0].box.iou(mark) > 0.85
    assert found[0].source == (f"{side} turned {90 * turns}" if turns else str(side))


@pytest.mark.parametrize("turns", range(4))
def test_landmarks_go_with_their_box(turns):
    window, size = (100, 50, 300, 150), Size(200, 100)
    view = View(window, 0.5, "x", turns)
    shown = view.picture(blank(600, 400)).shape
    corner = Point(shown[1], shown[0])  # the view's last corner is a corner of the window
    moved = view.to_photo(Sighting(Box(0, 0, *shown[1::-1]), 0.5, (corner,)))
    assert moved.box == Box(*window)
    assert (moved.landmarks[0].x, moved.landmarks[0].y) == [(300, 150), (100, 150), (100, 50), (300, 50)][turns]
    assert size.width == moved.box.width


def test_what_a_tile_cuts_is_left_to_its_neighbour():
    size, mark = Size(1000, 300), Box(460, 100, 540, 200)
    views = tiles((0, 0, 1000, 300), 1.0, tile=600, overlap=150, source="x")
    assert [view.window[::2] for view in views] == [(0, 575), (425, 1000)]
    found = sweep(SeesColor(RED), with_mark(size, mark), views)
    assert found
    assert all(sighting.box.iou(mark) > 0.4 for sighting in found)


def test_a_box_that_sticks_out_of_a_tile_is_dropped_inside_the_photo_and_kept_at_its_border():
    network = FixedSightings(Sighting(Box(-30, 20, 60, 110), 0.9))
    pixels = blank(1000, 200)
    views = tiles((0, 0, 1000, 200), 1.0, tile=600, overlap=100, source="x")
    found = sweep(network, pixels, views)
    assert [sighting.box.left for sighting in found] == [-30]
    assert len(network.shown) == len(views) > 1


@pytest.mark.parametrize(("middle", "seers"), [(470, [0]), (499, [0]), (501, [1]), (530, [1])])
def test_what_lies_in_the_rim_of_a_tile_is_seen_by_its_neighbour_alone(middle, seers):
    """Half a face at a tile's edge looks like another face."""
    views = tiles((0, 0, 1000, 200), 1.0, tile=600, overlap=100, source="x")
    assert [view.window[::2] for view in views] == [(0, 550), (450, 1000)]
    seen = Box(middle - 15, 80, middle + 15, 120)
    networks = [FixedSightings(Sighting(seen.shift(-view.window[0], 0), 0.9)) for view in views]
    found = [sweep(network, blank(1000, 200), [view]) for network, view in zip(networks, views, strict=True)]
    assert [index for index, sightings in enumerate(found) if sightings] == seers


@given(
    st.integers(300, 1600), st.sampled_from((0.4, 0.75, 1.0, 1.3)), st.floats(0, 1), st.floats(0, 1), st.floats(4, 90)
)
def test_every_face_no_larger_than_the_overlap_is_seen_wherever_it_is(width, scale, across, down, side):
    """No rim is given to a neighbour that is not there, or that gives it back."""
    size = Size(width, 3 * width // 4)
    side /= scale
    left, top = across * (size.width - side), down * (size.height - side)
    face = Box(left, top, left + side, top + side)
    seen = []
    for view in tiles((0, 0, size.width, size.height), scale, tile=300, overlap=96, source="x"):
        if face.intersection(Box(*view.window)) < 0.99 * face.area:
            continue
        x, y = (
            view.size.width / (view.window[2] - view.window[0]),
            view.size.height / (view.window[3] - view.window[1]),
        )
        shown = face.shift(-view.window[0], -view.window[1])
        shown = Box(shown.left * x, shown.top * y, shown.right * x, shown.bottom * y)
        seen += sweep(FixedSightings(Sighting(shown, 0.9)), blank(size.width, size.height), [view])
    assert seen
    assert all(sighting.box.iou(face) > 0.9 for sighting in seen)


def test_the_photo_is_not_written_to_and_views_are_contiguous():
    pixels = np.zeros((200, 300, 3), np.uint8)
    pixels.flags.writeable = False
    for turns in range(4):
        for view in level(Size(300, 200), 140, tile=200, overlap=50, quarter_turns=turns):
            assert view.picture(Halvings(pixels)).flags.c_contiguous


def test_halvings_are_made_once_and_are_never_smaller_than_asked():
    halvings = blank(400, 200)
    for scale, factor in ((1.0, 1), (2.0, 1), (0.51, 1), (0.5, 2), (0.3, 2), (0.25, 4), (0.001, 128)):
        halved, by = halvings.at_least(scale)
        assert by <= factor
        assert halved.shape[1] >= 400 * min(scale, 1)
    assert halvings.at_least(0.5)[0] is halvings.at_least(0.4)[0]


@pytest.mark.parametrize("size", [Size(1, 1), Size(1, 700), Size(3000, 2)])
def test_a_photo_one_pixel_thin_has_views(size):
    for side in (320, 2048):
        for view in level(size, side, tile=640, overlap=96):
            assert min(view.picture(blank(size.width, size.height)).shape[:2]) >= 1
