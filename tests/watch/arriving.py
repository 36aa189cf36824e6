"""Photos that arrive in an inbox, and what stands in for finding faces in them."""

import os

from PIL import Image

from tests import pictures
from tests.end_to_end.process import files
from tests.fakes import FixedFaces

BROKEN = b"\xff\xd8\xff" + bytes(2000)
LONG_AGO = 1_700_000_000


class FacesOfWidePhotos(FixedFaces):
    """Finds a face in a photo that is wider than high: nobody can judge it, so that a person should look."""

    def detect(self, pixels):
        return super().detect(pixels) if pixels.shape[1] > pixels.shape[0] else ()


def wide(folder, name, shade=0):
    return drawn(folder, name, (320, 240), shade)


def high(folder, name, shade=0):
    return drawn(folder, name, (240, 320), shade)


def drawn(folder, name, size, shade):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pictures.saved(Image.new("RGB", size, (shade, 90, 60)), "png"))
    return path


def broken(folder, name):
    """Write what will never be a photo, and is no longer being copied."""
    path = folder / name
    path.write_bytes(BROKEN)
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def outputs(tmp_path):
    return files(tmp_path / "out")
