"""A photo hidden inside what codes a picture is found, taken out to be looked at, and gone from the clean file."""

from contextlib import suppress

import pytest

from blurkit import metadata
from blurkit.batch.clean import clean_bytes
from blurkit.errors import MetadataRemains, PhotoError
from blurkit.load import shown_hash
from blurkit.metadata import jpegwalk
from blurkit.settings import LoadSettings
from tests import pictures
from tests.metadata import hiding
from tests.metadata.hiding import SMALL
from tests.metadata.photos import chunk, encode, with_chunks

LIMIT = LoadSettings()
PHOTOS = {
    "behind a scan": hiding.behind_the_scan(hiding.jpeg()),
    "behind a scan, gray": hiding.behind_the_scan(hiding.jpeg("L")),
    "behind a scan, CMYK": hiding.behind_the_scan(hiding.jpeg("CMYK", subsampling=0)),
    "behind a progressive scan": hiding.behind_the_scan(hiding.jpeg(progressive=True, size=(200, 120))),
    "behind a scan with restarts": hiding.behind_the_scan(hiding.jpeg(restart_marker_blocks=2)),
    "between restarts": hiding.between_restarts(hiding.jpeg(restart_marker_blocks=2)),
    "between restarts, progressive": hiding.between_restarts(hiding.jpeg(restart_marker_blocks=2, progressive=True)),
    "GIF, behind the pixels": hiding.gif_with(SMALL),
    "WebP, lossy": hiding.webp(b"VP8 ", SMALL, quality=60),
    "WebP, lossless": hiding.webp(b"VP8L", SMALL, lossless=True),
    "WebP, alpha": hiding.webp(b"ALPH", SMALL, quality=60),
    "WebP, before the coefficients": hiding.webp_modes(SMALL),
    "WebP, a frame": hiding.webp_frames(SMALL),
    "TIFF, plain": hiding.tiff("raw", SMALL),
    "TIFF, LZW": hiding.tiff("tiff_lzw", SMALL),
    "TIFF, Deflate": hiding.tiff("tiff_adobe_deflate", SMALL),
    "TIFF, PackBits": hiding.tiff("packbits", SMALL),
    "TIFF, LZMA": hiding.tiff("lzma", SMALL),
    "TIFF, Zstandard": hiding.tiff("zstd", SMALL),
}
TEXTS = {
    "PNG palette": hiding.png_palette(),
    "PNG clear entries": hiding.png_palette(entries=bytes(768), clear=hiding.TEXT[:256]),
    "animated PNG, palette": hiding.png_frames(),
    "PNG palette of a photo": with_chunks(encode("PNG"), chunk(b"PLTE", hiding.TEXT)),
    "PNG clear tone of a gray photo": with_chunks(encode("PNG", "L"), chunk(b"tRNS", b"\0\7" + hiding.TEXT[:200])),
    "GIF palette": hiding.gif_palette(),
    "BMP palette": hiding.bmp_palette(),
    "BMP rows": hiding.bmp_rows(),
    "BMP fourth bytes": hiding.bmp_fourth(),
    "TIFF palette": hiding.saved(hiding.three_colors(), "TIFF", compression="tiff_lzw"),
    "JPEG bits before restarts": hiding.in_odd_bits(),
    "JPEG restarts without blocks": hiding.jpeg()[:-2]
    + b"".join(b"\xff" + bytes((0xD0 + i % 7,)) for i in range(99))
    + b"\xff\xd9",
    "JPEG restarts too many": hiding.jpeg(restart_marker_blocks=2)[:-2] + b"\xff\xd3\xff\xd1" * 20 + b"\xff\xd9",
}


def shown(data):
    return shown_hash(data, LIMIT)


@pytest.mark.parametrize("case", PHOTOS)
def test_a_photo_is_taken_out_to_be_looked_at_and_gone_from_the_clean_file(case):
    data = PHOTOS[case]
    assert any(hidden.picture == SMALL for hidden in metadata.find_within(data))
    removed, clean = clean_bytes(data, LIMIT)
    assert any("picture" in words for words in removed)
    assert len(clean) < len(data) - len(SMALL) + 40
    assert metadata.find_within(clean) == ()
    assert shown(clean) == shown(data)


@pytest.mark.parametrize("case", TEXTS)
def test_bytes_that_no_viewer_shows_are_named_and_gone_from_the_clean_file(case):
    data = TEXTS[case]
    assert metadata.find_within(data)
    removed, clean = clean_bytes(data, LIMIT)
    assert removed
    assert metadata.find_within(clean) == ()
    assert hiding.TEXT[12:60] not in clean
    assert shown(clean) == shown(data)


def test_a_palette_entry_that_only_a_later_frame_uses_is_used():
    assert metadata.find_within(hiding.png_frames(entries=hiding.TEXT[:18])) == ()


