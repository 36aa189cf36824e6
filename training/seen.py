"""What the first blocks of FaceRes see in one degraded copy of each face, kept on disk; and batches of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from training.faces import Faces
from training.fit import BATCH, Draw, Lessons
from training.mobilenet import PADDING, SIDE
from training.targets import chances
from training.worsen import framed, jittered, random_height, worsened

RUN = 32
"""Copies of one run of the first blocks."""

See = Callable[[npt.NDArray[np.uint8]], npt.NDArray[np.float32]]
"""See `training.mobilenet.seen_by`."""


def copies(faces: Faces, chosen: range, seed: int) -> npt.NDArray[np.uint8]:
    """Return a degraded copy of some faces, RGB of shape (len(chosen), SIDE, SIDE, 3).

    Each has chance numbers of its own, so that a copy can be made again.
    """
    made = np.empty((len(chosen), SIDE, SIDE, 3), np.uint8)
    for place, index in enumerate(chosen):
        rng = np.random.default_rng([seed, index])
        height = random_height(rng)
        copy = worsened(np.array(faces.pictures[index]), height, rng)
        if rng.random() < 0.5:
            copy = np.ascontiguousarray(copy[:, ::-1])
        made[place] = framed(copy, SIDE, PADDING, map_to_template=jittered(height, rng))
    return made


def look(faces: Faces, see: See, kept: Path, seed: int) -> npt.NDArray[np.uint8]:
    """Return what block 6 saw in a copy of each face, as bytes of shape (n, 7, 7, 512), in a file of 1 GB.

    Args:
        faces: FairFace's training part.
        see: The first blocks.
        kept: The file; read if it is there.
        seed: Of the copies.
    """
    if not kept.exists():
        cv2.setNumThreads(1)
        part = kept.with_suffix(".part")
        seen = np.lib.format.open_memmap(part, "w+", np.uint8, (len(faces.youngest), 7, 7, 512))
        for start in range(0, len(seen), RUN):
            some = copies(faces, range(start, min(start + RUN, len(seen))), seed)
            seen[start : start + RUN] = np.rint(see(some)).transpose(0, 2, 3, 1)
        seen.flush()
        part.replace(kept)
    return np.asarray(np.load(kept, mmap_mode="r"), np.uint8)


def drawn_from(seen: npt.NDArray[np.uint8]) -> Draw:
    """Return what draws batches: the same seed and step give the same one."""

    def draw(lessons: Lessons, seed: int, step: int) -> tuple[Tensor, npt.NDArray[np.int64]]:
        rng = np.random.default_rng([seed, step + 1])
        chosen = np.sort(rng.choice(len(seen), BATCH, p=chances(lessons.faces.youngest)))
        return torch.from_numpy(seen[chosen]).permute(0, 3, 1, 2), chosen

    return draw
