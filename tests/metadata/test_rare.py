"""Rare but lawful ways to write a file: they are read right, or refused clearly."""

import struct
from functools import cache

import numpy as np
import pytest

from blurkit import metadata
from blurkit.errors import UnreadablePhoto, UnsupportedFormat
from blurkit.metadata import Kind
from blurkit.metadata.exif import find_exif
from blurkit.metadata.xmp import find_xmp
from tests.metadata.photos import (
    PLANTED,
    box,
    chunk,
    directory,
    encode,
    exif,
    number_tag,
    pixels,
    profile,
    raw_profile,
    segment,
    thumbnail,
    with_chunks,
    with_segments,
    xmp,
)
from tests.metadata.photos_heif import coded, full, heif


def kinds(data):
    """Return the kinds that are found in a file."""
    return {hidden.kind for hidden in metadata.find(data)}


def tiff_of(rows, *directories):
    """Return a TIFF with rows at 8 and a chain of directories of tags."""
    at, out = 8 + len(rows), b""
    for i, tags in enumerate(directories):
        size = len(directory(tags, at))
        out += directory(tags, at, at + size if i + 1 < len(directories) else 0)
        at += size
    return struct.pack("<2sHI", b"II", 42, 8 + len(rows)) + rows + out


def gray(*more, width=40, height=30):
    """Return the tags of a gray picture whose one strip is at 8."""
    tags = [number_tag(256, width), number_tag(257, height), number_tag(258, 8, kind=3), number_tag(259, 1, kind=3)]
    tags += [number_tag(262, 1, kind=3), number_tag(273, 8), number_tag(277, 1, kind=3), number_tag(278, height)]
    return [*tags, number_tag(279, width * height), *more]


@cache
def tiles():
    """Return the items of a HEIC of two tiles side by side, and their reference."""
    left, right = coded(seed=1, size=(64, 64)), coded(seed=2, size=(64, 64))
    extent = full(b"ispe", struct.pack(">II", 128, 64))
    grid = (b"grid", bytes((0, 0, 0, 1)) + struct.pack(">HH", 128, 64), (extent,), b"", b"")
    return [grid, *((b"hvc1", content, own, b"", b"") for content, own in (left, right))], [(b"dimg", 1, [2, 3])]


@pytest.mark.parametrize("rare", [False, True], ids=["usual", "rare"])
def test_tiles_belong_to_the_picture_and_stay(rare):
    items, references = tiles()
    clean = heif(items, references, rare=rare)
    assert pixels(clean)[1].shape == (64, 128, 3)
    assert metadata.find(clean) == ()
    dirty = heif([*items, (b"Exif", bytes(4) + exif(), (), b"", b"")], [*references, (b"cdsc", 4, [1])], rare=rare)
    assert Kind.GPS in kinds(dirty)
    stripped = metadata.strip(dirty)
    assert PLANTED not in stripped
    assert np.array_equal(pixels(clean)[1], pixels(stripped)[1])


def test_a_heic_that_keeps_bytes_in_another_file_is_refused():
    data = bytearray(heif([(b"hvc1", *coded(), b"", b"")]))
    at = data.index(b"iloc")
    data[at + 14 : at + 16] = b"\0\1"
    with pytest.raises(UnsupportedFormat):
        metadata.find(bytes(data))


def test_a_heic_that_cannot_be_shown_without_an_unknown_property_is_refused():
    content, properties = coded()
    data = bytearray(heif([(b"hvc1", content, (*properties, full(b"priv", PLANTED)), b"", b"")]))
    at = data.index(b"ipma") + 4 + 8 + 3 + 2 * 4
    data[at] |= 0x80
    assert kinds(bytes(data)) == {Kind.OTHER}
    with pytest.raises(UnsupportedFormat):
        metadata.strip(bytes(data))


def test_a_heic_whose_items_overlap_is_refused():
    items, references = tiles()
    data = bytearray(heif(items, references))
    at = data.index(b"iloc") + 12 + 14
    (size,) = struct.unpack(">I", data[at + 10 : at + 14])
    data[at + 6 : at + 14] = struct.pack(">II", 0, len(data) - 1)
    data[at + 20 : at + 28] = struct.pack(">II", 0, len(data) - 1)
    assert size
    with pytest.raises(UnreadablePhoto):
        metadata.strip(bytes(data))


def test_the_name_of_a_program_in_a_heic_is_found():
    data = bytearray(heif([(b"hvc1", *coded(), b"", b"")]))
    data[data.index(b"hdlr") + 28] = ord("P")
    assert kinds(bytes(data)) == {Kind.TEXT}
    assert b"pictP" not in metadata.strip(bytes(data))


def test_an_old_bmp_header_is_read():
    rows = bytes(range(40 * 3)) * 30
    head = struct.pack("<IHHHH", 12, 40, 30, 1, 24)
    data = b"BM" + struct.pack("<IHHI", 26 + len(rows), 0, 0, 26) + head + rows
    assert metadata.find(data) == ()
    assert pixels(data)[1].shape == (30, 40, 3)
    assert metadata.strip(data + PLANTED) == data


def test_an_old_bmp_header_with_a_palette_is_read():
    rows = bytes(40 * 30)
    head = struct.pack("<IHHHH", 12, 40, 30, 1, 8)
    data = b"BM" + struct.pack("<IHHI", 26 + 768 + len(rows), 0, 0, 26 + 768) + head + bytes(768) + rows
    assert metadata.find(data) == ()
    assert metadata.strip(data + PLANTED) == data


