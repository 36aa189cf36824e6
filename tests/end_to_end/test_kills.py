"""Killed after any stage, a full or closed disk, a source that goes: nothing is lost, and no face left open."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests import pictures
from tests.end_to_end.process import blurkit, files, foreign_lines

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kills, mounts and limits as Linux has them")

FACE = (60, 40, 180, 200)
QUICK_FAKES = f"""
import os, pathlib, signal, sys
import blurkit.analysis
import blurkit.detect.finder
import blurkit.pipeline
from blurkit.geometry import Box
from blurkit.records import Face
class Fake:
    name = "fake"
    def detect(self, pixels): return (Face(Box(*{FACE}), 0.9, ("fake",)),)
    def look(self, picture): return []
    def estimate(self, pixels, faces): return tuple(None for _ in faces)
    def close(self): pass
blurkit.detect.finder.make_detectors = lambda *_, **__: [Fake()]
blurkit.analysis.make_estimator = blurkit.analysis.make_independent_check = lambda *_, **__: Fake()
"""
"""One face in a known place, no models: a run takes a second."""

KILL_AFTER = """
calls = []
def deadly(real):
    def done(*arguments, **options):
        result = real(*arguments, **options)
        calls.append(result)
        if len(calls) == {call}:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return done
{module}.{name} = deadly({module}.{name})
"""
STAGES = [
    *(("blurkit.pipeline", name, 1) for name in ("check_target", "read", "decode")),
    ("blurkit.analysis", "decide", 1),
    ("blurkit.detect.finder", "merge", 1),
    *(("blurkit.render", name, 1) for name in ("obscure", "prepare", "encode", "check", "uncovered", "prove")),
    ("blurkit.pipeline", "write", 1),
    *(("os", "fsync", 1), ("pathlib.Path", "replace", 1), ("os", "fsync", 2), ("os", "link", 1)),
]
"""Every step of the way, from the first look at the target to the last rename; which call of it is the last.

The first sync and the replacement are those of the journal.
"""


@pytest.fixture
def source(tmp_path):
    """Return a folder with one photo whose face is a bright noise."""
    pixels = np.full((240, 320, 3), 60, np.uint8)
    left, top, right, bottom = FACE
    pixels[top:bottom, left:right] = np.random.default_rng(1).integers(0, 256, (bottom - top, right - left, 3))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "photo.png").write_bytes(pictures.saved(Image.fromarray(pixels), "png"))
    return tmp_path / "in"


def run(source, *options, faults="", out="out", **environment):
    in_this_process = ("--jobs", "1", "--timeout", "0")  # so that what is killed is the command itself
    arguments = ("run", source, "--out", source.parent / out, *in_this_process, *options)
    return blurkit(*arguments, faults=QUICK_FAKES + faults, **environment)


def assert_safe(folder):
    """Check that each file in a folder, whatever its name, is a whole photo with its face covered."""
    for path in folder.rglob("*"):
        if path.is_file():
            left, top, right, bottom = FACE
            with Image.open(path) as image:
                face = np.asarray(image.convert("RGB"))[top:bottom, left:right]
            assert len(np.unique(face.reshape(-1, 3), axis=0)) == 1, path


def test_the_check_would_show_an_open_face(source):
    with pytest.raises(AssertionError):
        assert_safe(source)


@pytest.mark.parametrize(("module", "name", "call"), STAGES)
def test_killed_after_any_step_no_open_face_is_in_any_folder(module, name, call, source, tmp_path):
    before = (source / "photo.png").read_bytes()
    (tmp_path / "tmp").mkdir()
    faults = KILL_AFTER.format(module=module, name=name, call=call)
    done = run(source, faults=faults, TMPDIR=str(tmp_path / "tmp"))
    assert done.code == -signal.SIGKILL
    assert (source / "photo.png").read_bytes() == before
    assert files(source) == ["photo.png"]
    assert files(tmp_path / "tmp") == []
    if (tmp_path / "out").exists():
        assert_safe(tmp_path / "out")


@pytest.mark.parametrize(("module", "name", "call"), STAGES[-5:])
def test_after_a_kill_the_run_can_be_done_again(module, name, call, source, tmp_path):
    run(source, faults=KILL_AFTER.format(module=module, name=name, call=call))
    assert run(source).code == 0
    assert files(tmp_path / "out") == ["photo.png"]  # what the first run left half-written is swept away


def test_a_file_that_the_system_cuts_off_is_not_left(source, tmp_path):
    """A limit on the size of files: the write itself fails halfway."""
    faults = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))\n"
    done = run(source, faults=faults, PYTHONDONTWRITEBYTECODE="1")
    assert done.code == 7
    assert "cannot be written" in done.err
    assert files(tmp_path / "out") == []


@pytest.fixture
def small_disk(tmp_path):
    """Return a folder on a disk of its own of 64 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_disk_that_fills_up_keeps_whole_photos_only(source, small_disk):
    pixels = np.random.default_rng(2).integers(0, 256, (240, 320, 3), np.uint8)
    for number in range(8):
        (source / f"{number}.jpg").write_bytes(pictures.saved(Image.fromarray(pixels), "jpeg", quality=60))
    done = run(source, "--json", out="disk")
    assert done.code == 7
    written = {Path(photo["output"]).name for photo in done.document["photos"] if photo["output"]}
    assert set(files(small_disk)) == written
    assert 0 < len(written) < 9
    for name in written:
        pictures.opened((small_disk / name).read_bytes())
    assert "No space left" in done.err


