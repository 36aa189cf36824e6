"""The benchmark of attackers counts fairly: who cannot tell people apart is at chance, who can is not."""

import numpy as np
import pytest

from bench.attack import hits_of, share
from bench.attackers import ATTACKERS, Views, together

PEOPLE, EACH = 6, 8


@pytest.mark.parametrize("noise", [0, 1e-12])
def test_an_attacker_that_sees_nothing_is_at_chance(noise):
    people = np.arange(600) % 60
    scores = 1 + noise * np.random.default_rng(1).normal(size=(600, 60))
    assert hits_of(scores, people, 1) == pytest.approx(1 / 60)
    assert hits_of(scores, people, 5) == pytest.approx(5 / 60)


def test_the_place_of_the_right_name_is_counted():
    scores = np.array([[3.0, 2, 1], [3, 2, 1], [1, 2, 3]])
    people = np.array([0, 1, 0])
    assert [hits_of(scores, people, places).tolist() for places in (1, 2, 3)] == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]


def test_a_share_has_wilsons_interval():
    assert share((np.arange(10) < 5).astype(float)) == pytest.approx([0.5, 0.2366, 0.7634], abs=1e-4)
    assert share(np.ones(20)) == pytest.approx([1.0, 0.8389, 1.0], abs=1e-4)


@pytest.fixture(scope="module")
def chips():
    """Return training and test chips of people who each have a pattern of their own, with noise."""
    random = np.random.default_rng(3)
    patterns = random.integers(0, 255, (PEOPLE, 10, 10, 3)).repeat(15, axis=1).repeat(15, axis=2)
    people = np.repeat(np.arange(PEOPLE), EACH)
    noisy = np.clip(patterns[people] + random.normal(0, 30, (len(people), 150, 150, 3)), 0, 255).astype(np.uint8)
    is_test = np.arange(len(people)) % 4 == 3
    return Views(noisy[~is_test, None]), Views(noisy[is_test, None]), people[~is_test], people[is_test]


@pytest.mark.parametrize("name", ["linear, pixels", "convolutional network"])
def test_an_attacker_tells_clear_people_apart_and_knows_how_well(name, chips):
    train, test, known, asked = chips
    probes, left_out = ATTACKERS[name](train, test, known)
    assert np.mean(hits_of(probes, asked, 1)) > 0.8
    assert np.mean(left_out.argmax(axis=1) == known) > 0.8


@pytest.mark.parametrize("name", ["linear, pixels", "convolutional network"])
def test_an_attacker_gets_nothing_from_a_flat_cover(name, chips):
    train, test, known, _ = chips
    flat = [Views(np.full_like(views.chips, 128)) for views in (train, test)]
    probes, _ = ATTACKERS[name](*flat, known)
    assert np.ptp(probes, axis=0).max() < 1e-6


def test_together_the_one_that_is_right_decides():
    people = np.arange(PEOPLE)
    right, wrong = np.eye(PEOPLE), np.eye(PEOPLE)[::-1]
    assert (together([(right, right), (wrong, wrong)], people).argmax(axis=1) == people).all()
