"""A review of sample photos in a real server, with faces that are known, not found: quick, and the same each time."""

from __future__ import annotations

import json
import os
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from blurkit.age.calibration import Calibration
from blurkit.geometry import Box
from blurkit.pipeline import Blurrer
from blurkit.records import AgeEstimate, Face
from blurkit.review import start
from blurkit.review.pages import Chooser
from blurkit.review.server import Server
from blurkit.review.wishes import Wishes
from blurkit.settings import Settings, load_policy
from tests.end_to_end.process import SAMPLES, small
from tests.fakes import BlindNetwork, NoMarks

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]
KNOWN = json.loads((SAMPLES / "faces.json").read_text(encoding="utf-8"))
AGES = (45.0, 9.0, 27.0)
"""Of the faces of a photo, in turn: left visible, covered, left visible but doubtful."""

needs_browser = pytest.mark.skipif(
    not Path(CHROMIUM).exists() and "BLURKIT_NEEDS_BROWSER" not in os.environ, reason="no Chromium on this machine"
)
in_browser = [needs_browser, pytest.mark.model]
"""What every test in a browser carries: it takes seconds, so the quick loop leaves it out."""


class KnownFaces:
    """Finds the faces that the sample is made of; `scale` is that of the copy."""

    name = "known"

    def __init__(self, sample="tree/sports-day/IMG_0001.jpg", scale=1.0):
        boxes = [Box(*face["box"]).scale(scale) for face in faces_of(sample)]
        self.faces = tuple(Face(box, 0.99, ("known",)) for box in boxes)

    def detect(self, pixels):
        return self.faces

    def close(self):
        pass


class KnownAges:
    """Gives the ages of `AGES` in turn."""

    name = "known"

    def estimate(self, pixels, faces):
        ages = [AGES[place % len(AGES)] for place in range(len(faces))]
        return tuple(AgeEstimate(age, age - 2, age + 2, "known") for age in ages)

    def close(self):
        pass


def faces_of(sample):
    return next(photo["faces"] for name, photo in KNOWN.items() if name == sample)


def blurrer(settings, scale, marks=None):
    line = Calibration((0.001,), {age: (age + 6.0,) for age in range(10, 31)})
    models = {"age_estimator": KnownAges(), "independent_check": BlindNetwork(), "mark_finder": marks or NoMarks()}
    return Blurrer(settings, detectors=[KnownFaces(scale=scale)], calibration=line, **models)


def known_run(settings, scale, marks=None):
    """Return what does photos with known faces."""

    def as_known(tasks, overwrite):
        write = settings.write.model_copy(update={"overwrite": overwrite})
        with blurrer(settings.model_copy(update={"write": write}), scale, marks) as known:
            for task in tasks:
                path = task.source.path
                yield (
                    known.detect(path)
                    if task.out is None
                    else known.run(path, out=task.written, reviewed=task.reviewed)
                )

    return as_known


@contextmanager
def serving(folder, *, policy="children", run=None, scale=0.5, idle_minutes=60.0, marks=None):
    """Serve a review of a folder of copies of one sample; gives the server and the review."""
    settings = Settings.of(policy=load_policy(policy))

    def set_up(folder, wishes, after):
        chosen = wishes.settings(settings)
        run_as = run or known_run(chosen, scale, marks)
        opened.append(start.prepare(folder, wishes.place(), chosen, run=run_as, after=after))
        return opened[-1]

    opened = []
    review = set_up(folder, Wishes(), None)
    with running(Server(review, Chooser(set_up, settings), idle_minutes=idle_minutes)) as server:
        server.opened = opened
        yield server, review


@contextmanager
def choosing(home, monkeypatch, *, idle_minutes=60.0):
    """Serve the folder chooser of a user with this home folder; gives the server and the reviews that it opens."""
    monkeypatch.setenv("HOME", str(home))
    for name in [name for name in os.environ if name.startswith("XDG_")]:
        monkeypatch.delenv(name)
    settings = Settings.of(policy=load_policy("children"))
    opened = []

    def set_up(folder, wishes, after):
        chosen = wishes.settings(settings)
        run = known_run(chosen, 600 / 1024)
        opened.append(start.prepare(folder, wishes.place(), chosen, run=run, after=after))
        return opened[-1]

    with running(Server(None, Chooser(set_up, settings), idle_minutes=idle_minutes)) as server:
        yield server, opened


@contextmanager
def running(server):
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server
    finally:
        server.end()
        thread.join(30)
        assert not thread.is_alive()


def copies(folder, *names, width=600):
    """Write small copies of a sample with three faces; each file has a content of its own."""
    for name in names:
        path = small(folder, name, width=width)
        data, comment = path.read_bytes(), Path(name).name.encode()
        path.write_bytes(data[:2] + b"\xff\xfe" + (2 + len(comment)).to_bytes(2, "big") + comment + data[2:])
    return folder
