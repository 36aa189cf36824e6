"""A colour profile is made of its numbers alone: colours stay, and nothing that hides in one comes along."""

import struct

import numpy as np
import pytest
from PIL import Image

from blurkit import metadata
from blurkit.appearance import ObscureSettings
from blurkit.choices import OutputFormat
from blurkit.encode import encode, encode_keeping_blocks, output_format, prepare
from blurkit.errors import MetadataRemains
from blurkit.load import decode
from blurkit.obscure import drawn_mask, obscure
from blurkit.picture.color import to_srgb
from blurkit.picture.curves import CURVES, SRGB_CURVE, formula, read_curve
from blurkit.picture.profiles import is_srgb, rebuilt, srgb
from blurkit.records import Colors, ImageFormat
from blurkit.settings import LoadSettings
from tests import pictures, profiles
from tests.metadata.photos import thumbnail
from tests.pictures import covering, face, file, smooth

PROFILED = ["jpeg", "png", "webp", "tiff", "heif", "avif"]


def load(data):
    return decode(data, LoadSettings())


def again(data, *faces, wanted=OutputFormat.AUTO):
    """Return a file as it is written: covered, encoded."""
    photo = load(data)
    drawn = obscure(photo.picture, covering(*faces), ObscureSettings(), random=np.random.default_rng(1))
    return encode(prepare(photo.showing(drawn), output_format(photo.format, wanted)))


def tagged(tag, content):
    """Return a wide-gamut profile with one more tag."""
    return profiles._profile(b"RGB ", b"XYZ ", "Wide", {**profiles.wide_tags(), tag: content})


def headed(at, content):
    """Return a wide-gamut profile with other bytes in its header."""
    plain = profiles.wide_gamut()
    return plain[:at] + content + plain[at + len(content) :]


HIDDEN = thumbnail()
"""The uncovered photo, small."""
CARRIERS = {
    "view": tagged(b"view", b"curv" + struct.pack(">II", 0, 0) + HIDDEN),
    "meas": tagged(b"meas", b"curv" + struct.pack(">II", 0, 0) + HIDDEN),
    "gamt": tagged(b"gamt", b"curv" + struct.pack(">II", 0, 0) + HIDDEN),
    "ciis": tagged(b"ciis", b"sf32" + bytes(4) + HIDDEN),
    "private": tagged(b"anna", b"data" + bytes(4) + HIDDEN),
    "description": tagged(b"dscm", b"text" + bytes(4) + HIDDEN),
    "curve": tagged(b"rTRC", b"curv" + struct.pack(">IIH", 0, 1, 563) + HIDDEN),
    "behind": profiles.wide_gamut() + HIDDEN,
    "table": profiles.table_of_colors(HIDDEN),
    "header": headed(4, HIDDEN[:4] + HIDDEN[4:4]),
    "maker": headed(48, HIDDEN[:8]),
    "identity": headed(84, HIDDEN[:44]),
    "odd types": tagged(b"wtpt", b"text" + bytes(4) + HIDDEN),
}


@pytest.mark.parametrize("kind", PROFILED)
@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_photo_hidden_in_a_profile_is_not_in_the_output(kind, carrier):
    written = again(file(kind, icc_profile=CARRIERS[carrier]), face(), wanted=OutputFormat.SAME)
    profile = pictures.opened(written).info.get("icc_profile") or b""
    assert not any(HIDDEN[at : at + 4] in profile for at in range(0, 44, 4) if HIDDEN[at : at + 4].strip(b"\0\xff\1"))
    assert HIDDEN[-99:-9] not in written
    metadata.check(written)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_nor_where_blocks_are_kept(carrier):
    pytest.importorskip("jpeglib", reason="there is no build of the library for this machine")
    photo = load(file("jpeg", icc_profile=CARRIERS[carrier]))
    drawn = obscure(photo.picture, covering(face()), ObscureSettings(), random=np.random.default_rng(1))
    mask = drawn_mask([face()], ObscureSettings(), photo.size)
    written, words, _ = encode_keeping_blocks(prepare(photo.showing(drawn), ImageFormat.JPEG), mask)
    metadata.check(written)
    assert HIDDEN[-99:-9] not in written
    assert ("whole" in words) is (carrier == "table")  # its samples were converted


@pytest.mark.parametrize("kind", PROFILED)
@pytest.mark.parametrize("carrier", CARRIERS)
def test_the_check_withholds_a_profile_that_was_copied(kind, carrier):
    with pytest.raises(MetadataRemains, match="colour profile"):
        metadata.check(file(kind, icc_profile=CARRIERS[carrier]))


@pytest.mark.parametrize("carrier", sorted(CARRIERS.keys() - {"table"}))
def test_an_audit_names_it(carrier):
    found = [hidden for hidden in metadata.find(file("jpeg", icc_profile=CARRIERS[carrier])) if not hidden.is_usual]
    assert found
    assert carrier == "header" or all("colour profile" in hidden.detail for hidden in found)


