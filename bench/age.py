"""How well blurkit tells children from adults, on photos with known ages.

    python -m bench.age [FOLDER...] [--answers FILE] [--worse-every 10 | --kept] [--save]

Each folder holds `labels.csv` (see `bench.faces`). "missed" is a child who is found, judged, and looks old enough to
stay visible; one whose face is not judged is covered, and one whose face is not found is counted under "found".
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.age_groups import ADULT, by_group, counted
from bench.age_plot import plot
from bench.age_sizes import by_height, by_what_is_known, held_out, in_words, spread
from bench.calibrate import Scores, fit, level, scores_of
from bench.faces import Judged, LabelledFace, changed_sets, judge_faces, judge_folders, read_photo
from bench.worse import WORN, WORSE, worn
from blurkit.age import ESTIMATORS, make_estimator
from blurkit.age.calibration import load_calibration
from blurkit.age.resnet import DIET
from blurkit.records import Line
from blurkit.settings import PolicySettings

RESULTS = Path(__file__).parent / "results"
RATES = (0.005, 0.01, 0.02, 0.05)
"""Shares of children that may be missed."""
BANDS = ((0, 2), (3, 9), (10, 12), (13, 15), (16, 17), (18, 20), (21, 24), (25, 29), (30, 39), (40, 59), (60, 120))
"""Age bands in years, both ends included."""
FACES = 20
"""Faces of the photo that the cost is measured on."""

Row = dict[str, object]


def main() -> None:
    """Measure, print and save every table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*", type=Path, help="folders with labels.csv; default: BLURKIT_EVAL_DATA/age")
    parser.add_argument("--answers", type=Path, help="file that keeps the estimates, also of bench.calibrate")
    parser.add_argument("--worse-every", type=int, default=10, help="make only every n-th of these worse")
    parser.add_argument("--kept", action="store_true", help="take tables that need networks from the last --save")
    parser.add_argument("--save", action="store_true", help="write bench/results/age.json and age.png")
    arguments = parser.parse_args()
    judged = judge_folders(arguments.folders, arguments.answers)
    scores = {
        (name, estimator): scores_of(name, faces, index)
        for name, faces in judged.items()
        for index, estimator in enumerate(ESTIMATORS)
    }
    table = load_calibration()
    sized = table.line(18, 0.01)
    line = sized.years
    alone = {name: scores[name, "ensemble"] for name in judged}
    sets = {name: level(found, sized) for name, found in alone.items()}
    whole = {name: found for name, found in sets.items() if name not in changed_sets()}
    apart = {name: alone[name] for name in whole}
    known = [face for name in whole for face in judged[name] if face.label.youngest == face.label.oldest]
    some = [face for face in known[:: arguments.worse_every] if face.found]
    tables: dict[str, list[Row]] = {
        "curves: adults of 25 and more covered when so many under-18s are missed, threshold from the same photos": [
            separation(name, estimator, found) for (name, estimator), found in scores.items()
        ],
        f"by height, at the shipped threshold for 18 at 1 % ({in_words(sized)})": [
            row for found in sets.values() for row in by_height(found, line)
        ],
        "by height, each fifth of the faces at the lines of the others": list(held_out(alone)),
        "what the user knows of the children's ages, at the shipped thresholds at 1 %": list(
            by_what_is_known(alone, table, 0.01)
        ),
        "is the spread right: true ages outside the interval": list(spread(judged, DIET.quantile)),
        "promised and happened, threshold with its margin from other photos": [*carried_over(apart), *halves(apart)],
        f"by age, at the shipped threshold for 18 at 1 % ({in_words(sized)})": [
            row for found in sets.values() for row in by_band(found, line)
        ],
        "by group, at the shipped threshold, 95 % intervals": [
            row for found in whole.values() for row in by_group(found, line)
        ],
        "by how far the landmarks are from a face seen from the front, at the shipped threshold": list(
            by_turn([face for name in whole for face in judged[name]], sized)
        ),
    }
    asked: dict[str, Callable[[], list[Row]]] = {
        "made worse, at the shipped threshold": lambda: list(worse([face.label for face in some], sized)),
        "things drawn on faces, at the shipped threshold": lambda: list(dressed(some, sized)),
        f"cost of the estimate in a photo with {FACES} faces, 2 threads": lambda: [cost(some[:FACES])],
    }
    saved = json.loads((RESULTS / "age.json").read_text(encoding="utf-8"))["tables"] if arguments.kept else {}
    tables |= {title: saved[title] if arguments.kept else ask() for title, ask in asked.items()}
    for title, rows in tables.items():
        print_table(title, rows)
    if arguments.save:
        by_year = {name: list(per_year(found, line)) for name, found in sets.items()}
        curves = {f"{name}: {estimator}": curve(found) for (name, estimator), found in scores.items()}
        result = {"threshold": line, "tables": tables, "curves": curves, "visible by year of age": by_year}
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "age.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
        plot(result, RESULTS / "age.png")


