"""Make the calibration table from photos with known ages.

    python -m bench.calibrate [FOLDER...] [--out models/calibration.json] [--answers FILE [--again]]

Each folder holds `labels.csv` (see `bench.faces`); faces are judged again made small, and those with an age down to
16 px and as old prints. Faces of each group of sizes (`SIZES`) have thresholds of their own, from every set by itself:
the strictest counts, and no smaller face is judged by a lower one. They are raised by a margin, because thresholds
carried over from one set of photos to another miss more children than promised; and, where labels are years, for those
nearly grown, and until each group (gender, ethnicity) meets the rate. Bins were judged by eye: in small groups a few
wrong ones would set the line for all.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.faces import Judged, judge_folders
from blurkit.age.calibration import read_calibration
from blurkit.choices import CHILDREN
from blurkit.records import Line

MODELS = Path(__file__).parent.parent / "models"
RATES = (0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2)
"""Shares of children that may be missed."""
AGES = range(7, 31)
"""Cut-off ages in years."""
NEARLY_GROWN, NEARLY_GROWN_FACTOR = 5, 2.0
"""The oldest children, by years below the cut-off, may be missed at most so many times as often as all."""
WIDEST_BIN = 7
"""A bin of more years than this says too little about those near the cut-off."""
SPANNING_FACTOR = 8.0
"""Of a bin that spans the cut-off and lies mostly below it, at most so many times the rate may stay visible: of those
of 13 to 19 in *Images of Groups*, some of whom are grown up, 8 % at a rate of 1 %."""
SMALLEST_PX = 24
"""Faces lower than this are not calibrated, in pixels: no policy should judge them."""
SIZES = (32, 48)
"""Heights in pixels that part the groups of sizes."""
ENOUGH = 50
"""Faces of children, or near the cut-off, that a set must have in a group of sizes to speak for it."""
MARGIN_YEARS = 0.5
"""Added to what all children and those nearly grown ask for, for photos unlike those of the calibration.

It has to do for other boxes, too: three versions of the detector moved the line for 18 at 1 % by 0.46 years on the same
photos.
"""
SMALL_MARGIN_YEARS = 3.0
"""Added to every line but that of the largest faces, for photos whose faces are small by themselves: of pupils of 14 to
18 in photos of bands, 12 of 178 from 32 px on look old enough without it, and 3 with it."""
ABOUT = """
Years that the low end of an age estimate must reach, by cut-off age and by max_miss_rate; for faces lower than so many
pixels, those of 'below'. Sets are photos with known ages, as they are, made small, and as old prints. Conformal risk
control on each set: the chance that a new child is missed is at most the rate. Where labels are years, those of the
last five below the cut-off are missed at most twice as often. Plus the margin; and, where labels are years, raised
until no group is missed more than the rate, rounded up to a whole child. The strictest set counts. Of a bin of at most
seven years that spans the cut-off, at most eight times the rate stays visible. Holds for photos like these. Evidence:
children of each set missed, and the share it is at most with 95 % confidence.
"""
Rows = dict[int, list[float]]
"""For each cut-off age, the threshold for each of `RATES`."""


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
    parser.add_argument("--again", action="store_true", help="estimate the ages of the faces in that file again")
    arguments = parser.parse_args()
    judged = judge_folders(arguments.folders, arguments.answers, again=arguments.again)
    table = make_table([scores_of(name, faces) for name, faces in judged.items()])
    arguments.out.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    calibration = read_calibration(arguments.out.read_text(encoding="utf-8"))
    for words, age in CHILDREN.items():
        print(f"{words}, at 1 %: {calibration.line(age, 0.01)}")
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


def are_children(scores: Scores, age: int) -> npt.NDArray[np.bool_]:
    """Return who is younger than an age; of a bin that ends with it nearly all are, and they count."""
    return np.asarray((scores.oldest < age) | ((scores.oldest == age) & (scores.youngest < age)), bool)


def span(scores: Scores, age: int) -> npt.NDArray[np.bool_]:
    """Return whose bin spans an age, is narrow, and lies mostly below it."""
    below, above = age - scores.youngest, scores.oldest + 1 - age
    return np.asarray((above > 1) & (below > above) & (below + above <= WIDEST_BIN), bool)


def make_table(sets: Sequence[Scores]) -> dict[str, object]:
    """Fit every size, cut-off age and rate; see `Calibration` for what is never stricter than what."""
    sizes = (SMALLEST_PX, *SIZES, math.inf)
    nobody = {age: [math.inf] * len(RATES) for age in AGES}
    tables: dict[float, Rows] = {}
    larger: Rows = {age: [-math.inf] * len(RATES) for age in AGES}
    for first, last in reversed(list(pairwise(sizes))):
        margin = 0.0 if math.isinf(last) else SMALL_MARGIN_YEARS
        larger = fit_size([of_height(scores, first, last) for scores in sets], larger, margin)
        tables[last] = larger
    table = {
        "schema": 2,
        "about": " ".join(ABOUT.split()),
        "estimator": "ensemble",
        "margin_years": MARGIN_YEARS,
        "small_margin_years": SMALL_MARGIN_YEARS,
        "sets": {scores.name: len(scores.low) for scores in sets},
        "rates": list(RATES),
        "thresholds": written(tables[math.inf]),
        "below": {str(SMALLEST_PX): written(nobody)} | {str(last): written(tables[last]) for last in SIZES},
    }
    calibration = read_calibration(json.dumps(table))
    table["evidence_at_0.01"] = {
        words: {scores.name: evidence(scores, age, calibration.line(age, 0.01)) for scores in sets}
        for words, age in CHILDREN.items()
    }
    return table


def of_height(scores: Scores, first: float, last: float) -> Scores:
    """Return the faces of a set that are so high, in pixels, half-open; who was not found is none of them."""
    return scores.part((scores.heights >= first) & (scores.heights < last))


def fit_size(sets: Sequence[Scores], larger: Rows, margin: float) -> Rows:
    """Fit every cut-off age and rate for faces of one size.

    No threshold is lower than that of larger faces or a younger cut-off, or higher than that of a lower rate.
    """
    rows, before = Rows(), [-math.inf] * len(RATES)
    for age in AGES:
        fitted = np.minimum.accumulate([fit(sets, age, rate) + margin for rate in RATES]).tolist()
        rows[age] = before = [max(each) for each in zip(fitted, before, larger[age], strict=True)]
    return rows


def written(rows: Rows) -> dict[str, list[float | None]]:
    """Return rows as JSON holds them."""
    return {
        str(age): [None if math.isinf(years) else math.ceil(100 * years) / 100 for years in row]
        for age, row in rows.items()
    }


def level(scores: Scores, line: Line) -> Scores:
    """Return a set whose scores of all sizes can be compared with the line for large faces."""
    higher = np.array([line.at(height) for height in scores.heights]) - line.years
    return replace(scores, low=scores.low - higher)


def evidence(scores: Scores, age: int, line: Line) -> dict[str, float]:
    """Return how many children of a set are missed, and the share it is at most, at 95 % confidence."""
    children = level(scores, line).low[are_children(scores, age)]
    missed = int((children >= line.years).sum())
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

    It is raised until each group meets the rate. A set of a handful of children is not asked.

    A set with too few children to promise the rate asks that none of them be missed, if its labels are years.

    Returns:
        Years; infinite if every set has too few children.
    """
    promises, floors, groups = [], [], [-math.inf]
    for scores in sets:
        children = are_children(scores, age)
        if (children | span(scores, age)).sum() < ENOUGH:
            continue
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
