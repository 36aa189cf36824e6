"""The threshold that a set of children's photos promises."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from bench.calibrate import (
    AGES,
    ENOUGH,
    MARGIN_YEARS,
    RATES,
    SMALL_MARGIN_YEARS,
    SPANNING_FACTOR,
    Scores,
    are_children,
    conformal,
    fair,
    fit,
    fit_size,
    interval,
    level,
    make_table,
    of_height,
    span,
    upper_bound,
)
from blurkit.age.calibration import read_calibration
from blurkit.records import Line


def photos(name="set", seed=0, each=40):
    """Return made-up scores: large faces of each age look that age, give or take four years."""
    ages = np.repeat(np.arange(40.0), each)
    low = ages + np.random.default_rng(seed).normal(0, 4, len(ages))
    return Scores(name, low, ages, ages, {}, np.full(len(ages), 100.0))


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


def test_a_small_set_asks_that_none_of_it_is_missed_and_a_handful_asks_nothing():
    few = Scores("few", np.full(ENOUGH, 30.0), np.full(ENOUGH, 5.0), np.full(ENOUGH, 5.0))
    assert fit([few], 18, 0.01) == math.inf
    assert fit([photos(), few], 18, 0.01) >= 30.0
    handful = few.part(np.arange(ENOUGH) > 0)
    assert fit([photos(), handful], 18, 0.01) == fit([photos()], 18, 0.01)


def test_a_label_that_spans_the_cut_off_is_no_child():
    wide = Scores("wide", np.full(500, 60.0), np.full(500, 10.0), np.full(500, 19.0))
    assert fit([photos(), wide], 18, 0.01) == fit([photos()], 18, 0.01)


def test_the_table_can_be_read_and_holds_every_age_and_rate():
    table = make_table([photos()])
    calibration = read_calibration(json.dumps(table))
    assert calibration.rates == RATES
    assert list(calibration.thresholds) == list(AGES)
    assert calibration.line(18, 0.01).years >= fit([photos()], 18, 0.01)


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
    assert (teens.low >= fit([photos(), teens], 18, 0.01)).mean() <= 0.01 * SPANNING_FACTOR


def sized(low, heights):
    ages = np.full(len(low), 10.0)
    return Scores("sized", np.array(low), ages, ages, {}, np.array(heights, float))


def test_faces_of_one_size_are_those_so_high():
    assert of_height(sized([1.0, 2.0, 3.0], [0, 32, 40]), 32, 40).low.tolist() == [2.0]


def test_small_faces_have_a_line_of_their_own_and_a_margin():
    same = photos()
    small = replace(same, name="small", low=same.low + 2, heights=np.full(len(same.low), 35.0))
    large = replace(same, heights=np.full(len(same.low), 100.0))
    line = read_calibration(json.dumps(make_table([small, large]))).line(18, 0.01)
    assert line.years == pytest.approx(fit([large], 18, 0.01), abs=0.011)
    assert line.at(35) == pytest.approx(fit([small], 18, 0.01) + SMALL_MARGIN_YEARS, abs=0.011)
    assert line.at(23) == math.inf


def test_no_line_is_lower_than_that_of_larger_faces_and_none_falls_with_the_age():
    larger = {age: [30.0] * len(RATES) for age in AGES}
    rows = fit_size([photos()], larger, 0.0)
    assert rows[7][-1] == 30.0
    assert all(rows[age][0] <= rows[age + 1][0] for age in AGES[:-1])


def test_scores_of_all_sizes_are_compared_with_one_line():
    line = Line(24.0, ((40.0, 27.0),))
    assert level(sized([28.0, 28.0], [39, 40]), line).low.tolist() == [25.0, 28.0]
