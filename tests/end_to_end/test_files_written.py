"""No file is written but outputs that passed their checks: whole runs are traced for files opened to be written."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests import pictures
from tests.end_to_end.process import ROOT, files, small
from tests.metadata.photos import encode

OPENED = re.compile(r'open(?:at)?\((?:[^",]+, )?"([^"]*)", ([A-Z_|]+).*\) = \d+')
TO_WRITE = {"O_WRONLY", "O_RDWR", "O_CREAT", "O_TMPFILE"}
HARMLESS = re.compile(r"/dev/(null|tty)|/proc/self/fd/\d+|/proc/self/.*")
"""Where nothing is kept. What has no name in a folder (`memfd_create`) ends with its process."""

NO_COMPILER = os.devnull
"""As PATH: while it is imported, mediapipe asks a C compiler, where there is one, for the name of a library."""


def traces():
    """Whether strace is here and may trace."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not traces(), reason="strace is not installed, or may not trace here")


def written(folder, *command, codes=(0,)):
    """Run Python with a command in a folder, and return the files that it or a process of it opened to write into."""
    (folder / "tmp").mkdir()
    log = folder / "log"
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "TMPDIR": str(folder / "tmp")}
    trace = (shutil.which("strace"), "-f", "-qq", "-e", "trace=open,openat,creat", "-o", log)
    done = subprocess.run(
        [*trace, sys.executable, *map(str, command)],
        env={**os.environ, **environment, "PATH": NO_COMPILER},
        cwd=folder,
        capture_output=True,
        timeout=240,
    )
    assert done.returncode in codes, done.stderr.decode()
    assert files(folder / "tmp") == []
    found = OPENED.findall(log.read_text())
    paths = {path for path, flags in found if set(flags.split("|")) & TO_WRITE}
    return {path for path in paths if not HARMLESS.fullmatch(path)}


@pytest.mark.model
@pytest.mark.parametrize("options", [(), ("--keep-blocks",)], ids=["", "keep blocks"])
def test_a_run_writes_its_outputs_under_a_temporary_name_and_no_other_file(options, tmp_path):
    if options:
        pytest.importorskip("jpeglib", reason="there is no build of the library for this machine")
    small(tmp_path, "in/a.jpg", width=320)
    (tmp_path / "in" / "b.png").write_bytes(pictures.file("png"))
    paths = written(tmp_path, "-m", "blurkit", "run", "in", "--out", "out", "--jobs", "1", *options)
    assert files(tmp_path / "out") == ["a.jpg", "b.png"]
    journal = {path for path in paths if "/blurkit/journal/" in path}  # holds no picture: tests/test_journal.py
    assert len(paths - journal) == 2
    assert all(re.fullmatch(r"out/\.blurkit-[0-9a-f]+\.tmp", path) for path in paths - journal)


@pytest.mark.model
def test_an_audit_writes_no_file_also_when_it_looks_into_a_video(tmp_path):
    video = pictures.video(tmp_path / "video.mp4", [np.full((64, 96, 3), 99, np.uint8)] * 6)
    (tmp_path / "motion.jpg").write_bytes(encode("JPEG") + video)
    assert written(tmp_path, "-m", "blurkit", "audit", "motion.jpg", "--jobs", "1", codes=(8,)) == set()


@pytest.mark.parametrize(
    "code",
    [
        "import tempfile; tempfile.TemporaryFile().write(b'face')",
        "import pathlib; p = pathlib.Path('x'); p.write_bytes(b'face'); p.unlink()",
        "import os; os.fork() or open('x', 'wb').close(); os.wait()",
        "import cv2, numpy as n; cv2.imwrite('x.png', n.zeros((9, 9, 3), n.uint8)); __import__('os').remove('x.png')",
    ],
    ids=["temporary", "removed at once", "another process", "native code"],
)
def test_the_trace_would_show_one(code, tmp_path):
    assert written(tmp_path, "-c", f"import contextlib\nwith contextlib.suppress(OSError):\n    {code}")


def test_a_file_that_is_only_read_does_not_count(tmp_path):
    Image.new("RGB", (9, 9)).save(tmp_path / "a.png")
    assert written(tmp_path, "-c", f"open({str(tmp_path / 'a.png')!r}, 'rb').read()") == set()
    assert Path(tmp_path / "a.png").exists()
