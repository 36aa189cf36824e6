"""Frames and pages are found, and kept when a file is cleaned; files that are cut off are refused."""

import io

import pytest

from blurkit import metadata
from blurkit.errors import UnreadablePhoto, UnsupportedFormat
from blurkit.load import shown_hash
from blurkit.settings import LoadSettings
from tests.metadata.photos import encode, image

SEVERAL = {"PNG": {}, "WEBP": {}, "GIF": {}, "TIFF": {}, "AVIF": {}}


def several(kind, count=3):
    """Return a file of several frames or pages."""
    buffer = io.BytesIO()
    mode = "P" if kind == "GIF" else "RGB"
    more = [image(mode, seed=seed) for seed in range(2, 1 + count)]
    image(mode).save(buffer, kind, save_all=True, append_images=more)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", SEVERAL)
def test_further_frames_and_pages_are_found(kind):
    assert {hidden.kind for hidden in metadata.find(several(kind))} & {"frame", "video"}


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "TIFF"])
def test_strip_keeps_all_frames_and_pages(kind):
    data = several(kind)
    clean = metadata.strip(data)
    assert shown_hash(clean, LoadSettings()) == shown_hash(data, LoadSettings())
    assert metadata.strip(clean) == clean


def test_an_animated_avif_cannot_be_cleaned():
    with pytest.raises(UnsupportedFormat, match="animated"):
        metadata.strip(several("AVIF"))


@pytest.mark.parametrize("function", [metadata.find, metadata.strip])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF"])
def test_a_file_cut_off_is_refused(kind, function):
    data = encode(kind, "P" if kind == "GIF" else "RGB")
    with pytest.raises(UnreadablePhoto):
        function(data[: len(data) * 2 // 3])


@pytest.mark.parametrize("kind", ["BMP", "TIFF"])
def test_rows_cut_off_are_refused(kind):
    with pytest.raises(UnreadablePhoto):
        metadata.find(encode(kind)[:-200])
