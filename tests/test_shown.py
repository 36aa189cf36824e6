"""What a file only notes (a crop, the way up) is obeyed as browsers obey it, and nowhere else."""

import struct
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from blurkit import metadata
from blurkit.errors import UnsupportedFormat
from blurkit.load import decode
from blurkit.metadata import Kind
from blurkit.metadata.heifwrite import write_picture
from blurkit.picture.heifitems import Heif, IsoBox, boxes
from blurkit.settings import LoadSettings
from tests.metadata.photos import chunk as png_chunk
from tests.metadata.photos import raw_profile, riff, segment, with_chunks, with_riff, with_segments
from tests.pictures import corners, exif, file, saved, stored

LIMIT = LoadSettings()
SAMPLES = corners((96, 64))
XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'


def cropped(data, width, height, right=(0, 1), down=(0, 1)):
    """Return a HEIF or AVIF that notes a crop: fractions, and how far its middle lies from that of the picture."""
    top = list(boxes(data, 0, len(data)))
    heif = Heif.read(data, next(box for box in top if box.type == b"meta"))
    note = struct.pack(">4IiIiI", *width, *height, *right, *down)
    content = data + struct.pack(">I4s", 8 + len(note), b"clap") + note
    box = IsoBox(b"clap", len(data), len(data) + 8, len(content))
    associations = dict(heif.associations)
    associations[heif.primary] = (*associations[heif.primary], (len(heif.properties), True))
    noted = replace(heif, data=content, properties=(*heif.properties, box), associations=associations)
    return write_picture(noted, top[0], heif.primary)


@pytest.mark.parametrize("kind", ["avif", "heif"])
def test_what_a_crop_cuts_off_does_not_come_back(kind):
    data = saved(Image.fromarray(SAMPLES), kind, quality=100)
    photo = decode(cropped(data, (40, 1), (30, 1), (-28, 1), (-17, 1)), LIMIT)  # the top left corner
    assert (photo.size.width, photo.size.height) == (40, 30)
    assert np.abs(photo.picture.pixels.astype(int) - SAMPLES[:30, :40]).mean() < 4


def test_a_crop_between_pixels_moves_inward():
    photo = decode(cropped(file("avif"), (81, 2), (61, 2)), LIMIT)
    assert (photo.size.width, photo.size.height) == (40, 30)


@pytest.mark.parametrize("orientation", [1, 3, 6, 8, 2, 5])
def test_a_crop_is_made_before_the_picture_is_turned(orientation):
    data = saved(Image.fromarray(stored(SAMPLES, orientation)), "avif", exif=exif(orientation), quality=100)
    height, width = stored(SAMPLES, orientation).shape[:2]
    shown = decode(cropped(data, (width // 2, 1), (height // 2, 1), (-width // 4, 1), (-height // 4, 1)), LIMIT)
    only = np.zeros((height, width), bool)
    only[: height // 2, : width // 2] = True
    upright = {1: only, 3: only[::-1, ::-1], 6: np.rot90(only, -1), 8: np.rot90(only), 2: only[:, ::-1], 5: only.T}
    rows, columns = np.nonzero(upright[orientation])
    part = SAMPLES[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert np.abs(shown.picture.pixels.astype(int) - part).mean() < 4


@pytest.mark.parametrize("note", [((99, 1), (30, 1)), ((0, 1), (30, 1)), ((40, 0), (30, 1))])
def test_a_crop_that_cannot_be_is_refused(note):
    with pytest.raises(UnsupportedFormat, match="crop"):
        decode(cropped(file("avif"), *note), LIMIT)


@pytest.mark.parametrize("kind", ["avif", "heif"])
def test_a_crop_is_found_and_not_called_clean(kind):
    data = cropped(file(kind), (40, 1), (30, 1))
    assert Kind.CROP in {hidden.kind for hidden in metadata.find(data)}
    with pytest.raises(UnsupportedFormat, match="cut off by a note"):
        metadata.strip(data)


@pytest.mark.parametrize(
    "data",
    [
        with_segments(file("jpeg"), segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)),
        with_segments(file("jpeg"), segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\1\0\x12\1\4\0\1\0\0\0\6" + bytes(7))),
        with_chunks(file("png"), png_chunk(b"tEXt", b"Raw profile type exif\0" + raw_profile(b"exif", exif(6)))),
        with_chunks(file("png"), png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)),
        with_riff(file("webp"), riff(b"XMP ", XMP)),
    ],
    ids=["XMP", "LONG", "text", "XMP in PNG", "XMP in WebP"],
)
def test_a_way_up_where_no_browser_looks_is_not_obeyed(data):
    assert decode(data, LIMIT).size.width == 96
