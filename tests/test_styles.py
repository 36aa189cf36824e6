"""Styles of covers: each looks like what it is called, large and small, in every kind of samples."""

import numpy as np
import pytest
from PIL import Image

from blurkit.appearance import ObscureSettings, Sticker
from blurkit.choices import Style
from blurkit.geometry import Size
from blurkit.obscure import covered_mask, drawn_mask, obscure
from blurkit.obscure.covers import Cover
from blurkit.obscure.figures import MOODS, PERSON
from blurkit.obscure.paint import filled
from blurkit.obscure.styles import placed
from blurkit.obscure.tones import CALM, calm, ink_on, rim_of
from blurkit.records import Face
from tests import pictures, profiles
from tests.pictures import covering, face, look, picture

FIGURES = [Style.SILHOUETTE, Style.SMILEY, Style.STICKER]
LARGE = face(100, 100, 180, 200)
SIZE = (280, 300)


def plain(tone, size=SIZE):
    return picture(samples=np.full((size[1], size[0], 3), tone, np.uint8))


def drawn(before, *faces, seed=1, **values):
    return obscure(before, covering(*faces), look(**values), random=np.random.default_rng(seed)).pixels


def brightness(tone):
    return np.asarray(tone, float).mean()


# Tones


@pytest.mark.parametrize("wall", [(235, 230, 220), (30, 32, 38), (128, 128, 128), (200, 150, 120), (60, 110, 60)])
def test_a_solid_cover_stands_apart_from_what_is_around_it(wall):
    tone = drawn(plain(wall), LARGE)[150, 140].astype(int)
    assert np.abs(tone - wall).max() >= 40
    assert tone.max() - tone.min() <= 48  # of low saturation


def test_the_tone_is_chosen_from_open_pixels_only():
    before = plain((230, 230, 230))
    samples = before.samples.copy()
    samples[covered_mask([LARGE], look(), before.size)] = (0, 0, 0)
    assert (drawn(before, LARGE) == drawn(picture(samples=samples), LARGE)).all()


def test_calm_tones_bear_a_light_rim_and_ink():
    for tone in CALM:
        assert brightness(rim_of(tone[None])) - brightness(tone) > 50
        assert abs(brightness(ink_on(tone[None])) - brightness(tone)) > 60
    assert calm(np.array([[255, 255, 255]], np.uint8)).shape == (1, 3)


def test_the_rim_of_a_white_cover_is_seen_on_white():
    assert brightness(rim_of(np.array([[255, 255, 255]]))) < 220


# Edges and rims


def test_neighbours_stay_apart_by_a_light_rim():
    beside = face(150, 100, 230, 200)
    shown = drawn(plain((90, 90, 90)), LARGE, beside, color="#405060").astype(int)
    row = np.abs(shown[150] - (0x40, 0x50, 0x60)).max(axis=1) < 6
    inside = drawn_mask([LARGE, beside], look(), Size(*SIZE))[150]
    assert np.count_nonzero(np.diff(row[inside].astype(int)) > 0) == 2  # two covers, one after the other


@pytest.mark.parametrize("shape", ["head", "ellipse", "box"])
def test_an_edge_is_smooth_and_never_lets_through_what_is_hidden(shape):
    white = plain((255, 255, 255))
    shown = drawn(white, LARGE, color="black", shape=shape).astype(int).mean(axis=2)
    mixed = (shown > rim_of(np.zeros((1, 3), np.uint8)).mean() + 3) & (shown < 252)
    assert mixed.sum() > 40
    assert not (mixed & covered_mask([LARGE], look(shape=shape), white.size)).any()


# Mosaics


def cells(seed=1, size=400):
    """Return the tones of a mosaic's cells within a face, in a colourful photo."""
    place = face(size // 4, size // 4, 3 * size // 4, 3 * size // 4)
    shown = drawn(picture(size=(size, size)), place, style="pixelate", seed=seed)
    cell = round(size / 2 / 8)
    middle = size // 2
    return shown[middle - 3 * cell : middle + 3 * cell : cell, middle - 3 * cell : middle + 3 * cell : cell].astype(
        float
    )


def test_neighbouring_cells_of_a_mosaic_are_more_alike_than_distant_ones():
    near, far = [], []
    for seed in range(12):
        tones = cells(seed)
        near.append(np.abs(np.diff(tones, axis=1)).mean())
        far.append(np.abs(tones[:, 4:] - tones[:, :-4]).mean())
    assert np.mean(near) < 0.8 * np.mean(far)
    assert np.mean(near) > 1


def test_a_mosaic_has_the_tones_around_it():
    shown = drawn(plain((40, 90, 140)), LARGE, style="pixelate")[120:180, 115:165].astype(int)
    assert np.abs(shown.reshape(-1, 3).mean(axis=0) - (40, 90, 140)).max() < 20
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) > 5


