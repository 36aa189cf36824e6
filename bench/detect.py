"""Recall, false alarms and time of finding faces, beside deface on the same photos: `python -m bench.detect`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from bench.data import LabelledPhoto, detection_photos, evaluation_folder
from bench.scoring import Boxes, PhotoScore, score_photo, summary
from blurkit.detect import make_detectors, merge
from blurkit.load import decode
from blurkit.settings import DetectSettings, LoadSettings

RESULTS = Path(__file__).parent / "results"
SETS: dict[str, Callable[[LabelledPhoto], bool]] = {
    "posed": lambda photo: photo.posed,
    "posed, wider_dev": lambda photo: photo.posed and photo.dataset == "wider_dev",
    "crowds": lambda photo: not photo.posed,
    "all": lambda photo: True,
}
"""Which photos are scored together."""


def main() -> None:
    """Run blurkit, each of its detectors, and deface; print a table and save JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="evaluation data; default: BLURKIT_EVAL_DATA")
    parser.add_argument("--deface-python", default=sys.executable, help="Python of an environment with deface 1.5.0")
    parser.add_argument("--every", type=int, default=1, help="only every n-th photo")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save", action="store_true", help="write bench/results/detect.json")
    arguments = parser.parse_args()
    photos = detection_photos(evaluation_folder(arguments.folder))[:: arguments.every]
    runs = run_blurkit(photos, threads=arguments.threads)
    runs["deface 1.5.0"] = run_deface(photos, arguments.deface_python)
    result = {name: evaluate(photos, found) for name, found in runs.items()}
    for name, sets in result.items():
        for group, figures in sets.items():
            print(f"{name:12} {group:17} " + "  ".join(f"{key} {value:.4g}" for key, value in figures.items()))
    if arguments.save:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "detect.json").write_text(json.dumps(result, indent=1) + "\n")


def run_blurkit(photos: list[LabelledPhoto], *, threads: int) -> dict[str, list[tuple[Boxes, float]]]:
    """Return boxes and seconds a photo, of blurkit as it comes and of each detector alone."""
    detectors = make_detectors(DetectSettings(), threads=threads)
    runs: dict[str, list[tuple[Boxes, float]]] = {"blurkit": [], **{d.name: [] for d in detectors}}
    for photo in photos:
        pixels = decode(photo.path.read_bytes(), LoadSettings()).pixels
        found, total = [], 0.0
        for detector in detectors:
            start = time.perf_counter()
            faces = detector.detect(pixels)
            seconds = time.perf_counter() - start
            runs[detector.name].append((_boxes([face.box for face in faces]), seconds))
            found.append(faces)
            total += seconds
        runs["blurkit"].append((_boxes([face.box for face in merge(found)]), total))
    for detector in detectors:
        detector.close()
    return runs


def run_deface(photos: list[LabelledPhoto], python: str) -> list[tuple[Boxes, float]]:
    """Return boxes and seconds a photo, of deface with its default threshold."""
    done = subprocess.run(
        [python, str(Path(__file__).parent / "peer_deface.py")],
        input="".join(f"{photo.path}\n" for photo in photos),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [(np.array(line["boxes"], float).reshape(-1, 4), line["seconds"]) for line in lines]


def evaluate(photos: list[LabelledPhoto], found: list[tuple[Boxes, float]]) -> dict[str, dict[str, float]]:
    """Return the figures of each set of photos."""
    result = {}
    for name, belongs in SETS.items():
        chosen = [index for index, photo in enumerate(photos) if belongs(photo)]
        scores: list[PhotoScore] = []
        pixels = seconds = 0.0
        for index in chosen:
            photo, (boxes, time_taken) = photos[index], found[index]
            scores.append(score_photo(boxes, photo.faces, photo.ignored))
            seconds += time_taken
            pixels += photo.megapixels
        if scores:
            result[name] = summary(scores) | {"seconds_per_megapixel": seconds / pixels}
    return result


def _boxes(boxes: list[Any]) -> Boxes:
    return np.array([[box.left, box.top, box.right, box.bottom] for box in boxes], float).reshape(-1, 4)


if __name__ == "__main__":
    main()
