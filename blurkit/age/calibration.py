"""How old a face must look at least, so that no more than a chosen share of children is left visible. Pure.

The table is made by `python -m bench.calibrate` from photos with known ages, and holds for photos like those.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from blurkit.errors import ModelChecksum
from blurkit.machine.weights import model_path
from blurkit.records import Line

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Calibration:
    """Thresholds on `AgeEstimate.low`, by cut-off age, height of a face, and share of children that may be missed."""

    rates: tuple[float, ...]
    """Shares of children that may be missed, rising, 0..1."""
    thresholds: Mapping[int, tuple[float, ...]]
    """For each cut-off age, one threshold in years for each rate; infinite where the photos are too few to tell."""
    below: Mapping[float, Mapping[int, tuple[float, ...]]] = field(default_factory=dict)
    """The same for faces lower than so many pixels, heights rising; no smaller face has a lower threshold."""

    def __post_init__(self) -> None:
        if not self.rates or list(self.rates) != sorted(set(self.rates)):
            raise ValueError(f"rates must rise: {self.rates}")
        for thresholds in (*self.below.values(), self.thresholds):
            if thresholds.keys() != self.thresholds.keys():
                raise ValueError("faces of every size have thresholds for the same ages")
            for age, row in thresholds.items():
                if len(row) != len(self.rates) or list(row) != sorted(row, reverse=True):
                    raise ValueError(f"the thresholds of age {age} must fall as the rate rises: {row}")
        for age in self.thresholds:
            for rate in self.rates:
                self.line(age, rate)

    def line(self, age: int, max_miss_rate: float) -> Line:
        """Return how old a face must look, by its size, to count as an adult.

        Args:
            age: Cut-off age in years.
            max_miss_rate: Share of children that may be left visible, 0..1.

        Returns:
            Between two rates of the table the stricter one counts; below all of them the line is infinite,
            so that every face is covered.

        Raises:
            ValueError: The table has no such age.

        Invariant: a lower rate, a higher age or a smaller face never gives fewer years.
        """
        if age not in self.thresholds:
            raise ValueError(f"the calibration is for ages {min(self.thresholds)} to {max(self.thresholds)}, not {age}")
        allowed = [index for index, rate in enumerate(self.rates) if rate <= max_miss_rate]
        if not allowed:
            return Line(math.inf)
        smaller = ((height, thresholds[age][allowed[-1]]) for height, thresholds in self.below.items())
        return Line(self.thresholds[age][allowed[-1]], tuple(smaller))


def read_calibration(text: str) -> Calibration:
    """Read a table from JSON; a threshold of null is infinite.

    Raises:
        ModelChecksum: The text is no such table.
    """
    try:
        table = json.loads(text)
        below = {float(height): _rows(thresholds) for height, thresholds in table["below"].items()}
        return Calibration(tuple(map(float, table["rates"])), _rows(table["thresholds"]), below)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ModelChecksum(f"the calibration table cannot be read: {error}") from error


def _rows(thresholds: Mapping[str, list[float | None]]) -> dict[int, tuple[float, ...]]:
    return {
        int(age): tuple(math.inf if years is None else float(years) for years in row) for age, row in thresholds.items()
    }


def load_calibration() -> Calibration:
    """Read the table that came with blurkit.

    Raises:
        ModelError: It is missing, altered or damaged.
    """
    return read_calibration(model_path("calibration").read_text(encoding="utf-8"))
