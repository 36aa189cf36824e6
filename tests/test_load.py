"""Every format and kind of photo is read upright and whole, or refused with a reason and a remedy."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blurkit.errors import ExitCode, PhotoError, UnreadablePhoto, UnsupportedFormat
from blurkit.load import decode, read
from blurkit.picture.color import to_srgb
from blurkit.records import ImageFormat
from blurkit.settings import LoadSettings
from tests import pictures, profiles
from tests.pictures import corners, exif, file, opened, saved, smooth, stored

READ_AS = {"1": "L"}
LOSS = 9
"""Mean difference that coding may make to the soft test picture, of 255; alpha of WebP makes the most."""


def load(data, **settings):
    """Decode a file with the default limit, or another."""
    return decode(data, LoadSettings(**settings))


def refused(data, error, *, words="", source=None, **settings):
    """Check that a file is refused with the right class, exit code, source and a hint."""
    with pytest.raises(PhotoError) as caught:
        decode(data, LoadSettings(**settings), source=source)
    assert type(caught.value) is error, caught.value
    assert caught.value.exit_code is ExitCode.INPUT
    assert caught.value.hint
    assert caught.value.path == source
    assert words in caught.value.message
    return caught.value


# What is read


@pytest.mark.parametrize(("kind", "mode"), pictures.EVERY_FILE, ids=pictures.EVERY_ID)
def test_every_format_and_kind_is_read(kind, mode):
    photo = load(file(kind, mode))
    assert photo.format == kind
    assert photo.picture.mode == ("P" if kind == "gif" else READ_AS.get(mode, mode))
    assert photo.picture.pixels.shape == (64, 96, 3)
    assert photo.picture.pixels.dtype == np.uint8
    assert (photo.picture.pixels == to_srgb(photo.picture.samples, photo.picture.mode, photo.picture.colors)).all()
    assert not photo.picture.pixels.flags.writeable
    assert not photo.picture.samples.flags.writeable


@pytest.mark.parametrize(("kind", "mode"), pictures.EVERY_FILE, ids=pictures.EVERY_ID)
def test_the_samples_are_those_of_the_file(kind, mode):
    photo, original = load(file(kind, mode)), smooth(mode)
    if kind == "gif" and mode == "L":  # stored as a palette
        assert (photo.picture.pixels[..., 0] == original).all()
    elif kind in pictures.LOSSLESS:
        assert (photo.picture.samples == original).all()
    else:
        assert np.abs(photo.picture.samples.astype(int) - original).mean() < LOSS


@pytest.mark.parametrize(("kind", "clear"), [("png", 3), ("png", bytes(range(60))), ("gif", 3)])
def test_a_palette_keeps_its_clear_entries(kind, clear):
    photo = load(file(kind, "P", transparency=clear))
    assert photo.picture.mode == "P"
    if isinstance(clear, int):
        assert photo.picture.colors.transparency in (clear, b"\xff" * clear + b"\0")
    else:
        assert photo.picture.colors.transparency == clear
    assert photo.picture.colors.palette[:180] == pictures.palette_of()[:180]


@pytest.mark.parametrize(("mode", "clear", "becomes"), [("L", 90, "LA"), ("RGB", (220, 30, 30), "RGBA")])
def test_one_clear_tone_becomes_alpha(mode, clear, becomes):
    image = Image.fromarray(corners()).convert(mode)
    photo = load(saved(image, "png", transparency=image.getpixel((0, 0)) if mode == "L" else clear))
    assert photo.picture.mode == becomes
    assert photo.picture.samples[0, 0, -1] == 0
    assert photo.picture.samples[-1, -1, -1] == 255


def test_a_gray_gif_with_a_clear_tone_keeps_it():
    gray = Image.fromarray(np.arange(256, dtype=np.uint8).reshape(16, 16))
    photo = load(saved(gray, "gif", transparency=3, optimize=False))
    assert photo.picture.mode == "P"
    assert photo.picture.colors.transparency == 3
    assert (photo.picture.pixels[..., 0] == np.arange(256).reshape(16, 16)).all()


@pytest.mark.parametrize(
    ("kind", "sixteen"),
    [("png", "L;16"), ("png", "RGBA;16"), ("tiff", "L;16"), ("tiff", "RGB;16"), ("tiff", "RGBA;16")],
)
def test_all_sixteen_bits_are_there(kind, sixteen):
    assert len(np.unique(load(file(kind, sixteen)).picture.samples & 255)) > 100


def test_sixteen_bit_tiff_of_the_other_byte_order_is_read():
    import tifffile

    buffer = io.BytesIO()
    tifffile.imwrite(buffer, smooth("L;16"), byteorder=">", metadata=None)
    photo = load(buffer.getvalue())
    assert photo.picture.mode == "L;16"
    assert (photo.picture.samples == smooth("L;16")).all()


def test_an_adobe_cmyk_jpeg_is_not_inverted():
    white = Image.new("CMYK", (32, 32), (0, 0, 0, 0))
    data = saved(white, "jpeg")
    assert b"Adobe" in data
    assert load(data).picture.pixels.min() > 250


def test_a_ycck_jpeg_is_read_as_cmyk():
    data = saved(Image.new("CMYK", (32, 32), (0, 0, 0, 0)), "jpeg")
    at = data.index(b"Adobe") + 11  # behind version and two flags: the transform; white has the same samples in both
    assert load(data[:at] + b"\2" + data[at + 1 :]).picture.mode == "CMYK"


# Upright


@pytest.mark.parametrize("kind", ["jpeg", "png", "tiff", "heif", "avif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(kind, orientation):
    image = Image.fromarray(stored(corners(), orientation))
    options = {"exif": exif(orientation)}
    if kind == "tiff":
        options = {"tiffinfo": {0x0112: orientation}}
    photo = load(saved(image, kind, **options))
    assert photo.size.width == 96
    middles = [(16, 24), (16, 72), (48, 24), (48, 72)]
    for row, column in middles:
        assert np.abs(photo.picture.pixels[row, column].astype(int) - corners()[row, column]).max() < 25


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_webp_is_turned_by_no_browser_and_stays_as_it_is_stored(orientation):
    samples = smooth("RGB", (60, 40))
    data = saved(Image.fromarray(samples), "webp", lossless=True, exif=exif(orientation))
    assert (load(data).picture.samples == samples).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_sixteen_bits_come_out_upright(kind, orientation):
    samples = stored(smooth("RGB;16"), orientation)
    if kind == "tiff":
        data = pictures._deep("tiff", samples, extratags=[(274, 3, 1, orientation, True)])
    else:
        data = pictures._deep("png", samples)
        block = b"eXIf" + exif(orientation).removeprefix(b"Exif\0\0")
        chunk = struct.pack(">I", len(block) - 4) + block + struct.pack(">I", zlib.crc32(block))
        data = data[:33] + chunk + data[33:]
    assert (load(data).picture.samples == smooth("RGB;16")).all()


@pytest.mark.parametrize("orientation", [0, 9, 255])
def test_an_orientation_that_is_none_leaves_the_photo_as_stored(orientation):
    assert load(saved(Image.fromarray(corners()), "jpeg", exif=exif(orientation))).size.width == 96


@pytest.mark.parametrize("block", [b"II*\0\xff\xff\xff\xff" + bytes(20), b"no directory at all", b"II*\0", b""])
def test_a_broken_exif_block_leaves_the_photo_as_stored(block):
    photo = load(saved(Image.fromarray(corners()), "jpeg", exif=b"Exif\0\0" + block))
    assert photo.size.width == 96


def test_a_sideways_phone_jpeg_turns_its_tables_and_density():
    tables = [list(range(1, 65)), list(range(65, 129))]
    data = saved(Image.fromarray(corners()), "jpeg", qtables=tables, dpi=(72, 144), exif=exif(6))
    coded = load(data).encoding
    assert coded.dpi == (144, 72)
    for table, turned in zip(tables, coded.quantization, strict=True):
        assert np.array_equal(np.reshape(table, (8, 8)).T, np.reshape(turned, (8, 8)))


# Several pictures


def test_a_phone_jpeg_with_two_pictures_is_its_first():
    second = Image.fromarray(corners()[::-1])
    data = saved(Image.fromarray(corners()), "mpo", save_all=True, append_images=[second])
    assert opened(data).n_frames == 2
    photo = load(data)
    assert photo.format is ImageFormat.JPEG
    assert np.abs(photo.picture.pixels[16, 24].astype(int) - corners()[16, 24]).max() < 25


@pytest.mark.parametrize("primary", [0, 1])
def test_a_heic_of_two_pictures_is_its_primary(primary):
    import pillow_heif

    heif = pillow_heif.from_pillow(Image.new("RGB", (64, 64), (200, 0, 0)))
    heif.add_from_pillow(Image.new("RGB", (64, 64), (0, 0, 200)))
    buffer = io.BytesIO()
    heif.save(buffer, primary_index=primary)
    red, _, blue = load(buffer.getvalue()).picture.pixels[32, 32]
    assert (red > 150) == (primary == 0)
    assert (blue > 150) == (primary == 1)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("gif", "animated"), ("webp", "animated"), ("png", "animated"), ("avif", "animated"), ("tiff", "pages")],
)
def test_a_file_that_shows_several_pictures_is_refused(kind, words):
    frames = [Image.fromarray(smooth(seed=seed)) for seed in (1, 2, 3)]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:])
    refused(data, UnsupportedFormat, words=words)


@pytest.mark.parametrize("times", [1, 2], ids=["whole", "its control twice"])
@pytest.mark.parametrize("said", [1, 2])
def test_a_png_that_browsers_move_is_refused_though_its_decoder_takes_it_for_a_still(times, said):
    frames = [Image.fromarray(smooth(seed=seed)) for seed in (1, 2)]
    data = saved(frames[0], "png", save_all=True, append_images=frames[1:])
    control = data[data.index(b"acTL") - 4 :][:20]
    told = control[:8] + said.to_bytes(4) + control[12:16]
    refused(
        data.replace(control, (told + zlib.crc32(told[4:]).to_bytes(4)) * times), UnsupportedFormat, words="animated"
    )


def test_a_frame_of_a_png_that_does_not_say_that_it_moves_is_shown_by_nobody():
    frames = [Image.fromarray(smooth(seed=seed)) for seed in (1, 2)]
    data = saved(frames[0], "png", save_all=True, append_images=frames[1:])
    at = data.index(b"acTL") - 4
    assert np.array_equal(load(data[:at] + data[at + 20 :]).picture.pixels, smooth(seed=1))


# Coding


@pytest.mark.parametrize(("subsampling", "kept"), [(0, "4:4:4"), (1, "4:2:2"), (2, "4:2:0")])
@pytest.mark.parametrize("progressive", [False, True])
def test_how_a_jpeg_is_coded_is_known(subsampling, kept, progressive):
    coded = load(file("jpeg", subsampling=subsampling, progressive=progressive, quality=71, dpi=(300, 300))).encoding
    tables = opened(file("jpeg", quality=71)).quantization
    assert coded.subsampling == kept
    assert coded.progressive is progressive
    assert coded.quantization == tuple(tuple(tables[key]) for key in sorted(tables))
    assert coded.dpi == (300, 300)


def test_half_rows_of_chroma_become_full_when_turned():
    assert load(file("jpeg", subsampling=1, exif=exif(6))).encoding.subsampling == "4:4:4"
    assert load(file("jpeg", subsampling=2, exif=exif(6))).encoding.subsampling == "4:2:0"


@pytest.mark.parametrize("profile", [None, profiles.wide_gamut()])
@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_webp_without_loss_is_known_as_such(mode, lossless, profile):
    assert load(file("webp", mode, lossless=lossless, icc_profile=profile)).encoding.lossless is lossless


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_the_compression_of_a_tiff_is_known(compression):
    assert load(file("tiff", compression=compression)).encoding.compression == compression


@pytest.mark.parametrize("kind", ["png", "tiff", "webp", "gif", "heif"])
def test_a_file_without_a_density_has_none(kind):
    assert load(file(kind)).encoding.dpi is None


# Names and files


@pytest.mark.parametrize("kind", pictures.FILES)
def test_content_decides_not_the_name(kind):
    for name in ("photo.jpg", "photo.png", "photo", "photo.txt"):
        assert decode(file(kind), LoadSettings(), source=Path(name)).format == kind


def test_a_photo_carries_its_source_and_hash(photo_file):
    path = photo_file("png")
    photo = decode(read(path), LoadSettings(), source=path)
    assert photo.source == path
    assert len(photo.sha256) == 64


@pytest.mark.parametrize("name", ["missing.jpg", "folder"])
def test_what_cannot_be_opened_is_unreadable(tmp_path, name):
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadablePhoto) as caught:
        read(tmp_path / name)
    assert caught.value.path == tmp_path / name
    assert caught.value.hint
