"""A photo is written again as it was coded: same format, tables, depth, alpha, palette and profile."""

import numpy as np
import pytest
from PIL import Image

from blurkit import metadata
from blurkit.appearance import ObscureSettings
from blurkit.choices import OutputFormat
from blurkit.encode import encode, output_format, prepare
from blurkit.encode.blocks import obstacle
from blurkit.encode.whole import QUALITY
from blurkit.errors import ExitCode, OutputNotWritable
from blurkit.load import decode
from blurkit.obscure import drawn_mask, obscure
from blurkit.picture.color import to_srgb
from blurkit.records import ImageFormat
from blurkit.settings import LoadSettings
from tests import pictures, profiles
from tests.pictures import covering, exif, face, file, opened, saved

LOSSLESS = [(kind, mode) for kind, mode in pictures.EVERY_FILE if kind in pictures.LOSSLESS]


def load(data):
    return decode(data, LoadSettings())


def again(data, *faces, wanted=OutputFormat.AUTO):
    """Return a file as it is written: covered, encoded."""
    photo = load(data)
    drawn = obscure(photo.picture, covering(*faces), ObscureSettings(color="gray"), random=np.random.default_rng(1))
    return encode(prepare(photo.showing(drawn), output_format(photo.format, wanted)))


@pytest.mark.parametrize(
    ("source", "wanted", "becomes"),
    [
        ("jpeg", "auto", "jpeg"),
        ("png", "auto", "png"),
        ("gif", "auto", "gif"),
        ("heif", "auto", "jpeg"),
        ("avif", "auto", "jpeg"),
        ("heif", "same", "heif"),
        ("avif", "same", "avif"),
        ("heif", "png", "png"),
        ("png", "jpeg", "jpeg"),
        ("jpeg", "png", "png"),
        ("jpeg", "jpeg", "jpeg"),
    ],
)
def test_the_format_is_the_sources_unless_websites_refuse_it_or_another_is_asked_for(source, wanted, becomes):
    assert output_format(ImageFormat(source), OutputFormat(wanted)) == becomes


@pytest.mark.parametrize(("kind", "mode"), pictures.EVERY_FILE, ids=pictures.EVERY_ID)
def test_every_kind_is_written_in_its_own_format_and_kind(kind, mode):
    source = file(kind, mode)
    written = load(again(source, wanted=OutputFormat.SAME))
    assert (written.format, written.picture.mode) == (load(source).format, load(source).picture.mode)
    assert written.size == load(source).size


@pytest.mark.parametrize(("kind", "mode"), LOSSLESS)
def test_without_loss_every_pixel_outside_the_cover_is_the_same(kind, mode):
    source = file(kind, mode)
    before, after = load(source), load(again(source, face()))
    open_pixels = ~drawn_mask([face()], ObscureSettings(), before.size)
    assert after.picture.mode == before.picture.mode
    assert after.picture.samples.dtype == before.picture.samples.dtype
    assert (after.picture.samples[open_pixels] == before.picture.samples[open_pixels]).all()
    assert (after.picture.pixels[open_pixels] == before.picture.pixels[open_pixels]).all()
    assert (after.picture.pixels[~open_pixels] != before.picture.pixels[~open_pixels]).any()


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("profile", [None, profiles.wide_gamut()], ids=["plain", "profile"])
def test_a_webp_without_loss_stays_without(mode, profile):
    source = file("webp", mode, lossless=True, exact=True, icc_profile=profile)
    before, after = load(source), load(again(source, face()))
    open_pixels = ~drawn_mask([face()], ObscureSettings(), before.size)
    assert (after.picture.samples[open_pixels] == before.picture.samples[open_pixels]).all()


def test_a_lossy_webp_keeps_colours_under_its_clear_parts():
    source = file("webp", "RGBA", exact=True)
    before, after = load(source), load(again(source))
    clear = before.picture.samples[..., 3] == 0
    assert clear.any()
    assert np.abs(after.picture.pixels.astype(int) - before.picture.pixels)[clear].mean() < 12


@pytest.mark.parametrize("kind", ["png", "gif"])
def test_a_clear_palette_entry_stays_clear(kind):
    source = file(kind, "P", transparency=3)
    before, after = load(source), load(again(source, face()))
    shown_before, shown_after = (np.asarray(opened(data).convert("RGBA"))[..., 3] for data in (source, again(source)))
    assert (shown_before == shown_after).all()
    assert (shown_before == 0).any()
    assert before.picture.mode == after.picture.mode == "P"


def test_partly_clear_palette_entries_stay_so():
    source = file("png", "P", transparency=bytes(range(60)))
    shown = [np.asarray(opened(data).convert("RGBA"))[..., 3] for data in (source, again(source))]
    assert (shown[0] == shown[1]).all()


