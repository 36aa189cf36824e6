"""Another program plants metadata with its own writers, and agrees that none of it is left."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from blurkit import metadata
from blurkit.metadata import Kind
from tests.metadata.photos import PLANTED, encode, pixels, thumbnail
from tests.metadata.planted import everything
from tests.metadata.test_planted import SHOWN

pytestmark = pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")

MODES = {"JPEG": "RGB", "PNG": "RGB", "TIFF": "RGB", "GIF": "P", "HEIF": "RGB", "AVIF": "RGB"}
EXPECTED = {
    "JPEG": {
        Kind.EXIF,
        Kind.GPS,
        Kind.SERIAL_NUMBER,
        Kind.THUMBNAIL,
        Kind.IPTC,
        Kind.PSD,
        Kind.XMP,
        Kind.COMMENT,
        Kind.TEXT,
    },
    "PNG": {Kind.EXIF, Kind.GPS, Kind.SERIAL_NUMBER, Kind.THUMBNAIL, Kind.IPTC, Kind.PSD, Kind.XMP, Kind.TEXT},
    "TIFF": {Kind.EXIF, Kind.GPS, Kind.SERIAL_NUMBER, Kind.IPTC, Kind.PSD, Kind.XMP, Kind.TEXT},
    "GIF": {Kind.XMP, Kind.GPS, Kind.SERIAL_NUMBER, Kind.COMMENT},
    "HEIF": {Kind.EXIF, Kind.GPS, Kind.SERIAL_NUMBER, Kind.THUMBNAIL, Kind.XMP, Kind.TEXT},
    "AVIF": {Kind.EXIF, Kind.GPS, Kind.SERIAL_NUMBER, Kind.THUMBNAIL, Kind.XMP, Kind.TEXT},
}
FACTS = {"ExifTool", "System", "File", "Composite"}
STRUCTURE = {"JFIF", "PNG", "PNG-pHYs", "RIFF", "IFD0", "GIF", "QuickTime", "Track1", "Meta", "Adobe"}
COLOUR = {"ICC-header", "ICC_Profile", "ICC-chrm", "ICC-meas", "ICC-view"}
TAGS = {
    "PNG": {"ImageWidth", "ImageHeight", "BitDepth", "ColorType", "Compression", "Filter", "Interlace", "Palette"}
    | {"ProfileName", "Transparency", "BackgroundColor", "Gamma", "SignificantBits", "SRGBRendering"},
    "IFD0": {"ImageWidth", "ImageHeight", "BitsPerSample", "Compression", "PhotometricInterpretation", "StripOffsets"}
    | {"SamplesPerPixel", "RowsPerStrip", "StripByteCounts", "PlanarConfiguration", "SubfileType", "YCbCrSubSampling"}
    | {"PreviewImageStart", "PreviewImageLength", "PreviewImage", "JPEGTables", "FillOrder", "ColorMap"},
    "GIF": {"GIFVersion", "HasColorMap", "ColorResolutionDepth", "BitsPerPixel", "BackgroundColor", "TransparentColor"}
    | {"AnimationIterations", "FrameCount", "ImageWidth", "ImageHeight"},
}
"""What exiftool calls the structure of a file. `PreviewImage` is the strip of a TIFF coded as JPEG."""


def read(*paths):
    """Return what exiftool sees in each file, as `group:tag` to value."""
    command = ["exiftool", "-json", "-G1", "-a", "-u", "-ee", *map(str, paths)]
    found = json.loads(subprocess.run(command, capture_output=True, check=False, timeout=120).stdout)
    return [{name: value for name, value in tags.items() if name != "SourceFile"} for tags in found]


def assert_only_structure(tags):
    """Fail if exiftool sees more than structure and colour."""
    for name, value in tags.items():
        group, _, tag = name.partition(":")
        assert group in FACTS | STRUCTURE | COLOUR, name
        assert tag in TAGS.get(group, {tag}), name
        assert PLANTED.decode() not in str(value), name
        assert tag != "Warning", value


@pytest.fixture(scope="module", params=MODES)
def dirty(tmp_path_factory, request):
    """Return a file that exiftool wrote everything into that it can."""
    kind, tmp_path = request.param, tmp_path_factory.mktemp("dirty")
    source, target, small = tmp_path / "source", tmp_path / "dirty", tmp_path / "small.jpg"
    source.write_bytes(encode(kind, MODES[kind]))
    small.write_bytes(thumbnail())
    words = [
        "Artist",
        "Comment",
        "IPTC:Keywords",
        "XMP:Creator",
        "SerialNumber",
        "IPTC:Caption-Abstract",
        "UserComment",
    ]
    command = ["exiftool", "-q", "-m", "-o", target, *(f"-{word}={PLANTED.decode()}" for word in words)]
    command += ["-GPSLatitude=51.5", "-GPSLatitudeRef=N", "-GPSLongitude=1", "-GPSLongitudeRef=W"]
    command += [f"-ThumbnailImage<={small}", f"-PhotoshopThumbnail<={small}", source]
    subprocess.run([str(part) for part in command], check=True, timeout=60)
    assert PLANTED in target.read_bytes()
    return kind, target


def test_what_exiftool_writes_is_found(dirty):
    kind, path = dirty
    assert {hidden.kind for hidden in metadata.find(path.read_bytes())} >= EXPECTED[kind]


def test_exiftool_sees_only_structure_after_strip(dirty, tmp_path):
    path = tmp_path / "clean"
    path.write_bytes(metadata.strip(dirty[1].read_bytes()))
    assert PLANTED not in path.read_bytes()
    assert_only_structure(*read(path))


def test_the_check_with_exiftool_would_fail_on_a_dirty_file(dirty):
    with pytest.raises(AssertionError):
        assert_only_structure(*read(dirty[1]))


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory):
    """Return what exiftool sees in every planted file after strip; one run of exiftool for all."""
    folder = tmp_path_factory.mktemp("cleaned")
    paths = {case: folder / case.replace("/", "-") for case in everything()}
    for case, path in paths.items():
        path.write_bytes(metadata.strip(everything()[case][0]))
    return dict(zip(paths, read(*paths.values()), strict=True))


@pytest.mark.parametrize("case", sorted(everything().keys() - SHOWN))
def test_exiftool_agrees_that_nothing_planted_is_left(case, cleaned):
    assert_only_structure(cleaned[case])


@pytest.mark.skipif(shutil.which("heif-enc") is None, reason="heif-enc is not installed")
def test_what_heif_enc_takes_over_from_a_jpeg_is_found_and_dropped(tmp_path):
    source, target = tmp_path / "dirty.jpg", tmp_path / "made.heic"
    source.write_bytes(everything()["jpeg/exif"][0])
    subprocess.run(["heif-enc", "-q", "50", "-t", "48", str(source), "-o", str(target)], check=True, timeout=60)
    data = target.read_bytes()
    found = metadata.find(data)
    assert {hidden.kind for hidden in found} >= {Kind.EXIF, Kind.GPS, Kind.THUMBNAIL, Kind.PREVIEW}
    (small,) = (h for h in found if h.kind is Kind.THUMBNAIL and h.picture and h.picture[4:8] == b"ftyp")
    assert max(pixels(small.picture)[1].shape) == 48
    clean = metadata.strip(data)
    assert PLANTED not in clean
    assert np.array_equal(pixels(data)[1], pixels(clean)[1])
    target.write_bytes(clean)
    assert_only_structure(*read(target))
