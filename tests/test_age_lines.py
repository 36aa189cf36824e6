"""Lines are read from the calibration table, on the safe side of what it says."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blurkit.age.calibration import Calibration, load_calibration, read_calibration
from blurkit.errors import ModelChecksum

TABLE = Calibration((0.01, 0.05, 0.1), {10: (20.0, 15.0, 12.0), 18: (math.inf, 24.0, 22.0)})


def test_a_threshold_is_read_from_the_table():
    assert TABLE.line(10, 0.05).years == 15.0
    assert TABLE.line(18, 0.1).years == 22.0


def test_between_two_rates_the_stricter_counts():
    assert TABLE.line(10, 0.049).years == 20.0
    assert TABLE.line(10, 0.9).years == 12.0


def test_a_rate_that_cannot_be_promised_covers_everyone():
    assert TABLE.line(10, 0.009).years == math.inf
    assert TABLE.line(18, 0.01).years == math.inf


def test_an_age_that_is_not_in_the_table_is_refused():
    with pytest.raises(ValueError, match="10 to 18"):
        TABLE.line(40, 0.01)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"rates": [0.1], "thresholds": {"18": [1]}}',
        '{"rates": [0.1], "thresholds": {"18": [1, 2]}, "below": {}}',
        '{"rates": [0.1, 0.2], "thresholds": {"18": [1, 2]}, "below": {}}',
        '{"rates": [0.1], "thresholds": {"18": [2]}, "below": {"32": {"18": [1]}}}',
        '{"rates": [0.1], "thresholds": {"18": [2]}, "below": {"48": {"18": [3]}, "32": {"18": [4]}}}',
        '{"rates": [0.1], "thresholds": {"18": [2]}, "below": {"32": {"17": [3]}}}',
    ],
)
def test_a_damaged_table_is_refused(text):
    with pytest.raises(ModelChecksum, match="calibration"):
        read_calibration(text)


def test_null_in_a_table_is_infinite():
    table = read_calibration(json.dumps({"rates": [0.01], "thresholds": {"18": [None]}, "below": {}}))
    assert table.line(18, 0.01).years == math.inf


def test_a_smaller_face_has_a_line_of_its_own():
    table = Calibration((0.01,), {18: (24.0,)}, {32: {18: (30.0,)}, 48: {18: (26.0,)}})
    line = table.line(18, 0.01)
    assert [line.at(height) for height in (20, 31.9, 32, 47.9, 48, 500)] == [30.0, 30.0, 26.0, 26.0, 24.0, 24.0]


@given(st.integers(7, 30), st.integers(7, 30), st.floats(0, 1), st.floats(0, 1), st.floats(1, 200), st.floats(0, 100))
def test_the_table_shipped_is_stricter_for_older_cut_offs_lower_rates_and_smaller_faces(
    age, other_age, rate, other_rate, height, more
):
    table = load_calibration()
    ages, rates = sorted((age, other_age)), sorted((rate, other_rate))
    strict = table.line(ages[1], rates[0]).at(height)
    assert table.line(ages[0], rates[0]).at(height) <= strict
    assert table.line(ages[1], rates[1]).at(height) <= strict
    assert table.line(ages[1], rates[0]).at(height + more) <= strict