# JPEG


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("quality", [40, 75, 97])
def test_a_jpeg_keeps_tables_subsampling_scans_density_and_profile(subsampling, progressive, quality):
    options = {"quality": quality, "subsampling": subsampling, "progressive": progressive}
    source = file("jpeg", dpi=(300, 150), icc_profile=profiles.wide_gamut(), **options)
    before, after = load(source), load(again(source, face()))
    assert after.encoding == before.encoding
    assert after.picture.colors == before.picture.colors
    assert opened(again(source)).quantization == opened(source).quantization


def test_a_jpeg_with_tables_of_its_own_keeps_them_in_place():
    tables = [[1 + i // 2 + (3 * i) % 7 for i in range(64)], [2 + i + (5 * i) % 9 for i in range(64)]]
    source = file("jpeg", qtables=tables)
    assert opened(again(source)).quantization == {0: tables[0], 1: tables[1]}


@pytest.mark.parametrize("at", [0, 1])
def test_a_text_in_the_tables_is_not_copied_and_they_are_made_anew(at):
    tables = [list(range(1, 65)), list(range(1, 65))]
    tables[at] = list(b"A child's name, a street in some town, a date: 2017-03-04, 555-1")
    source = file("jpeg", qtables=tables, subsampling=0)
    written = again(source, face())
    usual = opened(file("jpeg", quality=QUALITY, subsampling=0))
    assert (opened(written).quantization, opened(written).layer) == (usual.quantization, usual.layer)
    assert (obstacle(load(source)) or "").startswith("no encoder")
    (found,) = metadata.find_within(source)
    assert found.detail == "table that no encoder would choose"
    assert metadata.find_within(written) == ()


def test_a_table_of_sixteen_bits_is_kept():
    tables = [[10 + 9 * i for i in range(64)]] * 2
    source = file("jpeg", qtables=tables)
    assert opened(again(source)).quantization[0] == tables[0]


def test_a_sideways_jpeg_is_written_upright_with_its_tables_transposed():
    tables = [list(range(1, 65)), list(range(65, 129))]
    source = file("jpeg", size=(96, 64), qtables=tables, subsampling=2, exif=exif(6))
    written = opened(again(source))
    assert written.size == (64, 96)
    assert written.getexif().get(0x0112) is None
    for key, table in enumerate(tables):
        assert np.array_equal(np.reshape(written.quantization[key], (8, 8)), np.reshape(table, (8, 8)).T)


def test_a_jpeg_written_again_hardly_differs_outside_the_cover():
    source = file("jpeg", quality=80)
    before, after = load(source).picture.pixels.astype(int), load(again(source, face())).picture.pixels
    blocks = np.zeros((64, 96), bool)
    touched = drawn_mask([face()], ObscureSettings(), load(source).size)
    for row in range(0, 64, 16):
        for column in range(0, 96, 16):
            blocks[row : row + 16, column : column + 16] = not touched[row : row + 16, column : column + 16].any()
    assert blocks.any()
    assert np.abs(before - after)[blocks].mean() < 1


@pytest.mark.parametrize("name", ["411", "440"])
def test_other_subsamplings_become_full_colour(name):
    import cv2

    factor = getattr(cv2, f"IMWRITE_JPEG_SAMPLING_FACTOR_{name}")
    _, data = cv2.imencode(".jpg", pictures.smooth(), [cv2.IMWRITE_JPEG_SAMPLING_FACTOR, factor])
    assert load(data.tobytes()).encoding.subsampling == "4:4:4"
    assert load(again(data.tobytes(), face())).encoding.subsampling == "4:4:4"


def test_a_cmyk_jpeg_stays_cmyk_with_one_fine_table_for_all_inks():
    tables = [[3] * 64, [60] * 64]
    source = file("jpeg", "CMYK", qtables=tables)
    written = opened(again(source, face()))
    assert written.mode == "CMYK"
    assert written.quantization == {0: tables[0]}
    assert np.abs(np.asarray(written).astype(int) - pictures.smooth("CMYK"))[:8].mean() < 12


def test_a_gray_jpeg_stays_gray():
    assert opened(again(file("jpeg", "L"), face())).mode == "L"


# Other formats


@pytest.mark.parametrize(("kind", "dpi"), [("jpeg", 240), ("png", 240), ("tiff", 240), ("bmp", 240)])
def test_the_density_is_kept(kind, dpi):
    assert load(again(file(kind, dpi=(dpi, dpi)))).encoding.dpi == pytest.approx((dpi, dpi), abs=0.1)


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"])
def test_a_tiff_keeps_a_compression_without_loss(compression):
    assert load(again(file("tiff", compression=compression))).encoding.compression == compression


def test_a_tiff_in_jpeg_is_deflated_rather_than_lose_more():
    assert load(again(file("tiff", compression="jpeg"))).encoding.compression == "tiff_adobe_deflate"


@pytest.mark.parametrize(("compression", "kept"), [(None, "raw"), ("zlib", "tiff_adobe_deflate")])
def test_a_deep_tiff_is_compressed_if_it_was(compression, kept):
    assert load(again(file("tiff", "RGB;16", compression=compression))).encoding.compression == kept


# From one format to another


@pytest.mark.parametrize("kind", ["heif", "avif"])
@pytest.mark.parametrize("profile", [None, profiles.wide_gamut()], ids=["sRGB", "wide gamut"])
def test_a_phones_format_becomes_a_jpeg_in_srgb(kind, profile):
    source = file(kind, icc_profile=profile)
    written = load(again(source))
    assert written.format is ImageFormat.JPEG
    assert written.picture.colors.icc_profile is None
    assert np.abs(written.picture.pixels.astype(int) - load(source).picture.pixels).mean() < 4


def test_a_clear_heif_is_laid_on_white_in_a_jpeg():
    source = file("heif", "RGBA")
    alpha = load(source).picture.samples[..., 3]
    written = load(again(source))
    assert written.picture.mode == "RGB"
    assert written.picture.pixels[alpha < 3].min() > 240


@pytest.mark.parametrize(("kind", "mode"), pictures.EVERY_FILE, ids=pictures.EVERY_ID)
@pytest.mark.parametrize("wanted", [OutputFormat.JPEG, OutputFormat.PNG])
def test_every_photo_can_become_a_jpeg_or_png(kind, mode, wanted):
    photo = load(file(kind, mode))
    ready = prepare(photo, output_format(photo.format, wanted))
    written = load(encode(ready))
    assert written.format == wanted.value
    assert (ready.picture.pixels == to_srgb(ready.picture.samples, ready.picture.mode, ready.picture.colors)).all()
    assert np.abs(written.picture.pixels.astype(int) - ready.picture.pixels).mean() < 7


def test_a_png_with_alpha_becomes_a_jpeg_on_white():
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    image.paste((200, 30, 30, 255), (0, 0, 32, 64))
    written = load(again(saved(image, "png"), wanted=OutputFormat.JPEG))
    assert written.picture.pixels[32, 60].min() > 245
    assert np.abs(written.picture.pixels[32, 8].astype(int) - (200, 30, 30)).max() < 12


def test_the_covers_are_in_the_file_whatever_its_format():
    for kind, mode in pictures.EVERY_FILE:
        for wanted in (OutputFormat.SAME, OutputFormat.JPEG, OutputFormat.PNG):
            shown = load(again(file(kind, mode), face(), wanted=wanted)).picture.pixels[28:36, 36:44].astype(int)
            assert np.abs(shown - 128).max() <= 12, (kind, mode, wanted)


# Limits


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (17, 3)])
@pytest.mark.parametrize("mode", pictures.KINDS)
@pytest.mark.parametrize("kind", pictures.FILES)
def test_tiny_photos_are_written(kind, mode, size):
    tiny = pictures.smooth(mode)[: size[1], : size[0]]
    written = load(encode(prepare(pictures.photo(mode, samples=tiny), ImageFormat(kind))))
    assert (written.size.width, written.size.height) == size


