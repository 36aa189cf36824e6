"""How well words, codes and plates are found: on composed photos, and on photos labelled by eye.

    BLURKIT_EVAL_DATA=FOLDER python -m bench.text [--composed 30] [--seed 3] [--rapidocr PYTHON] [--save]

A line counts as found if four fifths of it lie under the covers that its marks would get, a code if all but a tenth
does. A mark is a false alarm if it touches no sign, and no line that is labelled or unsure. `--rapidocr` names a Python
that has rapidocr, which is shown the same photos as it is.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from bench.canvas import Corners, Pixels, Sign
from bench.data import evaluation_folder
from bench.signs import composed
from blurkit.appearance import ObscureSettings
from blurkit.detect import make_independent_check
from blurkit.detect.finder import Finder
from blurkit.geometry import Box, Point, Size
from blurkit.load import decode
from blurkit.marks import Mark, MarkKind, box_mark
from blurkit.obscure import covered_mask
from blurkit.settings import DetectSettings, LoadSettings
from blurkit.text import BundledFinder

LABELS = Path(__file__).parent / "labels" / "text.json"
RESULTS = Path(__file__).parent / "results" / "text.json"

FOUND, FOUND_CODE = 0.8, 0.9
"""Share of a line, and of a code, that lies under covers if it was found."""

SIZES = ((12, 16), (16, 24), (24, 48), (48, 10_000))
"""Heights in pixels by which lines are counted."""

WORN = ("badge", "jersey", "banner")
"""Kinds of the target: what names a child or its school."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A photo, what is written in it, and what counts neither way."""

    name: str
    pixels: Pixels
    signs: Sequence[Sign]
    unsure: Sequence[Mark]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--composed", type=int, default=30, help="photos to compose")
    parser.add_argument("--seed", type=int, default=3, help="which photos are composed; 2 chose the thresholds")
    parser.add_argument("--rapidocr", help="a Python that has rapidocr")
    parser.add_argument("--save", action="store_true", help="keep the figures in bench/results")
    arguments = parser.parse_args()
    results = {}
    for name, scenes in (
        ("composed", list(_composed(arguments.composed, arguments.seed))),
        ("labelled by eye", list(_labelled())),
    ):
        results[name] = {"blurkit": report(f"{name}, blurkit", scenes, *_ours(scenes))}
        if arguments.rapidocr:
            results[name]["rapidocr"] = report(f"{name}, rapidocr", scenes, *_theirs(scenes, arguments.rapidocr))
    if arguments.save:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    return 0


def _composed(count: int, seed: int) -> Iterator[Scene]:
    for each in composed(count, seed):
        own = [box_mark(Box(645, 166, 1135, 278), MarkKind.TEXT)] if "hall" in each.name else []  # the hall's own words
        yield Scene(each.name, each.pixels, each.signs, own)


def _labelled() -> Iterator[Scene]:
    folder = evaluation_folder() / "detect"
    for name, labels in json.loads(LABELS.read_text(encoding="utf-8"))["photos"].items():
        photo = decode((folder / name).read_bytes(), LoadSettings(), source=Path(name))
        signs = [Sign("line", _corners(box)) for box in labels["lines"]]
        unsure = [box_mark(Box(*box), MarkKind.TEXT) for box in labels["unsure"]]
        yield Scene(name, photo.picture.pixels, signs, unsure)


def _corners(box: Sequence[float]) -> Corners:
    left, top, right, bottom = box
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float64)


def _ours(scenes: Sequence[Scene]) -> tuple[list[list[Mark]], float, float]:
    """Return the marks of each photo, CPU seconds a photo of 12 megapixels, and those of finding and checking faces."""
    finder, seconds, faces = BundledFinder(), [], []
    found = []
    with closing(finder), closing(Finder(DetectSettings())) as detector, closing(make_independent_check()):
        finder.find(scenes[0].pixels, ())  # opens the models
        for scene in scenes:
            scene.pixels.flags.writeable = False  # as a photo's are: halves of them are made once
            start = time.process_time()
            people = [face.box for face in detector.detect(scene.pixels)]
            if scene.pixels.size > 30e6:
                faces.append(time.process_time() - start)
            start = time.process_time()
            found.append([reading.mark for reading in finder.find(scene.pixels, people)])
            if scene.pixels.size > 30e6:
                seconds.append(time.process_time() - start)
    return found, float(np.mean(seconds)), float(np.mean(faces))


