"""Covers on one frame: bit for bit the frame outside of them, and the same as if the whole frame had been drawn on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blurkit.geometry import Box
from blurkit.obscure import covered_mask, to_cover
from blurkit.records import Action, Decision, Face, Judgement, Reason
from blurkit.settings import Settings
from blurkit.video import draw as module
from blurkit.video.draw import draw, tone_at
from blurkit.video.planes import Coloring, Planes

SHOWN = Settings.of(obscure={"color": "#289646"}).obscure
WIDTH, HEIGHT = 192, 128
COLORING = Coloring(rows=HEIGHT)


def planes(seed=5):
    random = np.random.default_rng(seed)
    return Planes(*(random.integers(16, 235, (HEIGHT >> half, WIDTH >> half), np.uint8) for half in (0, 1, 1)))


def cover(left, top, width, height, tilt=0.0):
    face = Face(Box(left, top, left + width, top + height), 0.9, ("test",), tilt=tilt)
    return Decision(face, Judgement(None, Action.COVER, Reason.EVERYONE))


covers = st.lists(
    st.builds(cover, st.floats(-30, 200), st.floats(-30, 130), st.floats(6, 60), st.floats(6, 60), st.floats(-90, 90)),
    min_size=1,
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(covers)
def test_outside_of_what_was_drawn_nothing_changes(decisions):
    before = planes()
    after, mask = draw(before, decisions, SHOWN, COLORING, seed=1)
    if mask is None:
        assert after is before
        return
    assert np.array_equal(after.y[~mask], before.y[~mask])
    assert np.array_equal(after.u[~mask[::2, ::2]], before.u[~mask[::2, ::2]])
    assert np.array_equal(after.v[~mask[::2, ::2]], before.v[~mask[::2, ::2]])


@settings(max_examples=60, deadline=None)
@given(covers)
def test_a_part_of_a_frame_gets_the_same_covers_as_the_whole(decisions):
    part, mask = draw(planes(), decisions, SHOWN, COLORING, seed=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "REACH", 100.0)
        whole, same = draw(planes(), decisions, SHOWN, COLORING, seed=1)
    assert (mask is None) == (same is None)
    if mask is not None:
        assert np.array_equal(mask, same)
        assert np.abs(part.y.astype(int) - whole.y).max() <= 1
        assert np.abs(part.u.astype(int) - whole.u).max() <= 2


def test_a_part_that_is_too_small_for_its_covers_gives_way_to_the_whole_frame(monkeypatch):
    whole, mask = draw(planes(), [cover(80, 40, 40, 50)], SHOWN, COLORING, seed=1)
    monkeypatch.setattr(module, "REACH", 0.0)
    other, same = draw(planes(), [cover(80, 40, 40, 50)], SHOWN, COLORING, seed=1)
    assert np.array_equal(mask, same)
    assert np.array_equal(whole.y, other.y)


@pytest.mark.parametrize("style", ["solid", "pixelate"])
@settings(max_examples=20, deadline=None)
@given(covers)
def test_nothing_under_a_cover_shows_in_what_is_drawn(style, decisions):
    look = Settings.of(obscure={"style": style, "color": "gray"}).obscure
    before = planes()
    after, mask = draw(before, decisions, look, COLORING, seed=1)
    if mask is not None:
        hidden = module._in_cells(module.covered_mask([each.face for each in decisions], look, before.size))
        other, _ = draw(before.blank(hidden), decisions, look, COLORING, seed=1)
        assert all(np.array_equal(getattr(after, name), getattr(other, name)) for name in "yuv")


def test_the_cells_of_a_cover_stay_as_they_are_when_somebody_else_comes():
    look = Settings.of(obscure={"style": "pixelate", "color": "gray"}).obscure
    mine, other = cover(110, 40, 40, 50), cover(20, 30, 40, 50)
    alone, _ = draw(planes(), [mine], look, COLORING, seed=3, anchors=[1])
    beside, _ = draw(planes(), [other, mine], look, COLORING, seed=3, anchors=[0, 1])
    assert np.array_equal(alone.y[44:86, 114:146], beside.y[44:86, 114:146])
    changed, _ = draw(planes(), [mine], look, COLORING, seed=3, anchors=[0])
    assert not np.array_equal(alone.y[44:86, 114:146], changed.y[44:86, 114:146])


def test_a_cover_gives_way_to_somebody_who_is_kept():
    kept = cover(150, 30, 34, 44)
    kept = Decision(kept.face, Judgement(None, Action.KEEP, Reason.LOOKS_ADULT))
    _, whole = draw(planes(), [cover(110, 40, 38, 50)], SHOWN, COLORING, seed=1)
    _, cut = draw(planes(), [cover(110, 40, 38, 50), kept], SHOWN, COLORING, seed=1)
    assert not (cut & ~whole).any()
    assert (whole & ~cut)[34:70, 154:].any()


@settings(max_examples=20, deadline=None)
@given(covers)
def test_the_tone_of_a_clip_depends_on_no_pixel_under_a_cover(decisions):
    look, before = Settings().obscure, planes()
    _, mask = draw(before, decisions, SHOWN, COLORING, seed=1)
    tone = tone_at(before, decisions, look, COLORING)
    assert (tone is None) == (mask is None)
    if mask is not None:
        hidden = covered_mask(to_cover(decisions), look, before.size)
        hidden = hidden[::2, ::2] | hidden[1::2, ::2] | hidden[::2, 1::2] | hidden[1::2, 1::2]
        other = Planes(before.y.copy(), before.u.copy(), before.v.copy())
        other.y[hidden.repeat(2, axis=0).repeat(2, axis=1)] = 235
        other.u[hidden], other.v[hidden] = 16, 235
        assert tone_at(other, decisions, look, COLORING) == tone


def test_the_tone_of_a_clip_suits_what_is_around_its_covers():
    light, dark = (
        Planes(np.full((HEIGHT, WIDTH), tone, np.uint8), *(np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8),) * 2)
        for tone in (225, 85)
    )
    tones = [tone_at(each, [cover(60, 40, 40, 50)], Settings().obscure, COLORING) for each in (light, dark)]
    assert tones[0] != tones[1]