def share(chosen: npt.NDArray[np.bool_]) -> float:
    """Return the share of true values, not a number if there are none."""
    return float(chosen.mean()) if len(chosen) else math.nan


def missed(scores: Scores, cutoff: int, threshold: float) -> float:
    """Return the share of children under a cut-off age who would stay visible."""
    return share(scores.low[scores.oldest < cutoff] >= threshold)


def covered(scores: Scores, threshold: float, youngest: int = ADULT) -> float:
    """Return the share of adults who would be covered."""
    return share(scores.low[scores.youngest >= youngest] < threshold)


def separation(name: str, estimator: str, scores: Scores) -> Row:
    """Return how many adults must be covered for each rate of missed children."""
    children = np.sort(scores.low[scores.oldest < 18])[::-1]
    row: Row = {"set": name, "estimator": estimator, "children": len(children)}
    for rate in RATES:
        threshold = math.nextafter(float(children[math.floor(rate * len(children))]), math.inf)
        row[f"missed {rate:.1%}"] = covered(scores, threshold)
    return row


def curve(scores: Scores) -> list[tuple[float, float, float]]:
    """Return threshold, share of under-18s missed and of adults covered, from the laxest threshold to the strictest."""
    lines = np.arange(10.0, 45.0, 0.25)
    return [(float(line), missed(scores, 18, float(line)), covered(scores, float(line))) for line in lines]


def carried_over(sets: dict[str, Scores]) -> Iterator[Row]:
    """Yield what happens on each set at the threshold of another, for an age at which both have children."""
    for source in sets.values():
        for target in sets.values():
            for rate in RATES[1:]:
                threshold = fit([source], 10, rate)
                if source is not target and math.isfinite(threshold):
                    yield promise(f"{source.name} to {target.name}", target, 10, rate, threshold)


def halves(sets: dict[str, Scores], *, times: int = 20) -> Iterator[Row]:
    """Yield what happens on one half of a set at the threshold of the other, on average over so many cuts."""
    for scores in sets.values():
        if not ((scores.youngest >= 13) & (scores.oldest < 18)).any():
            continue
        for rate in RATES:
            rows = []
            for seed in range(times):
                mine = np.random.default_rng(seed).random(len(scores.low)) < 0.5
                threshold = fit([scores.part(mine)], 18, rate)
                rows.append(promise(f"half of {scores.name} to the other", scores.part(~mine), 18, rate, threshold))
            means = {
                key: float(np.mean([float(str(row[key])) for row in rows])) for key in ("happened", "adults covered")
            }
            worst = max(float(str(row["happened"])) for row in rows)
            yield rows[0] | means | {"at worst": worst}


def promise(words: str, target: Scores, cutoff: int, rate: float, threshold: float) -> Row:
    """Return one line of promised and happened."""
    happened = missed(target, cutoff, threshold)
    row: Row = {"from": words, "under": cutoff, "promised": rate, "happened": happened, "at worst": happened}
    return row | {"adults covered": covered(target, threshold)}


