"""How well blurkit tells children from adults, on photos with known ages.

    python -m bench.age [FOLDER...] [--sizes 160 96 64 48 32 24 16] [--every 1] [--save]

Each folder holds `labels.csv` (see `bench.faces`). A child whose face is not found or not judged is covered or left to
the detector's own benchmark; "missed" is a child who is found, judged, and looks old enough to stay visible.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.calibrate import Scores, conformal, scores_of
from bench.faces import Judged, age_folders, judge_faces, labelled_faces, resized
from blurkit.age import ESTIMATORS, make_estimator
from blurkit.age.calibration import load_calibration

RESULTS = Path(__file__).parent / "results"
RATES = (0.01, 0.02, 0.05)
"""Shares of children that may be missed."""
BANDS = ((0, 2), (3, 9), (10, 12), (13, 15), (16, 17), (18, 20), (21, 24), (25, 29), (30, 39), (40, 59), (60, 120))
"""Age bands in years, both ends included."""
ADULT = 25
"""From this age on, a covered adult counts as covered needlessly; in years."""
SIZES = (160, 96, 64, 48, 40, 32, 26, 20, 16)
"""Heights of faces in pixels."""

Row = dict[str, object]


def main() -> None:
    """Measure and print every table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="folders with labels.csv; default: BLURKIT_EVAL_DATA/age")
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES, help="heights of faces to try, in pixels")
    parser.add_argument("--every", type=int, default=1, help="take only every n-th face")
    parser.add_argument("--save", action="store_true", help="write bench/results/age.json")
    arguments = parser.parse_args()
    labels = {folder.name: labelled_faces(folder)[:: arguments.every] for folder in age_folders(arguments.folders)}
    estimators = [make_estimator(name, threads=2) for name in ESTIMATORS]
    judged = {name: judge_faces(faces, estimators) for name, faces in labels.items()}
    scores = {
        (name, estimator): scores_of(name, faces, index)
        for name, faces in judged.items()
        for index, estimator in enumerate(ESTIMATORS)
    }
    ensembles = {name: scores[name, "ensemble"] for name in judged}
    threshold = load_calibration().threshold(18, 0.01)
    any_size = make_estimator("ensemble", min_face_px=1, threads=2)
    tables: dict[str, list[Row]] = {
        "adults of 25 and more covered when so many under-18s are missed, threshold from the same photos": [
            separation(name, estimator, found) for (name, estimator), found in scores.items()
        ],
        "promised and happened, threshold from the other photos": list(carried_over(ensembles)),
        f"by age, at the shipped threshold for 18 at 1 % ({threshold:.1f} years)": [
            row for found in ensembles.values() for row in by_band(found, threshold)
        ],
        "by group, at the shipped threshold": [
            row for name, faces in judged.items() for row in by_group(name, faces, threshold)
        ],
        "by height of the face, at the shipped threshold, all sizes judged": [
            by_size(px, judge_faces(faces, [any_size], change=resized(px)), threshold)
            for faces in labels.values()
            for px in arguments.sizes
        ],
    }
    for title, rows in tables.items():
        print_table(title, rows)
    if arguments.save:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "age.json").write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")


def missed(scores: Scores, cutoff: int, threshold: float) -> float:
    """Return the share of children under a cut-off age who would stay visible."""
    return share(scores.low[scores.oldest < cutoff] >= threshold)


def covered(scores: Scores, threshold: float, youngest: int = ADULT) -> float:
    """Return the share of adults who would be covered."""
    return share(scores.low[scores.youngest >= youngest] < threshold)


def share(chosen: npt.NDArray[np.bool_]) -> float:
    """Return the share of true values, not a number if there are none."""
    return float(chosen.mean()) if len(chosen) else math.nan


def separation(name: str, estimator: str, scores: Scores) -> Row:
    """Return how many adults must be covered for each rate of missed children."""
    children = np.sort(scores.low[scores.oldest < 18])[::-1]
    row: Row = {"set": name, "estimator": estimator, "children": len(children)}
    for rate in RATES:
        threshold = math.nextafter(float(children[math.floor(rate * len(children))]), math.inf)
        row[f"missed {rate:.0%}"] = covered(scores, threshold)
    return row


def carried_over(sets: dict[str, Scores]) -> Iterator[Row]:
    """Yield what happens on each set at the bare threshold of another, without the margin."""
    for source in sets.values():
        for target in sets.values():
            for cutoff in (10, 18):
                for rate in RATES:
                    threshold = conformal(source.low[source.oldest < cutoff], rate)
                    if source is not target and math.isfinite(threshold):
                        yield {
                            "threshold from": source.name,
                            "tried on": target.name,
                            "under": cutoff,
                            "promised": rate,
                            "happened": missed(target, cutoff, threshold),
                            "adults covered": covered(target, threshold),
                        }


def by_band(scores: Scores, threshold: float) -> Iterator[Row]:
    """Yield the share of each age band that stays visible; faces whose label spans two bands are left out."""
    for first, last in BANDS:
        inside = (scores.youngest >= first) & (scores.oldest <= last)
        if inside.any():
            visible = share(scores.low[inside] >= threshold)
            yield {"set": scores.name, "age": f"{first}-{last}", "faces": int(inside.sum()), "visible": visible}


def by_group(name: str, judged: Sequence[Judged], threshold: float) -> Iterator[Row]:
    """Yield misses and needless covers of each group of the labels."""
    for group in sorted({face.label.group for face in judged}):
        scores = scores_of(name, [face for face in judged if face.label.group == group])
        children = int((scores.oldest < 18).sum())
        row: Row = {"set": name, "group": group, "children": children, "missed": missed(scores, 18, threshold)}
        yield row | {"adults covered": covered(scores, threshold)}


def by_size(px: int, judged: Sequence[Judged], threshold: float) -> Row:
    """Return misses and needless covers when all faces have one height."""
    name = judged[0].label.dataset
    scores = scores_of(name, judged)
    return {
        "set": name,
        "height": px,
        "found": share(np.array([face.found is not None for face in judged])),
        "judged": share(np.array([face.ages[0] is not None for face in judged])),
        "missed": missed(scores, 18, threshold),
        "adults covered": covered(scores, threshold),
    }


def print_table(title: str, rows: Sequence[Row]) -> None:
    """Print rows under their names; shares as per cent."""
    if not rows:
        return
    print(f"\n{title}\n")
    cells = [[_cell(value) for value in row.values()] for row in rows]
    table = [list(rows[0]), *cells]
    widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "-" if math.isnan(value) else f"{100 * value:.2f} %"
    return str(value)


if __name__ == "__main__":
    main()
