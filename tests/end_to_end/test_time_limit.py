"""A decoder that never ends: its photo fails with a remedy, everything else goes on, and Ctrl-C is heeded."""

import json
import signal
import subprocess
import sys

import pytest
from PIL import Image

from tests import pictures
from tests.end_to_end.process import ROOT, blurkit, files, start, wait_until
from tests.end_to_end.test_kills import QUICK_FAKES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals as Linux has them")

HANGS = (333, 222)
"""Size of the photo whose decoder never ends."""

FAULTS = (
    QUICK_FAKES
    + f"""
import signal, time
from pathlib import Path
from PIL import ImageFile
real = ImageFile.ImageFile.load
def load(self):
    if self.size == {HANGS}:
        signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
        Path("hangs").touch()
        time.sleep(100000)
    return real(self)
ImageFile.ImageFile.load = load
"""
)
LIMIT = ("--timeout", "5")


def photo(path, size):
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(pictures.saved(Image.new("RGB", size, (9, 90, 60)), "png"))
    return path


@pytest.fixture
def folder(tmp_path):
    """Return a folder of three photos, of which the middle one hangs."""
    for name, size in (("a.png", (240, 320)), ("b.png", HANGS), ("c.png", (248, 320))):
        photo(tmp_path / "in" / name, size)
    return tmp_path / "in"


def is_late(error):
    return "time limit of 5 seconds" in error["message"] and "--timeout" in error["hint"]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_in_a_run_the_photo_fails_and_the_rest_is_written(folder, tmp_path, jobs):
    done = blurkit("run", "in", "--out", "out", "--json", "--jobs", jobs, *LIMIT, cwd=tmp_path, faults=FAULTS)
    assert done.code == 7
    assert is_late(done.photos["b.png"]["error"])
    assert [done.photos[name]["status"] for name in ("a.png", "c.png")] == ["look"] * 2
    assert files(tmp_path / "out") == ["a.png", "c.png"]


def test_one_photo_alone_has_the_exit_code_of_a_file_that_cannot_be_read(folder, tmp_path):
    done = blurkit("run", "in/b.png", "--out", "out", *LIMIT, cwd=tmp_path, faults=FAULTS)
    assert done.code == 3
    assert "hint: allow more with --timeout" in done.err


def test_an_audit_goes_on_too(folder, tmp_path):
    done = blurkit("audit", "in", "--json", "--jobs", "1", *LIMIT, cwd=tmp_path, faults=FAULTS)
    assert is_late(done.photos["b.png"]["error"])
    assert [done.photos[name]["error"] for name in ("a.png", "c.png")] == [None, None]


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_cleaning_goes_on_too(folder, tmp_path, jobs):
    words = ("clean", "in", "--out", "out", "--json", "--jobs", jobs, *LIMIT)
    done = blurkit(*words, cwd=tmp_path, faults=FAULTS)
    assert done.code == 7
    assert is_late(done.photos["b.png"]["error"])
    assert files(tmp_path / "out") == ["a.png", "c.png"]


def test_a_folder_that_is_watched_goes_on_and_does_not_try_again(folder, tmp_path):
    words = ("watch", "in", "--out", "out", "--once", "--every", "0.1", "--jobs", "1", *LIMIT)
    done = blurkit(*words, cwd=tmp_path, faults=FAULTS)
    assert done.code == 7
    assert "time limit" in done.err
    assert files(tmp_path / "out") == ["review/a.png", "review/c.png"]
    assert "could not be made safe earlier" in blurkit(*words, cwd=tmp_path, faults=FAULTS).err


def test_a_photo_from_standard_input_fails(folder, tmp_path):
    with (folder / "b.png").open("rb") as photo, (tmp_path / "safe.png").open("wb") as safe:
        (tmp_path / "sitecustomize.py").write_text(FAULTS)
        words = [sys.executable, "-m", "blurkit", "run", "-", *LIMIT]
        variables = {"PYTHONPATH": f"{tmp_path}:{ROOT}"}
        done = subprocess.run(
            words, stdin=photo, stdout=safe, stderr=subprocess.PIPE, env=variables, cwd=tmp_path, timeout=120
        )
    assert done.returncode == 3
    assert b"time limit" in done.stderr
    assert not (tmp_path / "safe.png").read_bytes()


@pytest.mark.parametrize("command", ["run", "watch"])
def test_ctrl_c_ends_it(folder, tmp_path, command):
    process = start(command, "in", "--out", "out", "--jobs", "1", folder=tmp_path, faults=FAULTS)
    wait_until((tmp_path / "hangs").exists)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130


def test_no_limit_is_asked_for_with_zero(folder, tmp_path):
    (folder / "b.png").unlink()
    done = blurkit("run", "in", "--out", "out", "--json", "--timeout", "0", cwd=tmp_path, faults=FAULTS)
    assert done.code == 0
    assert len(json.loads(done.out)["photos"]) == 2