# Colours


def table(function, count=1024):
    """Return a curve as a table."""
    values = np.rint(65535 * function(np.linspace(0, 1, count))).astype(int)
    return b"curv" + bytes(4) + struct.pack(f">I{count}H", count, *values)


SAME = {
    "wide gamut": profiles.wide_gamut(),
    "sRGB of LittleCMS": profiles.srgb(),
    "sRGB's curve as a table": profiles.of_curve(table(lambda x: SRGB_CURVE.at(x))),
    "gamma as a table": profiles.of_curve(table(lambda x: x**1.95, 4096)),
    "gamma as a short table": profiles.of_curve(table(lambda x: x**2.2, 26)),
    "a curve like no other": profiles.of_curve(table(lambda x: 0.3 * x + 0.7 * x**3)),
    "a formula of 3 numbers": profiles.of_curve(b"para" + struct.pack(">IHH3i", 0, 1, 0, 131072, 66846, -1310)),
    "a formula of 4 numbers": profiles.of_curve(b"para" + struct.pack(">IHH4i", 0, 2, 0, 131072, 66846, -1310, 0)),
    "a formula of 5 numbers": profiles.of_curve(CURVES["BT 709"].tag()),
    "a formula of 7 numbers": profiles.of_curve(b"para" + struct.pack(">IHH7i", 0, 4, 0, 131072, 65536, 0, 0, 0, 0, 0)),
    "no numbers": profiles.of_curve(b"curv" + bytes(8)),
}


def every_color():
    """Return colours of a fine grid, shape (n, 1, 3)."""
    steps = np.linspace(0, 255, 18).astype(np.uint8)
    return np.stack(np.meshgrid(steps, steps, steps), -1).reshape(-1, 1, 3)


@pytest.mark.parametrize("case", SAME)
def test_colours_stay_the_same(case):
    new = rebuilt(SAME[case])
    assert new is not None
    assert len(new) < 1000
    before, after = (to_srgb(every_color(), "RGB", Colors(icc_profile=each)) for each in (SAME[case], new))
    assert np.abs(before.astype(int) - after).max() <= 2
    assert np.abs(before.astype(int) - after).mean() <= 0.3


@pytest.mark.parametrize("case", SAME)
def test_a_profile_made_again_is_made_the_same(case):
    new = rebuilt(SAME[case])
    assert rebuilt(new) == new


@pytest.mark.parametrize("gamma", np.arange(1.0, 2.9, 0.07))
def test_a_gray_profile_shows_the_same(gamma):
    tones = np.arange(256, dtype=np.uint8)[None]
    old, new = profiles.gray(gamma), rebuilt(profiles.gray(gamma))
    before, after = (to_srgb(tones, "L", Colors(icc_profile=each)) for each in (old, new))
    assert np.abs(before.astype(int) - after).max() <= 1
    assert rebuilt(new) == new


def test_a_profile_is_judged_by_its_numbers_and_not_by_its_name():
    liar = profiles.of_curve(b"curv" + bytes(8), name="Anna's Linear sRGB")
    assert not is_srgb(liar)
    assert to_srgb(np.full((1, 1, 3), 55, np.uint8), "RGB", Colors(icc_profile=liar)).min() > 120
    assert is_srgb(profiles.srgb())
    assert is_srgb(profiles.of_curve(SRGB_CURVE.tag(), name="Nothing of the kind"))
    assert not is_srgb(profiles.of_curve(formula(1.8).tag(), name="sRGB IEC61966-2.1"))


@pytest.mark.parametrize(
    "curve",
    [
        table(lambda x: 1 - x),
        table(lambda x: 0.01 + 0.99 * x**2),
        table(lambda x: (np.sin(900 * x) + 1) / 2),
        b"text" + bytes(20),
        b"para" + struct.pack(">IHHi", 0, 9, 0, 65536),
        b"para" + struct.pack(">IHH3i", 0, 1, 0, 65536, 0, 0),
        b"para" + struct.pack(">IHHi", 0, 0, 0, -65536),
    ],
    ids=["falling", "starts gray", "rough", "no curve", "unknown formula", "flat formula", "infinite"],
)
def test_a_curve_that_is_none_is_refused(curve):
    with pytest.raises(ValueError, match=r"^$"):
        read_curve(curve)


# From file to file


@pytest.mark.parametrize("kind", PROFILED)
def test_a_wide_gamut_profile_is_kept_and_shown(kind):
    plain = load(file(kind)).picture.samples
    photo = load(file(kind, icc_profile=profiles.wide_gamut()))
    assert photo.picture.colors.icc_profile == rebuilt(profiles.wide_gamut())
    assert (photo.picture.samples == plain).all()
    assert np.abs(photo.picture.pixels - profiles.wide_gamut_shown(plain)).max() <= 4