@pytest.mark.parametrize("tone", [(2, 3, 4), (255, 254, 252)])
def test_a_mosaic_is_neither_a_hole_nor_a_ghost(tone):
    shown = drawn(plain(tone), LARGE, style="pixelate")[120:180, 115:165].astype(int)
    assert 50 < shown.mean() < 215


def test_a_mosaic_of_a_colour_has_its_shades():
    shown = drawn(plain((40, 90, 140)), LARGE, style="pixelate", color="#a04040")[120:180, 115:165].astype(int)
    tones = np.unique(shown.reshape(-1, 3), axis=0)
    assert np.abs(tones - (0xA0, 0x40, 0x40)).max() < 110
    assert np.abs(shown.reshape(-1, 3).mean(axis=0) - (0xA0, 0x40, 0x40)).max() < 30
    assert len(tones) > 5


@pytest.mark.parametrize("style", ["pixelate", "smiley"])
def test_a_cover_moves_through_a_clip_as_it_is_whoever_comes_and_goes(style):
    """Cells and moods belong to a number, not to a place, a frame or an order."""
    chosen, shown = look(style=style, color="#708090"), []
    for shift, others in ((0, ()), (24, (face(20, 20, 50, 60),)), (36, ())):
        people = covering(*others, face(60 + shift, 100, 140 + shift, 200))
        numbers = [9] * len(others) + [4]
        random = np.random.default_rng(7)
        after = obscure(plain((90, 90, 90)), people, chosen, random=random, anchors=numbers).pixels
        shown.append(after[100:200, 60 + shift : 140 + shift])
    assert (shown[0] == shown[1]).all()
    assert (shown[0] == shown[2]).all()
    other = obscure(plain((90, 90, 90)), covering(face(60, 100, 140, 200)), chosen,
                    random=np.random.default_rng(7), anchors=[5]).pixels[100:200, 60:140]  # fmt: skip
    assert style == "smiley" or (other != shown[0]).any()


def test_a_mosaic_keeps_its_cells_while_a_face_grows():
    random = [np.random.default_rng(3) for _ in range(2)]
    small, large = (
        obscure(plain((90, 90, 90), (400, 400)), covering(face(200 - half, 200 - half, 200 + half, 200 + half)),
                look(style="pixelate", color="#708090", blocks_across=8), random=chance, anchors=[1]).pixels
        for half, chance in ((40, random[0]), (80, random[1]))
    )  # fmt: skip
    cells = [shown[200 - 3 * cell : 200 + 3 * cell : cell, 200 - 3 * cell : 200 + 3 * cell : cell]
             for shown, cell in ((small, 10), (large, 20))]  # fmt: skip
    assert (cells[0] == cells[1]).all()


# Figures


@pytest.mark.parametrize("style", FIGURES)
@pytest.mark.parametrize("height", [12, 40, 800])
def test_a_figure_is_seen_at_every_size(style, height):
    side = 3 * height
    place = face(height, height, height + round(0.8 * height), 2 * height)
    shown = drawn(plain((128, 140, 120), (side, side)), place, style=style).astype(int)
    left, top, right, bottom = place.box.pixels(Size(side, side))
    inside = shown[top:bottom, left:right].mean(axis=2)
    assert np.ptp(inside) > 40


@pytest.mark.parametrize("style", FIGURES)
def test_a_figure_takes_the_same_share_whatever_its_size(style):
    shares = []
    for height in (100, 1000):
        side = 3 * height
        place = face(height, height, height + round(0.8 * height), 2 * height)
        shown = drawn(plain((128, 140, 120), (side, side)), place, style=style, color="#808c78").astype(int)
        mask = covered_mask([place], look(), Size(side, side))
        shares.append((np.abs(shown[mask] - (0x80, 0x8C, 0x78)).max(axis=1) > 20).mean())
    assert shares[0] == pytest.approx(shares[1], abs=0.06)


@pytest.mark.parametrize("mode", pictures.KINDS)
@pytest.mark.parametrize("style", FIGURES)
def test_a_figure_is_drawn_in_every_kind_of_samples(mode, style):
    after = drawn(picture(mode, SIZE), LARGE, style=style)
    left, top, right, bottom = LARGE.box.pixels(Size(*SIZE))
    assert np.ptp(after[top:bottom, left:right].astype(int).mean(axis=2)) > 30


