"""The checks on a finished file see what is hidden, what was changed, and what was missed."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from blurkit import metadata
from blurkit.detect import make_independent_check
from blurkit.detect.views import Sighting
from blurkit.encode import encode, prepare
from blurkit.errors import DetectorFailed, PixelsChanged
from blurkit.geometry import Box
from blurkit.load import decode
from blurkit.records import Action, Decision, ImageFormat, Judgement, Reason
from blurkit.settings import LoadSettings
from blurkit.verify import check, uncovered
from tests import pictures
from tests.fakes import BlindNetwork, CrashingNetwork, FixedSightings, SeesColor
from tests.pictures import corners, covering, face, keeping

LIMIT = LoadSettings()
SAMPLES = Path(__file__).parents[1] / "samples"


def finished(kind="jpeg", **options):
    """Return a photo as drawn, and its file."""
    drawn = prepare(decode(pictures.file(kind, **options), LIMIT), ImageFormat(kind))
    return drawn, metadata.strip(encode(drawn))


@pytest.mark.parametrize("kind", pictures.FILES)
def test_a_finished_file_is_given_back_decoded(kind):
    drawn, data = finished(kind)
    decoded = check(data, drawn, LIMIT)
    assert decoded.size == drawn.size
    assert np.abs(decoded.picture.pixels.astype(int) - drawn.picture.pixels).mean() < 8


@pytest.mark.parametrize("quality", [5, 20])
def test_coarse_coding_is_not_damage(quality):
    drawn, data = finished(quality=quality)
    check(data, drawn, LIMIT)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda p: p[:, ::-1], id="mirrored"),
        pytest.param(lambda p: 255 - p, id="negative"),
        pytest.param(lambda p: p[..., ::-1], id="channels swapped"),
        pytest.param(lambda p: np.where(np.indices(p.shape[:2]).max(0)[..., None] > 70, 0, p), id="a part is black"),
    ],
)
def test_a_picture_other_than_was_drawn_is_refused(spoil):
    drawn, _ = finished("png")
    other = np.ascontiguousarray(spoil(drawn.picture.pixels)).astype(np.uint8)
    data = metadata.strip(encode(drawn.showing(replace(drawn.picture, samples=other, pixels=other))))
    with pytest.raises(PixelsChanged, match="differs"):
        check(data, drawn, LIMIT)


def test_a_picture_of_another_size_is_refused():
    drawn, _ = finished("png")
    _, data = finished("png", size=(95, 64))
    with pytest.raises(PixelsChanged, match="95"):
        check(data, drawn, LIMIT)


def test_a_file_that_cannot_be_read_again_is_refused():
    drawn, data = finished("png")
    with pytest.raises(PixelsChanged, match="cannot be read again"):
        check(data[: len(data) // 2], drawn, LIMIT)


# The independent check


def picture():
    return pictures.picture(samples=corners((192, 128)))


RED = SeesColor((220, 30, 30))  # the first quarter: 0, 0, 96, 64


def test_a_face_that_is_neither_covered_nor_kept_is_found_where_it_is():
    (found,) = uncovered(picture(), (), RED)
    assert found.box.iou(Box(0, 0, 96, 64)) > 0.9


@pytest.mark.parametrize("decide", [covering, keeping])
def test_what_was_decided_is_not_found_again(decide):
    assert uncovered(picture(), decide(face(0, 0, 96, 64)), RED) == ()


def test_a_decision_beside_the_face_does_not_count():
    assert len(uncovered(picture(), covering(face(100, 70, 150, 120)), RED)) == 1
    assert len(uncovered(picture(), keeping(face(90, 0, 120, 40)), RED)) == 1


def test_a_sighting_that_is_not_sure_is_no_face():
    assert uncovered(picture(), (), FixedSightings(Sighting(Box(10, 10, 40, 40), 0.3))) == ()
    assert uncovered(picture(), (), BlindNetwork()) == ()


def test_a_network_that_fails_is_an_error_not_an_all_clear():
    with pytest.raises(DetectorFailed):
        uncovered(picture(), (), CrashingNetwork())


def test_a_face_found_by_hand_counts_as_decided():
    by_hand = Decision(face(0, 0, 96, 64), Judgement(None, Action.KEEP, Reason.MANUAL))
    assert uncovered(picture(), (by_hand,), RED) == ()


def test_a_child_in_front_of_a_kept_adult_is_found():
    assert len(uncovered(picture(), keeping(face(0, 0, 192, 160)), RED)) == 1


def test_what_lies_under_a_cover_is_only_the_cover():
    assert uncovered(picture(), covering(face(0, 0, 192, 160)), RED) == ()


@pytest.mark.model
@pytest.mark.parametrize("share", [0.2, 0.4, 0.6])
def test_a_face_that_fills_much_of_the_photo_is_found(share):
    """The network sees no face higher than 190 pixels, so it needs a view in which the photo is small."""
    sample = "tree/sports-day/IMG_0001.jpg"
    left, top, right, bottom = json.loads((SAMPLES / "faces.json").read_text())[sample]["faces"][0]["box"]
    pixels = decode((SAMPLES / sample).read_bytes(), LIMIT).picture.pixels
    scale = share * 500 / (bottom - top)
    x, y = 200 - scale * (left + right) / 2, 250 - scale * (top + bottom) / 2
    portrait = cv2.warpAffine(pixels, np.array([[scale, 0, x], [0, scale, y]]), (400, 500))
    box = face(left * scale + x, top * scale + y, right * scale + x, bottom * scale + y)
    network = make_independent_check()
    shown = pictures.picture(samples=np.asarray(portrait, np.uint8))
    assert any(found.box.iou(box.box) > 0.4 for found in uncovered(shown, (), network))
    assert not any(found.box.iou(box.box) > 0.4 for found in uncovered(shown, covering(box), network))
    network.close()
