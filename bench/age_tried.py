"""What else could be made of what both networks say: fitted to *Images of Groups* itself, which nothing shipped may be.

    python -m bench.age_tried --answers FILE [--save]

FILE keeps where faces were found (`bench.calibrate` makes it). What is fitted is fitted to the other four fifths of the
faces. Each way gets the line that keeps as many of those of 13 to 19 as the others: `KEPT`, on average.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.age import RESULTS, print_table
from bench.faces import Judged, judge_faces, judge_folders
from bench.mixes import KEPT, SET, Listener, of_faces
from blurkit.age.ensemble import APART, TRAINED
from blurkit.age.judge import TURNED_AWAY
from blurkit.age.network import read_ages

FOLDS, TOGETHER = 5, 20
"""Parts of which each is measured by what was fitted to the others, and faces next to each other that stay together."""
YOUNG, ADULT = 13, 20
"""First ages of two bins: of those who set the line, and of the youngest adults."""
QUANTILES = (0.05, 0.1, 0.2, 0.35, 0.5)
TINY = 1e-4
"""Added to a probability before its logarithm is taken."""

Row = dict[str, object]
Values = npt.NDArray[np.float64]


def main() -> None:
    """Ask both networks once, and print what each way makes of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", type=Path, required=True, help="file of bench.calibrate or bench.age")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--save", action="store_true", help="write bench/results/age_tried.json")
    arguments = parser.parse_args()
    before, listener = judge_folders([], arguments.answers)[SET], Listener(arguments.threads)
    found = [face.found for face in before]
    judged = judge_faces([face.label for face in before], [listener], found=found, threads=arguments.threads)
    places = of_faces(judged)
    trained, other = (np.concatenate(read)[places] for read in (listener.read.trained, listener.read.other))
    rows = list(tried(judged, trained, other, np.array(listener.read.misfits)[places]))
    print_table(
        f"ways to use both networks, each with the line at which {np.mean(KEPT):.0%} of 13 to 19 are kept", rows
    )
    if arguments.save:
        (RESULTS / "age_tried.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def tried(judged: list[Judged], trained: Values, other: Values, misfits: Values) -> Iterator[Row]:
    """Yield what becomes of whom, for each way; the shipped one first.

    Args:
        judged: All faces.
        trained: What the trained network says of those that can be judged, in order, shape (faces, ages).
        other: The same of the other one.
        misfits: Of the same faces; see `blurkit.picture.chips.Pose`.
    """
    known = np.array([face.ages[0] is not None for face in judged])
    youngest = np.array([face.label.youngest for face in judged])
    heights = np.array([face.found.box.height for face in judged if face.found and face.ages[0]])
    for words, scores in _ways(trained, other, misfits, np.log(heights), youngest[known]):
        low = np.full(len(judged), -np.inf)
        low[known] = scores
        lines = np.quantile(low[youngest == YOUNG], 1 - np.array(KEPT))
        row: Row = {"way": words}
        for ages, first, last in (("0 to 12", 0, 12), ("20 to 36", 20, 36), ("37 to 65", 37, 65), ("66 up", 66, 120)):
            some = low[(youngest >= first) & (youngest <= last)]
            below = float(np.mean([some < line for line in lines]))
            row |= {f"{ages} kept": 1 - below} if last < ADULT else {f"{ages} covered": below}
        yield row


def _ways(
    trained: Values, other: Values, misfits: Values, heights: Values, youngest: Values
) -> Iterator[tuple[str, Values]]:
    """Yield words, and how old each judged face looks."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression, QuantileRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    doubt = TURNED_AWAY * misfits
    shipped = _mixed(*(read_ages(shares, 0.2)[:, 0] for shares in (trained, other))) - doubt
    yield "shipped", shipped
    means = (trained @ np.arange(trained.shape[1]), other @ np.arange(other.shape[1]))
    yield "expected age instead of a quantile", _mixed(*means) - doubt
    both = [trained, np.column_stack([other[:, :80], other[:, 80:].sum(axis=1)])]
    added = TRAINED * both[0] + (1 - TRAINED) * both[1]
    yield "arithmetic mean of both distributions", read_ages(added, 0.2)[:, 0] - doubt
    most = read_ages(other, 0.2)[:, 0] + APART
    yield (
        "the same, no more years above the other network than now",
        np.minimum(read_ages(added, 0.2)[:, 0], most) - doubt,
    )
    product = np.exp(TRAINED * np.log(both[0] + TINY) + (1 - TRAINED) * np.log(both[1] + TINY))
    product /= product.sum(axis=1, keepdims=True)
    yield "geometric mean of both distributions", read_ages(product, 0.2)[:, 0] - doubt
    for flatter in (0.5, 2.0):
        tempered = [(shares + TINY) ** flatter for shares in (trained, other)]
        lows = (read_ages(shares / shares.sum(axis=1, keepdims=True), 0.2)[:, 0] for shares in tempered)
        yield f"probabilities to the power of {flatter:g}", _mixed(*lows) - doubt
    quality = np.column_stack([heights, misfits])
    young = youngest == YOUNG
    strict = 1 - float(np.mean(KEPT))
    line = _in_folds(lambda: QuantileRegressor(quantile=strict, alpha=0), quality, shipped, young)
    yield "a line by height and pose, fitted", shipped - line
    quantiles = [read_ages(shares, quantile)[:, 0] for shares in (trained, other) for quantile in QUANTILES]
    read = np.column_stack([*quantiles, quality])
    everything = np.column_stack([np.log(trained + TINY), np.log(other + TINY), quality])
    chosen = young | (youngest >= ADULT)
    for words, make, features in (
        ("adult or not: linear, of quantiles and quality", lambda: LogisticRegression(C=0.3, max_iter=500), read),
        (
            "adult or not: boosted trees, of the same",
            lambda: HistGradientBoostingClassifier(
                max_iter=120, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=40, random_state=0
            ),
            read,
        ),
        ("adult or not: linear, of all probabilities", lambda: LogisticRegression(C=0.003, max_iter=500), everything),
    ):
        yield words, _in_folds(lambda make=make: make_pipeline(StandardScaler(), make()), features, ~young, chosen)


def _mixed(trained: Values, other: Values) -> Values:
    """Return what is made of two ages, as `blurkit.age.ensemble` does."""
    return np.minimum(TRAINED * trained + (1 - TRAINED) * other, other + APART)


def _in_folds(make: Any, features: Values, target: npt.NDArray[Any], chosen: npt.NDArray[np.bool_]) -> Values:
    """Return what a model says of each face that was fitted to chosen faces of the other folds."""
    folds = np.arange(len(target)) // TOGETHER % FOLDS
    said = np.empty(len(target))
    for fold in range(FOLDS):
        inside, fitted = folds == fold, chosen & (folds != fold)
        model = make().fit(features[fitted], target[fitted])
        values = features[inside]
        said[inside] = model.predict_proba(values)[:, 1] if target.dtype == bool else model.predict(values)
    return said


if __name__ == "__main__":
    main()
