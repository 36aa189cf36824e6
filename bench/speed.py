"""Whole processes, blurkit and deface in turn on the same photos: `python -m bench.speed`.

Photos of 12 megapixels are those of the evaluation data; 2 are made by resizing them, 24 and 50 by putting two and four
side by side, 0.2 by cutting portraits of 400 x 500 out around their faces, HEIC by coding them anew. deface does not
read HEIC, so there blurkit's own time for JPEG stands beside.
"""

from __future__ import annotations

import argparse
import compileall
import json
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import blurkit as blurkit_package
from bench.data import detection_photos, evaluation_folder

if TYPE_CHECKING:
    from PIL import Image

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Case:
    """So many photos of one kind in one run."""

    megapixels: float
    """0.2, 2, 12, 24 or 50."""
    photos: int
    """How many; the same pictures again under other names if there are fewer."""
    suffix: str = ".jpg"
    """What they are coded as."""

    def __str__(self) -> str:
        return f"{self.photos} x {self.megapixels:g} MP {self.suffix[1:].upper()}"


CASES = (
    Case(12, 1),
    Case(12, 20),
    Case(2, 20),
    Case(0.2, 100),
    Case(24, 6),
    Case(50, 4),
    Case(12, 10, ".heic"),
    Case(50, 4, ".heic"),
)
HUNDRED = Case(12, 100)

FACES_ONLY = ["--text", "ignore", "--code", "ignore", "--plate", "ignore"]
"""Options by which blurkit does what deface does, which looks for no words."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    seconds: float
    """From start to end of the command."""
    peak_mib: float
    """Memory of its largest process at most."""
    cpu_seconds: float
    """Time of all processors, which other programs on the machine hardly change."""
    shares: dict[str, float] = field(default_factory=dict)
    """Share of each stage in the time of all stages."""


def main() -> None:
    """Time both tools in turn, and print the ratio of each pair."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="evaluation data; default: BLURKIT_EVAL_DATA")
    parser.add_argument("--deface", default="deface", help="the deface 1.5.0 command")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--photos", default="uol_IMG_*.jpg", help="pattern of 12 MP photos in detect/groups/images")
    parser.add_argument("--hundred", action="store_true", help="also 100 photos of 12 MP in one run")
    parser.add_argument("--words", action="store_true", help="let blurkit look for words, codes and plates, too")
    parser.add_argument("--only", default="", help="only cases whose name holds this, as '50 MP'; others stay as saved")
    parser.add_argument("--save", action="store_true", help="write bench/results/speed.json")
    arguments = parser.parse_args()
    originals = sorted((evaluation_folder(arguments.folder) / "detect/groups/images").glob(arguments.photos))
    if not originals:
        raise SystemExit(f"no photo is called {arguments.photos}")
    compileall.compile_dir(blurkit_package.__path__[0], quiet=1)  # as installers do, for deface too
    path = RESULTS / "speed.json"
    cases = [
        case for case in (*CASES, HUNDRED) if arguments.only in str(case) and (case != HUNDRED or arguments.hundred)
    ]
    results = json.loads(path.read_text(encoding="utf-8")) if arguments.only else {}
    for case in cases:
        name = f"{case}, words too" if arguments.words else str(case)
        results[name] = measure(
            case, originals, arguments.deface, jobs=arguments.jobs, pairs=arguments.pairs, words=arguments.words
        )
        print(name, json.dumps(results[name]), flush=True)
    if arguments.save:
        RESULTS.mkdir(exist_ok=True)
        path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def measure(
    case: Case, originals: list[Path], deface: str, *, jobs: int, pairs: int, words: bool = False
) -> dict[str, float]:
    """Run a case in turn with its rival: deface, or blurkit on the same pictures as JPEG."""
    ours, theirs = [], []
    for _ in range(pairs):
        with tempfile.TemporaryDirectory() as folder:
            photos = made(case, originals, Path(folder, "photos"))
            state = Path(folder, "state")
            ours.append(blurkit(photos, Path(folder, "out"), jobs=jobs, state=state, words=words))
            if case.suffix == ".heic":
                jpegs = made(Case(case.megapixels, case.photos), originals, Path(folder, "jpegs"))
                theirs.append(blurkit(jpegs, Path(folder, "out of jpegs"), jobs=jobs, state=state, words=words))
            else:
                theirs.append(run([deface, *map(str, photos)]))
    ratios = [their.seconds / our.seconds for their, our in zip(theirs, ours, strict=True)]
    work = [their.cpu_seconds / our.cpu_seconds for their, our in zip(theirs, ours, strict=True)]
    shares = {stage: statistics.median(our.shares[stage] for our in ours) for stage in ours[0].shares}
    rival = "jpeg_over_heic" if case.suffix == ".heic" else "deface_over_blurkit"
    return {
        "pairs": pairs,
        f"{rival}_median": round(statistics.median(ratios), 2),
        f"{rival}_min": round(min(ratios), 2),
        f"{rival}_max": round(max(ratios), 2),
        f"{rival}_of_cpu_median": round(statistics.median(work), 2),
        "cpu_seconds_a_photo": round(statistics.median(our.cpu_seconds for our in ours) / case.photos, 3),
        "seconds_a_photo": round(statistics.median(our.seconds for our in ours) / case.photos, 3),
        "peak_mib": round(max(our.peak_mib for our in ours)),
        "peak_mib_of_rival": round(max(their.peak_mib for their in theirs)),
    } | {f"share_{stage}": round(share, 3) for stage, share in shares.items()}


