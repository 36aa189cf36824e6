"""What an error of so many years does to adults, where the answer is known."""

import numpy as np
import pytest

from bench.age_limit import KEPT, YOUNG, allowed, below, line_at, measured, reached, told_apart
from bench.calibrate import Scores
from bench.faces import Judged, LabelledFace
from blurkit.records import AgeEstimate


def test_who_never_errs_keeps_every_adult():
    line = line_at(0.01)
    assert line == pytest.approx(20 - KEPT * 7, abs=0.11)
    assert below(line, (20, 37), 0.01) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("error", [1, 5, 9])
def test_the_line_keeps_what_it_shall(error):
    ages = np.random.default_rng(0).uniform(*YOUNG, 200_000) + np.random.default_rng(1).normal(0, error, 200_000)
    assert np.mean(ages >= line_at(error)) == pytest.approx(KEPT, abs=0.005)


def test_a_larger_error_covers_more_adults_and_so_do_wrong_labels():
    rows = list(allowed())
    covered = [row["20 to 36 covered"] for row in rows]
    half = len(rows) // 2
    assert covered[:half] == sorted(covered[:half])
    assert all(wrong > right for right, wrong in zip(covered[:half], covered[half:], strict=True))


def test_an_estimate_that_draws_ages_together_errs_as_much_as_it_would_stretched():
    rng = np.random.default_rng(0)
    faces = []
    for age in rng.integers(13, 37, 4000).tolist():
        years = 20 + 0.5 * (age + 0.5 - 20) + rng.normal(0, 3)
        label = LabelledFace("", "made up", age, age, ())
        faces.append(Judged(label, None, (AgeEstimate(years=years, low=0.0, high=99.0, model="made up"),)))
    (row,) = measured({"made up": faces})
    assert float(row["stretched"]) == pytest.approx(6, abs=0.4)
    assert float(row["slope"]) == pytest.approx(0.5, abs=0.05)


def test_what_is_reached_is_what_the_error_allows_however_many_faces_a_year_has():
    rng = np.random.default_rng(0)
    ages = np.concatenate([np.full(200 if age < 25 else 2000, age) for age in range(13, 86)]).astype(float)
    scores = Scores("made up", ages + 0.5 + rng.normal(0, 5, len(ages)), ages, ages)
    (row,) = reached({"made up": scores})
    assert float(row["line"]) == pytest.approx(line_at(5), abs=0.7)
    assert row["20 to 36 covered"] == pytest.approx(below(line_at(5), (20, 37), 5), abs=0.04)
    assert row["66 and more covered"] == 0
    scores = Scores("bins", ages, ages, np.where(ages < 66, ages, 120))
    (row,) = reached({"bins": scores})
    assert row["66 and more covered"] == 0


def test_who_is_told_apart_from_whom():
    young, old = np.repeat(np.arange(13.0, 18.0), 20), np.repeat(np.arange(18.0, 23.0), 20)
    ages = np.concatenate([young, old])
    row = next(told_apart({"": Scores("", np.concatenate([young, old + 30]), ages, ages)}))
    assert (row["younger"], row["older"]) == ("13 to 17", "18 to 22")
    assert (row["told apart"], row["older covered"]) == (1, 0)
    nobody_is = told_apart({"": Scores("", np.full(len(ages), -np.inf), ages, ages)})
    assert {(row["told apart"], row["older covered"]) for row in nobody_is} == {(0.5, 1)}
