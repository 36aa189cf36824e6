"""Samples of every kind are shown in sRGB, and colours get back into samples of every kind."""

import numpy as np
import pytest

from blurkit.picture.color import from_srgb, opacity, to_srgb, usable_profile
from blurkit.records import Colors
from tests import pictures, profiles

COLORS = np.array([(128, 128, 128), (40, 90, 190), (200, 30, 30), (250, 210, 40), (0, 0, 0), (255, 255, 255)], np.uint8)
GRAYS = np.array([(0, 0, 0), (60, 60, 60), (128, 128, 128), (255, 255, 255)], np.uint8)


def test_wide_gamut_colours_look_as_they_should() -> None:
    samples = pictures.smooth("RGB")
    shown = to_srgb(samples, "RGB", Colors(icc_profile=profiles.wide_gamut()))
    assert np.abs(shown - profiles.wide_gamut_shown(samples)).max() <= 3
    assert np.abs(shown.astype(int) - samples).max() > 10


def test_srgb_samples_are_their_own_view() -> None:
    samples = pictures.smooth("RGB")
    assert to_srgb(samples, "RGB", Colors()) is samples
    assert to_srgb(samples, "RGB", Colors(icc_profile=profiles.srgb())) is samples


def test_a_profile_of_gray_samples_counts() -> None:
    samples = np.full((2, 2), 55, np.uint8)
    shown = to_srgb(samples, "L", Colors(icc_profile=profiles.gray(gamma=1.0)))
    assert np.abs(shown.astype(int) - 128).max() <= 3


def test_alpha_hides_nothing_from_the_view() -> None:
    samples = pictures.smooth("RGBA").copy()
    samples[..., 3] = 0
    assert (to_srgb(samples, "RGBA", Colors()) == samples[..., :3]).all()


def test_sixteen_bits_are_shown_by_their_upper_eight() -> None:
    assert (to_srgb(pictures.smooth("RGB;16"), "RGB;16", Colors()) == pictures.smooth("RGB")).all()


def test_a_palette_index_beyond_the_palette_is_black_not_an_error() -> None:
    shown = to_srgb(np.full((1, 1), 200, np.uint8), "P", Colors(palette=b"\xff\xff\xff"))
    assert shown.tolist() == [[[0, 0, 0]]]


@pytest.mark.parametrize("mode", pictures.KINDS)
def test_a_colour_put_into_samples_shows_as_that_colour(mode: str) -> None:
    shades = GRAYS if mode.startswith("L") else COLORS
    colors = Colors(palette=COLORS[::-1].tobytes()) if mode == "P" else Colors()
    shown = to_srgb(from_srgb(shades, mode, colors)[None], mode, colors)[0]
    assert np.abs(shown.astype(int) - shades).max() <= 1


@pytest.mark.parametrize(
    ("mode", "profile", "shades"),
    [
        pytest.param("RGB", profiles.wide_gamut(), COLORS, id="wide gamut"),
        pytest.param("RGBA;16", profiles.wide_gamut(), COLORS, id="wide gamut, 16 bits"),
        pytest.param("L", profiles.gray(), GRAYS, id="gray"),
        pytest.param("CMYK", profiles.cmyk(), GRAYS[1:3], id="inks"),
    ],
)
def test_a_colour_goes_through_the_profile_and_comes_back(mode: str, profile: bytes, shades: np.ndarray) -> None:
    colors = Colors(icc_profile=profile)
    shown = to_srgb(from_srgb(shades, mode, colors)[None], mode, colors)[0]
    assert np.abs(shown.astype(int) - shades).max() <= 12


def test_a_profile_that_leads_one_way_only_still_takes_colours() -> None:
    colors = Colors(icc_profile=usable_profile(profiles.cmyk(both_ways=False), "CMYK"))
    assert colors.icc_profile
    assert from_srgb(COLORS, "CMYK", colors).shape == (len(COLORS), 4)


@pytest.mark.parametrize("mode", [mode for mode in pictures.KINDS if mode.startswith(("LA", "RGBA"))])
def test_a_colour_in_samples_with_alpha_is_opaque(mode: str) -> None:
    tones = from_srgb(COLORS, mode, Colors())
    assert (tones[:, -1] == np.iinfo(tones.dtype).max).all()


@pytest.mark.parametrize("clear", [0, b"\x00", b"\x10\xff"])
def test_a_clear_palette_entry_never_stands_for_a_colour(clear: bytes | int) -> None:
    colors = Colors(palette=bytes((200, 30, 30, 90, 90, 90)), transparency=clear)
    assert from_srgb(np.array([(200, 30, 30)], np.uint8), "P", colors).tolist() == [1]


@pytest.mark.parametrize(
    ("profile", "mode", "usable"),
    [
        pytest.param(profiles.srgb(), "RGB", True, id="sRGB for RGB"),
        pytest.param(profiles.srgb(), "P", True, id="sRGB for a palette"),
        pytest.param(profiles.wide_gamut(), "RGBA;16", True, id="wide gamut for RGBA of 16 bits"),
        pytest.param(profiles.gray(), "LA", True, id="gray for gray"),
        pytest.param(profiles.cmyk(), "CMYK", True, id="inks for inks"),
        pytest.param(profiles.srgb(), "L", False, id="sRGB for gray"),
        pytest.param(profiles.gray(), "RGB", False, id="gray for RGB"),
        pytest.param(profiles.srgb(), "CMYK", False, id="sRGB for inks"),
        pytest.param(profiles.without(profiles.wide_gamut(), b"rTRC"), "RGB", False, id="a curve is missing"),
        pytest.param(profiles.wide_gamut()[:140], "RGB", False, id="cut short"),
        pytest.param(b"no profile at all", "RGB", False, id="text"),
        pytest.param(b"", "RGB", False, id="empty"),
        pytest.param(None, "RGB", False, id="none"),
    ],
)
def test_a_profile_is_used_only_if_it_can_be(profile: bytes | None, mode: str, *, usable: bool) -> None:
    assert usable_profile(profile, mode) == (profile if usable else None)


def test_opacity_is_that_of_the_samples() -> None:
    assert opacity(pictures.smooth("RGB"), "RGB", Colors()) is None
    assert opacity(pictures.smooth("P"), "P", Colors(palette=bytes(30))) is None
    assert (opacity(pictures.smooth("LA"), "LA", Colors())[..., 0] == pictures.smooth("LA")[..., 1]).all()
    assert (opacity(pictures.smooth("RGBA;16"), "RGBA;16", Colors()) == pictures.smooth("RGBA")[..., 3:]).all()
    indices = np.array([[0, 1, 2]], np.uint8)
    assert opacity(indices, "P", Colors(palette=bytes(9), transparency=1)).ravel().tolist() == [255, 0, 255]
    assert opacity(indices, "P", Colors(palette=bytes(9), transparency=b"\x07")).ravel().tolist() == [7, 255, 255]
