"""What is doubtful is looked at again: faces stay, other things go, and a look that fails is an error."""

import json
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from blurkit import Blurrer
from blurkit.detect import finder, second_look
from blurkit.detect.evidence import bundled_weights
from blurkit.detect.finder import Finder
from blurkit.detect.second_look import CERTAIN, Classifier, SecondLook, is_doubtful, read_classifier
from blurkit.errors import DetectorFailed, ModelChecksum, ModelMissing
from blurkit.geometry import Box, Point, Size
from blurkit.outcomes import PhotoFailure
from blurkit.records import Face
from blurkit.settings import DetectSettings
from tests.fakes import FixedFaces

SAMPLES = Path(__file__).parents[1] / "samples"
PHOTO = "tree/sports-day/IMG_0001.jpg"


def photo() -> np.ndarray:
    with Image.open(SAMPLES / PHOTO) as image:
        return np.array(image.convert("RGB"))


def people(score: float) -> list[Face]:
    boxes = [Box(*entry["box"]) for entry in json.loads((SAMPLES / "faces.json").read_text())[PHOTO]["faces"]]
    return [Face(box, score, ("centerface",)) for box in boxes]


def elsewhere(score: float) -> list[Face]:
    """Return as many boxes in the corners of the photo, where nobody is."""
    height, width = photo().shape[:2]
    sides = [(0, 0), (width - 140, 0), (0, height - 180), (width - 140, height - 180)]
    return [Face(Box(x, y, x + 130, y + 170), score, ("centerface",)) for x, y in sides]


# Scores and opinions


@given(st.lists(st.floats(0.01, 1), max_size=8), st.randoms(use_true_random=False))
def test_only_what_is_doubtful_changes_and_nothing_is_lost(scores, random):
    faces = [Face(Box(50 * n, 0, 50 * n + 40, 40), score, ("one",)) for n, score in enumerate(scores)]
    doubtful = [face for face in faces if is_doubtful(face)]
    opinions = [random.uniform(-5, 5) for _ in doubtful]
    judged = second_look.with_opinions(faces, opinions, bundled_weights(), Size(640, 480))
    assert sorted(face.box.left for face in judged) == [face.box.left for face in faces]
    assert {face for face in faces if face.score >= CERTAIN} <= set(judged)
    assert [face.score for face in judged] == sorted((face.score for face in judged), reverse=True)


# The real network


@pytest.fixture(scope="module")
def look():
    with closing(SecondLook()) as opened:
        yield opened


@pytest.mark.model
def test_faint_faces_gain_and_other_things_lose(look):
    for face in look.judge(photo(), people(0.5)):
        assert face.score > 0.5
    for thing in look.judge(photo(), elsewhere(0.5)):
        assert thing.score < 0.5


@pytest.mark.model
def test_a_face_at_the_border_or_of_one_pixel_is_looked_at(look):
    height, width = photo().shape[:2]
    places = [Box(-40, -40, 60, 60), Box(width - 9, height - 9, width + 90, height + 90), Box(5, 5, 6, 6)]
    judged = look.judge(photo(), [Face(box, 0.6, ("centerface",)) for box in places])
    assert len(judged) == len(places)
    assert look.judge(photo()[:1, :1], [Face(Box(0, 0, 1, 1), 0.6, ("centerface",))])


@pytest.mark.model
def test_a_face_on_its_side_looks_as_it_does_upright(look):
    (face, *_), pixels = finder_faces(), photo()
    width = pixels.shape[1]
    turned = Face(
        Box(face.box.top, width - face.box.right, face.box.bottom, width - face.box.left),
        face.score,
        face.detectors,
        tuple(Point(p.y, width - p.x) for p in face.landmarks),
    )
    upright = look.features(pixels, [face])
    sideways = look.features(np.ascontiguousarray(np.rot90(pixels)), [turned])
    lying = look.features(np.ascontiguousarray(np.rot90(pixels)), [Face(turned.box, 0.5, ("centerface",))])
    assert np.abs(upright - sideways).mean() < 0.2 * np.abs(upright - lying).mean()


def finder_faces() -> tuple[Face, ...]:
    with closing(Finder(DetectSettings())) as opened:
        return opened.detect(photo())


