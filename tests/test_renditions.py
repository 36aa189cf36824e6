"""What else a picture may show: by its alpha, on another ground, or brightened; and who is found only there."""

import numpy as np
import pytest
from PIL import Image

from blurkit.load import decode
from blurkit.outcomes import Status
from blurkit.picture.renditions import other_renditions
from blurkit.pipeline import Blurrer
from blurkit.settings import LoadSettings, Settings, load_policy
from tests.end_to_end.process import SAMPLES
from tests.fakes import FixedAge
from tests.pictures import KINDS, photo

SAMPLE = SAMPLES / "tree" / "sports-day" / "IMG_0001.jpg"


@pytest.fixture(scope="module")
def group():
    """Return a photo of three people, uint8 RGB, 512 px wide."""
    with Image.open(SAMPLE) as image:
        image.thumbnail((512, 512))
        return np.asarray(image.convert("RGB"))


def views(samples, mode="RGB"):
    return list(other_renditions(photo(mode, samples=samples).picture))


def alike(view, gray):
    """Return how well the tones of a view follow those of a gray picture, 0 to 1."""
    return np.corrcoef(view[..., 0].ravel(), gray.ravel())[0, 1]


def with_alpha(colors, alpha):
    return np.dstack([np.broadcast_to(colors, (*alpha.shape, 3)), alpha]).astype(np.uint8)


@pytest.mark.parametrize("mode", [mode for mode in KINDS if "A" not in mode])
def test_an_ordinary_photo_shows_nothing_else(mode):
    assert views(photo(mode).picture.samples, mode) == []


def test_a_cut_out_shows_nothing_else(group):
    alpha = np.zeros(group.shape[:2], np.uint8)
    alpha[40:-40, 60:-60] = 255
    assert views(with_alpha(group, alpha), "RGBA") == []


def test_a_flat_picture_shows_nothing_else():
    for tone in (0, 1, 128, 255):
        assert views(np.full((60, 80, 3), tone, np.uint8)) == []


def test_what_only_the_alpha_shows_is_seen(group):
    gray = group.mean(axis=2).astype(np.uint8)
    for alpha in (gray, 255 - gray):
        assert any(alike(view, gray) > 0.98 for view in views(with_alpha(0, alpha), "RGBA"))


@pytest.mark.parametrize("first", [0, 100, 246], ids=["nearly clear", "half clear", "nearly opaque"])
def test_so_is_what_few_tones_of_it_show_in_a_small_part(group, first):
    gray = group.mean(axis=2)[::8, ::8]
    rows, columns = gray.shape
    alpha = np.full(group.shape[:2], 255, np.uint8)
    alpha[40 : 40 + rows, 60 : 60 + columns] = first + 1 + gray // 33
    seen = [view[40 : 40 + rows, 60 : 60 + columns] for view in views(with_alpha(200, alpha), "RGBA")]
    assert any(alike(view, gray) > 0.95 and view.std() > 0.5 * gray.std() for view in seen)


def test_what_only_a_white_ground_shows_is_seen(group):
    alpha = np.full(group.shape[:2], 128, np.uint8)
    on_white = group.astype(int) * 128 // 255 + 127
    assert any(np.abs(view - on_white).max() <= 2 for view in views(with_alpha(group, alpha), "RGBA"))


@pytest.mark.parametrize("most", [255, 1023])
def test_values_of_fewer_bits_in_a_picture_of_sixteen_are_brightened(group, most):
    (view,) = views((group.astype(int) * most // 255).astype(np.uint16), "RGB;16")
    assert np.corrcoef(view.ravel(), group.ravel())[0, 1] > 0.95
    assert view.std() > 0.5 * group.std()


def test_a_dark_and_a_pale_picture_are_given_more_contrast(group):
    for samples in (group // 16, 240 + group // 17):
        (view,) = views(samples.astype(np.uint8))
        assert view.std() > 0.5 * group.std()


# In files, with the real detectors


@pytest.fixture(scope="module")
def everyone():
    with Blurrer(Settings.of(policy=load_policy("everyone")), age_estimator=FixedAge(40), threads=2) as blurrer:
        yield blurrer


def png(samples):
    import cv2

    if samples.ndim == 3:
        samples = samples[..., [2, 1, 0, 3][: samples.shape[2]]]
    return cv2.imencode(".png", samples)[1].tobytes()


def hidden(group):
    """Return pictures of the group that show it only to those who look otherwise, as PNG, by how."""
    gray = group.mean(axis=2).astype(np.uint8)
    return {
        "alpha": png(with_alpha(0, gray)),
        "alpha of white": png(with_alpha(255, gray)),
        "8 bits in 16": png(group.astype(np.uint16)),
        "10 bits in 16": png(group.astype(np.uint16) * 4),
        "dark": png(group // 20),
        "linear light, dark": png((((group / 255) ** 2.2) * 40).astype(np.uint8)),
    }


@pytest.mark.model
@pytest.mark.parametrize(
    ("how", "asks"),
    [
        ("alpha", True),
        ("alpha of white", True),
        ("8 bits in 16", True),
        ("10 bits in 16", True),
        ("dark", False),
        ("linear light, dark", False),
    ],
)
def test_faces_that_show_only_otherwise_are_covered_and_a_person_is_asked(how, asks, group, everyone):
    safe = everyone.run_bytes(hidden(group)[how], name="photo.png")
    data, outcome = safe.data, safe.result
    faces = [decision.face for decision in outcome.decisions]
    assert len(faces) >= 3, outcome
    written = decode(data, LoadSettings())
    for face in faces:
        left, top, right, bottom = face.box.clip(written.size).expand(-0.2, -0.2).pixels(written.size)
        assert (np.ptp(written.picture.samples[top:bottom, left:right], axis=(0, 1)) == 0).all()
    assert outcome.status is Status.LOOK or not asks  # some of the dark ones the detectors see as they are


@pytest.mark.model
def test_a_photo_with_clear_parts_and_an_ordinary_one_get_no_more_faces(everyone):
    for name in ("badge.png", "phone.jpg", "empty.jpg"):
        shown = decode((SAMPLES / name).read_bytes(), LoadSettings())
        assert not [face for face in everyone.find_faces(shown.picture) if face.unclear]
