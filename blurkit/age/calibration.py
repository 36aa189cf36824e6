"""How old a face must look at least, so that no more than a chosen share of children is left visible. Pure.

The table is made by `python -m bench.calibrate` from photos with known ages, and holds for photos like those.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blurkit.errors import ModelChecksum
from blurkit.machine.weights import model_path

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Calibration:
    """Thresholds on `AgeEstimate.low`, by cut-off age and by the share of children that may be missed."""

    rates: tuple[float, ...]
    """Shares of children that may be missed, rising, 0..1."""
    thresholds: Mapping[int, tuple[float, ...]]
    """For each cut-off age, one threshold in years for each rate; infinite where the photos are too few to tell."""

    def __post_init__(self) -> None:
        if not self.rates or list(self.rates) != sorted(set(self.rates)):
            raise ValueError(f"rates must rise: {self.rates}")
        for age, row in self.thresholds.items():
            if len(row) != len(self.rates) or list(row) != sorted(row, reverse=True):
                raise ValueError(f"the thresholds of age {age} must fall as the rate rises: {row}")

    def threshold(self, age: int, max_miss_rate: float) -> float:
        """Return the years that `low` must reach for a face to count as an adult.

        Args:
            age: Cut-off age in years.
            max_miss_rate: Share of children that may be left visible, 0..1.

        Returns:
            Years. Between two rates of the table the stricter one counts; below all of them it is infinite,
            so that every face is covered.

        Raises:
            ValueError: The table has no such age.

        Invariant: a lower rate or a higher age never gives a lower threshold.
        """
        if age not in self.thresholds:
            raise ValueError(f"the calibration is for ages {min(self.thresholds)} to {max(self.thresholds)}, not {age}")
        allowed = [index for index, rate in enumerate(self.rates) if rate <= max_miss_rate]
        return self.thresholds[age][allowed[-1]] if allowed else math.inf


def read_calibration(text: str) -> Calibration:
    """Read a table from JSON; a threshold of null is infinite.

    Raises:
        ModelChecksum: The text is no such table.
    """
    try:
        table = json.loads(text)
        rows = {
            int(age): tuple(math.inf if years is None else float(years) for years in row)
            for age, row in table["thresholds"].items()
        }
        return Calibration(tuple(map(float, table["rates"])), rows)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ModelChecksum(f"the calibration table cannot be read: {error}") from error


def load_calibration() -> Calibration:
    """Read the table that came with blurkit.

    Raises:
        ModelError: It is missing, altered or damaged.
    """
    return read_calibration(model_path("calibration").read_text(encoding="utf-8"))
