"""What must hold of boxes, tiles and merging, whatever the photo and its faces are: promises 1 to 3 of STYLE 2.6."""

import itertools
import math
from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from blurkit.detect import merge
from blurkit.detect.merge import WIDENS, fuse
from blurkit.detect.views import Sighting, level, scale_of, spans, tiles
from blurkit.geometry import Box, Size
from blurkit.records import Face

# Boxes and sizes

SIDES = st.floats(-400, 900, allow_nan=False)
PHOTOS = st.builds(Size, st.integers(1, 700), st.integers(1, 700))


@st.composite
def boxes(draw, sides=SIDES):
    left, right = sorted((draw(sides), draw(sides)))
    top, bottom = sorted((draw(sides), draw(sides)))
    return Box(left, top, right, bottom)


# 1. Box.pixels contains the box, and the last row and column can be covered.


@given(boxes(), PHOTOS)
def test_whole_pixels_contain_every_pixel_that_the_box_touches(box, size):
    left, top, right, bottom = box.pixels(size)
    inside = box.clip(size)
    assert 0 <= left <= inside.left <= inside.right <= right <= size.width
    assert 0 <= top <= inside.top <= inside.bottom <= bottom <= size.height
    assert left >= inside.left - 1
    assert right <= inside.right + 1


@given(boxes(), PHOTOS, st.integers(-4, 4))
def test_a_turned_box_turns_back_and_keeps_its_size(box, size, turns):
    turned = Size(size.height, size.width) if turns % 2 else size
    back = box.turned(turns, size).turned(-turns, turned)
    for name in ("left", "top", "right", "bottom"):
        assert math.isclose(getattr(back, name), getattr(box, name), abs_tol=1e-9)


# 2. Every tile grid covers every pixel, and what is smaller than the overlap lies whole inside some tile.


@given(st.integers(1, 5000), st.integers(40, 1200), st.integers(1, 20), st.data())
def test_spans_cover_a_length_and_hold_whatever_is_no_longer_than_the_overlap(length, tile, shared, data):
    overlap = tile // 2 // shared + 1
    cut = spans(length, tile, overlap)
    assert cut[0][0] == 0
    assert cut[-1][1] == length
    assert all(0 <= start < stop <= length and stop - start <= max(tile, 1) for start, stop in cut)
    short = data.draw(st.integers(1, min(overlap, length)))
    start = data.draw(st.integers(0, length - short))
    assert any(a <= start and start + short <= b for a, b in cut)


@settings(max_examples=25)
@given(PHOTOS, st.sampled_from([320, 640, 1024, 2048]), st.sampled_from([(256, 64), (320, 80), (1120, 96)]), st.data())
def test_views_cover_every_pixel_and_hold_every_small_face_whole(size, counted, grid, data):
    tile, overlap = grid
    views = level(size, counted, tile=tile, overlap=overlap)
    seen = np.zeros((size.height, size.width), bool)
    for view in views:
        left, top, right, bottom = view.window
        seen[top:bottom, left:right] = True
    assert seen.all()
    side = overlap / scale_of(size, counted)
    width, height = min(side, size.width), min(side, size.height)
    left = math.floor(data.draw(st.floats(0, size.width - width)))
    top = math.floor(data.draw(st.floats(0, size.height - height)))
    face = Box(left, top, left + math.floor(width), top + math.floor(height))
    assert any(Box(*view.window).union(face) == Box(*view.window) for view in views)


@given(st.integers(1, 300), st.integers(1, 300), st.floats(0.2, 4))
def test_tiles_stay_inside_their_window(width, height, scale):
    window = (11, 7, 11 + width, 7 + height)
    for view in tiles(window, scale, tile=120, overlap=20, source="x"):
        assert Box(*window).union(Box(*view.window)) == Box(*window)


# 3. Merging is independent of order, and its union covers every box that it absorbed.

SCORES = st.floats(0.01, 0.99)
NEAR = st.floats(0, 120, allow_nan=False)


@st.composite
def faces(draw, detector="one"):
    left, top, side = draw(NEAR), draw(NEAR), draw(st.floats(5, 60))
    return Face(Box(left, top, left + 0.8 * side, top + side), draw(SCORES), (detector,))


FOUND = st.tuples(st.lists(faces("one"), max_size=8), st.lists(faces("two"), max_size=8))


@given(FOUND, st.randoms(use_true_random=False))
def test_merging_does_not_depend_on_the_order(found, random):
    shuffled = [random.sample(each, len(each)) for each in found]
    random.shuffle(shuffled)
    assert merge(shuffled) == merge(found)


@given(FOUND)
def test_merging_loses_no_face_and_no_evidence(found):
    merged = merge(found)
    for face in itertools.chain.from_iterable(found):
        widest = [m for m in merged if m.box.union(face.box) == m.box or face.score < WIDENS]
        holders = [m for m in widest if m.score >= face.score - 1e-9 and set(face.detectors) <= set(m.detectors)]
        assert any(m.box.intersection(face.box) > 0 for m in holders)
    assert [m.score for m in merged] == sorted((m.score for m in merged), reverse=True)
    assert all(0 <= m.score <= 1 for m in merged)


SIGHTINGS = st.builds(
    lambda face, source: Sighting(face.box, face.score, (), source), faces(), st.sampled_from(["640", "1024", "closer"])
)


@given(st.lists(SIGHTINGS, max_size=12), st.randoms(use_true_random=False))
def test_fusing_does_not_depend_on_the_order(found, random):
    one = fuse(found, "any", min_score=0.5)
    other = fuse(random.sample(found, len(found)), "any", min_score=0.5)
    assert [face.score for face in one] == [face.score for face in other]
    for a, b in zip(one, other, strict=True):
        assert all(math.isclose(getattr(a.box, s), getattr(b.box, s)) for s in ("left", "top", "right", "bottom"))


@given(st.lists(SIGHTINGS, max_size=8), SIGHTINGS)
def test_a_sure_sighting_is_always_a_face(found, sure):
    fused = fuse([*found, replace(sure, score=0.99)], "any", min_score=0.5)
    assert any(face.box.intersection(sure.box) > 0 for face in fused)
