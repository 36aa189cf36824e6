"""Whole pictures in HEIC, AVIF and TIFF where no viewer shows them: beyond tiles, beneath others, in spare samples."""

import io
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from blurkit import metadata
from blurkit.audit.searching import searched
from blurkit.batch.clean import clean_bytes
from blurkit.errors import MetadataRemains
from blurkit.load import decode
from blurkit.metadata import Kind
from blurkit.picture.heifitems import Heif, boxes
from blurkit.settings import LoadSettings
from tests.fakes import NoFaces
from tests.metadata.photos import box, encode, image, segment, with_segments
from tests.metadata.photos_heif import full, heif

LIMIT = LoadSettings()
SIZE, TILE = (136, 80), (96, 64)
CODINGS = {"HEIF": b"hvc1", "AVIF": b"av01"}
TIFFS = [None, "zlib", "lzw", "packbits", "jpeg"]


def parts_of(kind, seed):
    """Return the coded bytes of a picture, its properties, and the file that it was in."""
    data = encode(kind, seed=seed, size=TILE)
    meta = next(each for each in boxes(data, 0, len(data)) if each.type == b"meta")
    read = Heif.read(data, meta)
    own = {each.type: data[each.start : each.end] for each in read.properties_of(read.primary)}
    return read.content(read.primary), own, data


def size_of(width, height):
    return full(b"ispe", struct.pack(">II", width, height))


def one_over(kind, derived, content, seeds, *, size, turned=()):
    """Return a file whose picture is made of others."""
    made = [parts_of(kind, seed) for seed in seeds]
    _, own, base = made[0]
    kept = [own[each] for each in (b"pixi", b"colr") if each in own]
    first = (derived, content, (size_of(*size), *kept, *turned), b"", b"")
    others = [(CODINGS[kind], coded, tuple(each.values()), b"", b"") for coded, each, _ in made]
    return heif([first, *others], [(b"dimg", 1, range(2, 2 + len(others)))], base=base)


def grid(kind, seeds=(1, 2, 3, 4), *, size=SIZE, turned=()):
    content = bytes((0, 0, 1, 1)) + struct.pack(">HH", *size)
    return one_over(kind, b"grid", content, seeds, size=size, turned=turned)


def overlay(kind, *, second_at):
    content = bytes(2) + struct.pack(">4HHH4h", 0, 0, 0, 65535, *TILE, 0, 0, second_at, second_at)
    return one_over(kind, b"iovl", content, (1, 2), size=TILE)


def two_in_one(kind):
    coded, own, base = parts_of(kind, 1)
    other, _, _ = parts_of(kind, 2)
    return heif([(CODINGS[kind], coded + other, tuple(own.values()), b"", b"")], base=base), encode(
        kind, seed=2, size=TILE
    )


@pytest.fixture(scope="module")
def wide():
    """Return the samples of a picture that is larger than what its file will say."""
    return np.asarray(image("RGB", 256, 256, 3))


def tiled(samples, *, shown=SIZE, **options):
    """Return a TIFF of one tile that says that it is smaller."""
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, samples, photometric="rgb", metadata=None, software=False, tile=(256, 256), **options)
    data = bytearray(buffer.getvalue())
    first = int.from_bytes(data[4:8], "little")
    for at in range(first + 2, first + 2 + 12 * int.from_bytes(data[first : first + 2], "little"), 12):
        tag = int.from_bytes(data[at : at + 2], "little")
        if tag in (256, 257):
            data[at + 2 : at + 12] = struct.pack("<HII", 4, 1, shown[tag - 256])
    return bytes(data)


def looks_like(picture, samples, *, most=30):
    with Image.open(io.BytesIO(picture)) as opened:
        assert opened.size == samples.shape[1::-1]
        return np.abs(np.asarray(opened.convert("RGB")).astype(int) - samples).mean() < most


