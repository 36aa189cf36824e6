"""Make the calibration table from photos with known ages.

    python -m bench.calibrate [FOLDER...] [--out models/calibration.json] [--answers FILE]

Each folder holds `labels.csv` (see `bench.faces`); faces with an age are judged again made small, down to 16 px, and as
old prints. Every such set gives its own thresholds, so that the promise holds at each of these sizes; the strictest
counts. It is raised by a margin, because thresholds carried over from one set of photos to another miss more children
than promised; and, where labels are years, for those nearly grown, and until each group (gender, ethnicity) meets the
rate. Bins were judged by eye: in small groups a few wrong ones would set the line for all.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.faces import Judged, judge_folders
from blurkit.choices import CHILDREN

MODELS = Path(__file__).parent.parent / "models"
RATES = (0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2)
"""Shares of children that may be missed."""
AGES = range(7, 31)
"""Cut-off ages in years."""
NEARLY_GROWN, NEARLY_GROWN_FACTOR = 5, 2.0
"""The oldest children, by years below the cut-off, may be missed at most so many times as often as all."""
WIDEST_BIN = 7
"""A bin of more years than this says too little about those near the cut-off."""
SPANNING_FACTOR = 10.0
"""Of a bin that spans the cut-off and lies mostly below it, at most so many times the rate may stay visible: of those
of 13 to 19 in *Images of Groups* a tenth at a rate of 1 %, as many as before there was a trained network."""
SMALLEST_PX = 24
"""Faces lower than this are not calibrated, in pixels: no policy should judge them."""
MARGIN_YEARS = 0.5
"""Added to what all children and those nearly grown ask for, for photos unlike those of the calibration.

It has to do for other boxes, too: three versions of the detector moved the line for 18 at 1 % by 0.46 years on the same
photos.
"""


@dataclass(frozen=True, slots=True)
class Scores:
    """How old the faces of one set look, beside their true ages."""

    name: str
    """Name of the set."""
    low: npt.NDArray[np.float64]
    """`AgeEstimate.low` in years; minus infinity where the face was not found or not judged, and so is covered."""
    youngest: npt.NDArray[np.float64]
    """Lowest age that the label allows."""
    oldest: npt.NDArray[np.float64]
    """Highest age that the label allows."""
    groups: Mapping[str, npt.NDArray[np.bool_]] = field(default_factory=dict)
    """Who belongs to each group, by its name."""
    heights: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """Of each face as it was found, in pixels; 0 where it was not."""

    def part(self, chosen: npt.NDArray[np.bool_]) -> Scores:
        """Return some faces of the set."""
        groups = {name: members[chosen] for name, members in self.groups.items()}
        heights = self.heights[chosen] if len(self.heights) else self.heights
        return Scores(self.name, self.low[chosen], self.youngest[chosen], self.oldest[chosen], groups, heights)


def main() -> None:
    """Measure, fit, write, and put the file's hash into the manifest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="folders with labels.csv; default: BLURKIT_EVAL_DATA/age")
    parser.add_argument("--out", type=Path, default=MODELS / "calibration.json")
    parser.add_argument("--answers", type=Path, help="file that keeps the estimates, for bench.age")
    arguments = parser.parse_args()
    judged = judge_folders(arguments.folders, arguments.answers)
    table = make_table([gated(scores_of(name, faces)) for name, faces in judged.items()])
    arguments.out.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    for words, age in CHILDREN.items():
        print(f"{words}, at {RATES}: {table['thresholds'][str(age)]}")  # type: ignore[index]
    if arguments.out.parent == MODELS:
        update_manifest(arguments.out)


def scores_of(name: str, judged: Sequence[Judged], estimator: int = 0) -> Scores:
    """Take one estimator's answers."""
    answers = [face.ages[estimator] for face in judged]
    return Scores(
        name,
        np.array([-math.inf if age is None else age.low for age in answers]),
        np.array([face.label.youngest for face in judged], np.float64),
        np.array([face.label.oldest for face in judged], np.float64),
        {
            group: np.array([group in face.label.groups for face in judged])
            for group in sorted({group for face in judged for group in face.label.groups})
        },
        np.array([face.found.box.height if face.found else 0.0 for face in judged]),
    )


def gated(scores: Scores) -> Scores:
    """Return a set in which faces that no policy should judge are not judged."""
    return replace(scores, low=np.where(scores.heights >= SMALLEST_PX, scores.low, -math.inf))


def are_children(scores: Scores, age: int) -> npt.NDArray[np.bool_]:
    """Return who is younger than an age; of a bin that ends with it nearly all are, and they count."""
    return np.asarray((scores.oldest < age) | ((scores.oldest == age) & (scores.youngest < age)), bool)


def span(scores: Scores, age: int) -> npt.NDArray[np.bool_]:
    """Return whose bin spans an age, is narrow, and lies mostly below it."""
    below, above = age - scores.youngest, scores.oldest + 1 - age
    return np.asarray((above > 1) & (below > above) & (below + above <= WIDEST_BIN), bool)


