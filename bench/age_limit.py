"""What holds the estimate back: how many adults an error of so many years covers, and how large the error is.

    python -m bench.age_limit [FOLDER...] [--answers FILE] [--save]

FILE is that of `bench.calibrate`. The ages of each bin are taken as spread evenly. Those of 18 and 19 are in the bin of
whom only few may stay visible.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.age import RESULTS, print_table
from bench.age_groups import at_equal_misses
from bench.calibrate import ENOUGH, Scores, scores_of
from bench.faces import Judged, judge_folders

YOUNG = (13, 20)
"""The bin of *Images of Groups* that sets the line: first age, and first one above it, in years."""
KEPT = 0.08
"""Share of it that stays visible."""
OLD = (66, 86)
ADULTS = {"20 to 36": (20, 37), "37 to 65": (37, 66), "66 and more": OLD}
"""The bins of adults; labels of the last one are open upwards."""
ERRORS = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12)
"""Standard deviations of the estimate around the true age, in years."""
GUESSES = (0.0, 2.0)
"""The same of the people who put each face into its bin."""
NEAR = (13, 36)
"""True ages at which the error is measured, both ends included."""
PAIRS = (((13, 18), (18, 23)), ((13, 18), (23, 30)), ((13, 18), (30, 37)), (YOUNG, (20, 37)), (YOUNG, (37, 66)))
"""Ages that are told apart or not: of the younger and of the older, each with the first age above."""
STEP = 0.1
"""Years between two ages that are looked at."""

Row = dict[str, object]
Values = npt.NDArray[np.float64]


def main() -> None:
    """Print every table; save them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="folders with labels.csv; default: BLURKIT_EVAL_DATA/age")
    parser.add_argument("--answers", type=Path, help="file of bench.calibrate")
    parser.add_argument("--save", action="store_true", help="write bench/results/age_limit.json")
    arguments = parser.parse_args()
    judged = judge_folders(arguments.folders, arguments.answers)
    sets = {name: scores_of(name, faces) for name, faces in judged.items()}
    tables = {
        "how far ages read are from true ones of 13 to 36, in years": list(measured(judged)),
        "who looks older than whom, and the older covered where 8 % of the younger are kept": list(told_apart(sets)),
        "adults covered where 8 % of 13 to 19 are kept, each set at its own line": list(reached(sets)),
        "adults covered if ages were read with such an error, and 8 % of 13 to 19 kept": list(allowed()),
        "by group, where so many of all children are missed, and so many of the group's own": list(
            at_equal_misses(sets)
        ),
    }
    for title, rows in tables.items():
        print_table(title, rows)
    if arguments.save:
        (RESULTS / "age_limit.json").write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")


def allowed() -> Iterator[Row]:
    """Yield, for each error, the line that keeps `KEPT` of those of 13 to 19, and the share of adults below it."""
    for guess in GUESSES:
        for error in ERRORS:
            line = line_at(error, guess)
            row: Row = {"people err by": f"{guess:g}", "estimate errs by": f"{error:g}", "line": f"{line:.1f}"}
            yield row | {f"{words} covered": below(line, ages, error, guess) for words, ages in ADULTS.items()}


def line_at(error: float, guess: float = 0.0) -> float:
    """Return the line in years at which `KEPT` of those of 13 to 19 look older."""
    low, high = 0.0, 150.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle, YOUNG, error, guess) < 1 - KEPT else (low, middle)
    return high


def below(line: float, ages: tuple[int, int], error: float, guess: float = 0.0) -> float:
    """Return the share of a bin that looks younger than a line.

    Args:
        line: In years.
        ages: First age, and first one above the bin.
        error: Standard deviation of the estimate around the true age.
        guess: The same of those who put faces into bins.
    """
    true = np.arange(0, 110, STEP) + STEP / 2
    first, last = ages
    inside = normal(last - true, guess) - normal(first - true, guess)
    return float(np.average(normal(line - true, error), weights=inside))


