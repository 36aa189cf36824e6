"""What was seen counts by its size: more never counts less, and a large thing that a good look missed counts little."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blurkit.detect.evidence import LARGE, REACH, SMALL, Weights, bundled_weights, largeness_of, noisy_or, read_weights
from blurkit.errors import ModelChecksum
from blurkit.geometry import Box, Size

SIZE = Size(1600, 1200)
WEIGHTS = bundled_weights()
SHARES = st.floats(0, 1)
OPINIONS = st.floats(-1e4, 1e4)
HEIGHTS = st.floats(4, 1200)
LOOKS = st.dictionaries(st.sampled_from(["640", "1600", "2048", "640 turned 90", "1600 turned 90"]), SHARES)


def box(height):
    return Box(100, 100, 100 + height, 100 + height)


@given(HEIGHTS, LOOKS, st.sampled_from(["640", "1600", "2048"]), SHARES)
def test_a_look_that_sees_more_never_makes_a_face_doubtful(height, scores, look, more):
    before = WEIGHTS.of_looks(box(height), scores, SIZE)
    after = WEIGHTS.of_looks(box(height), scores | {look: max(more, scores.get(look, 0))}, SIZE)
    assert 0 <= before <= after + 1e-9 <= 1 + 1e-9


@given(SHARES, SHARES, OPINIONS, OPINIONS, SHARES)
def test_evidence_grows_with_score_and_opinion(one, other, doubt, belief, largeness):
    (low, high), (bad, good) = sorted((one, other)), sorted((doubt, belief))
    worst, best = WEIGHTS.with_opinion(low, bad, largeness), WEIGHTS.with_opinion(high, good, largeness)
    assert 0 <= worst <= WEIGHTS.with_opinion(high, bad, largeness) <= best <= 1


@given(st.floats(0.01, 0.99), SHARES)
def test_an_opinion_moves_a_score_both_ways(score, largeness):
    assert WEIGHTS.with_opinion(score, -20, largeness) < score < WEIGHTS.with_opinion(score, 20, largeness)


def test_of_something_small_all_looks_count_alike():
    scores = {"640": 0.2, "1600": 0.4, "2048": 0.5}
    assert WEIGHTS.of_looks(box(SMALL), scores, SIZE) == pytest.approx(noisy_or(scores))


@pytest.mark.parametrize("height", [LARGE, REACH])
def test_something_large_that_the_finer_look_missed_counts_less(height):
    scores = {"640": 0.6, "640 turned 90": 0.3}
    assert WEIGHTS.of_looks(box(height), scores, SIZE) < noisy_or(scores) - 0.1
    seen = scores | {"1600": 0.6}
    assert WEIGHTS.of_looks(box(height), seen, SIZE) > noisy_or(seen)


def test_something_larger_than_the_finer_look_shows_well_is_judged_by_the_coarser_one():
    scores = {"640": 0.8, "640 turned 90": 0.3}
    assert WEIGHTS.of_looks(box(REACH + 1), scores, SIZE) > noisy_or(scores)


def test_a_photo_that_was_seen_turned_is_judged_by_those_looks():
    scores = {"640 turned 90": 0.3, "1600 turned 90": 0.6}
    assert WEIGHTS.of_looks(box(LARGE), scores, SIZE) > noisy_or(scores)


@pytest.mark.parametrize(("height", "largeness"), [(0, 0), (SMALL, 0), (LARGE, 1), (1200, 1)])
def test_small_and_large_are_told_by_the_view(height, largeness):
    assert largeness_of(box(height), SIZE) == pytest.approx(largeness)
    assert largeness_of(box(3 * height), Size(4800, 3600)) == pytest.approx(largeness)


@pytest.mark.parametrize("broken", ["detectors", "opinion", "look"])
def test_weights_by_which_more_would_count_less_are_refused(broken):
    table = WEIGHTS.table()
    table[broken] = -1.0 if broken == "look" else (1.0, -1.0)
    with pytest.raises(ModelChecksum, match="none may be negative"):
        read_weights(json.dumps(table))


@pytest.mark.parametrize("text", ["", "[]", '{"detectors": [1]}', json.dumps(WEIGHTS.table() | {"small": "much"})])
def test_what_is_no_table_of_weights_is_refused(text):
    with pytest.raises(ModelChecksum, match="cannot be read"):
        read_weights(text)


def test_weights_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="numbers"):
        Weights((1, 1), (1, 1), 1, float("nan"), 0)
