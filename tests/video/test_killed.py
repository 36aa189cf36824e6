"""Killed, interrupted, crashed or stuck in any pass: nothing is left, no other clip is lost, and the run goes on."""

import signal
import sys
from itertools import product
from pathlib import Path

import pytest

from tests.clips import make, patterns
from tests.end_to_end.process import blurkit, files, start, wait_until

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(sys.platform != "linux", reason="signals and processes as Linux has them"),
]

FAKES = """
import os, pathlib, time
import blurkit.analysis
import blurkit.detect.finder
import blurkit.video.check
import blurkit.video.clip
import blurkit.video.look
import blurkit.video.making
from blurkit.geometry import Box
from blurkit.records import Face
class Fake:
    name = "fake"
    def __init__(self, *_, **__): pass
    def detect(self, pixels): return (Face(Box(30, 16, 54, 46), 0.9, ("fake",)),)
    def look(self, picture): return []
    def close(self): pass
blurkit.detect.finder.make_detectors = lambda *_, **__: [Fake()]
blurkit.analysis.make_independent_check = Fake
blurkit.video.clip.QuickLook = Fake
under_way = []
really = blurkit.video.clip.Clips.run
def run(self, path, **options):
    under_way.append(pathlib.Path(path).name)
    return really(self, path, **options)
blurkit.video.clip.Clips.run = run
"""
"""One face in a known place, and no models: a clip takes a moment."""

FAULT = """
def with_fault(place, real):
    def faulty(*arguments, **options):
        result = real(*arguments, **options)
        fault = pathlib.Path("faults", under_way[-1], place)
        if fault.exists():
            exec(fault.read_text())
        return result
    return faulty
for part, name, method in (("look", "Look", "_seen"), ("making", "Writer", "add"), ("check", "Check", "_compare")):
    owner = getattr(getattr(blurkit.video, part), name)
    setattr(owner, method, with_fault(part, getattr(owner, method)))
"""
STUCK = 'pathlib.Path("here").write_text(str(os.getpid())); time.sleep(1000)'
CRASH = "os.kill(os.getpid(), 11)"
PASSES = ("look", "making", "check")


@pytest.fixture
def folder(tmp_path):
    """Return a folder with a folder of three clips, and one for temporary files."""
    (tmp_path / "in").mkdir()
    (tmp_path / "tmp").mkdir()
    for name in "abc":
        make(tmp_path / "in" / f"{name}.mkv", patterns(6))
    return tmp_path


def is_gone(process):
    """Whether a process is not there any more, or is only waited for."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


WORDS = ("run", "in", "--out", "out", "--policy", "everyone")


def plant(folder, clip, place, fault):
    (folder / "faults" / clip).mkdir(parents=True, exist_ok=True)
    (folder / "faults" / clip / place).write_text(fault)


def test_killed_in_any_pass_nothing_is_left_and_the_run_goes_on_clip_by_clip(folder):
    own = {"TMPDIR": str(folder / "tmp")}
    for place, sent in product(PASSES, (signal.SIGKILL, signal.SIGINT)):
        plant(folder, "b.mkv", place, STUCK)
        process = start(*WORDS, folder=folder, faults=FAKES + FAULT, **own)
        wait_until(lambda: (folder / "here").exists() and (folder / "here").read_text())
        worker = int((folder / "here").read_text())
        assert worker != process.pid
        process.send_signal(sent)
        process.communicate(timeout=60)
        wait_until(lambda worker=worker: is_gone(worker))
        (folder / "here").unlink()
        (folder / "faults" / "b.mkv" / place).unlink()
        assert process.returncode == (-sent if sent is signal.SIGKILL else 130), place
        assert files(folder / "out") == ["a.mp4"], place
        assert files(folder / "tmp") == [], place
    before = (folder / "out" / "a.mp4").stat().st_mtime_ns
    done = blurkit(*WORDS, cwd=folder, faults=FAKES + FAULT, **own)
    assert done.code == 0, done.err
    assert "1 clip was written before" in done.err
    assert files(folder / "out") == ["a.mp4", "b.mp4", "c.mp4"]
    assert (folder / "out" / "a.mp4").stat().st_mtime_ns == before


def test_clips_whose_decoder_crashes_or_hangs_fail_alone(folder):
    plant(folder, "a.mkv", "look", CRASH)
    plant(folder, "b.mkv", "making", STUCK)
    done = blurkit(*WORDS, "--timeout", "3", cwd=folder, faults=FAKES + FAULT, TMPDIR=str(folder / "tmp"))
    assert done.code == 7
    assert "its process died twice" in done.err
    assert "got no further for the time limit of 3 seconds" in done.err
    assert files(folder / "out") == ["c.mp4"]
    assert files(folder / "tmp") == []
