"""A photo is made smaller before its covers are drawn: they stay whole, and no rim of a face is left around them."""

import numpy as np
import pytest

from blurkit.appearance import ObscureSettings
from blurkit.geometry import Box, Point, Size
from blurkit.obscure import covered_mask, drawn_mask, moved, shrink
from blurkit.records import Action, Decision, Judgement, Reason
from tests import pictures
from tests.fakes import SeesColor
from tests.pictures import KINDS, face, opened

FACE = face(130, 100, 190, 180)
COVERED = Decision(FACE, Judgement(None, Action.COVER, Reason.EVERYONE))
SIDES = (64, 97, 150, 223, 299)


def with_face(tone, size=(300, 260)):
    """Return a black photo whose face is of one tone, corner to corner of its box."""
    samples = np.zeros((size[1], size[0], 3), np.uint8)
    samples[100:180, 130:190] = tone
    return pictures.photo(samples=samples)


@pytest.mark.parametrize("side", SIDES)
def test_no_rim_of_a_face_is_left_around_its_cover(blurrer, side):
    maker = blurrer(output={"format": "png", "max_side": side}, obscure={"color": "gray"})
    shown = np.asarray(opened(maker.render(with_face(255), [COVERED]).data))
    size = Size(shown.shape[1], shown.shape[0])
    (there,) = moved([COVERED], Size(300, 260), size)
    assert shown[~drawn_mask([there.face], maker.settings.obscure, size)].max() == 0  # the face is white
    assert shown.max() < 255  # and the light rim of the cover is not


@pytest.mark.parametrize("side", SIDES)
def test_nothing_in_a_smaller_photo_depends_on_a_covered_face(blurrer, side):
    maker = blurrer(output={"format": "png", "max_side": side})
    noise = np.random.default_rng(side).integers(0, 256, (80, 60, 3))
    files = [maker.render(with_face(tone), [COVERED]).data for tone in (0, 255, noise)]
    assert files[0] == files[1] == files[2]


def test_a_cover_that_is_not_moved_along_would_be_seen():
    small = shrink(with_face(255).picture, 97)
    at_old_place = covered_mask([FACE], ObscureSettings(), small.size)
    assert small.pixels[~at_old_place].max() == 255


def test_the_report_speaks_of_the_photo_as_it_was(blurrer):
    rendered = blurrer(output={"format": "png", "max_side": 150}).render(with_face(255), [COVERED])
    assert rendered.decisions == (COVERED,)
    assert opened(rendered.data).size == (150, 130)
    assert rendered.proof.max_difference_outside == 0


def test_a_face_found_in_the_small_photo_is_covered_and_told_where_it_was(blurrer):
    maker = blurrer(check=SeesColor((250, 0, 0)), output={"format": "png", "max_side": 150}, obscure={"color": "gray"})
    rendered = maker.render(with_face((250, 0, 0)), [])
    (found,) = rendered.decisions
    assert (found.judgement.action, found.judgement.reason) == (Action.COVER, Reason.FOUND_IN_CHECK)
    assert found.face.box.iou(FACE.box) > 0.8
    shown = np.asarray(opened(rendered.data)).astype(int)
    assert (shown[..., 0] - shown[..., 1]).max() < 20  # nothing is red


def test_a_photo_is_never_enlarged():
    picture = with_face(255).picture
    assert shrink(picture, 300) is picture
    assert shrink(picture, None) is picture


@pytest.mark.parametrize("mode", KINDS)
def test_every_kind_of_samples_keeps_its_picture(mode):
    picture = pictures.picture(mode, size=(96, 64))
    small = shrink(picture, 48)
    assert small.size == Size(48, 32)
    assert small.mode == ("RGB" if mode == "P" else mode)
    mean = picture.pixels.reshape(32, 2, 48, 2, 3).mean(axis=(1, 3))
    if "A" not in mode:
        assert np.abs(small.pixels - mean).max() <= 8  # CMYK and palettes are averaged in their own tones
    assert not small.pixels.flags.writeable


def test_a_thin_photo_keeps_a_row():
    assert shrink(pictures.picture(samples=np.zeros((1, 400, 3), np.uint8)), 100).size == Size(100, 1)


def test_what_is_clear_lends_no_colour_to_its_neighbours():
    samples = np.zeros((128, 128, 4), np.uint8)
    samples[:, ::2] = (200, 100, 50, 255)
    samples[:, 1::2] = (0, 255, 0, 0)
    small = shrink(pictures.picture("RGBA", samples=samples), 64)
    assert np.abs(small.samples.astype(int) - (200, 100, 50, 128)).max() <= 1


def test_landmarks_move_with_their_face():
    (decision,) = moved(
        [Decision(face(10, 20, 30, 40), Judgement(None, Action.KEEP, Reason.LOOKS_ADULT))], Size(100, 100), Size(50, 25)
    )
    assert decision.face.box == Box(5, 5, 15, 10)
    landmarked = pictures.tilted(20)
    kept = Decision(landmarked, Judgement(None, Action.KEEP, Reason.LOOKS_ADULT))
    (small,) = moved([kept], Size(200, 200), Size(100, 50))
    assert small.face.landmarks == tuple(Point(point.x / 2, point.y / 4) for point in landmarked.landmarks)
