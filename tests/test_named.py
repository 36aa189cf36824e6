"""Colours that a file names by numbers are shown as they are meant, and named in the output by a profile."""

import struct

import numpy as np
import pytest

from blurkit.choices import OutputFormat
from blurkit.encode import encode, output_format, prepare
from blurkit.load import decode
from blurkit.picture.curves import shown
from blurkit.picture.named import profile_of
from blurkit.picture.primaries import KNOWN
from blurkit.picture.profiles import is_ours
from blurkit.settings import LoadSettings
from tests.metadata.photos import chunk, with_chunks
from tests.pictures import file, smooth

WIDE = (31270, 32900, 73500, 26500, 11500, 82600, 15700, 1800)
P3 = (31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)


def gamma(value):
    return chunk(b"gAMA", struct.pack(">I", value))


def corners(*values):
    return chunk(b"cHRM", struct.pack(">8I", *values))


def load(data):
    return decode(data, LoadSettings())


def png(mode, *chunks):
    return load(with_chunks(file("png", mode), *chunks))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "RGB;16", "L;16"])
def test_a_linear_png_is_shown_as_light(mode):
    photo, plain = png(mode, gamma(100_000)), load(file("png", mode))
    expected = 255 * shown(plain.picture.pixels / 255)
    assert np.abs(photo.picture.pixels - expected).max() <= 4
    assert (photo.picture.samples == plain.picture.samples).all()
    written = load(encode(prepare(photo, output_format(photo.format, OutputFormat.AUTO))))
    assert (written.picture.pixels == photo.picture.pixels).all()
    assert is_ours(written.picture.colors.icc_profile)


def test_wide_corners_are_shown_in_their_colours():
    photo = png("RGB", gamma(45_455), corners(*P3))
    linear = (smooth("RGB") / 255) ** 2.2 @ KNOWN["Display P3"].T @ np.linalg.inv(KNOWN["sRGB"]).T
    assert np.abs(photo.picture.pixels - 255 * shown(linear)).max() <= 4
    assert np.abs(photo.picture.pixels.astype(int) - smooth("RGB")).max() > 10
    assert png("RGB", gamma(45_455), corners(*WIDE)).picture.colors.icc_profile is not None


@pytest.mark.parametrize(
    "chunks",
    [
        [gamma(45_455)],
        [chunk(b"sRGB", b"\0"), gamma(100_000), corners(*WIDE)],
        [corners(*WIDE)],
        [gamma(0)],
        [gamma(45_455), corners(*[0] * 8)],
        [gamma(50_000), corners(*[1] * 8)],
    ],
    ids=["gamma", "sRGB first", "corners alone", "zero", "no corners", "one corner"],
)
def test_a_png_that_says_no_more_than_srgb_stays_as_it_is(chunks):
    photo = png("RGB", *chunks)
    assert photo.picture.colors.icc_profile is None
    assert photo.picture.pixels is photo.picture.samples


def test_numbers_come_before_gamma():
    photo = png("RGB", gamma(100_000), chunk(b"cICP", bytes((12, 13, 0, 1))))
    assert photo.picture.colors.icc_profile == profile_of(12)


@pytest.mark.parametrize("kind", ["avif", "heif"])
def test_linear_light_in_a_phones_format_is_shown_as_light(kind):
    options = {"color_primaries": 1, "transfer_characteristics": 8} if kind == "heif" else {}
    data = file(kind, quality=100, **options)
    data = data if kind == "heif" else data.replace(b"colrnclx\0\1\0\x0d", b"colrnclx\0\1\0\x08")
    photo = load(data)
    assert photo.picture.colors.icc_profile == profile_of(1, 8)
    assert np.abs(photo.picture.pixels - 255 * shown(photo.picture.samples / 255)).max() <= 4


def test_white_in_pq_is_white_and_the_brightest_no_brighter():
    photo = png("RGB", chunk(b"cICP", bytes((9, 16, 0, 1))))
    tones = photo.picture.samples.astype(int)
    assert photo.picture.pixels.mean() > tones.mean() + 20
    profile = profile_of(9, 16)
    from blurkit.picture.color import to_srgb
    from blurkit.records import Colors

    gray = np.array([0, 64, 100, 128, 148, 180, 255], np.uint8)
    seen = to_srgb(np.repeat(gray[None, :, None], 3, 2), "RGB", Colors(icc_profile=profile))[0, :, 0].astype(int)
    assert (np.diff(seen) >= 0).all()
    assert seen[0] == 0
    assert 215 <= seen[4] <= 240  # 203 candela, diffuse white: a little is kept for what is brighter
    assert seen[-1] == 255
