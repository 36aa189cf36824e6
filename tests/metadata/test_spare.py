"""Bytes that no picture needs, inside what a picture needs: tables, heights, rows and the ends of streams."""

import base64
import struct
import zlib

import numpy as np
import pytest

from blurkit import metadata
from blurkit.encode import encode, prepare
from blurkit.load import decode
from blurkit.records import ImageFormat
from blurkit.settings import LoadSettings
from tests import pictures
from tests.metadata.photos import PLANTED, chunk, segment, thumbnail, with_chunks, with_segments
from tests.metadata.photos import encode as made

LIMIT = LoadSettings()
SPARE = (PLANTED * 6)[:64]
TEXT_TABLE = bytes((0x13, *[0] * 7, 62, *[0] * 8)) + SPARE[:62]
JPEG, PNG = made("JPEG"), made("PNG")
SMALL = thumbnail()
PAIRS = [SPARE[i : i + 2] for i in range(0, 64, 2)]
EVEN = bytes(3 * 96 + 1)


def idat(data):
    """Return a PNG in parts: before its picture, the stream, and after."""
    at = data.index(b"IDAT") - 4
    size = struct.unpack(">I", data[at : at + 4])[0]
    return data[:at], data[at + 8 : at + 8 + size], data[at + 12 + size :]


HEAD, STREAM, TAIL = idat(PNG)
CASES = {
    "spare quantisation table": with_segments(JPEG, segment(0xDB, b"\3" + SPARE)),
    "quantisation table replaced before use": with_segments(JPEG, segment(0xDB, b"\0" + SPARE)),
    "spare Huffman table": with_segments(JPEG, segment(0xC4, TEXT_TABLE)),
    "spare table beside a needed one": JPEG.replace(b"\xff\xdb\0\x43\1", b"\xff\xdb\0\x84\2" + SPARE + b"\1", 1),
    "height nobody asked for": JPEG[:-2] + segment(0xDC, b"\0\x40") + JPEG[-2:],
    "photo in a height": with_segments(JPEG, segment(0xDC, SMALL)),
    "photo in a table": with_segments(JPEG, segment(0xC4, b"\x13" + SMALL)),
    "text in settings that no scan heeds": with_segments(JPEG, *(segment(0xDD, pair) for pair in PAIRS)),
    "text in settings of another coder": with_segments(JPEG, segment(0xCC, SPARE)),
    "extra IDAT": HEAD + chunk(b"IDAT", STREAM) + chunk(b"IDAT", PLANTED) + TAIL,
    "behind the stream": HEAD + chunk(b"IDAT", STREAM + PLANTED) + TAIL,
    "photo behind the stream": HEAD + chunk(b"IDAT", STREAM + SMALL) + TAIL,
    "rows too many": HEAD + chunk(b"IDAT", zlib.compress(zlib.decompress(STREAM) + EVEN * 3)) + TAIL,
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_found_and_dropped_and_the_picture_stays(case):
    data = CASES[case]
    assert metadata.find(data)
    clean = metadata.strip(data)
    assert metadata.find(clean) == ()
    assert PLANTED not in clean
    plain = JPEG if data[:2] == JPEG[:2] else PNG
    assert (decode(clean, LIMIT).picture.samples == decode(plain, LIMIT).picture.samples).all()


@pytest.mark.parametrize("case", [case for case in CASES if case.startswith("photo ")])
def test_a_photo_is_taken_out_to_be_looked_at(case):
    assert any(hidden.picture == SMALL for hidden in metadata.find(CASES[case]))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16"])
def test_pictures_of_every_depth_have_the_rows_they_should(mode):
    assert metadata.find(made("PNG", mode, size=(97, 33))) == ()


def test_an_interlaced_picture_has_the_rows_it_should():
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    samples = pictures.smooth("RGB", (13, 11))
    rows = b"".join(
        b"\0" + row.tobytes() for left, top, across, down in passes for row in samples[top::down, left::across]
    )
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 13, 11, 8, 2, 0, 0, 1))
    data = head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    assert metadata.find(data) == ()
    assert (decode(data, LIMIT).picture.samples == samples).all()


CODED = {
    "base64": base64.encodebytes(SMALL),
    "hexadecimal": SMALL.hex().encode(),
    "zlib": zlib.compress(SMALL),
}


@pytest.mark.parametrize("code", ["base64", "hexadecimal", "zlib"])
@pytest.mark.parametrize("place", ["comment", "private", "text", "trailer", "gif"])
def test_a_picture_written_in_code_is_taken_out_to_be_looked_at(code, place):
    content = CODED[code]
    blocks = b"".join(bytes((len(content[i : i + 255]),)) + content[i : i + 255] for i in range(0, len(content), 255))
    data = {
        "comment": with_segments(JPEG, segment(0xFE, content)),
        "private": with_segments(JPEG, segment(0xE9, b"odd\0" + content)),
        "text": with_chunks(PNG, chunk(b"tEXt", b"Comment\0" + content)),
        "trailer": JPEG + content,
        "gif": (gif := made("GIF", "P"))[:-1] + b"\x21\xfe" + blocks + b"\0" + gif[-1:],
    }[place]
    assert any(hidden.picture == SMALL for hidden in metadata.find(data))


# What was copied into outputs


def again(data):
    photo = decode(data, LIMIT)
    return encode(prepare(photo, photo.format))


def test_spare_quantisation_tables_are_not_copied():
    for case in ("spare quantisation table", "spare table beside a needed one"):
        data = CASES[case]
        assert PLANTED in data
        written = again(data)
        assert PLANTED not in written
        assert decode(written, LIMIT).encoding.quantization == decode(JPEG, LIMIT).encoding.quantization


@pytest.mark.parametrize("kind", ["png", "gif", "tiff", "bmp"])
def test_palette_entries_that_no_pixel_uses_are_not_copied(kind):
    samples = np.full((20, 20), 3, np.uint8)
    samples[5:] = 7
    palette = bytearray(range(30)) + SPARE[:60]
    photo = pictures.photo("P", samples=samples, palette=bytes(palette), transparency=b"\xff" * 8 + b"\x07" * 20)
    written = encode(prepare(photo, ImageFormat(kind)))
    assert PLANTED[:9] not in written
    assert kind != "png" or b"\x07" * 9 not in written  # nor how clear they are
    assert (decode(written, LIMIT).picture.pixels == photo.picture.pixels).all()
