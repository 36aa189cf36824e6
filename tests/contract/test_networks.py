"""Every face network finds faces, sees none where there is none, takes any picture, and never fails silently."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blurkit.detect import centerface, fullrange
from blurkit.detect.views import Network
from blurkit.errors import DetectorFailed
from blurkit.geometry import Box

SAMPLES = Path(__file__).parents[2] / "samples"
PHOTOS = ("tree/sports-day/IMG_0001.jpg", "tree/summer-fair/IMG_0001.jpg")
SURE = 0.5
"""Score of what counts as found here; below it the network also sees things in flat pictures."""
SCALE = 0.5
"""The photos are shown at half their size: their faces are then 67 to 78 px."""


NETWORKS = {
    "centerface": (centerface, "CenterFaceNetwork"),
    "fullrange": (fullrange, "FullRangeNetwork"),
}
"""The networks on onnxruntime, by name: module and class."""


@pytest.fixture(scope="module", params=NETWORKS)
def network(request: pytest.FixtureRequest) -> Network:
    module, kind = NETWORKS[request.param]
    opened: Network = getattr(module, kind)()
    assert opened.name == request.param
    return opened


def half(photo: str) -> np.ndarray:
    with Image.open(SAMPLES / photo) as image:
        return np.array(image.convert("RGB").reduce(2))


def faces(photo: str) -> list[Box]:
    entries = json.loads((SAMPLES / "faces.json").read_text())[photo]["faces"]
    return [Box(*entry["box"]).scale(SCALE) for entry in entries]


@pytest.mark.model
@pytest.mark.parametrize("photo", PHOTOS)
def test_every_face_of_a_photo_is_found_where_it_is(network: Network, photo: str) -> None:
    found = [sighting.box for sighting in network.look(half(photo)) if sighting.score > SURE]
    for face in faces(photo):
        assert max(box.iou(face) for box in found) > 0.5
    assert len(found) == len(faces(photo))


@pytest.mark.model
def test_a_crop_shows_the_same_face_as_the_photo(network: Network) -> None:
    face = faces(PHOTOS[0])[0]
    left, top, right, bottom = map(int, (face.left - 30, face.top - 30, face.right + 35, face.bottom + 35))
    found, *_ = network.look(half(PHOTOS[0])[top:bottom, left:right])
    assert found.box.shift(left, top).iou(face) > 0.5
    assert found.score > SURE


@pytest.mark.model
def test_what_lies_around_the_picture_changes_nothing_in_it(network: Network) -> None:
    """Pictures are padded to what the network takes; the padding is black."""
    picture = half(PHOTOS[0])[:383, :509]
    padded = np.pad(picture, ((0, 1), (0, 3), (0, 0)))
    assert network.look(picture) == network.look(padded)


@pytest.mark.model
@pytest.mark.parametrize("value", [0, 128, 255])
def test_a_flat_picture_has_no_face(network: Network, value: int) -> None:
    assert all(sighting.score < SURE for sighting in network.look(np.full((200, 300, 3), value, np.uint8)))


@pytest.mark.model
@pytest.mark.parametrize("seed", range(3))
def test_noise_has_no_face(network: Network, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (257, 190, 3), dtype=np.uint8)
    assert all(sighting.score < SURE for sighting in network.look(noise))


@pytest.mark.model
@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (31, 33)])
def test_the_smallest_pictures_are_taken(network: Network, shape: tuple[int, int]) -> None:
    assert all(sighting.score < SURE for sighting in network.look(np.full((*shape, 3), 90, np.uint8)))


class BrokenSession:
    """Answers with numbers that are none, or not at all."""

    def __init__(self, name: str, value: float | None, broken: int | None = None) -> None:
        self.name = name
        self.value = value
        self.broken = broken

    def run(self, _names: object, feed: dict[str, np.ndarray], /) -> list[np.ndarray]:
        if self.value is None:
            raise RuntimeError("out of memory")
        (batch,) = feed.values()
        height, width = batch.shape[1:3] if self.name == "centerface" else batch.shape[2:]
        if self.name == "centerface":
            shapes = [(1, channels, height // 4, width // 4) for channels in (1, 2, 2, 10)]
        else:
            shapes = [(1, height * width // 16, size) for size in (16, 1)]
        values = [self.value if self.broken in (None, index) else 0.5 for index in range(len(shapes))]
        return [np.full(shape, value, np.float32) for shape, value in zip(shapes, values, strict=True)]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), None])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_that_fails_is_an_error_not_an_empty_answer(
    monkeypatch: pytest.MonkeyPatch, name: str, value: float | None
) -> None:
    module, kind = NETWORKS[name]
    monkeypatch.setattr(module, "onnx_session", lambda *_args, **_settings: BrokenSession(name, value))
    with pytest.raises(DetectorFailed):
        getattr(module, kind)().look(np.zeros((64, 64, 3), np.uint8))


@pytest.mark.parametrize(
    ("name", "output"), [("centerface", index) for index in range(4)] + [("fullrange", 0), ("fullrange", 1)]
)
def test_one_output_of_numbers_that_are_none_is_an_error(
    monkeypatch: pytest.MonkeyPatch, name: str, output: int
) -> None:
    """A sure face whose box is no number would be covered nowhere."""
    module, kind = NETWORKS[name]
    monkeypatch.setattr(module, "onnx_session", lambda *_args, **_settings: BrokenSession(name, float("nan"), output))
    with pytest.raises(DetectorFailed):
        getattr(module, kind)().look(np.zeros((64, 64, 3), np.uint8))
