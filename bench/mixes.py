"""Other ways to put both networks together: what adults of *Images of Groups* gain, and what pupils in bands lose.

    python -m bench.mixes [FOLDER] --answers FILE [--save]

FILE keeps where faces were found (`bench.calibrate` makes it). Each way is given the line that keeps as many of those
of 13 to 19: `KEPT`, on average. At that line it is then asked about the faces of `bench/labels/faces.csv`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bench.age import RESULTS, print_table
from bench.calibrate import SIZES, SMALL_MARGIN_YEARS
from bench.data import evaluation_folder, fold_of
from bench.end_to_end import FACES, read_faces
from bench.faces import Judged, judge_faces, judge_folders
from bench.folds import held_out, weights_held_out
from bench.scoring import overlaps
from blurkit.age.ensemble import APART, TRAINED
from blurkit.age.faceres import FaceResAge
from blurkit.age.judge import interval, judge
from blurkit.age.network import read_ages
from blurkit.age.resnet import ResNetAge
from blurkit.detect.finder import Finder
from blurkit.load import decode
from blurkit.settings import DetectSettings, LoadSettings, PolicySettings

if TYPE_CHECKING:
    from blurkit.age.network import Ages
    from blurkit.picture.chips import Pose
    from blurkit.records import AgeEstimate, Face, Pixels

KEPT = (0.05, 0.06, 0.07, 0.08, 0.09, 0.1, 0.11)
"""Shares of those of 13 to 19 that stay visible: 8 % on average, but steadier than one line would be."""
SET = "groups_faces"
QUANTILES, WEIGHTS, CAPS = (0.15, 0.2, 0.25, 0.3), (0.75, 0.6, 0.5), (1.0, 2.0, 4.0, 100.0)
"""What is tried: the quantile of age, the weight of the trained network, and years above the other one alone."""

Row = dict[str, object]
Shares = npt.NDArray[np.float64]


@dataclass(slots=True)
class Read:
    """What both networks read in faces, in order."""

    trained: list[Shares] = field(default_factory=list)
    """One array a photo, shape (faces, ages)."""
    other: list[Shares] = field(default_factory=list)
    """The same of the other network."""
    misfits: list[float] = field(default_factory=list)
    """Of each face; see `blurkit.picture.chips.Pose`."""

    def low(self, quantile: float, weight: float, apart: float) -> Shares:
        """Return the low end of each face's age, put together in one way."""
        trained, other = (read_ages(np.concatenate(shares), quantile)[:, 0] for shares in (self.trained, self.other))
        low = np.minimum(weight * trained + (1 - weight) * other, other + apart)
        return np.array(
            [interval("", np.array([each] * 3), misfit=m).low for each, m in zip(low, self.misfits, strict=True)]
        )


class Listener:
    """An estimator that remembers what the networks read in each face that can be judged.

    The years of a face are the place where that is remembered.
    """

    name = "listener"

    def __init__(self, threads: int) -> None:
        """Open both networks."""
        self.read = Read()
        self._trained, self._other = ResNetAge(threads=threads), FaceResAge(threads=threads)

    def estimate(self, pixels: Pixels, faces: Sequence[Face]) -> tuple[AgeEstimate | None, ...]:
        """See `blurkit.age.base.AgeEstimator`."""
        return judge(self.name, self, pixels, faces)

    def ages(self, pixels: Pixels, poses: Sequence[Pose]) -> Ages:
        """Remember what is read; see `of_faces`."""
        self.read.trained.append(self._trained.probabilities(pixels, poses))
        self.read.other.append(self._other.probabilities(pixels, poses))
        first = len(self.read.misfits)
        self.read.misfits.extend(pose.misfit for pose in poses)
        return np.repeat(np.arange(first, len(self.read.misfits), dtype=float)[:, None], 3, axis=1)

    def close(self) -> None:
        """Nothing to free by hand."""


def of_faces(judged: Sequence[Judged]) -> npt.NDArray[np.int64]:
    """Return where a listener remembers each judged face; faces are asked about in an order of their own."""
    return np.array([round(face.ages[0].years) for face in judged if face.ages[0]], np.int64)