@pytest.mark.parametrize("compression", ["lzma", "zstd", "tiff_adobe_deflate"])
def test_rows_behind_the_last_are_found_in_a_strip_that_ends_where_it_should(compression):
    data = hiding.tiff_of_fewer_rows(compression)
    (hidden,) = metadata.find_within(data)
    assert "behind the rows of a strip" in hidden.where
    with suppress(MetadataRemains):
        assert shown(clean_bytes(data, LIMIT)[1]) == shown(data)


@pytest.mark.parametrize("compression", ["group3", "group4"])
def test_a_coding_that_is_not_followed_is_named(compression):
    (hidden,) = metadata.find_within(hiding.saved(hiding.image("1"), "TIFF", compression=compression))
    assert hidden.detail == "fax coding, which is not searched"


def test_a_scan_that_another_one_paints_over_is_named_and_cannot_be_taken_out():
    (hidden,) = metadata.find_within(hiding.painted_over())
    assert "another one paints over it" in hidden.detail
    with pytest.raises(MetadataRemains, match="paints over it"):
        clean_bytes(hiding.painted_over(), LIMIT)


def test_a_scan_whose_bits_are_no_codes_is_named():
    data = hiding.jpeg()
    start, end = hiding.scan_of(data)
    broken = data[: start + 20] + b"\xff\0" * (end - start - 20) + data[end:]
    assert "are no codes" in metadata.find_within(broken)[0].detail


def test_a_coder_that_cannot_be_followed_is_named():
    data = hiding.jpeg().replace(b"\xff\xc0\0\x11", b"\xff\xc9\0\x11")
    assert "cannot be followed" in metadata.find_within(data)[0].detail


@pytest.mark.parametrize(
    ("kind", "unit"),
    [
        ("AVIF", b"\x7a" + bytes((len(hiding.TEXT[:100]),)) + hiding.TEXT[:100]),
        ("HEIF", (102).to_bytes(4) + b"\x4e\1" + hiding.TEXT[:100]),
    ],
)
def test_a_unit_that_no_decoder_shows_is_named_and_cannot_be_taken_out(kind, unit):
    data = hiding.heif_unit(kind, unit)
    (hidden,) = metadata.find_within(data)
    assert (hidden.detail, hidden.size) == ("units of its stream that no decoder shows", len(unit))
    with pytest.raises(MetadataRemains, match="no decoder shows"):
        clean_bytes(data, LIMIT)


def test_a_scan_that_ends_before_its_picture_hides_nothing():
    data = hiding.jpeg()
    start, end = hiding.scan_of(data)
    for cut in range(start + 14, end, 37):
        assert metadata.find_within(data[:cut].removesuffix(b"\xff") + data[end:]) == ()


@pytest.mark.parametrize(("kind", "mode"), pictures.EVERY_FILE, ids=pictures.EVERY_ID)
def test_ordinary_files_hide_nothing(kind, mode):
    data = pictures.file(kind, mode)
    assert metadata.find_within(data) == ()
    assert metadata.strip_within(data) == data


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True}, {"restart_marker_rows": 1}])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
@pytest.mark.parametrize("size", [(8, 8), (97, 63), (200, 131)])
def test_every_way_to_code_a_jpeg_is_followed_to_its_end(options, subsampling, mode, size):
    more = {} if mode == "L" else {"subsampling": subsampling}
    data = encode("JPEG", mode, size=size, **options, **more)
    assert metadata.find_within(data) == ()
    assert metadata.strip_within(hiding.behind_the_scan(data)) == data


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"])
@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_every_way_to_code_a_tiff_is_followed_to_its_end(compression, mode):
    assert metadata.find_within(encode("TIFF", mode, size=(201, 99), compression=compression)) == ()


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 20}, {"quality": 95, "method": 0}])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_every_way_to_code_a_webp_is_followed_to_its_end(options, mode):
    assert metadata.find_within(encode("WEBP", mode, size=(201, 99), **options)) == ()


DAMAGED = {
    "BMP rows": hiding.bmp_rows()[:18] + b"\0\0\1\0" + hiding.bmp_rows()[22:],
    "PNG without a picture": hiding.png_palette().replace(b"IDAT", b"oDAT"),
    "TIFF of endless strips": encode("TIFF", size=(40, 40)).replace(
        b"\1\1\3\0\1\0\0\0\x28\0", b"\1\1\4\0\1\0\0\0\xff\xff"
    ),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_numbers_that_lead_out_of_a_file_are_an_error_of_ours_at_once(case):
    with suppress(PhotoError):
        metadata.find_within(DAMAGED[case])


def test_more_scans_than_a_picture_needs_are_not_followed(monkeypatch):
    monkeypatch.setattr(jpegwalk, "_MOST_STEPS", 200)
    assert metadata.find_within(hiding.jpeg()) == ()
    assert "more scans" in metadata.find_within(hiding.jpeg(progressive=True))[0].detail
