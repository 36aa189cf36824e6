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
    assert TABLE.threshold(10, 0.05) == 15.0
    assert TABLE.threshold(18, 0.1) == 22.0


def test_between_two_rates_the_stricter_counts():
    assert TABLE.threshold(10, 0.049) == 20.0
    assert TABLE.threshold(10, 0.9) == 12.0


def test_a_rate_that_cannot_be_promised_covers_everyone():
    assert TABLE.threshold(10, 0.009) == math.inf
    assert TABLE.threshold(18, 0.01) == math.inf


def test_an_age_that_is_not_in_the_table_is_refused():
    with pytest.raises(ValueError, match="10 to 18"):
        TABLE.threshold(40, 0.01)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        '{"rates": [0.1], "thresholds": {"18": [1, 2]}}',
        '{"rates": [0.1, 0.2], "thresholds": {"18": [1, 2]}}',
    ],
)
def test_a_damaged_table_is_refused(text):
    with pytest.raises(ModelChecksum, match="calibration"):
        read_calibration(text)


def test_null_in_a_table_is_infinite():
    table = read_calibration(json.dumps({"rates": [0.01], "thresholds": {"18": [None]}}))
    assert table.threshold(18, 0.01) == math.inf


@given(st.integers(10, 30), st.integers(10, 30), st.floats(0, 1), st.floats(0, 1))
def test_the_table_shipped_is_stricter_for_older_cut_offs_and_lower_rates(age, other_age, rate, other_rate):
    table = load_calibration()
    ages, rates = sorted((age, other_age)), sorted((rate, other_rate))
    assert (
        table.threshold(ages[0], rates[1]) <= table.threshold(ages[1], rates[1]) <= table.threshold(ages[1], rates[0])
    )
