"""What the load stage refuses, and in which words."""

import random
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blurkit.errors import PhotoError, PhotoTooLarge, UnreadablePhoto, UnsupportedFormat
from tests import pictures, profiles
from tests.pictures import file, saved
from tests.test_load import load, refused

# What is refused


@pytest.mark.parametrize("kind", pictures.FILES)
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_truncated_file_is_refused(kind, share):
    data = file(kind, size=(200, 150))
    refused(data[: max(80, int(len(data) * share))], UnreadablePhoto)


@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_a_truncated_sixteen_bit_file_is_refused(kind):
    data = file(kind, "RGB;16")
    refused(data[: len(data) // 2], UnreadablePhoto)


def test_an_empty_file_is_refused():
    refused(b"", UnreadablePhoto, words="empty")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"Dear parents, the photos of the sports day follow on Friday.\n" * 9, id="text"),
        pytest.param(random.Random(4).randbytes(5000), id="random bytes"),
        pytest.param(bytes(5000), id="zeros"),
        pytest.param(b"%PDF-1.7\n" + bytes(500), id="PDF"),
        pytest.param(b"\0\0\0\x18ftypmp42\0\0\0\0isommp42" + bytes(500), id="video"),
    ],
)
def test_what_is_no_photo_is_refused(data):
    assert "JPEG" in refused(data, UnsupportedFormat, source=Path("photo.jpg")).hint


@pytest.mark.parametrize("kind", pictures.FILES)
def test_a_head_with_noise_behind_it_is_refused_in_words(kind):
    error = refused(file(kind)[:24] + random.Random(5).randbytes(3000), UnreadablePhoto)
    assert "0x" not in error.message  # no address of a Python object


@pytest.mark.parametrize("kind", pictures.FILES)
@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_is_read_or_refused_never_a_bug(kind, seed):
    data = bytearray(file(kind, icc_profile=profiles.srgb()) if kind not in ("bmp", "gif") else file(kind))
    noise = random.Random(seed)
    for _ in range(8):
        data[noise.randrange(12, len(data))] = noise.randrange(256)
    hint = "none needed"
    try:
        load(bytes(data), max_megapixels=1)
    except PhotoError as error:
        hint = error.hint
    assert hint


def test_decoders_say_nothing_on_standard_error(capfd):
    deep = file("tiff", "RGB;16", software=False, extratags=[(305, 2, 4, b"a\0b\0", True)])  # OpenCV would remark on it
    assert load(deep).picture.mode == "RGB;16"
    packed = file("tiff", compression="tiff_lzw")  # libtiff would remark on what is now its middle
    refused(packed[:40] + b"\xff" * 40 + packed[80:], UnreadablePhoto)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", ["IMG_1.DNG", "IMG_1.nef", "a.cr2"])
def test_a_raw_photo_is_refused_by_its_name(name):
    refused(file("tiff"), UnsupportedFormat, source=Path(name))


@pytest.mark.parametrize("tag", [(50706, 1, b"\1\4\0\0"), (254, 4, 1)], ids=["DNG version", "reduced picture"])
def test_a_raw_photo_under_another_name_is_refused_by_its_content(tag):
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    tags = ImageFileDirectory_v2()
    number, kind, value = tag
    tags.tagtype[number] = kind
    tags[number] = value
    refused(file("tiff", tiffinfo=tags), UnsupportedFormat, words="raw", source=Path("photo.tif"))


@pytest.mark.parametrize("kind", pictures.FILES)
def test_too_many_megapixels_are_refused_at_the_limit_and_not_below(kind):
    data = file(kind, size=(400, 250))
    assert load(data, max_megapixels=0.1).size.megapixels == 0.1
    assert "--max-megapixels" in refused(data, PhotoTooLarge, max_megapixels=0.099).hint


@pytest.mark.parametrize(
    ("width", "height"),
    [(16_000, 14_000), (40_000, 40_000), (2_000_000_000, 2_000_000_000)],
    ids=["over", "far", "absurd"],
)
def test_a_decompression_bomb_is_refused_before_it_unpacks(width, height):
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(1_000_000))
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    refused(bomb, PhotoTooLarge)


def test_a_photo_that_does_not_fit_into_memory_is_too_large(monkeypatch):
    def full(*_):
        raise MemoryError

    data = file()
    monkeypatch.setattr(np, "empty", full)
    refused(data, PhotoTooLarge)


def test_reading_leaves_pillows_own_limit_alone():
    before = Image.MAX_IMAGE_PIXELS
    load(file())
    refused(file(), PhotoTooLarge, max_megapixels=0.001)
    assert before == Image.MAX_IMAGE_PIXELS


@pytest.mark.parametrize("rest", [b"", bytes(60)], ids=["nothing", "zeros"])
def test_what_only_begins_like_a_jpeg_is_said_to_be_no_photo(rest):
    refused(b"\xff\xd8\xff\xe0" + rest, UnreadablePhoto, words="its beginning is that of a photo")


@pytest.mark.parametrize("mode", ["F", "I", "LAB"])
def test_a_rare_kind_of_tiff_is_refused(mode):
    image = Image.new(mode, (20, 20)) if mode != "LAB" else Image.new("LAB", (20, 20), (50, 128, 128))
    refused(saved(image, "tiff"), UnsupportedFormat)


def test_sixteen_bits_of_a_kind_that_opencv_reads_otherwise_are_refused(monkeypatch):
    import cv2

    monkeypatch.setattr(cv2, "imdecode", lambda *_: None)
    refused(file("png", "RGB;16"), UnsupportedFormat, words="rare")
