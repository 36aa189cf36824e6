"""What each group pays at equal misses."""

import numpy as np

from bench.age_groups import at_equal_misses, line_missing
from bench.calibrate import Scores


def test_a_group_that_looks_younger_pays_at_one_line_and_not_at_its_own():
    ages = np.tile(np.concatenate([np.full(100, 15.0), np.arange(25.0, 45.0).repeat(5)]), 2)
    late = np.arange(len(ages)) >= 200
    low = np.where(late, ages - 9, ages)
    rows = list(at_equal_misses({"made up": Scores("made up", low, ages, ages, {"late": late, "other": ~late})}))
    covered = {(row["group"], row["missed"]): (row["covered at one line"], row["covered at its own"]) for row in rows}
    assert covered["other", 0.01] == (0, 0)
    assert covered["late", 0.01] == (0, 0)
    low = np.where(late, ages - 12, ages)
    late_row, _ = list(at_equal_misses({"": Scores("", low, ages, ages, {"late": late, "other": ~late})}))[:2]
    assert (late_row["of them missed"], late_row["covered at one line"], late_row["covered at its own"]) == (0, 0.15, 0)


def test_a_line_lets_no_more_than_the_share_pass():
    assert line_missing(np.arange(100.0), 0.02) > 97
    assert (np.arange(100.0) >= line_missing(np.arange(100.0), 0.02)).sum() == 2
    assert (np.arange(100.0) >= line_missing(np.arange(100.0), 0.0)).sum() == 0
