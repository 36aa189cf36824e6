"""Faces of the samples, panned, shaken, darkened, turned, hidden and cut, with the real models: nobody stays open."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from bench.scenes import Shot, frames_of
from blurkit.geometry import Size
from blurkit.outcomes import PhotoResult
from blurkit.settings import Settings
from blurkit.video.clip import Clips
from blurkit.video.frames import Frames
from blurkit.video.source import facts_of
from tests.clips import make

pytestmark = pytest.mark.model

SAMPLES = Path(__file__).parents[2] / "samples"
SIZE = Size(320, 240)
GREEN = (40, 150, 70)
"""Tone of the covers: nothing in the samples' faces is near it."""

CLOSED = 0.75
"""Share of the middle of a face that must have the tone of a cover; the light rims of covers cross some."""


def shot(name, kind, frames=10, seed=1):
    photo = cv2.cvtColor(cv2.imread(str(SAMPLES / name)), cv2.COLOR_BGR2RGB)
    faces = json.loads((SAMPLES / "faces.json").read_text(encoding="utf-8"))[name]["faces"]
    boxes = np.array([face["box"] for face in faces], float)
    return Shot(photo=photo, faces=boxes, kind=kind, frames=frames, seed=seed)


def closed(pixels, box):
    """Return which share of the middle of a face is under a cover."""
    left, top, right, bottom = np.clip(np.round(box).astype(int), 0, (*pixels.shape[1::-1],) * 2)
    quarter = max(1, (right - left) // 6)
    inside = pixels[top + quarter : bottom - quarter, left + quarter : right - quarter].astype(int)
    return float((np.abs(inside - GREEN).max(axis=2) < 40).mean()) if inside.size else 1.0


@pytest.fixture(scope="module")
def clips():
    with Clips(Settings.of(policy="everyone", obscure={"color": "#289646"})) as held:
        yield held


@pytest.mark.parametrize("kinds", [("pan",), ("shake",), ("dark",), ("turn",), ("bar",), ("zoom", "pan")], ids="-".join)
def test_no_face_is_open_in_any_frame(clips, tmp_path, kinds):
    made = list(frames_of([shot("phone.jpg", kind, seed=index) for index, kind in enumerate(kinds)], SIZE))
    result = clips.run(make(tmp_path / "clip.mp4", [each.pixels for each in made]), out=tmp_path / "safe.mp4")
    assert isinstance(result, PhotoResult), result
    known = facts_of(tmp_path / "safe.mp4", max_megapixels=200)
    shown = [frame.planes.rgb(known.coloring) for frame in Frames(tmp_path / "safe.mp4", known)]
    faces = [(index, box) for index, each in enumerate(made) for box in each.faces if box[3] - box[1] >= 24]
    opened = [index for index, box in faces if closed(shown[index], box) < CLOSED]
    assert len(faces) >= 10
    assert opened == []


def test_an_open_face_is_noticed():
    (frame, *_) = frames_of([shot("phone.jpg", "zoom", frames=1)], SIZE)
    assert max(closed(frame.pixels, box) for box in frame.faces) < CLOSED
