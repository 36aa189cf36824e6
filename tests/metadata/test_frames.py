"""A file tells how many pictures it is meant to show; extras of a phone do not count, cut-off files are refused."""

import io

import pytest

from blurkit import metadata
from blurkit.errors import UnreadablePhoto, UnsupportedFormat
from tests.metadata.photos import encode, image
from tests.metadata.planted import everything

SEVERAL = {"PNG": {}, "WEBP": {}, "GIF": {}, "TIFF": {}, "AVIF": {}}
SHOW_ONE = [
    "jpeg/mpf",
    "jpeg/gain-map",
    "jpeg/motion-photo",
    "heif/second",
    "heif/thumbnail",
    "heif/motion-photo",
    "tiff/thumbnail",
    "tiff/preview",
]


def several(kind, count=3):
    """Return a file of several frames or pages."""
    buffer = io.BytesIO()
    mode = "P" if kind == "GIF" else "RGB"
    more = [image(mode, seed=seed) for seed in range(2, 1 + count)]
    image(mode).save(buffer, kind, save_all=True, append_images=more)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", SEVERAL)
def test_frames_and_pages_are_counted(kind):
    assert metadata.frames(several(kind)) == 3


@pytest.mark.parametrize("kind", SEVERAL)
def test_further_frames_and_pages_are_found(kind):
    assert {hidden.kind for hidden in metadata.find(several(kind))} & {"frame", "video"}


@pytest.mark.parametrize("kind", ["PNG", "GIF", "TIFF", "AVIF"])
def test_strip_keeps_one_frame(kind):
    assert metadata.frames(metadata.strip(several(kind))) == 1


def test_an_animated_webp_cannot_be_cleaned():
    with pytest.raises(UnsupportedFormat, match="animated"):
        metadata.strip(several("WEBP"))


@pytest.mark.parametrize("case", SHOW_ONE)
def test_extras_of_a_phone_are_not_shown(case):
    assert metadata.frames(everything()[case][0]) == 1


@pytest.mark.parametrize("function", [metadata.find, metadata.strip, metadata.frames])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF"])
def test_a_file_cut_off_is_refused(kind, function):
    data = encode(kind, "P" if kind == "GIF" else "RGB")
    with pytest.raises(UnreadablePhoto):
        function(data[: len(data) * 2 // 3])


@pytest.mark.parametrize("kind", ["BMP", "TIFF"])
def test_rows_cut_off_are_refused(kind):
    with pytest.raises(UnreadablePhoto):
        metadata.find(encode(kind)[:-200])