@pytest.mark.parametrize("turned", [(), (box(b"irot", b"\1"),)], ids=["upright", "turned"])
@pytest.mark.parametrize("kind", CODINGS)
def test_what_tiles_hold_beyond_the_edge_of_a_grid_is_taken_out_to_be_looked_at(kind, turned, tmp_path):
    strips = [each for each in searched(grid(kind, turned=turned), tmp_path)[0] if each.kind is Kind.CROP]
    assert len(strips) == 2
    whole = np.vstack([np.hstack([np.asarray(image("RGB", *TILE, seed)) for seed in row]) for row in ((1, 2), (3, 4))])
    assert looks_like(strips[0].picture, whole[:, SIZE[0] :])
    assert looks_like(strips[1].picture, whole[SIZE[1] :])
    with pytest.raises(MetadataRemains, match="beyond the edge"):
        clean_bytes(grid(kind, turned=turned), LIMIT)


@pytest.mark.parametrize("kind", CODINGS)
def test_a_grid_that_its_tiles_fill_hides_nothing(kind):
    assert metadata.find_within(grid(kind, size=(2 * TILE[0], 2 * TILE[1]))) == ()


def test_what_our_own_tiles_are_filled_up_with_is_nothing(blurrer):
    buffer = io.BytesIO()
    image("RGB", 1100, 1040).save(buffer, "JPEG")
    made = blurrer(NoFaces(), output={"format": "same"}).run_bytes(heif_of(buffer.getvalue()), name="photo.heic")
    assert b"grid" in made.data
    assert metadata.find_within(made.data) == ()


def heif_of(data):
    encode("HEIF")  # lets Pillow write HEIF
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(data)) as opened:
        opened.save(buffer, "HEIF")
    return buffer.getvalue()


@pytest.mark.parametrize("second_at", [0, 90], ids=["beneath another", "beyond the edge"])
@pytest.mark.parametrize("kind", CODINGS)
def test_pictures_that_lie_over_one_another_are_looked_at_one_by_one(kind, second_at):
    data = overlay(kind, second_at=second_at)
    found = metadata.find_within(data)
    assert [each.kind for each in found] == [Kind.SECOND_IMAGE] * 2
    for seed, each in enumerate(found, 1):
        assert looks_like(encode_png(each.picture), np.asarray(image("RGB", *TILE, seed)))


@pytest.mark.parametrize("kind", CODINGS)
def test_a_second_picture_in_the_stream_of_the_first_is_looked_at(kind):
    data, other = two_in_one(kind)
    (found,) = metadata.find_within(data)
    assert found.kind is Kind.SECOND_IMAGE
    assert np.array_equal(decode(found.picture, LIMIT).picture.pixels, decode(other, LIMIT).picture.pixels)
    with pytest.raises(MetadataRemains, match="further picture"):
        clean_bytes(data, LIMIT)


@pytest.mark.parametrize("kind", CODINGS)
def test_a_picture_in_an_item_of_an_unknown_kind_is_looked_at(kind):
    coded, own, base = parts_of(kind, 1)
    small = encode("JPEG", seed=2)
    for unknown in (b"jpeg", b"xyzz", b"uri "):
        items = [(CODINGS[kind], coded, tuple(own.values()), b"", b""), (unknown, small, (), b"", b"")]
        found = metadata.find(heif(items, base=base))
        assert small in [each.picture for each in found]


def encode_png(picture):
    buffer = io.BytesIO()
    Image.fromarray(decode(picture, LIMIT).picture.pixels).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("compression", TIFFS)
def test_what_a_tile_holds_beyond_the_edge_of_a_tiff_is_taken_out_to_be_looked_at(compression, wide):
    data = tiled(wide, compression=compression)
    right, lower = (each for each in metadata.find_within(data) if each.kind is Kind.CROP)
    assert looks_like(right.picture, wide[:, SIZE[0] :])
    assert looks_like(lower.picture, wide[SIZE[1] :])
    with pytest.raises(MetadataRemains, match="beyond the edge"):
        clean_bytes(data, LIMIT)


