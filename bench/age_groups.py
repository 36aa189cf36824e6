"""Tables of `bench.age` by what labels say of people: gender and ethnicity."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from bench.calibrate import ENOUGH, Scores, interval

ADULT = 25
"""From this age on, a covered adult counts as covered needlessly; in years."""
EQUAL = (0.01, 0.02, 0.05)
"""Shares of children missed at which groups are compared."""

Row = dict[str, object]
Values = npt.NDArray[np.float64]


def by_group(scores: Scores, line: float) -> Iterator[Row]:
    """Yield misses and needless covers of each group of the labels."""
    for group, members in scores.groups.items():
        children = scores.low[members & (scores.oldest < 18)] >= line
        adults = scores.low[members & (scores.youngest >= ADULT)] < line
        yield {"set": scores.name, "group": group} | counted("missed", children) | counted("adults covered", adults)


def counted(word: str, chosen: npt.NDArray[np.bool_]) -> Row:
    """Return how many of how many, the share and its interval."""
    if not len(chosen):
        return {f"{word} of": 0, word: math.nan, f"{word}, from": math.nan, f"{word}, to": math.nan}
    low, high = interval(int(chosen.sum()), len(chosen))
    return {f"{word} of": len(chosen), word: float(chosen.mean()), f"{word}, from": low, f"{word}, to": high}


def at_equal_misses(sets: Mapping[str, Scores]) -> Iterator[Row]:
    """Yield what each group pays where so many children are missed: of all, at one line, and of its own, at its own."""
    for name, scores in sets.items():
        children, adults = scores.oldest < 18, scores.youngest >= ADULT
        if not (children & (scores.youngest >= 13)).any():
            continue
        for rate in EQUAL:
            line = line_missing(scores.low[children], rate)
            for group, members in scores.groups.items():
                young, old = scores.low[members & children], scores.low[members & adults]
                if min(len(young), len(old)) < ENOUGH:
                    continue
                own = line_missing(young, rate)
                yield {
                    "set": name,
                    "missed": rate,
                    "group": group,
                    "children": len(young),
                    "of them missed": float(np.mean(young >= line)),
                    "adults": len(old),
                    "covered at one line": float(np.mean(old < line)),
                    "own line": f"{own:.1f}",
                    "covered at its own": float(np.mean(old < own)),
                }


def line_missing(children: Values, rate: float) -> float:
    """Return the lowest line in years that no more than a share of some children reach."""
    return math.nextafter(float(np.sort(children)[::-1][math.floor(rate * len(children))]), math.inf)
