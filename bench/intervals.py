"""Intervals of 95 % around counts and shares, for photos drawn at random."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

CONFIDENCE = 0.95
DRAWS = 2000
"""Samples of the bootstrap."""

Interval = tuple[float, float]


def share(part: npt.NDArray[np.int64], whole: npt.NDArray[np.int64]) -> tuple[float, float, float] | None:
    """Return a share of faces and its interval: the wider of Wilson's and the bootstrap's over photos; None of none.

    Faces of one photo go together, which Wilson's interval does not know; the bootstrap knows nothing of shares of 0.
    """
    if whole.sum() == 0:
        return None
    low, high = wilson(int(part.sum()), int(whole.sum()))
    picks = _picks(len(part))
    totals = whole[picks].sum(axis=1)
    drawn = part[picks].sum(axis=1)[totals > 0] / totals[totals > 0]
    ends = np.quantile(drawn, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(part.sum() / whole.sum()), min(low, float(ends[0])), max(high, float(ends[1]))


def per_100(counts: npt.NDArray[np.int64]) -> Interval:
    """Return the bootstrap's interval, over photos, of a count per 100 photos; Poisson's upper end if all are 0."""
    if not counts.any():
        return 0.0, -100 * math.log((1 - CONFIDENCE) / 2) / len(counts)
    means = 100 * counts[_picks(len(counts))].mean(axis=1)
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def wilson(part: float, whole: int) -> Interval:
    """Return the interval of a share after Wilson (1927), doi:10.1080/01621459.1927.10502953."""
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    rate, spread = part / whole, z * z / whole
    middle = (rate + spread / 2) / (1 + spread)
    reach = z / (1 + spread) * math.sqrt(rate * (1 - rate) / whole + spread / (4 * whole))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _picks(count: int) -> npt.NDArray[np.int64]:
    """Return samples with replacement: indices of shape (DRAWS, count)."""
    return np.random.default_rng(0).integers(count, size=(DRAWS, count))
