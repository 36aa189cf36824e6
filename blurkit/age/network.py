"""Run an age network on many chips and read ages from its probabilities; knows no photo and no face."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from blurkit.errors import EstimatorFailed
from blurkit.machine.weights import onnx_session

if TYPE_CHECKING:
    from collections.abc import Iterable

    from blurkit.records import Pixels

Ages = npt.NDArray[np.float64]
"""Years, shape (faces, 3): lower quantile, expected age, upper quantile."""


@dataclass(frozen=True, slots=True)
class Diet:
    """What a network eats, and how its answer is read."""

    mean: tuple[float, float, float]
    """Subtracted from each pixel, in the network's own colour order, 0..255."""
    scale: float
    """Multiplied with the difference."""
    bgr: bool
    """Whether blue comes first."""
    chips: int
    """Chips of one run; bounds its memory."""
    quantile: float
    """Share of the probability that lies below the lower age, and above the upper one, 0..0.5."""


class AgeNetwork:
    """One age network of `models/`: chips in, ages out."""

    def __init__(self, model: str, diet: Diet, *, threads: int) -> None:
        """Open the model.

        Raises:
            ModelError: The model is missing, altered or cannot be opened.
        """
        self._session = onnx_session(model, threads=threads)
        self._model = model
        self._diet = diet
        self._mean = np.array(diet.mean, np.float32)

    def ages(self, chips: Iterable[Pixels], *, views: int) -> Ages:
        """Read the ages of faces from chips; see `probabilities`, and `read_ages` for what is returned."""
        return read_ages(self.probabilities(chips, views=views), self._diet.quantile)

    def probabilities(self, chips: Iterable[Pixels], *, views: int) -> npt.NDArray[np.float64]:
        """Judge chips of the network's size, uint8 RGB of shape (side, side, 3), a bounded number at a time.

        The probabilities of a face's views are pooled, so that views which disagree widen the interval by themselves.

        Args:
            chips: All views of the first face, then all of the next; at least one.
            views: How many of them show one face.

        Returns:
            Shape (faces, ages); each row sums to 1.

        Raises:
            EstimatorFailed: The network failed, or returned something that is no probability.
        """
        remaining, found = iter(chips), []
        while batch := list(islice(remaining, views * max(1, self._diet.chips // views))):
            probabilities = self._run(np.stack(batch))
            found.append(probabilities.reshape(-1, views, probabilities.shape[1]).mean(axis=1))
        return np.concatenate(found)

    def _run(self, batch: npt.NDArray[np.uint8]) -> npt.NDArray[np.float64]:
        ordered = batch[..., ::-1] if self._diet.bgr else batch
        values = (ordered.astype(np.float32) - self._mean) * np.float32(self._diet.scale)
        try:
            (found,) = self._session.run(None, {"images": np.ascontiguousarray(values.transpose(0, 3, 1, 2))})
        except Exception as error:  # onnxruntime's errors have no base of their own
            raise EstimatorFailed(f"{self._model} failed on a face: {error}") from error
        probabilities = np.asarray(found, np.float64)
        if not np.allclose(probabilities.sum(axis=1), 1.0, atol=1e-3) or probabilities.min() < 0:
            raise EstimatorFailed(f"{self._model} returned something that is no probability")
        return probabilities


def read_ages(probabilities: npt.NDArray[np.float64], quantile: float) -> Ages:
    """Read ages from the probabilities of each age from 0.

    Args:
        probabilities: Shape (n, ages), each row sums to 1.
        quantile: Share below the lower and above the upper age, 0..0.5.

    Returns:
        Shape (n, 3); between two ages linear in the share.
    """
    ages = np.arange(probabilities.shape[1] + 1)
    cumulative = np.cumsum(np.pad(probabilities, ((0, 0), (1, 0))), axis=1)
    ends = [np.interp((quantile, 1 - quantile), row, ages) for row in cumulative]
    lower, upper = np.array(ends).reshape(-1, 2).T
    return np.stack([lower, probabilities @ ages[:-1], upper], axis=1)
