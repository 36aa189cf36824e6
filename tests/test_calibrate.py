"""The threshold that a set of children's photos promises."""

import math

import numpy as np
import pytest

from bench.calibrate import (
    AGES,
    MARGIN_YEARS,
    RATES,
    Scores,
    are_children,
    conformal,
    fair,
    fit,
    gated,
    interval,
    make_table,
    span,
    upper_bound,
)
from blurkit.age.calibration import read_calibration


def photos(name="set", seed=0, each=40):
    """Return made-up scores: faces of each age look that age, give or take four years."""
    ages = np.repeat(np.arange(40.0), each)
    return Scores(name, ages + np.random.default_rng(seed).normal(0, 4, len(ages)), ages, ages)


def test_a_new_child_is_missed_no_more_often_than_promised():
    numbers = np.random.default_rng(1)
    missed = [numbers.normal() >= conformal(numbers.normal(size=99), 0.05) for _ in range(4000)]
    assert np.mean(missed) < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 4000)


def test_too_few_children_promise_nothing():
    assert conformal(np.zeros(98), 0.01) == math.inf
    assert conformal(np.zeros(99), 0.01) < 1


def test_children_that_are_not_judged_are_not_missed():
    assert conformal(np.full(200, -math.inf), 0.01) < 0


def test_the_strictest_set_counts():
    older_looking = photos("older", seed=1)
    older_looking = Scores("older", older_looking.low + 5, older_looking.youngest, older_looking.oldest)
    assert fit([photos(), older_looking], 18, 0.01) == fit([older_looking], 18, 0.01) > fit([photos()], 18, 0.01)


def test_a_small_set_asks_that_none_of_it_is_missed():
    few = Scores("few", np.array([30.0]), np.array([5.0]), np.array([5.0]))
    assert fit([few], 18, 0.01) == math.inf
    assert fit([photos(), few], 18, 0.01) >= 30.0


def test_a_label_that_spans_the_cut_off_is_no_child():
    wide = Scores("wide", np.full(500, 60.0), np.full(500, 10.0), np.full(500, 19.0))
    assert fit([photos(), wide], 18, 0.01) == fit([photos()], 18, 0.01)


def test_the_table_can_be_read_and_holds_every_age_and_rate():
    table = make_table([photos()])
    calibration = read_calibration(str(table).replace("'", '"').replace("None", "null"))
    assert calibration.rates == RATES
    assert list(calibration.thresholds) == list(AGES)
    assert calibration.threshold(18, 0.01) >= round(fit([photos()], 18, 0.01), 2)


@pytest.mark.parametrize(("missed", "of", "bound"), [(0, 100, 0.02951), (5, 1000, 0.01048), (119, 119, 1.0)])
def test_the_bound_is_that_of_clopper_and_pearson(missed, of, bound):
    assert upper_bound(missed, of) == pytest.approx(bound, abs=1e-5)


@pytest.mark.parametrize(("count", "of", "low", "high"), [(0, 50, 0, 0.07112), (2, 178, 0.00136, 0.03999)])
def test_an_interval_is_that_of_clopper_and_pearson(count, of, low, high):
    assert interval(count, of) == pytest.approx((low, high), abs=1e-4)


def test_the_margin_is_in_the_line():
    same = photos()
    assert fit([same], 18, 0.01) >= conformal(same.low[same.oldest < 18], 0.01) + MARGIN_YEARS


def test_a_group_that_is_missed_more_raises_the_line_for_all():
    same = photos()
    members = same.oldest < 2
    older_looking = np.where(members, same.low + 25, same.low)
    alone = Scores("set", older_looking, same.youngest, same.oldest)
    known = Scores("set", older_looking, same.youngest, same.oldest, {"group": members})
    line = fit([known], 18, 0.01)
    children = members & (same.oldest < 18)
    assert line > fit([alone], 18, 0.01)
    assert (older_looking[children] >= line).sum() <= math.ceil(0.01 * children.sum())


def test_a_group_with_fewer_children_than_may_be_missed_sets_no_line():
    assert fair(np.array([]), 0.01) == -math.inf
    assert fair(np.array([30.0]), 0.01) == -math.inf
    assert 20 < fair(np.array([30.0, 20.0]), 0.01) < 20.1


def test_a_bin_that_ends_with_the_cut_off_is_of_children_and_a_year_is_not():
    mixed = Scores("set", np.zeros(4), np.array([8.0, 12.0, 10.0, 11.0]), np.array([12.0, 12.0, 19.0, 11.0]))
    assert are_children(mixed, 12).tolist() == [True, False, False, True]


def test_a_few_wrong_bins_in_a_small_group_do_not_set_the_line():
    same = photos()
    bins = Scores("bins", np.append(np.zeros(999), 60.0), np.full(1000, 8.0), np.full(1000, 12.0))
    few = np.arange(1000) >= 950
    known = Scores("bins", bins.low, bins.youngest, bins.oldest, {"group": few})
    assert fit([same, known], 18, 0.01) == fit([same], 18, 0.01)


def test_a_narrow_bin_that_spans_the_cut_off_bounds_the_line():
    teens = Scores("teens", np.arange(1000.0), np.full(1000, 13.0), np.full(1000, 19.0))
    assert span(teens, 18).all()
    assert not span(teens, 15).any()
    assert not span(Scores("wide", teens.low, teens.youngest - 3, teens.oldest), 18).any()
    assert (teens.low >= fit([photos(), teens], 18, 0.01)).mean() <= 0.1


def test_faces_that_no_policy_should_judge_are_not_judged():
    same = photos(each=2)
    heights = np.full(len(same.low), 100.0)
    heights[0] = 10
    low = gated(Scores("set", same.low, same.youngest, same.oldest, {}, heights)).low
    assert low[0] == -math.inf
    assert np.isfinite(low[1:]).all()