def main() -> None:
    """Ask both networks once, and print what each way makes of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="evaluation data; default: BLURKIT_EVAL_DATA")
    parser.add_argument("--answers", type=Path, required=True, help="file of bench.calibrate or bench.age")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save", action="store_true", help="write bench/results/mixes.json")
    arguments = parser.parse_args()
    before = judge_folders([], arguments.answers)[SET]
    listener = Listener(arguments.threads)
    judged = judge_faces(
        [face.label for face in before], [listener], found=[face.found for face in before], threads=arguments.threads
    )
    band = Listener(arguments.threads)
    folder = evaluation_folder(arguments.folder) / "detect"
    labels, heights = zip(*labelled(folder, band, arguments.threads), strict=True)
    rows = list(tried(judged, listener.read, np.array(labels), np.array(heights), band.read))
    print_table(f"ways to mix, each with the line at which {np.mean(KEPT):.0%} of 13 to 19 stay visible", rows)
    if arguments.save:
        (RESULTS / "mixes.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def labelled(folder: Path, listener: Listener, threads: int) -> Iterator[tuple[str, float]]:
    """Yield label and height in pixels of each found and judged face of the labelled photos, large enough to judge."""
    finder = Finder(DetectSettings(), threads=threads)
    assert finder.second_look
    classifiers, weights = held_out(), weights_held_out()
    for name, faces in read_faces(FACES).items():
        fold = fold_of(Path(name).name)
        finder.second_look.classifier = classifiers[fold]
        finder.weigh(weights[fold])
        pixels = decode((folder / name).read_bytes(), LoadSettings()).picture.pixels
        found = [face for face in finder.detect(pixels) if face.box.height >= PolicySettings().min_face_px]
        boxes = np.array([(face.box.left, face.box.top, face.box.right, face.box.bottom) for face in found], float)
        iou, shared = overlaps(boxes, np.array([box for box, _ in faces], float))
        matches = np.where((iou > 0.3) | (shared > 0.7), iou, -1.0)
        pairs = [
            (label, found[int(column.argmax())])
            for (_, label), column in zip(faces, matches.T, strict=True)
            if len(column) and column.max() >= 0
        ]
        estimates = listener.estimate(pixels, [face for _, face in pairs])
        yield from ((label, face.box.height) for (label, face), age in zip(pairs, estimates, strict=True) if age)


def tried(
    judged: Sequence[Judged], read: Read, labels: npt.NDArray[np.str_], heights: Shares, band: Read
) -> Iterator[Row]:
    """Yield what becomes of whom, for each way; the shipped one first."""
    known = np.array([face.ages[0] is not None for face in judged])
    youngest, oldest = (np.array([getattr(face.label, end) for face in judged]) for end in ("youngest", "oldest"))
    ways = [(quantile, weight, apart) for quantile in QUANTILES for weight in WEIGHTS for apart in CAPS]
    shipped = (0.2, TRAINED, APART)
    for quantile, weight, apart in [shipped, *(way for way in ways if way != shipped)]:
        low = np.full(len(judged), -np.inf)
        low[known] = read.low(quantile, weight, apart)[of_faces(judged)]
        lines = np.quantile(low[(youngest >= 13) & (oldest <= 19)], 1 - np.array(KEPT))
        below = {
            words: float(np.mean([low[(youngest >= first) & (oldest <= last)] < line for line in lines]))
            for words, first, last in (
                ("0 to 12", 0, 12),
                ("20 to 36", 20, 36),
                ("37 to 65", 37, 65),
                ("66 up", 66, 120),
            )
        }
        line = float(np.mean(lines))
        kept = band.low(quantile, weight, apart) - np.where(heights < SIZES[-1], SMALL_MARGIN_YEARS, 0) >= line
        yield {
            "quantile": f"{quantile:g}",
            "weight": f"{weight:g}",
            "years apart": f"{apart:g}",
            "line": f"{line:.1f}",
            "0 to 12 kept": 1 - below.pop("0 to 12"),
            **{f"{words} covered": share for words, share in below.items()},
            **{
                f"in photos: {label} kept": f"{int(kept[labels == label].sum())} of {int((labels == label).sum())}"
                for label in ("child", "adult")
            },
        }


if __name__ == "__main__":
    main()
