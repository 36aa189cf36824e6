"""A HEIC or AVIF that names its colours by a number only shows the same as one with a profile."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from blurkit.load import decode
from blurkit.metadata.icc import oddities
from blurkit.picture.color import to_srgb
from blurkit.picture.named import profile_of
from blurkit.picture.primaries import PRIMARIES
from blurkit.records import Colors
from blurkit.settings import LoadSettings
from tests import pictures, profiles
from tests.fakes import FixedFaces

P3, SRGB = 12, 1


def named(primaries, kind="heif", mode="RGB"):
    """Return a file that names its colours by a number."""
    options = {"color_primaries": primaries, "transfer_characteristics": 13} if kind == "heif" else {}
    data = pictures.file(kind, mode, quality=100, **options)
    return data if kind == "heif" else data.replace(b"colrnclx\0\1", b"colrnclx" + primaries.to_bytes(2))


def linear(shades):
    shades = np.asarray(shades, float) / 255
    return np.where(shades <= 0.04045, shades / 12.92, ((shades + 0.055) / 1.055) ** 2.4)


def p3_shown(shades):
    """Return what Display P3 looks like in sRGB, computed apart from LittleCMS."""
    shown = np.clip(linear(shades) @ profiles.P3.T @ np.linalg.inv(profiles.SRGB).T, 0, 1)
    return 255 * np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * shown ** (1 / 2.4) - 0.055)


def test_display_p3_looks_as_it_should():
    samples = pictures.smooth("RGB")
    shown = to_srgb(samples, "RGB", Colors(icc_profile=profile_of(P3)))
    assert np.abs(shown - p3_shown(samples)).max() <= 3
    assert np.abs(shown.astype(int) - samples).max() > 10


@pytest.mark.parametrize("kind", ["heif", "avif"])
def test_a_file_that_names_p3_by_a_number_is_shown_in_p3(kind):
    photo = decode(named(P3, kind), LoadSettings())
    assert photo.picture.colors.icc_profile == profile_of(P3)
    assert np.abs(photo.picture.pixels - p3_shown(photo.picture.samples)).max() <= 3


@pytest.mark.parametrize("kind", ["heif", "avif"])
@pytest.mark.parametrize("primaries", [SRGB, 2, 5])
def test_srgb_and_numbers_that_mean_nothing_stay_as_they_are(kind, primaries):
    photo = decode(named(primaries, kind), LoadSettings())
    assert photo.picture.colors.icc_profile is None
    assert photo.picture.pixels is photo.picture.samples


def test_a_profile_in_the_file_comes_before_the_number():
    data = pictures.file("heif", color_primaries=P3, transfer_characteristics=13, icc_profile=profiles.wide_gamut())
    assert decode(data, LoadSettings()).picture.colors.icc_profile != profile_of(P3)


def test_a_gray_photo_takes_no_profile_of_colours():
    assert decode(named(P3, mode="L"), LoadSettings()).picture.pixels.shape[2] == 3


@pytest.mark.parametrize("primaries", [9, 12])
def test_the_profiles_are_sound_and_hide_nothing(primaries):
    profile = profile_of(primaries)
    assert oddities(profile) == ()
    assert int.from_bytes(profile[:4]) == len(profile)
    name = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).strip()
    assert name == PRIMARIES[primaries][0]
    white = to_srgb(np.full((1, 1, 3), 255, np.uint8), "RGB", Colors(icc_profile=profile))
    assert white.min() >= 254


@pytest.mark.parametrize("wanted", ["auto", "same"])
def test_the_output_shows_the_same_colours(wanted, photo_file, blurrer, out):
    source = photo_file("heif", name="photo.heic")
    source.write_bytes(named(P3))
    target = out / ("photo.jpg" if wanted == "auto" else "photo.heic")
    made = blurrer(FixedFaces(), output={"format": wanted})
    before = decode(source.read_bytes(), LoadSettings())
    assert made.run(source, out=target).status == "ready"
    after = decode(target.read_bytes(), LoadSettings())
    assert np.abs(before.picture.pixels.astype(int) - after.picture.pixels).mean() < 4
    assert (after.picture.colors.icc_profile is None) is (wanted == "auto")
    assert isinstance(pictures.opened(target.read_bytes()), Image.Image)
