"""Make the shipped age networks.

    python -m training.age FAIRFACE --work FOLDER [--only NAME] [--threads 2]

From FairFace's training part and the networks already in `models/`, and nothing else; with the steps of `PLANS` and a
seed. A run that was stopped goes on from its last checkpoint in the work folder, which needs 3 GB and lies outside the
project: it holds photos of people. The files go to `models/`, their hashes into the manifest.

Needs the `training` group of `pyproject.toml`; nothing of it runs for a user.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import torch

from bench.calibrate import MODELS, update_manifest
from training.export import difference, export
from training.faces import read_faces, unpack
from training.fit import Run, batch, fit, lessons
from training.networks import NETWORKS
from training.teacher import read_ages

SEED = 1
"""Of everything that is left to chance. The same machine makes the same file; others round differently."""
MAX_DIFFERENCE = 1e-4
"""Largest difference between a trained network and its file, in probability."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one of the shipped files is trained."""

    network: str
    """A key of `training.networks.NETWORKS`."""
    steps: int
    """Batches of 128 copies."""
    rate: float
    """Highest learning rate."""


PLANS = {"age_resnet": Plan("dlib", 4500, 5e-4), "age_mobilenet": Plan("faceres", 3600, 4e-4)}
"""Every file that is made here, by its name in the manifest."""


def main() -> None:
    """Unpack, teach, train and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fairface", type=Path, help="folder with FairFace's zips and labels.csv")
    parser.add_argument("--work", type=Path, required=True, help="folder for arrays and checkpoints")
    parser.add_argument("--only", choices=PLANS, help="train one network instead of all")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    unpack(arguments.fairface, arguments.work)
    faces = read_faces(arguments.work, "train")
    read = read_ages(faces.pictures, arguments.work / "train_teacher.npz", threads=arguments.threads)
    for name, plan in PLANS.items():
        if arguments.only in (None, name):
            kind, start = NETWORKS[plan.network]
            network = kind(MODELS / start)
            lesson = lessons(faces, read, network.ages)
            fit(network, lesson, Run(plan.steps, plan.rate, SEED, arguments.work / f"{name}.pt"))
            out = MODELS / f"{name}.onnx"
            export(network, MODELS / start, out)
            if difference(network, out, batch(lesson, network, SEED, step=-1)[0].float()) > MAX_DIFFERENCE:
                raise SystemExit(f"{out.name} is not the network that was trained")
            update_manifest(out)


if __name__ == "__main__":
    main()
