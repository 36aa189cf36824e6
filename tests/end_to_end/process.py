"""The command as users run it: a process of its own, with real files and, on request, planted faults."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
QUICK = ("--detector", "mediapipe", "--jobs", "1")
"""The faster of the two detectors in one process, where a test is not about finding faces or several processes."""

OUR_LINES = re.compile(
    r"(error|hint|note|warning): .+"
    r"|\d+ photos? (written|looked at, nothing written)"
    r"|\d+ photos? (was|were) written before and (is|are) unchanged since"
    r"|\d+ clips? (written|looked at, nothing written)"
    r"|\d+ clips? (was|were) written before and (is|are) unchanged since"
    r"|  \d+ clips?: .+"
    r"|  \d+ photos? should be looked at by a person before publishing"
    r"|  look at: .+|  and \d+ more|to review them: blurkit review .+"
    r"|\d+ faces? (covered|left visible|would be covered|would stay visible)( \(.+\))?"
    r"|removed: .+"
    r"|\d+ photos? could not be (processed|made safe): no output"
    r"|\d+ .+: not made safe, not copied"
    r"|\d+ other files? skipped"
    r"|stopped; finished photos are kept, no half-written file is left"
)
"""Every line that the command prints on standard error without --verbose and --debug."""


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document on standard output."""
        return json.loads(self.out)

    @property
    def photos(self) -> dict[str, Any]:
        """Its photos, by the name of their file."""
        return {Path(photo["path"]).name: photo for photo in self.document["photos"]}


def blurkit(*arguments: object, cwd: Path | None = None, faults: str = "", **environment: str) -> Done:
    """Run the command to its end.

    Args:
        arguments: Words of the command line.
        cwd: Where to run it.
        faults: Python that plants a fault in every process of the run.
        environment: Further variables.
    """
    with tempfile.TemporaryDirectory() as folder:
        process = start(*arguments, cwd=cwd, faults=faults, folder=Path(folder), **environment)
        out, err = process.communicate(timeout=240)
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    return Done(process.returncode, out.decode(encoding), err.decode(encoding))


def _heed_interrupts():
    """Undo what a shell does to a job in the background, so that Ctrl-C means the same wherever tests run."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def start(
    *arguments: object, folder: Path, cwd: Path | None = None, faults: str = "", **environment: str
) -> subprocess.Popen[bytes]:
    """Start the command in a process group of its own; `folder` takes the faults."""
    (folder / "sitecustomize.py").write_text(faults, encoding="utf-8")
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    variables |= {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]), **environment}
    return subprocess.Popen(
        [sys.executable, "-m", "blurkit", *map(str, arguments)],
        cwd=cwd or folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_heed_interrupts if os.name == "posix" else None,
    )


def small(folder: Path, name: str = "photo.jpg", *, sample: str = "tree/sports-day/IMG_0001.jpg", width=400) -> Path:
    """Write a small copy of a sample with faces, and return its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(SAMPLES / sample) as image:
        image.draft("RGB", (width, width))
        image.convert("RGB").resize((width, width * image.height // image.width)).save(path)
    return path


def wait_until(condition, seconds: float = 120) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def files(folder: Path) -> list[str]:
    """Return the files of a tree, as sorted paths inside it."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def pictures_in(folder: Path) -> list[Path]:
    """Return the files of a tree that hold a JPEG anywhere in them; one that vanishes meanwhile is not left behind."""
    found = []
    for root, _, names in os.walk(folder):
        for path in (Path(root, name) for name in names):
            with suppress(FileNotFoundError, OSError):  # sockets and links to nothing, too
                data = path.read_bytes() if path.is_file() else b""
                if any(_is_jpeg(data[start.start() :]) for start in re.finditer(rb"\xff\xd8\xff", data)):
                    found.append(path)
    return found


def _is_jpeg(data: bytes) -> bool:
    """Whether bytes begin with a JPEG as far as its size: three bytes alone come about by chance."""
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]):
            return True
    except (OSError, SyntaxError):
        return False


def foreign_lines(err: str) -> list[str]:
    """Return the lines of standard error that blurkit did not write."""
    return [line for line in err.splitlines() if not OUR_LINES.fullmatch(line)]
