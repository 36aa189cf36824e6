"""A photo from standard input to standard output: all of it, checked, or nothing."""

import io
import json
import os
import subprocess
import sys

import pytest
from PIL import Image

from blurkit.metadata import find
from tests.end_to_end.process import QUICK, ROOT, SAMPLES, blurkit, files, foreign_lines, small
from tests.end_to_end.test_exit_codes import A_NEW_FACE_EACH_LOOK, BUG, SPOILED

pytestmark = pytest.mark.model

CHATTER = """
import os
import blurkit.render
find = blurkit.render.uncovered
def loud(*arguments):
    print("from Python")
    os.write(1, b"from a library")
    return find(*arguments)
blurkit.render.uncovered = loud
"""


def piped(data, *arguments, faults="", folder):
    """Run the command with a photo on standard input; return what it gave as bytes."""
    (folder / "sitecustomize.py").write_text(faults, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    command = [sys.executable, "-m", "blurkit", "run", *map(str, arguments)]
    return subprocess.run(command, input=data, capture_output=True, env=environment, cwd=folder, timeout=240)


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    return small(tmp_path_factory.mktemp("photos")).read_bytes()


def test_what_comes_out_is_the_file_that_run_writes(photo, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(photo)
    options = ("--policy", "everyone", "--detector", "mediapipe")
    assert blurkit("run", tmp_path / "photo.jpg", "--out", tmp_path / "out", *options, "--jobs", "1").code == 0
    done = piped(photo, "-", *options, folder=tmp_path)
    assert done.returncode == 0
    assert done.stdout == (tmp_path / "out" / "photo.jpg").read_bytes()
    assert "1 photo written" in done.stderr.decode()
    assert foreign_lines(done.stderr.decode()) == []


def test_the_photo_is_clean_and_the_report_speaks_of_it(tmp_path):
    data = (SAMPLES / "phone.jpg").read_bytes()
    done = piped(data, "-", "--report", "report.json", *QUICK, folder=tmp_path)
    assert find(data) != ()
    assert not find(done.stdout)
    (entry,) = json.loads((tmp_path / "report.json").read_text())["photos"]
    assert (entry["path"], entry["output"]) == ("standard input", "standard output")
    assert entry["output_sha256"]


def test_a_library_that_prints_does_not_spoil_the_photo(photo, tmp_path):
    done = piped(photo, "-", *QUICK, faults=CHATTER, folder=tmp_path)
    assert done.returncode == 0
    assert b"from a library" in done.stderr
    assert b"from" not in done.stdout
    Image.open(io.BytesIO(done.stdout)).load()


@pytest.mark.parametrize(
    ("faults", "code"),
    [(A_NEW_FACE_EACH_LOOK, 6), (SPOILED, 6), (BUG, 1)],
    ids=["a face stays open", "something hidden stays", "a fault of ours"],
)
def test_nothing_comes_out_of_a_photo_that_is_not_safe(photo, tmp_path, faults, code):
    done = piped(photo, "-", *QUICK, faults=faults, folder=tmp_path)
    assert (done.returncode, done.stdout) == (code, b"")
    assert done.stderr.startswith(b"error: ")


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff" + bytes(100)], ids=["nothing", "broken"])
def test_what_is_no_photo_is_refused(tmp_path, data):
    done = piped(data, "-", *QUICK, folder=tmp_path)
    assert (done.returncode, done.stdout) == (3, b"")
    assert done.stderr.startswith(b"error: load standard input: ")


@pytest.mark.parametrize("more", [("--out", "x"), ("--dry-run",), ("--json",), ("other.jpg",)])
def test_options_that_mean_files_or_standard_output_are_refused(photo, tmp_path, more):
    done = piped(photo, "-", *more, folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"hint: blurkit run - < photo.jpg > safe.jpg" in done.stderr


def test_without_a_folder_only_standard_input_is_taken(tmp_path):
    done = blurkit("run", small(tmp_path))
    assert done.code == 2
    assert "--out: a folder for the safe photos is needed" in done.err
    assert files(tmp_path) == ["photo.jpg"]


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_a_closed_or_full_standard_output_is_an_error(photo, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(photo)
    command = f"{sys.executable} -m blurkit run - --detector mediapipe < photo.jpg"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    for where in (">&-", "> /dev/full"):
        done = subprocess.run([*("sh", "-c"), f"{command} {where}"], capture_output=True, env=environment, cwd=tmp_path)
        assert done.returncode == 5, where
        assert done.stderr.startswith(b"error: standard output "), where