def by_band(scores: Scores, line: float) -> Iterator[Row]:
    """Yield the share of each age band that stays visible; faces whose label spans two bands are left out."""
    for first, last in BANDS:
        inside = (scores.youngest >= first) & (scores.oldest <= last)
        if inside.any():
            yield {"set": scores.name, "age": f"{first}-{last}"} | counted("visible", scores.low[inside] >= line)


def per_year(scores: Scores, line: float) -> Iterator[tuple[float, float]]:
    """Yield each year of age, or the middle of a bin, and the share that stays visible."""
    ages = (scores.youngest + scores.oldest) / 2
    for age in np.unique(ages):
        yield float(age), share(scores.low[ages == age] >= line)


def by_turn(judged: Sequence[Judged], line: Line) -> Iterator[Row]:
    """Yield misses and needless covers of faces more and more turned away, by the misfit of their landmarks."""
    from blurkit.picture.chips import pose_of

    poses = [pose_of(face.found) if face.found else None for face in judged]
    misfits = np.array([math.inf if pose is None else pose.misfit for pose in poses])
    for first, last in ((0.0, 0.03), (0.03, 0.06), (0.06, 0.1), (0.1, 0.15), (0.15, math.inf)):
        chosen = [face for face, misfit in zip(judged, misfits, strict=True) if first <= misfit < last]
        if chosen:
            yield {"misfit from": f"{first:g}"} | summary(chosen, line)


def worse(labels: Sequence[LabelledFace], line: Line) -> Iterator[Row]:
    """Yield misses and needless covers of the same faces made worse step by step."""
    anything = make_estimator("ensemble", threads=2)
    photos = [read_photo(label) for label in labels]
    for way, (change, steps) in WORSE.items():
        for step in steps:
            judged = judge_faces(labels, [anything], photos=[change(photo, step) for photo in photos])
            yield {"worse by": way, "to": f"{step:g}"} | summary(judged, line)


def dressed(judged: Sequence[Judged], line: Line) -> Iterator[Row]:
    """Yield misses and needless covers of the same faces with things drawn on them."""
    faces = [(face.label, face.found) for face in judged if face.found and face.found.landmarks]
    estimator = make_estimator("ensemble", threads=2)
    labels = [label for label, _ in faces]
    yield {"worn": "nothing"} | summary(judge_faces(labels, [estimator]), line)
    for what in WORN:
        photos = [worn(read_photo(label), face, what) for label, face in faces]
        yield {"worn": what} | summary(judge_faces(labels, [estimator], photos=photos), line)


def summary(judged: Sequence[Judged], line: Line) -> Row:
    """Return what became of some faces: too small is covered, as in a run."""
    known = [face.found is not None and face.found.box.height >= PolicySettings().min_face_px for face in judged]
    low = level(scores_of("", judged), line).low
    gated = np.where(known, low, -math.inf)
    child = np.array([face.label.oldest < 18 for face in judged])
    adult = np.array([face.label.youngest >= ADULT for face in judged])
    return {
        "faces": len(judged),
        "found": share(np.array([face.found is not None for face in judged])),
        "judged": share(gated > -math.inf),
        "children": int(child.sum()),
        "missed": share(gated[child] >= line.years),
        "missed if small ones counted": share(low[child] >= line.years),
        "adults covered": share(gated[adult] < line.years),
    }


def cost(judged: Sequence[Judged]) -> Row:
    """Return milliseconds of a processor that each estimator takes for a face, the best of five photos."""
    found = [face.found for face in judged if face.found]
    photo = read_photo(judged[0].label)
    row: Row = {"faces": len(found)}
    for name in ESTIMATORS:
        estimator, times = make_estimator(name, threads=2), []
        for _ in range(5):
            start = time.process_time()
            estimator.estimate(photo, found)
            times.append(time.process_time() - start)
        row[f"{name}, CPU ms a face"] = f"{1000 * min(times) / len(found):.1f}"
    return row


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
