"""Make the age networks that blurkit ships.

    python -m training.age FAIRFACE --work FOLDER [--only age_resnet | --only age_mobilenet] [--threads 2]

From FairFace's training part, dlib's age network and FaceRes, and nothing else; with so many steps, and a seed. The
first network is dlib's, trained whole. It is the teacher of the second one: the last blocks of FaceRes. A run that was
stopped goes on from its last checkpoint in the work folder, which needs 4 GB and lies outside the project: it holds
photos of people. The files go to `models/`, their hashes into the manifest.

Needs the `training` and `tools` groups of `pyproject.toml` (`tools.build_models` fetches what training starts from);
nothing of it runs for a user.
"""

from __future__ import annotations

import argparse
import hashlib
import re
from pathlib import Path

import numpy as np
import torch

from tools.build_models import MANIFEST, MODELS, build
from training.export import difference, export
from training.faces import Faces, read_faces, unpack
from training.fit import Run, batch, fit, lessons
from training.mobilenet import MobileNet, seen_by
from training.mobilenet import fed as fed_mobilenet
from training.network import AgeNet, fed
from training.seen import copies, drawn_from, look
from training.teacher import read_ages, read_by_trained

SEED = 1
"""Of everything that is left to chance. The same machine makes the same file; others round differently."""
STEPS, RATE = 4500, 5e-4
"""Batches that the first network learns from, and the highest learning rate."""
STEPS_AGAIN, RATE_AGAIN, KEPT_AGAIN = 450, 4e-4, 0.99
"""The same of the second one, and the share of its averaged weights that a step keeps."""
START, OTHER = "age_dlib", "age_faceres"
"""What training starts from: names in the manifest."""
FIRST, SECOND = "age_resnet", "age_mobilenet"
"""What comes out."""
MAX_DIFFERENCE = 1e-4
"""Largest difference between a trained network and its file, in probability."""


def main() -> None:
    """Unpack, ask the networks that there are, train, and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fairface", type=Path, help="folder with FairFace's zips and labels.csv")
    parser.add_argument("--work", type=Path, required=True, help="folder for arrays and checkpoints")
    parser.add_argument("--only", choices=(FIRST, SECOND), help="one network; the second needs the first in models/")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    work: Path = arguments.work
    torch.set_num_threads(arguments.threads)
    unpack(arguments.fairface, work)
    faces = read_faces(work, "train")
    for name, make in ((FIRST, make_first), (SECOND, make_second)):
        if arguments.only in (None, name):
            make(faces, work, arguments.threads)


def make_first(faces: Faces, work: Path, threads: int) -> None:
    """Train dlib's network on copies made on the way."""
    start, other = started(START, work), started(OTHER, work)
    read = read_ages(faces.pictures, (start, other), work / "train_teacher.npz", threads=threads)
    network = AgeNet(start)
    lesson = lessons(faces, read, network.ages)
    some = batch(lesson, SEED, step=-1)[0].float()
    network.settle(some)
    fit(network, lesson, Run(STEPS, RATE, SEED, work / f"{FIRST}.pt"), batch)
    out = MODELS / f"{FIRST}.onnx"
    export(network, start, out)
    finish(out, difference(network(some), out, fed(some).numpy()))


def make_second(faces: Faces, work: Path, threads: int) -> None:
    """Train the last blocks of FaceRes on what the ones before see in one copy of each face."""
    start = started(OTHER, work)
    read = read_by_trained(faces.pictures, MODELS / f"{FIRST}.onnx", work / f"{FIRST}_reads.npy", threads=threads)
    network = MobileNet(start)
    lesson = lessons(faces, read, network.ages)
    see = seen_by(start, threads=threads)
    seen = look(faces, see, work / "seen.npy", SEED)
    run = Run(STEPS_AGAIN, RATE_AGAIN, SEED, work / f"{SECOND}.pt", KEPT_AGAIN)
    fit(network, lesson, run, drawn_from(seen))
    out = MODELS / f"{SECOND}.onnx"
    export(network, start, out)
    some = copies(faces, range(32), SEED)
    finish(out, difference(network(torch.from_numpy(see(some))), out, fed_mobilenet(some)))


def started(name: str, work: Path) -> Path:
    """Return the file of a network that training starts from; it is fetched unless it is there."""
    path = work / f"{name}.onnx"
    if not path.exists():
        path.write_bytes(build(name))
    return path


def finish(out: Path, found: float) -> None:
    """Write the hash of a file into the manifest.

    Raises:
        SystemExit: It is not the network that was trained.
    """
    if not np.isfinite(found) or found > MAX_DIFFERENCE:
        raise SystemExit(f"{out.name} is not the network that was trained: it differs by {found:g}")
    digest = hashlib.sha256(out.read_bytes()).hexdigest()
    pattern = rf'(file = "{re.escape(out.name)}"\nsha256 = ")[0-9a-f]*"'
    text = MANIFEST.read_text(encoding="utf-8")
    MANIFEST.write_text(re.sub(pattern, rf'\g<1>{digest}"', text), encoding="utf-8")


if __name__ == "__main__":
    main()
