"""A folder is watched: photos are done once, when they are whole, and sorted by what a person still has to do."""

import os
import signal
import sys
import time

import pytest
from PIL import Image

from tests import pictures
from tests.end_to_end.process import blurkit, files, foreign_lines, small, start, wait_until
from tests.end_to_end.test_kills import QUICK_FAKES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals as Linux has them")

FAKES = (
    QUICK_FAKES
    + """
seen = Fake.detect
Fake.detect = lambda self, pixels: seen(self, pixels) if pixels.shape[1] > pixels.shape[0] else ()
"""
)
"""A wide photo has a face that cannot be judged, so that a person should look; a high one has none."""


def high(folder, name, shade=0):
    """Write a photo in which no face is found."""
    path = folder / name
    path.write_bytes(pictures.saved(Image.new("RGB", (240, 320), (shade, 90, 60)), "png"))
    return path


@pytest.fixture
def inbox(tmp_path):
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


@pytest.fixture
def once(inbox, tmp_path):
    """Look once, as cron does; return what it left behind."""

    def go(*options, faults=FAKES, **environment):
        arguments = ("watch", "in", "--out", "out", "--once", "--every", "0.1", "--jobs", "1", *options)
        return blurkit(*arguments, cwd=tmp_path, faults=faults, **environment)

    return go


@pytest.fixture
def watching(inbox, tmp_path):
    """Begin to watch; the process is killed if the test does not end it."""
    begun = []

    def go(*options, faults=FAKES):
        arguments = ("watch", inbox, "--out", tmp_path / "out", "--every", "0.2", "--jobs", "1", *options)
        begun.append(start(*arguments, folder=tmp_path, faults=faults))
        return begun[-1]

    yield go
    for process in begun:
        if process.poll() is None:
            process.kill()
            process.communicate()


def outputs(tmp_path):
    folder = tmp_path / "out"
    return [name for name in files(folder) if ".blurkit" not in name] if folder.exists() else []


def test_a_photo_is_done_when_it_is_wholly_copied_and_ctrl_c_ends_the_watch(watching, inbox, tmp_path):
    process = watching()
    high(inbox, "first.png")
    wait_until(lambda: outputs(tmp_path) == ["ready/first.png"])
    data = high(tmp_path, "second.png", shade=9).read_bytes()
    with (inbox / "second.png").open("wb") as file:
        for at in range(4):
            file.write(data[at * len(data) // 4 : (at + 1) * len(data) // 4])
            file.flush()
            time.sleep(0.5)
            assert outputs(tmp_path) == ["ready/first.png"]
    wait_until(lambda: outputs(tmp_path) == ["ready/first.png", "ready/second.png"])
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.decode().splitlines()[-1] == "stopped; finished photos are kept, no half-written file is left"
    assert not [line for line in foreign_lines(err.decode()) if "first" not in line and "second" not in line][1:]


def test_a_watch_that_is_killed_goes_on_and_does_nothing_twice(watching, inbox, tmp_path):
    names = [f"{number}.png" for number in range(5)]
    for number, name in enumerate(names):
        high(inbox, name, shade=number)
    process = watching(
        faults=FAKES + "import time\nfast = os.link\nos.link = lambda *a: (fast(*a), time.sleep(0.3))[0]\n"
    )
    wait_until(lambda: len(outputs(tmp_path)) >= 2)
    process.kill()
    process.communicate()
    before = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in outputs(tmp_path)}
    assert len(before) < 5
    process = watching()
    wait_until(lambda: len(outputs(tmp_path)) == 5)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert outputs(tmp_path) == [f"ready/{name}" for name in names]
    assert before.items() <= {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in outputs(tmp_path)}.items()


def test_a_photo_that_kills_its_process_is_told_and_the_rest_is_done(once, inbox, tmp_path):
    for name in ("1.png", "deadly.png", "z.png"):
        high(inbox, name, shade=len(name))
    faults = """
real = blurkit.render.prepare
def prepare(photo, *arguments):
    if photo.source.name == "deadly.png":
        os.kill(os.getpid(), signal.SIGKILL)
    return real(photo, *arguments)
blurkit.render.prepare = prepare
"""
    done = once(faults=FAKES + faults)
    assert done.code == 7
    assert "its process died twice" in done.err
    assert outputs(tmp_path) == ["ready/1.png", "ready/z.png"]


@pytest.mark.model
def test_with_real_models_the_files_are_those_of_a_run(inbox, tmp_path):
    small(inbox, "a.jpg", width=240)
    options = ("--detector", "mediapipe", "--jobs", "1")
    watched = blurkit("watch", "in", "--out", "out", "--once", "--every", "0.1", *options, cwd=tmp_path)
    run = blurkit("run", "in", "--out", "run", *options, cwd=tmp_path)
    assert (watched.code, run.code) == (0, 0)
    (name,) = outputs(tmp_path)
    assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "run" / "a.jpg").read_bytes()