def test_a_bmp_whose_rows_overlap_its_header_is_refused():
    data = bytearray(encode("BMP"))
    data[10:14] = struct.pack("<I", 20)
    with pytest.raises(UnreadablePhoto, match="overlap"):
        metadata.find(bytes(data))


def test_a_video_with_a_wide_size_is_found_whole():
    mp4 = box(b"ftyp", b"isom" + bytes(4)) + struct.pack(">I4sQ", 1, b"mdat", 16 + 50) + PLANTED.ljust(50, b"x")
    (found,) = metadata.find(encode("JPEG") + mp4)
    assert (found.kind, found.size) == (Kind.VIDEO, len(mp4))


def test_a_jpeg_inside_a_video_is_not_listed_apart():
    mp4 = box(b"ftyp", b"isom" + bytes(4)) + box(b"mdat", thumbnail())
    assert kinds(encode("JPEG") + mp4) == {Kind.VIDEO}


def test_a_damaged_picture_behind_the_photo_is_still_handed_over():
    broken = b"\xff\xd8\xff\xe1\xff\xff" + PLANTED + b"\xff\xd9"
    (found,) = metadata.find(encode("JPEG") + broken)
    assert (found.kind, found.picture) == (Kind.SECOND_IMAGE, broken)


def test_a_jfif_header_cut_short_is_dropped():
    plain = encode("JPEG")
    data = plain[:2] + segment(0xE0, b"JFIF\0\1") + plain[20:]
    assert kinds(data) == {Kind.OTHER}
    assert b"JFIF" not in metadata.strip(data)


def test_xmp_that_a_png_calls_app1_is_xmp():
    text = raw_profile(b"generic", b"http://ns.adobe.com/xap/1.0/\0" + xmp())
    assert Kind.XMP in kinds(with_chunks(encode("PNG"), chunk(b"tEXt", b"Raw profile type APP1\0" + text)))


def test_xmp_in_wide_letters_is_read():
    assert Kind.GPS in {hidden.kind for hidden in find_xmp(xmp().decode("latin-1").encode("utf-16-le"), "here")}


def test_base64_that_is_none_is_no_picture():
    assert [hidden.kind for hidden in find_xmp(b'<x xmpGImg:image="A"/>', "here")] == [Kind.XMP]


def test_an_xmp_picture_without_an_end_is_read():
    found = find_xmp(b"<xmpGImg:image>aGVsbG8=", "here")
    assert [hidden.picture for hidden in found] == [None, b"hello"]


def test_an_exif_thumbnail_of_plain_rows_is_found():
    rows = bytes(range(96)) * 4
    first = directory([number_tag(256, 1)], 8, 200).ljust(192, b"\0")
    second = directory([number_tag(256, 16), number_tag(257, 8), number_tag(273, 300), number_tag(279, len(rows))], 200)
    block = (b"II*\0\x08\0\0\0" + first + second).ljust(300, b"\0") + rows
    found = {hidden.kind: hidden for hidden in find_exif(block, "here", 1000)}
    assert found[Kind.THUMBNAIL].detail == "thumbnail 16x8"
    assert found[Kind.THUMBNAIL].offset == 1300
    assert pixels(found[Kind.THUMBNAIL].picture)[1].tobytes() == rows


def test_exif_in_the_other_byte_order_is_read():
    entry = struct.pack(">HHI4s", 0xA431, 2, 4, b"PLA\0")
    block = b"MM\0*" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    assert Kind.SERIAL_NUMBER in {hidden.kind for hidden in find_exif(b"Exif\0\0" + block, "here")}


def test_a_blank_caption_is_no_text():
    block = b"II*\0\x08\0\0\0" + directory([(0x010E, 2, 32, b" " * 31 + b"\0")], 8)
    assert {hidden.kind for hidden in find_exif(block, "here")} == {Kind.EXIF}


def test_pages_that_share_their_rows_do_not_multiply():
    data = tiff_of(bytes(1200), *[gray()] * 40)
    found = [hidden for hidden in metadata.find(data) if hidden.kind is Kind.FRAME]
    assert len(found) == 39
    assert sum(len(hidden.picture or b"") for hidden in found) < 3 * len(data)


def test_a_page_that_cannot_be_read_is_found():
    data = tiff_of(bytes(1200), gray(), [number_tag(256, 7)])
    assert kinds(data) == {Kind.FRAME}


def test_a_raw_photo_is_refused():
    with pytest.raises(UnsupportedFormat, match="raw"):
        metadata.find(tiff_of(bytes(1200), gray((50706, 1, 4, b"\1\4\0\0"))))


def test_a_damaged_profile_is_left_out():
    data = tiff_of(bytes(1200), gray((34675, 7, len(PLANTED), PLANTED)))
    assert kinds(data) == {Kind.ICC_TEXT}
    assert PLANTED not in metadata.strip(data)


def test_tables_of_a_jpeg_that_is_none_are_left_out():
    assert kinds(tiff_of(bytes(1200), gray((347, 7, len(PLANTED), PLANTED)))) == {Kind.OTHER}


def test_a_profile_in_too_many_pieces_is_dropped():
    pieces = [segment(0xE2, b"ICC_PROFILE\0" + bytes((i, 1)) + profile()) for i in (1, 2)]
    data = with_segments(encode("JPEG"), *pieces)
    assert kinds(data) == {Kind.ICC_TEXT}
    assert b"ICC_PROFILE" not in metadata.strip(data)


def test_a_gif_without_a_picture_is_refused():
    with pytest.raises(UnreadablePhoto, match="no picture"):
        metadata.find(encode("GIF", "P")[: 13 + 768] + b";")
