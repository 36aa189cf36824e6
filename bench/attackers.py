"""Attackers that put names to covered faces; each is trained on photos covered in the same way ("parrot" attack).

Chips are uint8 of shape (n, crops, 150, 150, 3), RGB, the widest crop last; scores are float of shape (n, people),
higher for likelier people: of the probes, and of the training photos, each judged by all others.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Chips = npt.NDArray[np.uint8]
Features = npt.NDArray[np.floating]
Scores = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Attacker = Callable[["Views", "Views", Labels], tuple[Scores, Scores]]

RIDGES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)
"""Strengths of the penalty to choose from, as shares of the mean eigenvalue."""
PIXEL_SIDE, NET_SIDE = 48, 64
"""Sides of the chips that the linear attacker and the convolutional network see, in pixels."""
FILTERS, KERNEL, BLOCK = (4, 8), 7, 8
"""Filters of each layer, their side, and the side of the blocks whose histograms are taken, in pixels."""
BLIND = 1e-6
"""What differs by less does not differ: it is rounding."""
PATCHES = 60_000
"""Patches from which the filters of a layer are learned."""


class Views:
    """Chips, and what dlib's network makes of them, computed once."""

    def __init__(self, chips: Chips) -> None:
        self.chips = chips
        self._embedded: Features | None = None

    @property
    def embedded(self) -> Features:
        """Descriptors of all crops, together of length 1, float of shape (n, 128 * crops)."""
        if self._embedded is None:
            flat = self.chips.reshape(-1, *self.chips.shape[2:])
            kinds = {chip.tobytes(): chip for chip in flat}  # what is all cover is looked at once
            found = dict(zip(kinds, dlib_network().compute_face_descriptor(list(kinds.values()), 0), strict=True))
            vectors = np.asarray([found[chip.tobytes()] for chip in flat], np.float32).reshape(len(self.chips), -1)
            self._embedded = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return self._embedded

    def small(self, side: int) -> Features:
        """Return the widest crops at another size, 0..1."""
        import cv2

        shrunk = [cv2.resize(chip[-1], (side, side), interpolation=cv2.INTER_AREA) for chip in self.chips]
        return np.asarray(shrunk, np.float32) / np.float32(255)


@cache
def dlib_network() -> Any:
    """Return dlib's face recognition network; the group `attack` installs it, nothing of it is part of blurkit."""
    import dlib

    spec = find_spec("face_recognition_models")
    if spec is None or spec.origin is None:
        raise SystemExit("pip install --group attack")
    return dlib.face_recognition_model_v1(
        str(Path(spec.origin).parent / "models" / "dlib_face_recognition_resnet_model_v1.dat")
    )


def linear(train: Views, test: Views, people: Labels) -> tuple[Scores, Scores]:
    """A linear classifier on the pixels."""
    known, probes = (views.small(PIXEL_SIDE).reshape(len(views.chips), -1) for views in (train, test))
    return _ridge(known, probes, people)


def network(train: Views, test: Views, people: Labels) -> tuple[Scores, Scores]:
    """A small convolutional network: two layers of learned filters, histograms of their signs, a linear classifier.

    Source: PCANet, Chan et al. 2015, https://doi.org/10.1109/TIP.2015.2475625
    """
    gray = [views.small(NET_SIDE).mean(axis=3) for views in (train, test)]
    first = _filters(gray[0], FILTERS[0])
    second = _filters(np.concatenate([_filtered(gray[0], kernel) for kernel in first]), FILTERS[1])
    known, probes = (_histograms(pictures, first, second) for pictures in gray)
    return _ridge(known, probes, people)


def nearest(train: Views, test: Views, people: Labels) -> tuple[Scores, Scores]:
    """The nearest neighbour by dlib's descriptor."""
    own = (train.embedded @ train.embedded.T).astype(np.float64)
    np.fill_diagonal(own, -1)
    probes, known = (
        np.stack([similar[:, people == person].max(axis=1) for person in range(people.max() + 1)], axis=1)
        for similar in ((test.embedded @ train.embedded.T).astype(np.float64), own)
    )
    return probes, known


