"""The scout helps to say where to look closely, and CenterFace decides; the networks see what a test lets them."""

import numpy as np
import pytest

from blurkit.detect import pyramid
from blurkit.detect.pyramid import Pyramid
from blurkit.detect.views import Sighting
from blurkit.geometry import Box
from blurkit.settings import DetectSettings

WIDTH, HEIGHT = 4032, 3024


class Painted:
    """Sees each square of a colour: as a face with a score of its brightness, if it is large enough in the view."""

    def __init__(self, name, channel, *, from_px):
        self.name, self.channel, self.from_px = name, channel, from_px
        self.pixels = []

    def look(self, picture):
        import cv2

        self.pixels.append(picture.shape[0] * picture.shape[1])
        tone = picture[..., self.channel]
        count, _, boxes, _ = cv2.connectedComponentsWithStats((tone > 20).astype(np.uint8))
        seen = []
        for left, top, width, height, _ in boxes[1:count]:
            score = float(tone[top : top + height, left : left + width].max()) / 255
            if height >= self.from_px:
                seen.append(Sighting(Box(left, top, left + width, top + height), score))
        return seen

    def close(self):
        pass


@pytest.fixture
def eyes(monkeypatch):
    """Return both networks: CenterFace sees red squares of 12 px and more in the view, the scout green ones."""
    closely, scout = Painted("centerface", 0, from_px=12), Painted("retinaface", 1, from_px=9)
    monkeypatch.setattr(pyramid, "CenterFaceNetwork", lambda **_: closely)
    monkeypatch.setattr(pyramid, "RetinaFaceNetwork", lambda **_: scout)
    return closely, scout


def found(*squares):
    """Return the faces found in a photo of 12 megapixels with squares: left, top, side, red and green, 0..1."""
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    for left, top, side, red, green in squares:
        pixels[top : top + side, left : left + side, :2] = round(255 * red), round(255 * green)
    return Pyramid(DetectSettings(min_score=0.55)).detect(pixels)


def test_what_only_the_scout_sees_is_no_face(eyes):
    assert found((1000, 1000, 200, 0, 1)) == ()


def test_a_face_too_small_for_the_coarsest_view_is_found_in_a_closer_one(eyes):
    (face,) = found((1000, 1000, 36, 0.9, 0.9))
    assert face.box.iou(Box(1000, 1000, 1036, 1036)) > 0.5


def test_a_rough_box_inside_does_not_shrink_a_cover(eyes, monkeypatch):
    """A scout that sees a small face within a large one must not pull the box inward."""
    _, scout = eyes
    look = scout.look

    def within(picture):
        return [
            Sighting(Box(b.left + b.width / 4, b.top + b.height / 4, b.right, b.bottom), s.score)
            for s in look(picture)
            for b in (s.box,)
        ]

    monkeypatch.setattr(scout, "look", within)
    (face,) = found((1000, 1000, 250, 0.9, 0.9))
    assert face.box.iou(Box(1000, 1000, 1250, 1250)) > 0.9


def test_by_default_too_the_scout_alone_places_no_cover(eyes):
    assert DetectSettings().min_score > pyramid.SCOUT_TRUST
