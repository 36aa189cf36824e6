"""What dlib's network and FaceRes read in FairFace's clean pictures: half of the targets. Needs no PyTorch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from blurkit.geometry import Box
from blurkit.picture.chips import Pose, aligned, cut, upright_square
from training.faces import picture_to_template
from training.targets import TRUE_AGES, Shares

BOX = (0.5, 0.46, 1.2, 1.45)
"""Middle (x, y), width and height of a face's box in the template, in face widths: medians on portraits, by blurkit's
detector."""
PADDINGS = (0.12, 0.18, 0.24)
"""Face widths around the template in the three views for dlib's network."""
SQUARE = 1.1
"""Side of the view for FaceRes, in times the longer side of the box."""
DLIB_MEAN = np.array([122.782, 117.001, 104.298], np.float32)
FACERES_MEAN = np.array([103.939, 116.779, 123.68], np.float32)
"""What the networks' input is measured from, red first and blue first."""
BATCH = 32
"""Faces of one run."""

Chips = npt.NDArray[np.float32]


def read_ages(pictures: npt.NDArray[np.uint8], networks: tuple[Path, Path], kept: Path, *, threads: int = 2) -> Shares:
    """Return what both networks read, on average, as shape (faces, years from 0).

    Args:
        pictures: See `training.faces.Faces`.
        networks: The files of dlib's network and of FaceRes.
        kept: A file that keeps the answers of both; read if it is there.
        threads: Threads of a run.
    """
    if not kept.exists():
        dlib, faceres = _run(pictures, networks, threads)
        np.savez(kept, dlib=dlib, faceres=faceres)
    answers = np.load(kept)
    both = np.zeros((len(pictures), TRUE_AGES), np.float32)
    both[:, :81] += answers["dlib"].astype(np.float32) / 2
    both[:, 1:] += answers["faceres"].astype(np.float32) / 2  # its first class is the first year, by its authors
    return np.asarray(both / both.sum(axis=1, keepdims=True), np.float32)


def usual_pose() -> Pose:
    """Return how the faces of FairFace lie in their pictures."""
    matrix = picture_to_template()
    x, y, width, height = BOX
    left, top = ((np.array([x - width / 2, y - height / 2]) - matrix[:, 2]) / matrix[0, 0]).tolist()
    return Pose(Box(left, top, left + width / matrix[0, 0], top + height / matrix[0, 0]), matrix, 0.0)


def _run(
    pictures: npt.NDArray[np.uint8], networks: tuple[Path, Path], threads: int
) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.float16]]:
    pose = usual_pose()
    views = [aligned(pose, padding, 64) for padding in PADDINGS]
    square = upright_square(pose, SQUARE, 224)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    dlib, faceres = (onnxruntime.InferenceSession(str(path), options) for path in networks)
    found: list[tuple[Chips, Chips]] = []
    for start in range(0, len(pictures), BATCH):
        some = [np.array(picture) for picture in pictures[start : start + BATCH]]
        small = np.stack([cut(picture, view, 64) for picture in some for view in views]).astype(np.float32)
        large = np.stack([cut(picture, square, 224) for picture in some])[..., ::-1].astype(np.float32)
        first = dlib.run(None, {"images": _fed((small - DLIB_MEAN) / 256)})[0]
        second = faceres.run(None, {"images": _fed(large - FACERES_MEAN)})[0]
        found.append((first.reshape(len(some), len(views), -1).mean(axis=1), second))
    first, second = (np.concatenate(answers).astype(np.float16) for answers in zip(*found, strict=True))
    return first, second


def _fed(chips: npt.NDArray[np.floating]) -> Chips:
    return np.ascontiguousarray(chips.transpose(0, 3, 1, 2), np.float32)
