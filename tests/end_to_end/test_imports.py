"""Code from the photo folder never runs, whatever the command, the number of jobs and the way it is started."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.end_to_end.process import ROOT, small

OPTIONAL = {"jpeglib", "distributed", "dask", "mediapipe", "colorama", "winloop", "uvloop", "httptools", "__future__"}
PLANTED = """import os
with open({mark!r}, "a") as file:
    file.write({name!r} + "\\n")
raise ImportError("a file of the photo folder was run")
"""
STARTS = {
    "-m": [sys.executable, "-m", "blurkit"],
    "script": [sys.executable, "{script}"],
    "-P -m": [sys.executable, "-P", "-m", "blurkit"],
}


@pytest.fixture
def photos(tmp_path):
    """Return a folder of two photos, with modules named like those of Python and of others, and what they write."""
    folder, mark = tmp_path / "photos", tmp_path / "was-run"
    for name in ("a.jpg", "b.jpg"):
        small(folder, name, width=160)
    for name in sorted(sys.stdlib_module_names | OPTIONAL | {"numpy", "cv2", "typer", "PIL"}):
        (folder / f"{name}.py").write_text(PLANTED.format(mark=str(mark), name=name))
    (tmp_path / "bin").mkdir()
    script = "import sys\nfrom blurkit.cli import main\nif __name__ == '__main__':\n    sys.exit(main())\n"
    (tmp_path / "bin" / "blurkit").write_text(script)
    return folder, mark


@cache
def before_us():
    """Return what `python -m` imports before it comes to blurkit; -P, as starters have it, is for that."""
    with TemporaryDirectory() as folder:
        Path(folder, "probe").mkdir()
        Path(folder, "probe", "__init__.py").write_text("import sys; print(*sys.modules)")
        command = [sys.executable, "-m", "probe"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    assert "runpy" in done.stdout
    return {name.split(".")[0] for name in done.stdout.split()}


def run(photos, how, *arguments):
    folder, mark = photos
    for name in before_us() if how == "-m" else ():
        (folder / f"{name}.py").unlink(missing_ok=True)
    command = [word.format(script=folder.parent / "bin" / "blurkit") for word in STARTS[how]]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert not mark.exists(), f"run from the photo folder: {mark.read_text().split()}"
    return done


@pytest.mark.parametrize("how", STARTS)
@pytest.mark.parametrize("words", [("--version",), ("run", "--help"), ("policy", "check", "children")])
def test_a_command_without_photos_imports_nothing_from_the_working_folder(photos, how, words):
    assert run(photos, how, *words).returncode == 0


@pytest.mark.model
@pytest.mark.parametrize("how", ["-m", "script"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_run_imports_nothing_from_the_folder_of_the_photos(photos, how, jobs, tmp_path):
    done = run(photos, how, "run", ".", "--out", "../out", "--jobs", jobs, "--detector", "mediapipe")
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.jpg", "b.jpg"]


@pytest.mark.model
@pytest.mark.parametrize(
    "words",
    [
        ("audit", ".", "--jobs", "2", "--detector", "mediapipe"),
        ("detect", ".", "--jobs", "2", "--detector", "mediapipe"),
        ("watch", ".", "--out", "../out", "--once", "--every", "0.1", "--detector", "mediapipe"),
        ("run", ".", "--out", "../out", "--keep-blocks", "--jobs", "2", "--detector", "mediapipe"),
        ("review", ".", "--no-browser", "--idle", "0.1", "--jobs", "2"),
        ("doctor",),
    ],
    ids=lambda words: words[0],
)
def test_no_command_imports_anything_from_the_working_folder(photos, words):
    done = run(photos, "-m", *words)
    assert done.returncode in (0, 8), done.stderr


def test_where_the_fault_would_be_seen(photos):
    """Python itself runs what was planted: without our care the tests above would fail."""
    folder, mark = photos
    code = "import multiprocessing as m\nif __name__ == '__main__': m.get_context('spawn').Lock()"
    subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, timeout=60)
    assert mark.exists()


def test_blurkit_may_lie_in_the_working_folder_but_the_standard_library_comes_first(tmp_path):
    """As in a fresh clone that is not installed."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
    code += "from blurkit.machine.imports import leave_working_folder_out as leave\n"
    code += "sys.argv = ['-m']; sys.orig_argv = ['python', '-m', 'blurkit']\n"
    code += "leave(); import sysconfig; path = sys.path\n"
    code += f"assert path.index({str(ROOT)!r}) > path.index(sysconfig.get_path('stdlib')), path"
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, timeout=60)