def make_table(sets: Sequence[Scores]) -> dict[str, object]:
    """Fit every cut-off age and rate; no younger cut-off is stricter than an older one, no higher rate than a lower."""
    rows: dict[str, list[float | None]] = {}
    before = [-math.inf] * len(RATES)
    for age in AGES:
        fitted = [fit(sets, age, rate) for rate in RATES]
        before = [max(pair) for pair in zip(fitted, before, strict=True)]
        before = np.minimum.accumulate(before).tolist()
        rows[str(age)] = [None if math.isinf(years) else round(years, 2) for years in before]
    return {
        "schema": 1,
        "about": "Years that the low end of an age estimate must reach, by cut-off age and by max_miss_rate. "
        "Sets are photos with known ages, as they are, made small, and as old prints. "
        "Conformal risk control on each set: the chance that a new child is missed is at most the rate. Where labels "
        "are years, those of the last five below the cut-off are missed at most twice as often. Plus the margin; and, "
        "again where labels are years, raised until no group is missed more than the rate, rounded up to a whole "
        "child. The strictest set counts. Faces from 24 px on. Holds for photos "
        "like these. Of a bin of at most seven years that spans the cut-off, at most ten times the rate stays visible. "
        "Evidence: children of each set missed at the threshold, and the share it is at most with 95 % confidence.",
        "estimator": "ensemble",
        "margin_years": MARGIN_YEARS,
        "sets": {scores.name: len(scores.low) for scores in sets},
        "evidence_at_0.01": {
            words: {scores.name: evidence(scores, age, rows[str(age)][RATES.index(0.01)]) for scores in sets}
            for words, age in CHILDREN.items()
        },
        "rates": list(RATES),
        "thresholds": rows,
    }


def evidence(scores: Scores, age: int, threshold: float | None) -> dict[str, float]:
    """Return how many children of a set are missed at a threshold, and the share it is at most, at 95 % confidence."""
    children = scores.low[are_children(scores, age)]
    missed = int((children >= (math.inf if threshold is None else threshold)).sum())
    return {"children": len(children), "missed": missed, "at_most": round(upper_bound(missed, len(children)), 4)}


def upper_bound(missed: int, children: int, confidence: float = 0.95) -> float:
    """Return the share that a miss rate is at most, by Clopper and Pearson (https://doi.org/10.1093/biomet/26.4.404)."""

    def log_ways(k: int) -> float:
        return math.lgamma(children + 1) - math.lgamma(k + 1) - math.lgamma(children - k + 1)

    def chance_of_so_few(rate: float) -> float:
        logs = (log_ways(k) + k * math.log(rate) + (children - k) * math.log1p(-rate) for k in range(missed + 1))
        return sum(map(math.exp, logs))

    if missed >= children:
        return 1.0
    low, high = missed / children, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if chance_of_so_few(middle) > 1 - confidence else (low, middle)
    return high


def interval(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, by Clopper and Pearson."""
    return 1 - upper_bound(total - count, total, 0.975), upper_bound(count, total, 0.975)


def fit(sets: Sequence[Scores], age: int, rate: float) -> float:
    """Return the threshold of the strictest set, for all its children and those nearly grown, with the margin.

    It is raised until each group meets the rate.

    A set with too few children to promise the rate asks that none of them be missed, if its labels are years.

    Returns:
        Years; infinite if every set has too few children.
    """
    promises, floors, groups = [], [], [-math.inf]
    for scores in sets:
        children = are_children(scores, age)
        older = children & (scores.youngest >= age - NEARLY_GROWN)
        promises.append(conformal(scores.low[children], rate))
        exact = bool((scores.youngest == scores.oldest).all())
        asked = [(scores.low[children], rate)] if exact or math.isfinite(promises[-1]) else []
        if exact:
            asked.append((scores.low[older], min(1.0, NEARLY_GROWN_FACTOR * rate)))
            groups += [fair(scores.low[children & members], rate) for members in scores.groups.values()]
        else:
            bound = conformal(scores.low[span(scores, age)], SPANNING_FACTOR * rate)
            groups.append(bound if math.isfinite(bound) else -math.inf)
        for low, share in asked:
            strict = conformal(low, share)
            floors.append(np.max(low, initial=-math.inf) if math.isinf(strict) else strict)
    line = max(max(floors, default=-math.inf) + MARGIN_YEARS, *groups)
    return float(line) if any(map(math.isfinite, promises)) else math.inf


def conformal(low: npt.NDArray[np.float64], rate: float) -> float:
    """Return the lowest threshold at which a new child is missed with at most this chance.

    Of n children and one more, drawn alike, the expected share that reaches the threshold is at most
    (missed + 1) / (n + 1). Source: Angelopoulos et al. 2022, Conformal Risk Control, https://arxiv.org/abs/2208.02814
    """
    allowed = math.floor(rate * (len(low) + 1) - 1 + 1e-9)
    if allowed < 0:
        return math.inf
    if allowed >= len(low):
        return -math.inf
    return math.nextafter(float(np.sort(low)[::-1][allowed]), math.inf)


def fair(low: npt.NDArray[np.float64], rate: float) -> float:
    """Return the lowest threshold at which a group meets the rate: it misses that share, rounded up to a whole child.

    Groups are small: asked for less than a whole child, the oldest-looking one of them would set the line for all.
    """
    allowed = math.ceil(rate * len(low) - 1e-9)
    return math.nextafter(float(np.sort(low)[::-1][allowed]), math.inf) if allowed < len(low) else -math.inf


def update_manifest(path: Path) -> None:
    """Write the hash of a table into the manifest."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    manifest = MODELS / "manifest.toml"
    text = manifest.read_text(encoding="utf-8")
    pattern = rf'(file = "{re.escape(path.name)}"\nsha256 = ")[0-9a-f]*"'
    manifest.write_text(re.sub(pattern, rf'\g<1>{digest}"', text), encoding="utf-8")


if __name__ == "__main__":
    main()
