"""Tables of `bench.age` by the height of a face, for faces whose age is a year or a bin, and by what the user knows."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from bench.calibrate import Scores, are_children, level, make_table
from bench.faces import CHANGED_EVERY, Judged, changed_sets
from blurkit.age.calibration import Calibration, read_calibration
from blurkit.choices import CHILDREN
from blurkit.records import Line

HEIGHTS = {
    "all": (1, math.inf),
    "16 to 24": (16, 24),
    "24 to 32": (24, 32),
    "32 to 64": (32, 64),
    "64 up": (64, math.inf),
}
"""Heights of faces in pixels, half-open."""
ENOUGH = 100
"""Faces of a height that are worth a row."""
KEPT = {"0 to 12": (0, 12), "13 to 19": (13, 19)}
"""Ages, both ends included, of whom the share left visible is given."""
COVERED = {"20 to 36": (20, 36), "37 to 65": (37, 65), "66 and more": (66, 120)}
"""Ages of whom the share covered is given."""
FOLDS = 5
"""Parts of which each is measured at the lines of the others."""
FORTY = (35, 45)
"""Ages of those who say how small a face may be and still be worth judging."""

Row = dict[str, object]
Chosen = npt.NDArray[np.bool_]


def by_height(scores: Scores, line: float) -> Iterator[Row]:
    """Yield, by height, what becomes of each age in *Images of Groups*' terms: who is kept, and who is covered."""
    for words, (first, last) in HEIGHTS.items():
        some = scores.part((scores.heights >= first) & (scores.heights < last))
        if len(some.low) < ENOUGH:
            continue
        row: Row = {"set": scores.name, "height": words}
        row |= {f"{ages} kept": _share(_aged(some, *KEPT[ages]), some.low >= line) for ages in KEPT}
        row |= {f"{ages} covered": _share(_aged(some, *COVERED[ages]), some.low < line) for ages in COVERED}
        yield row | {"35 to 45 kept": _share(_aged(some, *FORTY), some.low >= line), "faces": len(some.low)}


def in_words(line: Line) -> str:
    """Return a line as a title holds it."""
    smaller = (f"below {height:g} px {years:.2f}" for height, years in line.below if math.isfinite(years))
    return f"{line.years:.2f} years; {', '.join(smaller)}"


def held_out(sets: Mapping[str, Scores], cutoff: int = 18, rate: float = 0.01) -> Iterator[Row]:
    """Yield what becomes of faces at lines that were fitted without them; copies of one face stay together."""
    folds = {
        name: np.arange(len(scores.low)) * (CHANGED_EVERY if name in changed_sets() else 1) // CHANGED_EVERY % FOLDS
        for name, scores in sets.items()
    }
    parts: dict[str, list[Scores]] = {name: [] for name in sets}
    for fold in range(FOLDS):
        table = make_table([scores.part(folds[name] != fold) for name, scores in sets.items()])
        line = read_calibration(json.dumps(table)).line(cutoff, rate)
        for name, scores in sets.items():
            tested = level(scores.part(folds[name] == fold), line)
            parts[name].append(replace(tested, low=tested.low - line.years, groups={}))
    for some in parts.values():
        yield from by_height(joined(some), 0.0)


def joined(parts: Sequence[Scores]) -> Scores:
    """Put parts of one set together again, in another order and without groups."""
    low, youngest, oldest, heights = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("low", "youngest", "oldest", "heights")
    )
    return Scores(parts[0].name, low, youngest, oldest, {}, heights)


def by_what_is_known(sets: Mapping[str, Scores], table: Calibration, rate: float) -> Iterator[Row]:
    """Yield what becomes of faces at the line for each of `CHILDREN`."""
    for words, cutoff in CHILDREN.items():
        sized = table.line(cutoff, rate)
        line = sized.years
        for scores in (level(scores, sized) for scores in sets.values()):
            children = are_children(scores, cutoff)
            older = (scores.youngest >= cutoff - 5) & children
            row: Row = {"children": words, "line": f"{line:.2f}", "set": scores.name, "of them": int(children.sum())}
            row |= {"missed": _share(children, scores.low >= line)}
            row |= {"oldest five years": _share(older, scores.low >= line)}
            row |= {f"{ages} kept": _share(_aged(scores, *KEPT[ages]), scores.low >= line) for ages in KEPT}
            row |= {"20 to 36 covered": _share(_aged(scores, *COVERED["20 to 36"]), scores.low < line)}
            yield row | {"37 and more covered": _share(_aged(scores, 37, 120), scores.low < line)}


def spread(judged: Mapping[str, Sequence[Judged]], share: float) -> Iterator[Row]:
    """Yield how often the true age is below the low end and above the high one; either should be the share."""
    for name, faces in judged.items():
        known = [face for face in faces if face.ages[0] and face.label.youngest == face.label.oldest]
        for first, last in ((0, 18), (18, 40), (40, 120)):
            some = [face for face in known if first <= face.label.youngest < last]
            if some:
                below = [face.label.oldest + 1 < face.ages[0].low for face in some if face.ages[0]]
                above = [face.label.youngest > face.ages[0].high for face in some if face.ages[0]]
                row: Row = {"set": name, "age": f"{first} up", "faces": len(some), "should be": share}
                yield row | {"younger than low": float(np.mean(below)), "older than high": float(np.mean(above))}


def _aged(scores: Scores, first: float, last: float) -> Chosen:
    """Return whose age is surely so, both ends included."""
    return np.asarray((scores.youngest >= first) & (scores.oldest <= last), bool)


def _share(of: Chosen, chosen: Chosen) -> float:
    return float(chosen[of].mean()) if of.any() else math.nan
