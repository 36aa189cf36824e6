"""The benchmark of clips counts what is open, and its clips hold the faces it says."""

import sys

import numpy as np
import pytest

from bench.clips import Score, add, is_closed, row, used
from bench.scenes import LEAST_PX, Made, Shot, frames_of
from blurkit.geometry import Size

SIZE = Size(320, 180)
GREEN, FACE = (40, 150, 70), (230, 60, 60)


def photo(faces):
    """Return a gray photo with a red square for each face."""
    pixels = np.full((360, 640, 3), 120, np.uint8)
    for left, top, right, bottom in faces.astype(int):
        pixels[top:bottom, left:right] = FACE
    return pixels


FACES = np.array([[200.0, 120, 260, 190], [380, 150, 440, 220]])


@pytest.mark.parametrize("kind", ["pan", "zoom", "shake", "turn", "bar"])
def test_faces_are_where_the_clip_says(kind):
    shot = Shot(photo=photo(FACES), faces=FACES, kind=kind, frames=12, seed=1)
    seen = 0
    for frame in frames_of([shot], SIZE):
        for box in frame.faces:
            x, y = ((box[:2] + box[2:]) / 2).astype(int)
            if 0 <= x < SIZE.width and 0 <= y < SIZE.height and kind != "bar":
                assert np.abs(frame.pixels[y, x].astype(int) - FACE).max() < 60
            assert box[3] - box[1] >= LEAST_PX
            seen += 1
    assert seen >= 12


def made(count):
    box = np.array([[40.0, 40, 100, 120]])
    pixels = np.full((180, 320, 3), 120, np.uint8)
    return [Made(pixels, box, np.array([7]), 0) for _ in range(count)]


def shown(*is_covered):
    frames = []
    for each in is_covered:
        pixels = np.full((180, 320, 3), 120, np.uint8)
        if each:
            pixels[30:130, 30:110] = GREEN
        frames.append(pixels)
    return frames


def test_open_faces_their_longest_stretch_and_changes_are_counted():
    score = Score()
    add(score, made(6), ("pan",), shown(True, False, False, True, True, True), "blurkit")
    figures = row(score)
    assert figures["left open"] == 2
    assert figures["faces in frames"] == 6
    assert figures["open in any frame"] == 1
    assert figures["longest open, frames"] == 2
    assert figures["changes between open and closed"] == 2
    assert figures["open and all, by kind"] == {"pan": [2, 6]}


def test_a_cover_far_from_faces_is_counted():
    (frame,) = shown(True)
    frame[:, 250:] = GREEN
    score = Score()
    add(score, made(1), ("pan",), [frame], "blurkit")
    assert row(score)["covered far from faces, share of frames"] == pytest.approx(70 / 320, abs=0.01)


def test_a_face_is_closed_by_the_middle_of_its_box():
    mask = np.zeros((100, 100), bool)
    box = np.array([20.0, 20, 80, 80])
    assert not is_closed(mask, box)
    mask[30:70, 30:70] = True
    assert is_closed(mask, box)


@pytest.mark.skipif(sys.platform != "linux", reason="processes as Linux shows them")
def test_time_and_memory_of_a_command_are_its_own_and_those_of_what_it_starts():
    held = bytearray(200 << 20)  # which is ours, and does not count
    inner = "sum(range(5000000)); y = bytearray(90 << 20); import time; time.sleep(0.5)"
    child = f"import subprocess, sys; x = bytearray(60 << 20); subprocess.run([sys.executable, '-c', {inner!r}])"
    seconds, memory = used([sys.executable, "-c", child])
    assert seconds > 0.05
    assert 90 <= memory < 150
    assert held
