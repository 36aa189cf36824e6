"""Being stopped, losing a process, and working side by side: nothing half-written, nothing lost, nothing different."""

import contextlib
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.end_to_end.process import QUICK, blurkit, files, foreign_lines, small, start, wait_until

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="finds processes in /proc, which only Linux has"),
]

SLOW = """
import time
import blurkit.render
real = blurkit.render.encode
def encode(*arguments):
    time.sleep(1)
    return real(*arguments)
blurkit.render.encode = encode
"""
DEADLY = """
import os, signal
import blurkit.pipeline
real = blurkit.pipeline.read
def read(path):
    if path.name == "deadly.jpg":
        os.kill(os.getpid(), signal.SIGKILL)
    return real(path)
blurkit.pipeline.read = read
"""


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Return a folder of six small photos."""
    folder = tmp_path_factory.mktemp("photos")
    first = small(folder, "1.jpg", width=240)
    for number in range(2, 7):
        (folder / f"{number}.jpg").write_bytes(first.read_bytes())
    return folder


def run(*arguments, folder, faults=SLOW):
    return start("run", *arguments, "--detector", "mediapipe", folder=folder, faults=faults)


def children(pid):
    """Return the live processes that a process started, but multiprocessing's tracker of resources."""
    try:
        pids = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [int(child) for child in pids if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
    except FileNotFoundError:
        return []


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def assert_whole(folder):
    """Check that a folder holds nothing but whole photos, and return their names."""
    names = files(folder) if folder.exists() else []
    for name in names:
        with Image.open(folder / name) as image:
            image.load()
    return names


@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM], ids=lambda stop: stop.name)
def test_stopping_a_batch_leaves_whole_photos_and_says_so(stop, jobs, photos, tmp_path):
    out = tmp_path / "out"
    process = run(photos, "--out", out, "--jobs", jobs, "--json", folder=tmp_path)
    wait_until(lambda: out.exists() and any(not name.startswith(".") for name in files(out)))
    os.killpg(process.pid, stop) if stop is signal.SIGINT else process.send_signal(stop)
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 130
    assert stderr.decode().splitlines() == ["stopped; finished photos are kept, no half-written file is left"]
    assert stdout == b""
    assert 0 < len(assert_whole(out)) < 6