def test_a_disk_that_may_only_be_read_is_an_error_and_loses_nothing(source, small_disk):
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    done = run(source, out="disk")
    assert done.code == 7
    assert "cannot be written" in done.err
    assert files(source) == ["photo.png"]


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may write everywhere")
def test_a_folder_without_permission_is_an_error_and_loses_nothing(source, tmp_path):
    (tmp_path / "out").mkdir(mode=0o500)
    done = run(source)
    assert done.code == 7
    assert "cannot be written" in done.err


@pytest.mark.parametrize("step", ["pipeline.decode", "render.obscure", "render.prove"])
def test_a_source_that_goes_while_it_is_worked_on_is_finished(step, source, tmp_path):
    faults = f"""
real = blurkit.{step}
def gone(*arguments, **options):
    result = real(*arguments, **options)
    __import__("pathlib").Path({str(source / "photo.png")!r}).unlink()
    return result
blurkit.{step} = gone
"""
    done = run(source, faults=faults)
    assert done.code == 0, done.err
    assert files(tmp_path / "out") == ["photo.png"]
    assert_safe(tmp_path / "out")


@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
@pytest.mark.parametrize("options", [(), ("--overwrite",)], ids=["", "overwrite"])
def test_a_link_to_the_source_that_appears_while_it_runs_is_not_written_through(link, options, source, tmp_path):
    before = (source / "photo.png").read_bytes()
    faults = f"""
from pathlib import Path
real = blurkit.render.prove
def linked(*arguments, **options):
    Path({str(tmp_path / "out")!r}).mkdir()
    Path({str(tmp_path / "out" / "photo.png")!r}).{link}({str(source / "photo.png")!r})
    return real(*arguments, **options)
blurkit.render.prove = linked
"""
    done = run(source, *options, faults=faults)
    assert done.code == 7
    assert "original" in done.err
    assert (source / "photo.png").read_bytes() == before
    assert files(tmp_path / "out") == ["photo.png"]


def test_a_clock_that_jumps_changes_nothing(source, tmp_path):
    faults = """
import itertools, time
jumps = itertools.cycle([4e9, 0.0, -1.0, 1e12, 2e9])
time.time = lambda: next(jumps)
time.time_ns = lambda: int(next(jumps) * 1e9)
"""
    jumping, steady = run(source, faults=faults, out="jumping"), run(source, out="steady")
    assert (jumping.code, steady.code) == (0, 0)
    assert foreign_lines(jumping.err) == []
    assert (tmp_path / "jumping" / "photo.png").read_bytes() == (tmp_path / "steady" / "photo.png").read_bytes()