@pytest.mark.model
def test_many_faces_are_judged_as_each_alone(look):
    faces = [face for _ in range(5) for face in (*people(0.5), *elsewhere(0.5))]
    assert len(faces) > second_look.CHIPS
    alone = np.concatenate([look.features(photo(), [face]) for face in faces])
    assert np.allclose(look.features(photo(), faces), alone, atol=1e-4)


# What fails


class BrokenSession:
    """Answers with a number that is none, or not at all."""

    def __init__(self, value):
        self.value = value

    def run(self, _names, feed, /):
        if self.value is None:
            raise RuntimeError("out of memory")
        features = np.full((len(feed["images"]), 512), 0.5, np.float32)
        features[0, 7] = self.value
        return [features]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
def test_a_look_that_fails_is_an_error(monkeypatch, value):
    monkeypatch.setattr(second_look, "onnx_session", lambda *_args, **_settings: BrokenSession(value))
    look = SecondLook()
    with pytest.raises(DetectorFailed):
        look.judge(photo(), people(0.5))
    assert look.judge(photo(), people(0.95)) == tuple(sorted(people(0.95), key=lambda face: face.box.left))


@pytest.mark.model
@pytest.mark.parametrize("value", [float("nan"), None])
def test_a_photo_whose_second_look_fails_leaves_no_file_and_is_untouched(monkeypatch, tmp_path, value):
    """The photo of a phone holds a place, a thumbnail and faces."""
    source, out = tmp_path / "phone.jpg", tmp_path / "out"
    source.write_bytes((SAMPLES / "phone.jpg").read_bytes())
    out.mkdir()
    monkeypatch.setattr(finder, "make_detectors", lambda *_args, **_settings: (FixedFaces(*people(0.5)),))
    with Blurrer() as blurrer:
        monkeypatch.setattr(blurrer._models.analysis._finder.second_look, "_session", BrokenSession(value))
        outcome = blurrer.run(source, out=out / "phone.jpg")
    assert isinstance(outcome, PhotoFailure)
    assert (outcome.stage, outcome.word) == ("detect", "DetectorFailed")
    assert list(out.iterdir()) == []
    assert source.read_bytes() == (SAMPLES / "phone.jpg").read_bytes()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"weights": [1], "bias": null}', '{"weights": 3, "bias": 0}', '{"weights": [NaN], "bias": 0}'],
)
def test_a_damaged_classifier_is_an_error(text):
    with pytest.raises(ModelChecksum, match="second look"):
        read_classifier(text)


def test_nothing_stays_open_when_a_detector_is_missing(monkeypatch):
    closed = []

    def missing(*_args, **_settings):
        raise ModelMissing("not there")

    monkeypatch.setattr(SecondLook, "close", lambda self: closed.append(self))
    monkeypatch.setattr(finder, "make_detectors", missing)
    with pytest.raises(ModelMissing):
        Finder(DetectSettings())
    assert len(closed) == 1


# All of the stage


def found(monkeypatch, faces, bias, **settings):
    """Return what is left of faces when the second look says the same of each."""
    monkeypatch.setattr(finder, "make_detectors", lambda *_args, **_settings: (FixedFaces(*faces),))
    with closing(Finder(DetectSettings(**settings))) as opened:
        assert opened.second_look
        opened.second_look.classifier = Classifier(np.zeros(512), bias)
        return opened.detect(photo())


@pytest.mark.model
def test_opinions_decide_about_doubtful_faces_only(monkeypatch):
    faint = [*people(0.5)[:1], *people(0.95)[1:2]]
    assert len(found(monkeypatch, faint, 10)) == 2
    (left,) = found(monkeypatch, faint, -10)
    assert left.score == 0.95
    assert len(found(monkeypatch, people(0.3)[:1], 10)) == 1


@pytest.mark.model
def test_a_lower_score_asked_for_keeps_what_is_doubted(monkeypatch):
    assert found(monkeypatch, people(0.5)[:1], -5) == ()
    assert len(found(monkeypatch, people(0.5)[:1], -5, min_score=0.2)) == 1


def test_detectors_of_ones_own_are_not_doubted():
    detector = FixedFaces(*elsewhere(0.3))
    with closing(Finder(DetectSettings(), detectors=[detector])) as opened:
        assert len(opened.detect(photo())) == len(elsewhere(0.3))
    assert detector.closed
