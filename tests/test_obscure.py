"""Covers hide the whole head, whatever its place, shape or size, and are drawn in the photo's own kind of samples."""

import numpy as np
import pytest

from blurkit.choices import Shape, Style
from blurkit.geometry import Box, Size
from blurkit.obscure import covered_mask, drawn_mask, obscure
from blurkit.obscure.covers import GRID
from blurkit.picture.color import to_srgb
from blurkit.records import Action, Face
from tests import pictures, profiles
from tests.pictures import covering, face, keeping, picture

SIZE = Size(96, 64)
STYLES = list(Style)
SHAPES = list(Shape)


def settings(**values):
    return pictures.look(**values)


def drawn(picture, *faces, seed=1, **values):
    """Return a photo with covers over faces."""
    return obscure(picture, covering(*faces), settings(**values), random=np.random.default_rng(seed))


def mask_of(*faces, size=SIZE, **values):
    return covered_mask(faces, settings(**values), size)


# Where covers are


@pytest.mark.parametrize("shape", SHAPES)
def test_a_cover_holds_the_whole_face_its_corners_included(shape):
    assert mask_of(face(), shape=shape)[20:44, 30:50].all()


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "box",
    [
        pytest.param((80, 40, 96, 64), id="last corner"),
        pytest.param((0, 0, 14, 16), id="first corner"),
        pytest.param((86, 20, 110, 50), id="sticks out right"),
        pytest.param((-20, -20, 6, 6), id="sticks out top left"),
        pytest.param((30, 50, 50, 90), id="sticks out below"),
    ],
)
def test_a_face_at_the_border_is_covered_to_the_last_row_and_column(shape, box):
    left, top, right, bottom = Box(*box).pixels(SIZE)
    assert mask_of(face(*box), shape=shape)[top:bottom, left:right].all()


def test_a_cover_that_sticks_out_is_clipped_and_not_made_smaller():
    inside = mask_of(face(30, 20, 50, 44))
    outside = mask_of(face(30 - 40, 20, 50 - 40, 44))
    assert (outside[:, :56] == inside[:, 40:]).all()


def test_a_face_wholly_outside_covers_nothing():
    assert not mask_of(face(300, 300, 320, 330)).any()


@pytest.mark.parametrize("size", [Size(1, 1), Size(3, 2), Size(95, 63)])
def test_a_photo_of_odd_or_tiny_size_is_covered(size):
    assert mask_of(face(0, 0, size.width, size.height), size=size).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_covers_are_whole_cells_so_that_half_resolution_colour_never_mixes(shape):
    mask = mask_of(face(31.3, 20.7, 50.2, 43.9), shape=shape)
    cells = mask.reshape(64 // GRID, GRID, 96 // GRID, GRID)
    assert (cells.all(axis=(1, 3)) == cells.any(axis=(1, 3))).all()


# What is drawn


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("mode", pictures.KINDS)
def test_outside_the_covers_nothing_changes_inside_everything(mode, style):
    before = picture(mode)
    after = drawn(before, face(), style=style)
    mask = mask_of(face())
    outside = ~drawn_mask([face()], settings(style=style), SIZE)
    assert (after.samples[outside] == before.samples[outside]).all()
    assert (after.pixels[outside] == before.pixels[outside]).all()
    assert (after.pixels[mask] != before.pixels[mask]).any(axis=1).mean() > 0.9
    assert not (outside & mask).any()


@pytest.mark.parametrize("mode", pictures.KINDS)
@pytest.mark.parametrize("style", STYLES)
def test_what_the_models_and_the_checks_see_is_what_the_samples_show(mode, style):
    after = drawn(picture(mode), face(), face(60, 5, 80, 30), style=style)
    assert (after.pixels == to_srgb(after.samples, after.mode, after.colors)).all()


@pytest.mark.parametrize(
    ("mode", "profile"),
    [
        ("RGB", profiles.wide_gamut()),
        ("RGBA;16", profiles.wide_gamut()),
        ("L", profiles.gray()),
        ("P", profiles.wide_gamut()),
    ],
    ids=["RGB", "RGBA;16", "L", "P"],
)
@pytest.mark.parametrize("style", STYLES)
def test_so_it_is_with_a_colour_profile(mode, profile, style):
    after = drawn(picture(mode, icc_profile=profile), face(), style=style)
    assert (after.pixels == to_srgb(after.samples, after.mode, after.colors)).all()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "RGB;16", "CMYK", "P"])