def test_stopping_while_the_processes_start_is_as_quiet(photos, tmp_path):
    process = run(photos, "--out", tmp_path / "out", "--jobs", "2", folder=tmp_path)
    wait_until(lambda: len(children(process.pid)) > 1)  # the one that is started ahead, and another
    os.killpg(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 130
    assert stderr.decode().splitlines() == ["stopped; finished photos are kept, no half-written file is left"]
    assert_whole(tmp_path / "out")


def test_a_process_that_is_killed_once_loses_no_photo(photos, tmp_path):
    out = tmp_path / "out"
    process = run(photos, "--out", out, "--jobs", "2", folder=tmp_path)
    wait_until(lambda: out.exists() and len(files(out)) == 2)
    time.sleep(0.3)  # both are at their next photo, and not between writing one and saying so
    os.kill(children(process.pid)[0], signal.SIGKILL)
    _, stderr = process.communicate(timeout=120)
    assert foreign_lines(stderr.decode()) == []
    assert process.returncode == 0, stderr
    assert [name for name in files(out) if not name.startswith(".")] == files(photos)


def test_a_photo_that_kills_its_process_fails_and_the_rest_is_done(photos, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("1.jpg", "2.jpg", "deadly.jpg", "z.jpg"):
        (folder / name).write_bytes((photos / "1.jpg").read_bytes())
    options = ("--jobs", "2", "--detector", "mediapipe", "--json")
    done = blurkit("run", folder, "--out", tmp_path / "out", *options, faults=DEADLY)
    assert done.code == 7
    assert assert_whole(tmp_path / "out") == ["1.jpg", "2.jpg", "z.jpg"]
    failed = done.photos["deadly.jpg"]
    assert failed["status"] == "failed"
    assert "died" in failed["error"]["message"]
    assert foreign_lines(done.err) == []


def test_processes_end_with_the_one_that_started_them(photos, tmp_path):
    process = run(photos, "--out", tmp_path / "out", "--jobs", "2", folder=tmp_path)
    wait_until(lambda: len(children(process.pid)) == 2)
    workers = children(process.pid)
    process.kill()
    process.communicate()
    wait_until(lambda: not any(map(is_alive, workers)), 30)


def test_side_by_side_is_the_same_as_one_after_the_other(photos, tmp_path):
    """Both detectors: the same faces, ages, decisions and, for flat covers, bytes."""
    folder = tmp_path / "in"
    for number, width in enumerate((240, 320, 400)):
        small(folder, f"{number}.jpg", width=width)
    runs = [blurkit("run", "in", "--out", jobs, "--jobs", jobs, "--json", cwd=tmp_path) for jobs in ("1", "2")]
    assert [done.code for done in runs] == [0, 0]
    one, two = ([photo["faces"] for photo in done.document["photos"]] for done in runs)
    assert one == two
    assert files(tmp_path / "1") == files(tmp_path / "2")
    for name in files(tmp_path / "1"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_two_runs_into_one_folder_overwrite_nothing(photos, tmp_path):
    out = tmp_path / "out"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    both = [run(photos, "--out", out, "--jobs", "1", "--json", folder=tmp_path / name, faults="") for name in "ab"]
    codes = [process.communicate(timeout=120) and process.returncode for process in both]
    assert set(codes) <= {0, 7}
    assert assert_whole(out) == files(photos)


def test_a_full_disk_leaves_nothing_half_written(photos, tmp_path):
    faults = """
import os
def full(*_): raise OSError(28, "No space left on device")
os.fsync = full
"""
    done = blurkit("run", photos / "1.jpg", "--out", tmp_path / "out", *QUICK, faults=faults)
    assert done.code == 5
    assert "No space left" in done.err
    assert files(tmp_path / "out") == []


def test_a_photo_that_vanishes_is_a_failure_of_its_own(photos, tmp_path):
    faults = """
import blurkit.batch
real = blurkit.batch.plan
def plan(sources, *arguments):
    sources[0].path.unlink()
    return real(sources, *arguments)
blurkit.batch.plan = plan
"""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.jpg", "b.jpg"):
        (folder / name).write_bytes((photos / "1.jpg").read_bytes())
    done = blurkit("run", folder, "--out", tmp_path / "out", *QUICK, faults=faults)
    assert done.code == 7
    assert files(tmp_path / "out") == ["b.jpg"]


def test_no_uncovered_byte_is_in_any_folder_at_any_moment(photos, tmp_path):
    """The output and temporary folders are watched while the run is killed: each file ever there shows covers only."""
    out, temporary, kept = tmp_path / "out", tmp_path / "tmp", tmp_path / "kept"
    temporary.mkdir()
    kept.mkdir()
    faults = (
        "import blurkit.write, os, time\nreal = os.fsync\nos.fsync = lambda handle: (time.sleep(0.2), real(handle))"
    )
    options = ("--jobs", "1", "--policy", "everyone", "--detector", "mediapipe", "--color", "gray")
    process = start("run", photos, "--out", out, *options, folder=tmp_path, faults=faults, TMPDIR=str(temporary))

    def watch():
        for number, path in enumerate([*out.glob("*"), *out.glob(".*")] if out.exists() else []):
            with contextlib.suppress(OSError):  # renamed at this moment
                os.link(path, kept / f"{path.stat().st_ino}-{number}")
        return len(files(out)) > 2 if out.exists() else False

    wait_until(watch)
    process.kill()
    process.communicate()
    assert files(temporary) == []
    assert files(kept)
    for name in files(kept):
        with Image.open(kept / name) as image:
            covered = np.asarray(image.convert("RGB")).astype(int)
        assert (np.abs(covered - 128).max(axis=2) < 10).mean() > 0.02, name