@pytest.mark.parametrize(("kind", "width"), [("jpeg", 65_536), ("webp", 16_384)])
def test_a_photo_wider_than_its_format_allows_is_a_clear_error(kind, width, capfd):
    wide = pictures.photo(samples=np.zeros((1, width, 3), np.uint8))
    with pytest.raises(OutputNotWritable, match="cannot be encoded") as caught:
        encode(prepare(wide, ImageFormat(kind)))
    assert caught.value.exit_code is ExitCode.OUTPUT
    assert "png" in caught.value.hint
    assert capfd.readouterr().err == ""


def test_the_same_photo_is_the_same_file():
    for kind, mode in pictures.EVERY_FILE:
        photo = load(file(kind, mode))
        assert encode(prepare(photo, photo.format)) == encode(prepare(photo, photo.format)), (kind, mode)


def test_a_large_heic_is_written_in_tiles_as_phones_do_so_that_no_coded_piece_is_too_large_to_read():
    source = file("heif", size=(1100, 1030))
    written = metadata.strip(again(source, wanted=OutputFormat.SAME))
    assert b"grid" in written
    assert written.count(b"hvc1") == 4  # the entry of each tile
    apart = np.abs(load(written).picture.pixels.astype(int) - load(source).picture.pixels)
    assert apart.mean() < 3