@pytest.mark.parametrize("kind", PROFILED)
def test_the_output_has_the_profile_of_the_source(kind):
    source = file(kind, icc_profile=profiles.wide_gamut())
    written = load(again(source, face(), wanted=OutputFormat.SAME))
    assert written.picture.colors.icc_profile == rebuilt(profiles.wide_gamut())


@pytest.mark.parametrize("mode", ["RGB;16", "RGBA;16", "L;16"])
@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_the_density_and_profile_of_sixteen_bits_are_kept(kind, mode):
    profile = rebuilt(profiles.gray() if mode == "L;16" else profiles.wide_gamut())
    photo = pictures.photo(mode, dpi=(240, 240), icc_profile=profile)
    coded = load(encode(prepare(photo, ImageFormat(kind))))
    assert coded.encoding.dpi == pytest.approx((240, 240), abs=0.1)
    assert coded.picture.colors.icc_profile == profile
    assert (coded.picture.samples == photo.picture.samples).all()


@pytest.mark.parametrize(("kind", "mode"), [("jpeg", "L"), ("png", "L"), ("tiff", "L"), ("png", "LA")])
def test_a_gray_profile_is_kept_and_shown(kind, mode):
    source = file(kind, mode, icc_profile=profiles.gray())
    photo = load(source)
    assert photo.picture.colors.icc_profile == rebuilt(profiles.gray())
    assert photo.picture.pixels.mean() > load(file(kind, mode)).picture.pixels.mean() + 20
    assert load(again(source, face())).picture.colors.icc_profile == rebuilt(profiles.gray())


TABLES = [
    ("jpeg", "CMYK", profiles.cmyk()),
    ("tiff", "CMYK", profiles.cmyk()),
    ("jpeg", "RGB", profiles.table_of_colors()),
    ("png", "RGBA", profiles.table_of_colors()),
    ("png", "P", profiles.table_of_colors()),
    ("png", "RGB;16", profiles.table_of_colors()),
    ("png", "LA", profiles.gray_in_lab()),
]


@pytest.mark.parametrize(("kind", "mode", "profile"), TABLES, ids=[f"{kind}/{mode}" for kind, mode, _ in TABLES])
def test_colours_in_a_table_become_srgb(kind, mode, profile):
    if mode == "RGB;16":
        plain = load(file(kind, mode)).picture.samples
        data = encode(prepare(pictures.photo(mode, samples=plain, icc_profile=profile), ImageFormat.PNG))
        before = smooth("RGB")
    else:
        image = pictures.opened(file(kind, mode))
        data = pictures.saved(image, kind, icc_profile=profile)
        shown_by_pillow = pictures.opened(pictures.saved(image, kind))  # coded once more, like the photo
        before = np.asarray(shown_by_pillow.convert("RGB") if mode == "P" else shown_by_pillow)
    photo = load(data)
    assert photo.picture.colors.icc_profile is None
    assert photo.picture.mode == {"CMYK": "RGB", "RGB;16": "RGB"}.get(mode, mode)
    kept = {"RGB;16": "RGB", "P": "RGB"}.get(mode, mode)
    shown = to_srgb(before, kept, Colors(icc_profile=profile)).astype(int)
    assert np.abs(photo.picture.pixels.astype(int) - shown).max() <= 1
    assert (photo.picture.pixels == to_srgb(photo.picture.samples, photo.picture.mode, photo.picture.colors)).all()
    if mode in ("RGBA", "LA"):
        assert (photo.picture.samples[..., -1] == smooth(mode)[..., -1]).all()
    written = load(again(data, face()))
    assert isinstance(Image.fromarray(written.picture.pixels), Image.Image)
    assert written.picture.colors.icc_profile is None


USELESS = {
    "text": b"not a profile",
    "cut short": profiles.wide_gamut()[:200],
    "a colour is missing": profiles.without(profiles.wide_gamut(), b"gXYZ"),
    "of another kind": profiles.gray(),
}


@pytest.mark.parametrize("case", USELESS)
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_a_profile_of_no_use_is_dropped(kind, case):
    photo = load(file(kind, icc_profile=USELESS[case]))
    assert photo.picture.colors.icc_profile is None
    assert photo.picture.pixels is photo.picture.samples


def test_a_profile_with_a_name_that_is_no_text_is_used_all_the_same():
    profile = profiles.wide_gamut().replace(b"Wide gamut\0", b"Wi\xff\x84 gamut\0")
    shown = load(file("png", icc_profile=profile)).picture.pixels
    assert np.abs(shown - profiles.wide_gamut_shown(smooth())).max() <= 4


def test_our_own_profile_is_srgb_and_small():
    assert is_srgb(srgb())
    assert len(srgb()) < 500