def normal(above: Values, deviation: float) -> Values:
    """Return how likely a normal error is smaller than this."""
    if deviation == 0:
        return np.asarray(above > 0, float)
    return np.array([0.5 + 0.5 * math.erf(each / deviation / math.sqrt(2)) for each in above])


def reached(sets: Mapping[str, Scores]) -> Iterator[Row]:
    """Yield what the estimate reaches on each set at the line that keeps `KEPT` of its own faces of 13 to 19.

    Where ages are known in years, each year counts alike, as in `allowed`.
    """
    for name, scores in sets.items():
        exact = bool((scores.youngest == scores.oldest).all())
        young = of_ages(scores, YOUNG)
        if young.sum() < ENOUGH:
            continue
        line = weighted_quantile(scores.low[young], weights(scores, young, exact), 1 - KEPT)
        row: Row = {"set": name, "13 to 19": int(young.sum()), "line": f"{line:.1f}"}
        for words, ages in ADULTS.items():
            some = of_ages(scores, ages) if ages != OLD else scores.youngest >= OLD[0]
            below = scores.low[some] < line
            share = np.average(below, weights=weights(scores, some, exact)) if some.any() else math.nan
            row[f"{words} covered"] = float(share)
        yield row


def of_ages(scores: Scores, ages: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Return who is surely in a bin: first age, and first one above it."""
    return np.asarray((scores.youngest >= ages[0]) & (scores.oldest < ages[1]), bool)


def weights(scores: Scores, some: npt.NDArray[np.bool_], exact: bool) -> Values:
    """Return how much each of some faces counts: each year of age alike, if ages are exact, else each face."""
    if not exact:
        return np.ones(int(some.sum()))
    _, place, count = np.unique(scores.youngest[some], return_inverse=True, return_counts=True)
    return np.asarray(1 / count[place], float)


def weighted_quantile(values: Values, weights: Values, share: float) -> float:
    """Return the lowest value that is above at least this share of the weight."""
    order = np.argsort(values)
    under = np.cumsum(weights[order]) / weights.sum()
    return math.nextafter(float(values[order][int(np.argmax(under >= share))]), math.inf)


def measured(judged: Mapping[str, Sequence[Judged]]) -> Iterator[Row]:
    """Yield the error of the first estimator where ages are known in years, as `ERRORS` count it.

    An estimate that draws ages together errs by little and still tells them badly apart, so it is stretched: the
    deviation around a line through the answers, divided by the slope of that line.
    """
    for name, faces in judged.items():
        some = [face for face in faces if face.ages[0] and face.label.youngest == face.label.oldest]
        near = [face for face in some if NEAR[0] <= face.label.youngest <= NEAR[1]]
        if near:
            true = np.array([face.label.youngest + 0.5 for face in near])
            read = np.array([face.ages[0].years for face in near if face.ages[0]])
            slope, shift = np.polyfit(true, read, 1)
            around = float(np.std(read - slope * true - shift))
            row: Row = {"set": name, "faces": len(near), "mean absolute error": f"{np.abs(read - true).mean():.1f}"}
            yield row | {"slope": f"{slope:.2f}", "deviation": f"{around:.1f}", "stretched": f"{around / slope:.1f}"}


def told_apart(sets: Mapping[str, Scores]) -> Iterator[Row]:
    """Yield how often an older person looks older than a younger one: 50 % is a guess, and who is not judged ties."""
    for name, scores in sets.items():
        for pair in PAIRS:
            young, old = (scores.low[of_ages(scores, ages)] for ages in pair)
            if min(len(young), len(old)) < ENOUGH:
                continue
            line = float(np.quantile(young, 1 - KEPT, method="higher"))
            row: Row = {"set": name}
            row |= {word: f"{ages[0]} to {ages[1] - 1}" for word, ages in zip(("younger", "older"), pair, strict=True)}
            order = np.sort(young)
            below = (np.searchsorted(order, old, "left") + np.searchsorted(order, old, "right")) / 2
            row["told apart"] = float(below.mean() / len(young))
            yield row | {"older covered": float(np.mean(old <= line))}


if __name__ == "__main__":
    main()
