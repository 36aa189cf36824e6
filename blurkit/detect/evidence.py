"""How much counts what was seen of something, by its size. Pure.

A large face is easy: a whole photo in fine enough pixels shows it clearly. So the larger something is, the more counts
whether that look saw it, and the less its other looks count alone. The weights are made by `python -m bench.evidence`
from photos with labelled faces; no evidence makes a face less likely than less of it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

from blurkit.detect.views import coarse, look_at, scale_of
from blurkit.errors import ModelChecksum
from blurkit.geometry import Box, Size
from blurkit.machine.weights import model_path

Scores = Mapping[str, float]
"""The best score of each look, by its name."""

REACH = 400
"""Height in pixels of the finer look at the whole photo up to which that shows a face well; else the coarser one."""

SMALL, LARGE = 20.0, 100.0
"""Heights in its pixels that count as small and as large; between them the weights change step by step."""

UNSEEN = 0.05
"""What a look that saw nothing counts as seen, 0..1."""

LENIENCE = 2.15
"""Added to what the weights say, in log odds: a face left open is worse than a false alarm."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much, in log odds."""

    detectors: tuple[float, float]
    """Evidence of all looks together, of something small and something large."""
    opinion: tuple[float, float]
    """Opinion of the second look, of something small and something large."""
    look: float
    """What the look at the whole photo saw of something large."""
    small: float
    """Added."""
    large: float
    """Added for something large, besides."""

    def __post_init__(self) -> None:
        """Refuse weights by which more evidence would count less."""
        rising = (*self.detectors, *self.opinion, self.look)
        if (
            not all(map(math.isfinite, (*rising, self.small, self.large)))
            or min(rising) < 0
            or min(self.detectors) == 0
        ):
            raise ValueError("weights must be numbers, and none may be negative")

    def of_looks(self, box: Box, scores: Scores, size: Size) -> float:
        """Return the evidence of one detector's looks for a box, 0..1.

        Args:
            box: In pixels of the photo.
            scores: Of the looks that saw it.
            size: Of the photo.
        """
        largeness = largeness_of(box, size)
        seen = log_odds(max(UNSEEN, of_whole(box, scores, size))) - log_odds(UNSEEN)
        change = largeness * (self.look * seen + self.large) / _between(self.detectors, largeness)
        return probability(log_odds(noisy_or(scores)) + change)

    def with_opinion(self, score: float, opinion: float, largeness: float) -> float:
        """Return the evidence for a face after a second look.

        Args:
            score: Evidence of the detectors, 0..1.
            opinion: Of the second look, in log odds.
            largeness: As `largeness_of` says.

        Returns:
            Evidence, 0..1.

        Invariant: it grows with both; more evidence never makes a face doubtful.
        """
        bounded = max(-80.0, min(80.0, opinion))
        of_detectors, of_opinion = _between(self.detectors, largeness), _between(self.opinion, largeness)
        return probability(of_detectors * log_odds(score) + of_opinion * bounded + self.small + LENIENCE)

    def table(self) -> dict[str, object]:
        """Return the weights as JSON has them."""
        return asdict(self)


def read_weights(text: str) -> Weights:
    """Read weights from JSON.

    Raises:
        ModelChecksum: The text holds no weights.
    """
    try:
        table = json.loads(text)
        pairs = {name: (float(table[name][0]), float(table[name][1])) for name in ("detectors", "opinion")}
        numbers = {name: float(table[name]) for name in ("look", "small", "large")}
        return Weights(**pairs, **numbers)  # type: ignore[arg-type]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise ModelChecksum(f"the weights of the evidence cannot be read: {error}") from error


def bundled_weights() -> Weights:
    """Read the weights that come with blurkit.

    Raises:
        ModelError: They are missing or altered.
    """
    return read_weights(model_path("evidence").read_text(encoding="utf-8"))


def noisy_or(scores: Scores) -> float:
    """Return the evidence of looks that err independently: 1 - prod(1 - score)."""
    return 1.0 - math.prod(1.0 - min(score, 1.0) for score in scores.values())


def largeness_of(box: Box, size: Size) -> float:
    """Return how large something is in a photo of a size: 0 if small, 1 if large."""
    height = box.height * scale_of(size, coarse(size)[-1])
    return min(1.0, max(0.0, math.log(max(height, 1e-9) / SMALL) / math.log(LARGE / SMALL)))


def of_whole(box: Box, scores: Scores, size: Size) -> float:
    """Return the score of the look at the whole photo that shows a box best, in whatever turn; 0 if it saw nothing."""
    sides = coarse(size)
    name = look_at(size, sides[-1] if box.height * scale_of(size, sides[-1]) <= REACH else sides[0])
    return max((score for source, score in scores.items() if source.split()[0] == name), default=0.0)


def log_odds(share: float) -> float:
    """Return the log odds of a probability, 0..1; finite for all."""
    return math.log(max(share, 1e-9) / max(1.0 - share, 1e-9))


def probability(odds: float) -> float:
    """Return the probability, 0..1, of log odds."""
    return 1.0 / (1.0 + math.exp(-max(-80.0, min(80.0, odds))))


def _between(pair: tuple[float, float], largeness: float) -> float:
    return (1 - largeness) * pair[0] + largeness * pair[1]


Evidence = Callable[[Box, Scores], float]
"""Returns the evidence for a box, 0..1, from the best score of each look."""
