"""The audit looks into published clips: who is seen when, sound, places, further tracks, and whose output it is."""

import json
import subprocess

import numpy as np
import pytest

from blurkit.audit.clips import seen_in
from blurkit.errors import ExitCode
from blurkit.geometry import Box, Size
from blurkit.records import Face
from blurkit.video.glimpses import glimpses_of
from tests import pictures
from tests.clips import make, patterns
from tests.fakes import FixedFaces

GPS = {"location": "+48.1+011.5/", "title": "Anna", "creation_time": "2024-01-01T00:00:00Z"}


def words_of(path):
    return set(glimpses_of(path, 200).hidden)


def test_frames_at_least_each_half_second_and_the_first_of_each_shot_are_seen(tmp_path):
    other = [255 - picture for picture in patterns(4)]
    clip = make(tmp_path / "clip.mp4", [*patterns(20), *other], times=[100 * index for index in range(24)])
    seconds = [seconds for seconds, _ in glimpses_of(clip, 200).frames()]
    assert 2.0 in [round(each, 3) for each in seconds]  # the cut
    assert max(np.diff(seconds)) <= 0.501


def test_sound_places_tracks_and_words_are_listed(tmp_path):
    clip = make(tmp_path / "clip.mov", patterns(3), sound=True, metadata=GPS, second=True)
    assert {"sound", "GPS position", "text", "date of creation", "further video track"} <= words_of(clip)


def test_chapters_and_private_boxes_are_listed(tmp_path):
    clip = make(tmp_path / "clip.mp4", patterns(3))
    notes = tmp_path / "notes.txt"
    notes.write_text(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=100\ntitle=Anna\n")
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-i",
        clip,
        "-i",
        notes,
        "-map_chapters",
        "1",
        "-c",
        "copy",
        tmp_path / "two.mp4",
    ]
    subprocess.run(command, check=True)
    assert "chapters" in words_of(tmp_path / "two.mp4")
    clip.write_bytes(clip.read_bytes() + b"\0\0\0\x1cuuid" + bytes(16) + b"Anna")
    assert "private box" in words_of(clip)


class Moves(FixedFaces):
    """Finds a face that goes to the right, and one more from the third look on."""

    def detect(self, pixels):
        self.looks = getattr(self, "looks", 0) + 1
        here = Face(Box(10 + 4 * self.looks, 10, 40 + 4 * self.looks, 40), 0.9, ("fixed",))
        return (here, Face(Box(60, 10, 70, 20), 0.8, ("fixed",)))[: 1 + (self.looks > 2)]


def test_somebody_who_stays_is_counted_once(tmp_path, blurrer):
    clip = make(tmp_path / "clip.mp4", patterns(6), times=[500 * index for index in range(6)])
    people, mark = seen_in(glimpses_of(clip, 200), blurrer(Moves(), policy={}))
    assert [person.face.box.width for person in people] == [30, 10]
    assert mark


@pytest.fixture
def published(command, fakes, fake_clips, tmp_path):
    """Return a folder with an output of a run, and its report."""
    (tmp_path / "in").mkdir()
    make(tmp_path / "in" / "clip.mp4", patterns(5), sound=True)
    command("run", tmp_path / "in", "--out", tmp_path / "out", "--report", tmp_path / "report.json")
    return tmp_path / "out", tmp_path / "report.json"


def test_a_clip_of_blurkit_is_known_and_hides_nothing(command, published):
    out, report = published
    _, printed, _ = command("audit", out, "--against", report, "--json")
    (clip,) = json.loads(printed)["photos"]
    assert clip["hidden"] == []
    assert clip["matches"][0]["how"] == "output"
    assert (clip["width"], clip["height"]) == (96, 64)


def test_a_folder_with_a_clip_and_a_photo_is_looked_into(command, fakes, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(pictures.file("jpeg", "RGB"))
    make(tmp_path / "clip.mp4", patterns(3), sound=True)
    (tmp_path / "broken.mp4").write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(100))
    code, said, _ = command("audit", tmp_path)
    assert code == ExitCode.FOUND
    assert "clip.mp4: found" in said
    assert "  hidden: sound" in said
    assert "broken.mp4: failed" in said


def test_sizes_are_those_of_the_upright_clip(tmp_path):
    assert glimpses_of(make(tmp_path / "clip.mp4", patterns(2)), 200).size == Size(96, 64)