@pytest.mark.parametrize("style", FIGURES)
def test_a_figure_looks_the_same_in_a_wide_gamut(style):
    here, there = (drawn(picture(size=SIZE, icc_profile=profile), LARGE, style=style, color="#7f8c96")
                   for profile in (None, profiles.wide_gamut()))  # fmt: skip
    mask = covered_mask([LARGE], look(), Size(*SIZE))
    assert np.abs(here[mask].astype(int) - there[mask]).mean() < 3


def test_smileys_have_several_moods_by_chance():
    shown = {drawn(plain((90, 90, 90)), LARGE, style="smiley", seed=seed).tobytes() for seed in range(30)}
    assert 3 <= len(shown) <= len(MOODS)


@pytest.mark.parametrize("tilt", [0.0, 35.0, -90.0])
@pytest.mark.parametrize("yaw", [0.0, 0.4])
@pytest.mark.parametrize("name", [*MOODS, "person"])
def test_a_figure_lies_within_its_cover_and_in_its_middle(name, yaw, tilt):
    turned = Face(LARGE.box, 0.9, ("fixed",), None, tilt, yaw)
    cover = Cover.over(turned, look(), Size(*SIZE))
    place, figure = placed(cover), PERSON if name == "person" else MOODS[name]
    assert all(cover.edge.beyond(place.placed(part)) < 0 for part in figure)
    reached = np.concatenate(figure)[:, 0]
    assert reached.min() + reached.max() == pytest.approx(0, abs=0.12)


def test_a_person_has_a_head_above_shoulders():
    head, shoulders = PERSON
    assert head[:, 1].max() < shoulders[:, 1].min()
    assert np.ptp(head[:, 0]) < np.ptp(shoulders[:, 0])


def test_polygons_are_filled_to_a_quarter_of_a_pixel():
    square = np.array([(1.5, 1.0), (4.0, 1.0), (4.0, 3.0), (1.5, 3.0)])
    alpha = filled([square], (5, 6))
    assert alpha[1:3, 2:4].min() == 255
    assert 96 <= alpha[1, 1] <= 160
    assert alpha[0].max() == alpha[4].max() == 0


# Stickers


def test_a_sticker_lies_within_its_cover_whole_and_upright():
    turned = Face(LARGE.box, 0.9, ("fixed",), None, 40.0)
    shown = drawn(plain((90, 90, 90)), turned, style="sticker", color="white").astype(int)
    red = np.abs(shown - (180, 20, 40)).max(axis=2) < 12
    rows, columns = red.nonzero()
    assert columns.max() - columns.min() > 1.5 * (rows.max() - rows.min())
    cover = Cover.over(turned, look(), Size(*SIZE))
    assert cover.outline.beyond(np.column_stack([columns, rows]).astype(float)) < 0


def test_a_sticker_of_many_colours_goes_into_a_palette():
    noise = np.random.default_rng(1).integers(0, 256, (60, 60, 4), np.uint8)
    noise[..., 3] = 255
    many = Sticker("many.png", pictures.saved(Image.fromarray(noise), "png"))
    after = obscure(picture("P", SIZE), covering(LARGE), ObscureSettings(sticker=many))
    assert after.mode == "P"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"no picture", id="no picture"),
        pytest.param(pictures.file("jpeg"), id="a JPEG"),
        pytest.param(pictures.saved(Image.new("RGBA", (9, 9)), "png"), id="nothing to be seen"),
        pytest.param(pictures.saved(Image.new("L", (5000, 2)), "png"), id="too large"),
        pytest.param(pictures.logo()[:120], id="cut short"),
    ],
)
def test_what_is_no_sticker_is_refused(data, tmp_path):
    (tmp_path / "logo.png").write_bytes(data)
    with pytest.raises(ValueError, match=r"PNG|picture"):
        ObscureSettings(sticker=tmp_path / "logo.png")


def test_a_report_knows_a_sticker_by_name_and_hash_only(tmp_path):
    (tmp_path / "logo.png").write_bytes(pictures.logo())
    chosen = ObscureSettings(sticker=str(tmp_path / "logo.png"))
    assert chosen.style is Style.STICKER
    told = chosen.model_dump(mode="json")["sticker"]
    assert told["name"] == "logo.png"
    assert len(told["sha256"]) == 64
    assert len(told) == 2
    again = ObscureSettings.model_validate(chosen.model_dump())
    assert again == chosen


def test_a_style_of_stickers_needs_one():
    with pytest.raises(ValueError, match="needs a PNG"):
        ObscureSettings(style="sticker")
