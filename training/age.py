"""Make the age network that blurkit ships.

    python -m training.age FAIRFACE --work FOLDER [--threads 2]

From FairFace's training part, dlib's age network and FaceRes, and nothing else; with so many steps, and a seed. A run
that was stopped goes on from its last checkpoint in the work folder, which needs 3 GB and lies outside the project: it
holds photos of people. The file goes to `models/`, its hash into the manifest.

Needs the `training` and `tools` groups of `pyproject.toml` (`tools.build_models` fetches dlib's network); nothing of it
runs for a user.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from bench.calibrate import MODELS, update_manifest
from tools.build_models import build
from training.export import difference, export
from training.faces import read_faces, unpack
from training.fit import Run, batch, fit, lessons
from training.network import AgeNet
from training.teacher import read_ages

SEED = 1
"""Of everything that is left to chance. The same machine makes the same file; others round differently."""
STEPS, RATE = 4500, 5e-4
"""Batches to learn from, and the highest learning rate."""
START, OTHER, MADE = "age_dlib", "age_faceres", "age_resnet"
"""The network that is trained, the other one that it learns from, and what comes out: names in the manifest."""
MAX_DIFFERENCE = 1e-4
"""Largest difference between the trained network and its file, in probability."""


def main() -> None:
    """Unpack, ask the networks that there are, train, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fairface", type=Path, help="folder with FairFace's zips and labels.csv")
    parser.add_argument("--work", type=Path, required=True, help="folder for arrays and checkpoints")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    work: Path = arguments.work
    torch.set_num_threads(arguments.threads)
    unpack(arguments.fairface, work)
    start = work / f"{START}.onnx"
    if not start.exists():
        start.write_bytes(build(START))
    faces = read_faces(work, "train")
    networks = (start, MODELS / f"{OTHER}.onnx")
    read = read_ages(faces.pictures, networks, work / "train_teacher.npz", threads=arguments.threads)
    network = AgeNet(start)
    lesson = lessons(faces, read, network.ages)
    fit(network, lesson, Run(STEPS, RATE, SEED, work / f"{MADE}.pt"))
    out = MODELS / f"{MADE}.onnx"
    export(network, start, out)
    if difference(network, out, batch(lesson, SEED, step=-1)[0].float()) > MAX_DIFFERENCE:
        raise SystemExit(f"{out.name} is not the network that was trained")
    update_manifest(out)


if __name__ == "__main__":
    main()