@pytest.mark.parametrize("compression", TIFFS)
@pytest.mark.parametrize("filled", ["constant", "edge"])
def test_what_a_tile_is_filled_up_with_is_nothing(compression, filled, wide):
    samples = np.pad(wide[: SIZE[1], : SIZE[0]], ((0, 256 - SIZE[1]), (0, 256 - SIZE[0]), (0, 0)), filled)
    assert metadata.find_within(tiled(samples, compression=compression)) == ()


def test_a_text_in_one_line_beyond_the_edge_is_named_where_coding_loses_nothing(wide):
    samples = np.zeros_like(wide)
    samples[: SIZE[1], : SIZE[0]] = wide[: SIZE[1], : SIZE[0]]
    samples[SIZE[1], :12, 0] = np.frombuffer(b"a secret ...", np.uint8)
    assert [each.kind for each in metadata.find_within(tiled(samples, compression="zlib"))] == [Kind.CROP]


@pytest.mark.parametrize(("mode", "kind"), [("RGB", "rgb"), ("L", "minisblack")])
def test_a_sample_that_nothing_shows_is_looked_at(mode, kind):
    hidden = np.asarray(image("L", seed=5))
    buffer = io.BytesIO()
    options = {"photometric": kind, "extrasamples": ["unspecified"], "metadata": None, "software": False}
    tifffile.imwrite(buffer, np.dstack([np.asarray(image(mode)), hidden]), **options)
    (found,) = metadata.find_within(buffer.getvalue())
    assert "nothing shows" in found.detail
    assert looks_like(found.picture, hidden[..., None], most=1)


def test_transparency_and_a_sample_of_one_tone_are_nothing():
    for kind, last in (("unassalpha", np.asarray(image("L", seed=5))), ("unspecified", np.zeros((64, 96), np.uint8))):
        buffer = io.BytesIO()
        options = {"photometric": "rgb", "extrasamples": [kind], "metadata": None, "software": False}
        tifffile.imwrite(buffer, np.dstack([np.asarray(image("RGB")), last]), **options)
        assert metadata.find_within(buffer.getvalue()) == ()


def test_a_small_copy_in_a_tiff_can_be_looked_at():
    buffer = io.BytesIO()
    small = np.asarray(image("RGB", 48, 32, 5))
    with tifffile.TiffWriter(buffer) as file:
        file.write(np.asarray(image("RGB")), photometric="rgb", metadata=None, software=False)
        file.write(small, photometric="rgb", metadata=None, software=False, subfiletype=1)
    (found,) = [each for each in metadata.find(buffer.getvalue()) if each.kind is Kind.THUMBNAIL]
    assert np.array_equal(decode(found.picture, LIMIT).picture.pixels, small)


@pytest.mark.parametrize("tag", [65000, 37500, 37724])
def test_a_picture_in_a_private_tag_of_a_tiff_is_looked_at(tag):
    buffer, small = io.BytesIO(), encode("JPEG", seed=2)
    extra = [(tag, 7, len(small) + 20, b"an unknown header   " + small, True)]
    tifffile.imwrite(
        buffer, np.asarray(image("RGB")), photometric="rgb", metadata=None, software=False, extratags=extra
    )
    assert [each.picture for each in metadata.find(buffer.getvalue()) if each.picture] == [small]
    assert small not in clean_bytes(buffer.getvalue(), LIMIT)[1]


def test_a_picture_in_an_unknown_resource_of_photoshop_is_looked_at():
    small = encode("JPEG", seed=2)
    resource = b"8BIM" + struct.pack(">HHI", 4000, 0, len(small)) + small + bytes(len(small) % 2)
    data = with_segments(encode("JPEG"), segment(0xED, b"Photoshop 3.0\0" + resource))
    assert [each.picture for each in metadata.find(data) if each.picture] == [small]