def embedded(train: Views, test: Views, people: Labels) -> tuple[Scores, Scores]:
    """A linear classifier on dlib's descriptor."""
    return _ridge(train.embedded, test.embedded, people)


ATTACKERS: dict[str, Attacker] = {
    "linear, pixels": linear,
    "convolutional network": network,
    "dlib, nearest neighbour": nearest,
    "dlib, linear": embedded,
}


def together(scores: list[tuple[Scores, Scores]], people: Labels) -> Scores:
    """Join what several attackers say, each weighed by how often it is right about training photos."""
    joined = np.zeros_like(scores[0][0])
    for probes, known in scores:
        weight = float(np.mean(known.argmax(axis=1) == people))
        spread = np.maximum(probes.std(axis=1, keepdims=True), 1e-12)
        joined += weight * (probes - probes.mean(axis=1, keepdims=True)) / spread
    return joined


def _ridge(train: Features, test: Features, people: Labels) -> tuple[Scores, Scores]:
    """Fit one output a person by ridge regression; as strong as errs least, each left out once."""
    mean = train.mean(axis=0)
    train, test = (np.where(np.abs(features - mean) < BLIND, 0, features - mean) for features in (train, test))
    gram, across = (train @ train.T).astype(np.float64), (test @ train.T).astype(np.float64)
    goals = np.where(people[:, None] == np.arange(people.max() + 1), 1.0, 0.0)
    goals -= goals.mean(axis=0)
    values, vectors = np.linalg.eigh(gram)
    values = np.maximum(values, 0)
    best, known, fewest = np.zeros_like(goals), goals, np.inf
    for strength in RIDGES:
        shrink = 1 / (values + strength * max(float(values.mean()), 1e-9))
        dual = vectors @ (shrink[:, None] * (vectors.T @ goals))
        left_out = goals - dual / ((vectors**2) @ shrink)[:, None]
        errors = np.mean(left_out.argmax(axis=1) != people)
        if errors < fewest:
            best, known, fewest = dual, left_out, errors
    return across @ best, known


def _filters(pictures: Features, count: int) -> list[Features]:
    """Return the main directions in which patches differ, as kernels."""
    random = np.random.default_rng(1)
    which = random.integers(len(pictures), size=PATCHES)
    rows, columns = random.integers(pictures.shape[1] - KERNEL, size=(2, PATCHES))
    reach = np.arange(KERNEL)
    patches = pictures[which[:, None, None], (rows[:, None] + reach)[:, :, None], (columns[:, None] + reach)[:, None]]
    flat = patches.reshape(PATCHES, -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    _, vectors = np.linalg.eigh(flat.T @ flat)
    return [vectors[:, -1 - index].reshape(KERNEL, KERNEL).astype(np.float32) for index in range(count)]


def _filtered(pictures: Features, kernel: Features) -> Features:
    import cv2

    kernel = kernel - kernel.mean()
    return np.stack([cv2.filter2D(picture, cv2.CV_32F, kernel) for picture in pictures])


def _histograms(pictures: Features, first: list[Features], second: list[Features]) -> Features:
    """Return how often each pattern of signs occurs in each block: float of shape (n, values)."""
    across = NET_SIDE // BLOCK
    rows, columns = np.indices((NET_SIDE, NET_SIDE)) // BLOCK
    place = (rows * across + columns) << len(second)
    size = across**2 << len(second)
    parts = []
    for kernel in first:
        responses = _filtered(pictures, kernel)
        codes = sum((_filtered(responses, other) > 0).astype(np.int64) << bit for bit, other in enumerate(second))
        parts.append(np.stack([np.bincount((place + code).ravel(), minlength=size) for code in np.asarray(codes)]))
    return np.sqrt(np.concatenate(parts, axis=1), dtype=np.float32)