def blurkit(photos: list[Path], out: Path, *, jobs: int, state: Path, words: bool = False) -> Cost:
    """Run the main job in this Python's blurkit, which remembers it in a folder that is not the user's."""
    report = out.parent / "report.json"
    command = [sys.executable, "-m", "blurkit", "run", *map(str, photos), "--out", str(out), "--quiet"]
    command += [] if words else FACES_ONLY
    cost = run([*command, "--jobs", str(jobs), "--report", str(report)], XDG_STATE_HOME=str(state))
    seconds: dict[str, float] = {}
    for photo in json.loads(report.read_text(encoding="utf-8"))["photos"]:
        for stage, taken in photo["seconds"].items():
            seconds[stage] = seconds.get(stage, 0.0) + taken
    report.unlink()
    return replace(cost, shares={stage: taken / sum(seconds.values()) for stage, taken in seconds.items()})


def run(command: list[str], **environment: str) -> Cost:
    """Run a command to its end, with further variables in its environment.

    Raises:
        SystemExit: It failed.
    """
    start = time.perf_counter()
    variables, unseen = os.environ | environment, subprocess.DEVNULL
    with subprocess.Popen(command, env=variables, stdout=unseen, stderr=unseen) as process:
        _, status, usage = os.wait4(process.pid, 0)  # of the process and those that it waited for
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return Cost(time.perf_counter() - start, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime)


def made(case: Case, originals: list[Path], folder: Path) -> list[Path]:
    """Write the photos in a process of its own: what this one holds would count as its children's at their start."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(make, case, originals, folder).result()


def make(case: Case, originals: list[Path], folder: Path) -> list[Path]:
    """Write the photos of a case into a new folder."""
    folder.mkdir()
    photos: list[Path] = []
    for index in range(case.photos):
        target = folder / f"{index:03}{case.suffix}"
        again = photos[index - len(originals)] if index >= len(originals) else None
        source = originals[index % len(originals)]
        if again is not None:
            shutil.copy(again, target)
        elif case.megapixels == 12 and case.suffix == ".jpg":
            shutil.copy(source, target)
        else:
            several = [originals[(index + other) % len(originals)] for other in range(4)]
            _save(_portrait(source) if case.megapixels < 1 else _picture(case.megapixels, several), target)
        photos.append(target)
    return photos


def _portrait(path: Path) -> Image.Image:
    """Return a photo's highest labelled face with what is around it, 400 x 500 pixels."""
    from PIL import Image, ImageOps

    folder = path.parents[3]
    faces = next(photo.faces for photo in detection_photos(folder, ("groups",)) if photo.path.name == path.name)
    left, top, right, bottom = max(faces.tolist(), key=lambda face: face[3] - face[1])
    height = 2.5 * (bottom - top)
    x, y = (left + right - 0.8 * height) / 2, (top + bottom - height) / 2
    whole = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    return whole.crop((round(x), round(y), round(x + 0.8 * height), round(y + height))).resize((400, 500))


def _picture(megapixels: float, originals: list[Path]) -> Image.Image:
    """Return a picture of so many megapixels: one original, smaller or not, or two or four of them."""
    from PIL import Image, ImageOps

    pictures = [ImageOps.exif_transpose(Image.open(path)).convert("RGB") for path in originals]
    first = pictures[0]
    if megapixels == 12:
        return first
    if megapixels == 2:
        return first.resize((1632, 1224))
    columns, rows = {24: (2, 1), 50: (2, 2)}[round(megapixels)]
    whole = Image.new("RGB", (columns * first.width, rows * first.height))
    for index in range(columns * rows):
        whole.paste(pictures[index], (index % columns * first.width, index // columns * first.height))
    return whole


def _save(picture: Image.Image, target: Path) -> None:
    if target.suffix == ".heic":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    picture.save(target, quality=90 if target.suffix == ".jpg" else 60)


if __name__ == "__main__":
    main()
