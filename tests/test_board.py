"""The storyboard of a clip: a box on it is a moment and a place of the clip, and back."""

from hypothesis import given
from hypothesis import strategies as st

from blurkit.board import CAPTION, LEAST_SIDE, LONG_SIDE, MAX_PIXELS, Board
from blurkit.geometry import Box, Size

sizes = st.builds(Size, st.integers(64, 4000), st.integers(64, 4000))
moments = st.lists(st.floats(0, 5000), min_size=1, max_size=60, unique=True).map(lambda them: tuple(sorted(them)))


@given(sizes, moments, st.data())
def test_a_place_on_it_is_a_place_in_the_clip_and_back(size, seconds, data):
    board = Board.of(size, seconds)
    picture = data.draw(st.integers(0, len(seconds) - 1))
    left, top = data.draw(st.floats(0, size.width - 20)), data.draw(st.floats(0, size.height - 20))
    box = Box(left, top, left + 20, top + 20)
    there = board.on_board(picture, box)
    same, back = board.in_clip(there)
    assert same == picture
    assert back.iou(box) > 0.99


@given(sizes, moments)
def test_pictures_lie_beside_each_other_and_it_is_not_too_large(size, seconds):
    board = Board.of(size, seconds)
    corners = [board.corner(picture) for picture in range(len(seconds))]
    assert len(set(corners)) == len(seconds)
    assert board.cell.long_side <= LONG_SIDE
    assert len(seconds) * board.cell.width * board.cell.height <= 1.2 * MAX_PIXELS
    for left, top in corners:
        assert left + board.cell.width <= board.whole.width
        assert top + board.cell.height + CAPTION <= board.whole.height


def test_a_box_outside_of_all_pictures_belongs_to_the_nearest_one():
    board = Board.of(Size(100, 100), (0.0, 1.0, 2.0))
    assert board.in_clip(Box(-9, -9, -2, -2))[0] == 0
    assert board.in_clip(Box(5000, 5000, 5010, 5010))[0] == 2


def test_pictures_of_a_long_clip_stay_large_enough_to_tell_faces_apart():
    board = Board.of(Size(1920, 1080), tuple(map(float, range(600))))
    assert board.cell.long_side >= LEAST_SIDE
    assert Board.of(Size(320, 240), (0.0,)).cell == Size(320, 240)
