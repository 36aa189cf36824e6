"""What a network should answer for each face: the bin that people gave it, filled in by what other networks read.

A bin says nothing of the years inside it, and people err near its ends. So the target is Bayes' rule: what the shipped
networks read in the clean picture, times how likely people would have given this bin at each age. Needs no PyTorch.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

Shares = npt.NDArray[np.float32]
"""Shape (faces, ages): one row a face, one column a year from 0."""

ERROR = (0.5, 0.06)
"""Standard deviation of people's guesses in years: so much, and so much more for each year of age."""
SURPRISE = 0.002
"""Added to what networks read at each age, so that no age is impossible."""
TRUE_AGES = 101
"""Years from 0 that are told apart."""


def likelihood(youngest: npt.NDArray[np.int64], oldest: npt.NDArray[np.int64]) -> Shares:
    """Return the chance that people give a face this bin, at each true age.

    Args:
        youngest: Lowest age of each face's bin in years, shape (faces,); 0 is open downwards.
        oldest: Highest age in full years; from 100 it is open upwards.
    """
    ages = np.arange(TRUE_AGES) + 0.5
    error = ERROR[0] + ERROR[1] * ages
    erf = np.vectorize(math.erf)
    rows = {}
    for first, last in {*zip(youngest.tolist(), oldest.tolist(), strict=True)}:
        above = np.ones(TRUE_AGES) if first <= 0 else 0.5 + 0.5 * erf((ages - first) / error / math.sqrt(2))
        under = np.zeros(TRUE_AGES) if last >= 100 else 0.5 + 0.5 * erf((ages - last - 1) / error / math.sqrt(2))
        rows[first, last] = above - under
    pairs = zip(youngest.tolist(), oldest.tolist(), strict=True)
    return np.array([rows[pair] for pair in pairs], np.float32).reshape(-1, TRUE_AGES)


def posterior(read: Shares, bins: Shares) -> Shares:
    """Return the target: what networks read, weighed by the chance of the bin.

    Args:
        read: Probability of each age, shape (faces, ages).
        bins: `likelihood` of the same faces, same shape.

    Invariant: rows sum to 1.
    """
    both = (read + SURPRISE) * bins
    return np.asarray(both / both.sum(axis=1, keepdims=True), np.float32)


def folded(shares: Shares, ages: int) -> Shares:
    """Return shares of fewer ages: the last one takes what is above it, so that rows still sum to the same."""
    return np.concatenate([shares[:, : ages - 1], shares[:, ages - 1 :].sum(axis=1, keepdims=True)], axis=1)


def chances(youngest: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return how often each face is drawn; sums to 1.

    Those near the line that matters come more often, and the many of 30 to 59 less often.
    """
    weight = np.select([youngest < 10, youngest < 20, youngest < 30, youngest < 60], [1.0, 1.5, 1.0, 0.5], 1.0)
    return np.asarray(weight / weight.sum(), np.float64)
