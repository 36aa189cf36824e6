"""How detections are scored: what is found, what is a false alarm, and how much of a photo false alarms cover."""

import numpy as np
import pytest

from bench.scoring import score_photo, summary
from blurkit.geometry import Size

SIZE = Size(1000, 500)
FACES = np.array([[100, 100, 140, 150], [200, 100, 240, 150]], float)
NONE = np.empty((0, 4))


def scored(*boxes, faces=FACES, ignored=NONE):
    return score_photo(np.array(boxes, float).reshape(-1, 4), faces, ignored, SIZE)


def test_right_boxes_cover_nothing_needlessly():
    score = scored(*FACES)
    assert score.found.all()
    assert (score.false_alarms, score.needless, score.largest, score.is_ruined) == (0, 0, 0, False)


def test_the_area_of_false_alarms_is_counted_once_and_only_inside_the_photo():
    score = scored([500, 0, 600, 100], [550, 0, 650, 100], [950, 400, 1100, 600])
    assert score.false_alarms == 3
    assert score.needless == pytest.approx((150 * 100 + 50 * 100) / (1000 * 500), rel=0.05)
    assert score.largest == pytest.approx(100 * 100 / (1000 * 500))


@pytest.mark.parametrize(
    ("box", "ruined"),
    [([500, 0, 540, 49], False), ([500, 0, 540, 60], True), ([500, 0, 900, 40], True)],
    ids=["small", "higher than the median face", "more than two percent"],
)
def test_a_large_false_alarm_ruins_a_photo(box, ruined):
    assert scored(box).is_ruined is ruined


def test_what_is_ignored_is_no_false_alarm():
    assert scored([500, 0, 700, 200], ignored=np.array([[500, 0, 700, 200]], float)).needless == 0


def test_the_summary_tells_of_the_mean_area_the_largest_and_the_photos_ruined():
    figures = summary([scored(*FACES), scored([500, 0, 700, 200])])
    assert figures["covered_needlessly"] == pytest.approx(0.04, rel=0.05)
    assert figures["largest_false_alarm"] == pytest.approx(0.08)
    assert figures["photos_ruined"] == 1