def _theirs(scenes: Sequence[Scene], python: str) -> tuple[list[list[Mark]], float, float]:
    """Return what rapidocr finds, which knows no codes."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, scene in enumerate(scenes):
            paths.append(Path(folder, f"{number}.png"))
            Image.fromarray(scene.pixels).save(paths[-1], compress_level=1)
        script = Path(__file__).with_name("peer_rapidocr.py")
        asked = "".join(f"{path}\n" for path in paths)
        done = subprocess.run([python, script], input=asked, capture_output=True, text=True, check=True)
    told = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    marks = [[_mark(corners) for corners in each["corners"]] for each in told]
    large = [each["seconds"] for each, scene in zip(told, scenes, strict=True) if scene.pixels.size > 30e6]
    return marks, float(np.mean(large)), 0.0


def _mark(corners: Sequence[Sequence[float]]) -> Mark:
    first, second, third, fourth = (Point(float(x), float(y)) for x, y in corners)
    return Mark((first, second, third, fourth), MarkKind.TEXT, 1.0)


def report(
    title: str, scenes: Sequence[Scene], found: Sequence[Sequence[Mark]], seconds: float, faces: float
) -> dict[str, object]:
    """Print what was found of each kind and size, and return it."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    false = 0
    for scene, marks in zip(scenes, found, strict=True):
        size = Size(scene.pixels.shape[1], scene.pixels.shape[0])
        under = covered_mask(list(marks), ObscureSettings(), size)
        codes = covered_mask([mark for mark in marks if mark.kind is MarkKind.CODE], ObscureSettings(), size)
        for sign in scene.signs:
            is_code = sign.kind == "code"
            share = _share(sign.corners, codes if is_code else under)
            hit = share >= (FOUND_CODE if is_code else FOUND)
            for key in _keys(sign):
                counts[key][0] += hit
                counts[key][1] += 1
        known = [*(_mark(sign.corners.tolist()) for sign in scene.signs), *scene.unsure]
        false += sum(not any(_touch(mark, other) for other in known) for mark in marks)
    print(f"\n{title}: {len(scenes)} photos")
    for key, (hits, of) in sorted(counts.items()):
        print(f"  {key}: {hits} of {of}, {100 * hits / of:.1f} %")
    print(f"  false alarms: {false / len(scenes):.2f} a photo")
    print(f"  CPU seconds for 12 megapixels: {seconds:.2f}" + (f"; finding faces {faces:.2f}" if faces else ""))
    told = {key: {"found": hits, "of": of} for key, (hits, of) in sorted(counts.items())}
    return {**told, "false_alarms_a_photo": round(false / len(scenes), 3), "cpu_seconds_12_mp": round(seconds, 3)}


def _keys(sign: Sign) -> list[str]:
    """Return under what a sign counts."""
    if sign.kind == "code":
        return ["codes of 60 px and more"] if sign.height >= 59.5 else []
    if sign.height < SIZES[0][0] - 0.5:
        return []
    least, most = next((a, b) for a, b in reversed(SIZES) if sign.height >= a - 0.5)
    keys = [
        "all lines of 12 px and more",
        f"{sign.kind}, {least} px and more" + (f", below {most}" if most < 999 else ""),
    ]
    if sign.kind in (*WORN, "line") and sign.height >= 15.5:
        keys.append("badges, jerseys and banners of 16 px and more" if sign.kind in WORN else "lines of 16 px and more")
    return keys


def _share(corners: Corners, mask: np.ndarray) -> float:
    """Return the share of a shape that lies in a mask."""
    left, top = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    part = mask[top : int(np.ceil(corners[:, 1].max())) + 1, left : int(np.ceil(corners[:, 0].max())) + 1]
    shape = np.zeros(part.shape, np.uint8)
    cv2.fillConvexPoly(shape, np.round(corners - (left, top)).astype(np.int32), 1)
    return float(part[shape > 0].mean()) if shape.any() else 0.0


def _touch(one: Mark, other: Mark) -> bool:
    mine, theirs = (np.array([(p.x, p.y) for p in mark.corners], np.float32) for mark in (one, other))
    shared, _ = cv2.intersectConvexConvex(mine, theirs)
    return float(shared) > 0.2 * min(cv2.contourArea(mine), cv2.contourArea(theirs))


if __name__ == "__main__":
    raise SystemExit(main())
