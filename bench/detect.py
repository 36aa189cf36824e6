"""Recall, false alarms and time of finding faces, beside deface on the same photos: `python -m bench.detect`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.data import LabelledPhoto, detection_photos, evaluation_folder
from bench.folds import held_out, weights_held_out
from bench.scoring import BUCKETS, Boxes, PhotoScore, by_flag, score_photo, summary
from blurkit.detect import make_detectors, merge
from blurkit.detect.base import Detector
from blurkit.detect.centerface import CenterFace
from blurkit.detect.finder import closer_looks
from blurkit.detect.merge import is_face
from blurkit.detect.second_look import FAINT, SecondLook, is_doubtful, with_opinions
from blurkit.geometry import Size
from blurkit.load import decode
from blurkit.records import Face
from blurkit.settings import DetectSettings, LoadSettings

RESULTS = Path(__file__).parent / "results"
SETS: dict[str, Callable[[LabelledPhoto], bool]] = {
    "posed": lambda photo: photo.posed,
    "posed, wider_dev": lambda photo: photo.posed and photo.dataset == "wider_dev",
    "crowds": lambda photo: not photo.posed,
    "all": lambda photo: True,
}
"""Which photos are scored together."""

LOWEST = 0.3
"""Lowest score of the curve of misses and false alarms."""


def main() -> None:
    """Run blurkit, each of its detectors, and deface; print a table and save JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="evaluation data; default: BLURKIT_EVAL_DATA")
    parser.add_argument("--deface-python", default=sys.executable, help="Python of an environment with deface 1.5.0")
    parser.add_argument("--every", type=int, default=1, help="only every n-th photo")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turned", type=int, default=0, choices=(0, 90, 180, 270), help="turn every photo first")
    parser.add_argument("--no-deface", action="store_true", help="only blurkit")
    parser.add_argument("--save", action="store_true", help="write bench/results/detect.json")
    arguments = parser.parse_args()
    photos = detection_photos(evaluation_folder(arguments.folder))[:: arguments.every]
    detectors = make_detectors(DetectSettings(), threads=arguments.threads, faint=FAINT)
    looks = look(photos, detectors, turned=arguments.turned)
    min_score = DetectSettings().min_score
    runs = {"blurkit": [photo.boxes(min_score) for photo in looks]}
    runs |= {name: [photo.boxes(min_score, name) for photo in looks] for name in looks[0].faces}
    curve = {
        f"{score:.2f}": evaluate(photos, [photo.boxes(score) for photo in looks])
        for score in np.arange(LOWEST, 0.85, 0.05)
    }
    if not (arguments.no_deface or arguments.turned):
        runs["deface 1.5.0"] = run_deface(photos, arguments.deface_python)
    result = {name: evaluate(photos, found) for name, found in runs.items()}
    for name, sets in result.items():
        for group, figures in sets.items():
            print(f"{name:12} {group:17} " + "  ".join(f"{key} {value:.4g}" for key, value in figures.items()))
    for score, sets in curve.items():
        line = (
            f"{group}: missed {f['missed']:.0f}, false alarms {f['false_alarms_per_photo']:.2f}"
            for group, f in sets.items()
        )
        print(f"min_score {score}  " + "  ".join(line))
    if arguments.save:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "detect.json").write_text(json.dumps(result | {"curve": curve}, indent=1) + "\n")
        plot(result, RESULTS / "detect.png")


@dataclass(frozen=True, slots=True)
class Looked:
    """What each detector saw in one photo, faint faces too."""

    faces: dict[str, tuple[Face, ...]]
    """By detector, in pixels of the photo as it was shown."""
    together: tuple[Face, ...]
    """Of all detectors, the second look and closer looks; what is fitted was fitted without this photo."""
    seconds: dict[str, float]
    """Time of each detector."""
    size: Size
    """Of the photo as it was shown."""
    turned: int
    """Degrees clockwise by which it was turned for that."""

    def boxes(self, min_score: float, detector: str | None = None) -> tuple[Boxes, float]:
        """Return the boxes of one detector or of all together, in the upright photo, and the seconds."""
        if detector:
            faces, seconds = self.faces[detector], self.seconds[detector]
        else:
            faces, seconds = self.together, sum(self.seconds.values())
        sure = [face for face in faces if is_face(face.box, face.score, min_score, judged=detector is None)]
        boxes = [face.box.turned(self.turned // 90, self.size) for face in sure]
        rows = [[box.left, box.top, box.right, box.bottom] for box in boxes]
        return np.array(rows, np.float64).reshape(-1, 4), seconds


def look(photos: list[LabelledPhoto], detectors: Sequence[Detector], *, turned: int = 0) -> list[Looked]:
    """Show every photo to every detector, and close them.

    Args:
        photos: The photos.
        detectors: They tell of faces from a score of `FAINT` on.
        turned: Degrees clockwise by which each photo is turned first.
    """
    looks = []
    second_look = SecondLook(threads=2)
    classifiers, weights, closer = held_out(), weights_held_out(), closer_looks(detectors)
    for photo in photos:
        upright = decode(photo.path.read_bytes(), LoadSettings()).picture
        pixels = np.ascontiguousarray(np.rot90(upright.pixels, -turned // 90))
        faces, seconds = {}, {}
        size = Size(pixels.shape[1], pixels.shape[0])
        for detector in detectors:
            if isinstance(detector, CenterFace):
                detector.weights = weights[photo.fold]
            start = time.perf_counter()
            faces[detector.name] = detector.detect(pixels)
            seconds[detector.name] = time.perf_counter() - start
        start = time.perf_counter()
        merged = merge(list(faces.values()))
        features = second_look.features(pixels, [face for face in merged if is_doubtful(face)])
        opinions = classifiers[photo.fold](features).tolist()
        together = with_opinions(merged, opinions, weights[photo.fold], size)
        together = tuple(face for face in together if is_face(face.box, face.score, LOWEST, judged=True))
        if closer is not None:
            together = closer.judge(pixels, together)
        seconds["further looks"] = time.perf_counter() - start
        looks.append(Looked(faces, together, seconds, size, turned))
    for detector in detectors:
        detector.close()
    return looks


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
            scores.append(score_photo(boxes, photo.faces, photo.ignored, photo.size, photo.flags))
            seconds += time_taken
            pixels += photo.size.megapixels
        if scores:
            result[name] = summary(scores) | {"seconds_per_megapixel": seconds / pixels}
            for flag in ("blur", "occlusion", "pose"):
                result[name] |= by_flag(scores, flag)
    return result


def plot(result: dict[str, dict[str, dict[str, float]]], path: Path) -> None:
    """Draw recall by face height for each tool, posed photos and crowds."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(10, 3.6), sharey=True)
    names = [f"recall_{low}_{high}" if high < 10**6 else f"recall_{low}" for low, high in BUCKETS]
    labels = [f"{low}-{high}" if high < 10**6 else f">={low}" for low, high in BUCKETS]
    for axis, group in zip(axes, ("posed", "crowds"), strict=True):
        for tool, sets in result.items():
            alarms = sets[group]["false_alarms_per_photo"]
            line = [sets[group].get(name, float("nan")) for name in names]
            axis.plot(labels, line, marker="o", label=f"{tool}, {alarms:.1f} false alarms a photo")
        axis.set(title=group, xlabel="height of the face in pixels", ylim=(0, 1.02))
        axis.grid(alpha=0.3)
        axis.legend(fontsize=7, loc="lower right")
    axes[0].set_ylabel("faces found")
    figure.tight_layout()
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main()
