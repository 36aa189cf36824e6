"""Show that training repeats itself: the same few steps twice, on made-up pictures, give the same weights bit by bit.

    python -m training.repeat [--steps 4] [--threads 2]

One run of the two is stopped half-way and goes on from its checkpoint. Ends with 1 if any weight differs.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from tools.build_models import build
from training.faces import SIDE, Faces
from training.fit import Lessons, Run, fit, lessons
from training.network import AgeNet
from training.targets import TRUE_AGES

PICTURES = 48
"""Made-up faces."""
RATE, SEED, START = 5e-4, 1, "age_dlib"


def main() -> int:
    """Train twice, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    faces = made_up()
    read = np.full((PICTURES, TRUE_AGES), 1 / TRUE_AGES, np.float32)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        start = work / f"{START}.onnx"
        start.write_bytes(build(START))
        lesson = lessons(faces, read, AgeNet(start).ages)
        whole, stopped = (
            weights(start, lesson, Run(arguments.steps, RATE, SEED, work / f"{stop}.pt"), stop)
            for stop in (None, arguments.steps // 2)
        )
    same = all(torch.equal(whole[name], stopped[name]) for name in whole)
    print(f"{len(whole)} arrays of weights after {arguments.steps} steps: {'equal' if same else 'DIFFERENT'}")
    return 0 if same else 1


def made_up() -> Faces:
    """Return pictures of noise with labels, as `training.faces` reads them."""
    rng = np.random.default_rng(SEED)
    pictures = rng.integers(0, 256, (PICTURES, SIDE, SIDE, 3)).astype(np.uint8)
    youngest = np.array([10, 20, 30] * (PICTURES // 3))
    nobody = np.full(PICTURES, "")
    return Faces(pictures, youngest, youngest + 9, nobody, nobody, nobody)


def weights(start: Path, lesson: Lessons, run: Run, stop: int | None) -> dict[str, Tensor]:
    """Train a new network and return its weights, by name; after `stop` steps it begins anew from the checkpoint."""
    if stop:
        fit(AgeNet(start), lesson, run, stop=stop)
    return dict(fit(AgeNet(start), lesson, run).state_dict())


if __name__ == "__main__":
    raise SystemExit(main())
