"""Strips of a picture beyond its edges, where viewers cut off what the last blocks hold."""

import io
import sys

import numpy as np
import pytest
from PIL import Image

from blurkit import metadata
from blurkit.audit.searching import searched
from blurkit.batch.clean import clean_bytes
from blurkit.errors import MetadataRemains
from blurkit.metadata import Kind
from blurkit.settings import LoadSettings
from tests.fakes import NoFaces

LIMIT = LoadSettings()
SIZE, CUT = (96, 64), 7


def saved(samples, kind="JPEG", **options):
    buffer = io.BytesIO()
    Image.fromarray(samples).save(buffer, kind, **options)
    return buffer.getvalue()


def smaller_jpeg(data, *, right=0, lower=CUT):
    """Return a JPEG that says it is smaller than what its blocks show."""
    new = bytearray(data)
    at = next(
        new.index(marker) for marker in (b"\xff\xc0\0\x11", b"\xff\xc2\0\x11", b"\xff\xc0\0\x0b") if marker in new
    )
    for place, less in ((at + 5, lower), (at + 7, right)):
        new[place : place + 2] = (int.from_bytes(new[place : place + 2]) - less).to_bytes(2)
    return bytes(new)


def smaller_webp(data, *, lower=CUT):
    new = bytearray(data)
    at = new.index(b"VP8 ") + 8 + 8
    new[at : at + 2] = (int.from_bytes(new[at : at + 2], "little") - lower).to_bytes(2, "little")
    return bytes(new)


def smaller_tiff(data, *, lower=CUT):
    """Return a TIFF of one JPEG strip that says it is smaller, and so does the stream in it."""
    new = bytearray(smaller_jpeg(data, lower=lower))
    with Image.open(io.BytesIO(data)) as opened:
        height = opened.height
    for tag in (257, 278):  # rows of the picture, and of a strip
        head = tag.to_bytes(2, "little")
        at = next(
            at
            for at in range(len(new))
            if new[at : at + 2] == head
            and new[at + 2] in (3, 4)
            and new[at + 8 : at + 10] == height.to_bytes(2, "little")
        )
        new[at + 8 : at + 10] = (height - lower).to_bytes(2, "little")
    return bytes(new)


@pytest.fixture(scope="module")
def busy():
    """Return a picture with detail, as a face has, also in its last rows and columns."""
    small = np.random.default_rng(5).integers(0, 255, (SIZE[1] // 8, SIZE[0] // 8, 3), np.uint8)
    return np.asarray(Image.fromarray(small // 2 + small[..., :1] // 2).resize(SIZE, Image.Resampling.BICUBIC))


CASES = {
    "colour at half resolution": lambda samples: smaller_jpeg(saved(samples, quality=85)),
    "colour at full resolution": lambda samples: smaller_jpeg(saved(samples, quality=85, subsampling=0)),
    "gray": lambda samples: smaller_jpeg(saved(samples[..., 0], quality=85)),
    "progressive": lambda samples: smaller_jpeg(saved(samples, quality=85, progressive=True)),
    "at the right": lambda samples: smaller_jpeg(saved(samples, quality=85), right=CUT, lower=0),
    "WebP": lambda samples: smaller_webp(saved(samples, "WEBP", quality=85)),
    "TIFF": lambda samples: smaller_tiff(saved(samples, "TIFF", compression="jpeg")),
}


@pytest.mark.parametrize("case", CASES)
def test_a_strip_beyond_the_edge_is_found_and_taken_out_to_be_looked_at(case, busy, tmp_path):
    data = CASES[case](busy)
    strips = [hidden for hidden in searched(data, tmp_path)[0] if hidden.kind is Kind.CROP]
    strip = strips[0]
    assert "beyond the edge" in strip.detail
    with Image.open(io.BytesIO(strip.picture)) as opened:
        assert CUT in opened.size
        inner = busy[:, -CUT:] if case == "at the right" else busy[-CUT:]
        apart = np.abs(np.asarray(opened).astype(int) - (inner if case != "gray" else inner[..., :1]))
        assert apart.mean() < 25


@pytest.mark.parametrize("case", CASES)
def test_a_file_with_such_a_strip_is_not_called_clean(case, busy):
    with pytest.raises(MetadataRemains, match="beyond the edge"):
        clean_bytes(CASES[case](busy), LIMIT)


@pytest.mark.parametrize("case", CASES)
def test_it_is_in_no_output(case, busy, blurrer):
    made = blurrer().run_bytes(CASES[case](busy), name="photo")
    assert metadata.find_within(made.data) == ()


@pytest.mark.model
@pytest.mark.skipif(sys.platform != "linux", reason="the library that keeps blocks has builds for Linux only")
def test_nor_where_blocks_are_kept(busy, blurrer):
    data = CASES["colour at half resolution"](busy)
    made = blurrer(NoFaces(), output={"keep_blocks": True}).run_bytes(data, name="photo.jpg")
    assert "blocks" in made.result.proof.coding
    assert metadata.find_within(made.data) == ()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("size", [(91, 61), (96, 57), (88, 56)])
def test_what_an_encoder_fills_up_with_is_nothing(kind, size, busy):
    samples = busy[: size[1], : size[0]]
    for quality in (30, 60, 95):
        for options in ({}, {"progressive": True}, {"subsampling": 0}) if kind == "JPEG" else ({},):
            assert metadata.find_within(saved(samples, kind, quality=quality, **options)) == ()