@pytest.mark.parametrize("profile", [None, profiles.wide_gamut()], ids=["sRGB", "wide gamut"])
def test_a_solid_cover_has_the_colour_asked_for(mode, profile):
    profile = profile if mode != "CMYK" else None
    after = drawn(picture(mode, icc_profile=profile), face(), color="#285abe")
    assert np.abs(after.pixels[32, 40].astype(int) - (0x28, 0x5A, 0xBE)).max() <= 3


@pytest.mark.parametrize("mode", ["L", "LA", "L;16"])
def test_a_solid_cover_in_a_gray_photo_is_as_light_as_its_colour(mode):
    after = drawn(picture(mode), face(), color="#ffffff")
    assert after.pixels[32, 40].tolist() == [255, 255, 255]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("mode", ["LA", "RGBA", "RGBA;16"])
def test_a_cover_is_opaque_also_where_the_photo_is_clear(mode, style):
    samples = pictures.smooth(mode).copy()
    samples[..., -1] = 0
    after = drawn(picture(mode, samples=samples), face(), style=style)
    outside = ~drawn_mask([face()], settings(style=style), SIZE)
    assert (after.samples[mask_of(face())][:, -1] == np.iinfo(samples.dtype).max).all()
    assert (after.samples[outside][:, -1] == 0).all()


@pytest.mark.parametrize("face_height", [30, 300])
def test_mosaic_cells_are_a_share_of_the_face_not_a_number_of_pixels(face_height):
    side = 3 * face_height
    tall = face(face_height, face_height, 2 * face_height, 2 * face_height)
    after = drawn(picture(size=(side, side)), tall, style="pixelate", blocks_across=6)
    row = after.pixels[side // 2, face_height : 2 * face_height].astype(int)
    runs = np.diff(np.flatnonzero(np.abs(np.diff(row, axis=0)).sum(axis=1)))
    assert runs.min() >= face_height / 6 - GRID
    assert len(runs) <= 7


@pytest.mark.parametrize("mode", pictures.KINDS)
@pytest.mark.parametrize("style", STYLES)
def test_a_face_that_fills_the_photo_leaves_nothing_of_it(mode, style):
    whole = face(-10, -10, 106, 74)
    one, other = (drawn(picture(mode, seed=seed, **_same_palette(mode)), whole, style=style) for seed in (1, 2))
    assert (one.samples == other.samples).all()
    assert one.colors == other.colors


def _same_palette(mode):
    return {"palette": pictures.palette_of(seed=1)} if mode == "P" else {}


def test_the_mosaic_differs_from_run_to_run_when_left_to_chance():
    shown = [obscure(picture(), covering(face()), settings(style="pixelate")).pixels for _ in range(2)]
    assert (shown[0] != shown[1]).any()


def test_covered_wins_over_kept_where_faces_overlap():
    mine, beside = face(), face(40, 24, 60, 48)
    decisions = keeping(beside) + covering(mine)
    after = obscure(picture(), decisions, settings(), random=np.random.default_rng(1))
    assert (after.pixels == drawn(picture(), mine).pixels).all()


def test_a_photo_with_nothing_to_cover_is_itself():
    before = picture()
    assert obscure(before, keeping(face()), settings()) is before
    assert obscure(before, (), settings()) is before


def test_the_source_is_not_written_to():
    before = picture("P")
    samples, palette = before.samples.copy(), before.colors.palette
    drawn(before, face())
    assert (before.samples == samples).all()
    assert before.colors.palette == palette


def test_what_comes_out_cannot_be_written_to():
    after = drawn(picture("RGBA"), face())
    assert not after.samples.flags.writeable
    assert not after.pixels.flags.writeable


def test_only_faces_to_cover_are_covered():
    decisions = covering(face()) + keeping(face(60, 5, 80, 30))
    after = obscure(picture(), decisions, settings())
    outside = ~drawn_mask([face()], settings(), SIZE)
    assert (after.pixels[outside] == picture().pixels[outside]).all()
    assert all(d.judgement.action in Action for d in decisions)


def test_a_face_may_stick_out_on_all_sides():
    assert mask_of(Face(Box(-500, -500, 900, 900), 0.9, ("fixed",))).all()
