"""What encoders write when they are given nothing to hide is clean, and strip leaves it alone, byte for byte."""

import io
import time

import numpy as np
import pytest
from PIL import Image

from blurkit import metadata
from blurkit.errors import MetadataRemains, UnsupportedFormat
from blurkit.metadata import Hidden, Kind
from blurkit.picture.profiles import srgb as ours
from blurkit.records import ImageFormat
from tests.metadata.photos import encode, srgb

MOST_SECONDS = 0.05
"""Of processor time; measured is a tenth of it."""

CLEAN = {
    "jpeg": ("JPEG", "RGB", {}),
    "jpeg-gray": ("JPEG", "L", {}),
    "jpeg-cmyk": ("JPEG", "CMYK", {}),
    "jpeg-progressive": ("JPEG", "RGB", {"progressive": True}),
    "jpeg-444": ("JPEG", "RGB", {"subsampling": 0, "quality": 95, "dpi": (300, 300)}),
    "jpeg-restarts": ("JPEG", "RGB", {"restart_marker_rows": 1}),
    "jpeg-rgb": ("JPEG", "RGB", {"keep_rgb": True}),
    "jpeg-icc": ("JPEG", "RGB", {"icc_profile": ours()}),
    "png": ("PNG", "RGB", {}),
    "png-alpha": ("PNG", "RGBA", {}),
    "png-gray-alpha": ("PNG", "LA", {}),
    "png-palette": ("PNG", "P", {"transparency": 3, "bits": 8}),
    "png-one-bit": ("PNG", "1", {}),
    "png-deep": ("PNG", "I;16", {}),
    "png-dpi": ("PNG", "RGB", {"dpi": (72, 72)}),
    "png-icc": ("PNG", "RGB", {"icc_profile": ours()}),
    "webp": ("WEBP", "RGB", {}),
    "webp-alpha": ("WEBP", "RGBA", {}),
    "webp-lossless": ("WEBP", "RGBA", {"lossless": True}),
    "webp-icc": ("WEBP", "RGB", {"icc_profile": ours()}),
    "tiff": ("TIFF", "RGB", {}),
    "tiff-lzw": ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    "tiff-deflate": ("TIFF", "RGBA", {"compression": "tiff_adobe_deflate"}),
    "tiff-packbits": ("TIFF", "L", {"compression": "packbits"}),
    "tiff-jpeg": ("TIFF", "RGB", {"compression": "jpeg"}),
    "tiff-fax": ("TIFF", "1", {"compression": "group4"}),
    "tiff-palette": ("TIFF", "P", {}),
    "tiff-cmyk": ("TIFF", "CMYK", {}),
    "tiff-deep": ("TIFF", "I;16", {}),
    "tiff-icc": ("TIFF", "RGB", {"icc_profile": ours(), "dpi": (300, 300)}),
    "bmp": ("BMP", "RGB", {}),
    "bmp-palette": ("BMP", "P", {}),
    "bmp-gray": ("BMP", "L", {"dpi": (72, 72)}),
    "bmp-one-bit": ("BMP", "1", {}),
    "bmp-alpha": ("BMP", "RGBA", {}),
    "gif": ("GIF", "P", {}),
    "gif-transparent": ("GIF", "P", {"transparency": 0}),
    "gif-loop": ("GIF", "P", {"loop": 0}),
    "heif": ("HEIF", "RGB", {}),
    "heif-alpha": ("HEIF", "RGBA", {}),
    "heif-icc": ("HEIF", "RGB", {"icc_profile": ours()}),
    "avif": ("AVIF", "RGB", {}),
    "avif-alpha": ("AVIF", "RGBA", {}),
    "avif-gray": ("AVIF", "L", {}),
    "avif-icc": ("AVIF", "RGB", {"icc_profile": ours()}),
}


@pytest.mark.parametrize("case", CLEAN)
def test_a_clean_file_hides_nothing_and_is_left_alone(case):
    kind, mode, options = CLEAN[case]
    data = encode(kind, mode, **options)
    assert metadata.find(data) == ()
    assert metadata.strip(data) == data
    assert metadata.sniff(data) is ImageFormat(case.partition("-")[0])


def test_deep_colour_as_opencv_and_tifffile_write_it_is_clean():
    import cv2
    import tifffile

    samples = np.random.default_rng(1).integers(0, 65535, (40, 60, 3), dtype=np.uint16)
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, samples, photometric="rgb", metadata=None, software=False, iccprofile=ours())
    for data in (buffer.getvalue(), cv2.imencode(".png", samples)[1].tobytes()):
        assert metadata.find(data) == ()
        assert metadata.strip(data) == data


def test_every_format_has_its_module():
    assert set(metadata.CONTAINERS) == set(ImageFormat)


@pytest.mark.parametrize("function", [metadata.find, metadata.strip, metadata.check])
@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", b"BMW is no BMP at all"])
def test_other_files_are_refused(function, data):
    assert metadata.sniff(data) is None
    with pytest.raises(UnsupportedFormat):
        function(data)


def test_the_check_names_what_an_output_would_still_hold():
    metadata.check(encode("JPEG"))
    for spoiled in (encode("JPEG") * 2, encode("JPEG", comment=b"names"), encode("PNG", icc_profile=srgb())):
        with pytest.raises(MetadataRemains, match="would still hold"):
            metadata.check(spoiled)


def test_strip_withholds_what_it_could_not_clean(monkeypatch):
    class Careless:
        find = staticmethod(lambda data: (Hidden(Kind.GPS, "somewhere", 1, "GPS position"),))
        strip = staticmethod(lambda data: data)

    monkeypatch.setitem(metadata.CONTAINERS, ImageFormat.JPEG, Careless)
    with pytest.raises(MetadataRemains, match="GPS position cannot be removed"):
        metadata.strip(encode("JPEG"))


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}])
def test_a_photo_of_twelve_megapixels_is_searched_in_no_time(options):
    noise = np.random.default_rng(1).integers(0, 255, (500, 600, 3), dtype=np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(np.tile(noise, (6, 7, 1))).save(buffer, "JPEG", quality=70, **options)
    data = buffer.getvalue()
    assert len(data) > 5_000_000
    started = time.process_time()
    metadata.find(data)
    assert time.process_time() - started < MOST_SECONDS
