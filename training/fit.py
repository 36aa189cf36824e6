"""The training loop: one network, from its shipped weights, on degraded copies of FairFace."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from training.faces import Faces
from training.network import PADDING, SIDE, AgeNet
from training.targets import Shares, chances, folded, likelihood, posterior
from training.worsen import framed, jittered, random_height, worsened

BATCH = 128
"""Copies of one step."""
WARM_STEPS, COOLING = 200, 0.35
"""Steps in which the learning rate rises, and the last share of all steps, in which it falls to nothing."""
CENSORED = 0.5
"""Weight of the bin's likelihood beside the soft target."""
KEPT = 0.998
"""Share of the averaged weights that a step keeps."""
SAVE_EVERY = 250
"""Steps between two checkpoints."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of training, as its command names it."""

    steps: int
    """Batches to learn from."""
    rate: float
    """Highest learning rate."""
    seed: int
    """Of all that is left to chance."""
    checkpoint: Path
    """Where the state is kept; what lies there is gone on with."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """Faces, and what to answer for each."""

    faces: Faces
    """FairFace's training part."""
    targets: Shares
    """Soft targets, shape (faces, ages)."""
    bins: Shares
    """Likelihood of the bin at each age, same shape."""


def lessons(faces: Faces, read: Shares, ages: int) -> Lessons:
    """Put faces and targets together for a network with so many ages."""
    bins = likelihood(faces.youngest, faces.oldest)
    highest = np.stack([bins[:, : ages - 1], np.zeros_like(bins[:, : ages - 1])]).max(axis=0)
    last = bins[:, ages - 1 :].max(axis=1, keepdims=True)
    return Lessons(faces, folded(posterior(read, bins), ages), np.concatenate([highest, last], axis=1))


def fit(network: AgeNet, lessons: Lessons, run: Run, *, stop: int | None = None) -> AgeNet:
    """Train, and return the network with its averaged weights, ready for use; `stop` ends after so many steps."""
    cv2.setNumThreads(1)
    first = batch(lessons, run.seed, step=-1)[0]
    network.settle(first.float())
    network = network.to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=run.rate, weight_decay=0.02)
    average = {name: value.clone() for name, value in network.state_dict().items()}
    done = 0
    if run.checkpoint.exists():
        state = torch.load(run.checkpoint, weights_only=True)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        average, done = state["average"], state["step"]
    started, losses = time.monotonic(), []
    for step, inputs, targets, bins in _ahead(lessons, run, done):
        for group in optimizer.param_groups:
            group["lr"] = run.rate * pace(step, run.steps)
        torch.manual_seed(run.seed + step)
        network.train()
        with torch.autocast("cpu", torch.bfloat16):
            answer = network(inputs.float().contiguous(memory_format=torch.channels_last))
        loss = error(answer.float(), targets, bins)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimizer.step()
        _average(average, network, step)
        losses.append(loss.item())
        if (step + 1) % 50 == 0:
            speed = BATCH * (step + 1 - done) / (time.monotonic() - started)
            print(
                f"step {step + 1} of {run.steps}: loss {np.mean(losses[-50:]):.4f}, {speed:.0f} faces a second",
                flush=True,
            )
        if (step + 1) % SAVE_EVERY == 0 or step + 1 in (run.steps, stop):
            state = {"network": network.state_dict(), "optimizer": optimizer.state_dict(), "average": average}
            torch.save(state | {"step": step + 1}, run.checkpoint.with_suffix(".part"))
            run.checkpoint.with_suffix(".part").replace(run.checkpoint)
        if step + 1 == stop:
            break
    network.load_state_dict(average)
    return network.eval()


def pace(step: int, steps: int) -> float:
    """Return the share of the highest learning rate at a step: rises, stays, falls."""
    return min(1.0, (step + 1) / WARM_STEPS, (steps - step) / (COOLING * steps))


def error(logits: Tensor, targets: Tensor, bins: Tensor) -> Tensor:
    """Return how surprising the targets are, and how unlikely the bins, on average over a batch."""
    logs = torch.log_softmax(logits, dim=1)
    soft = -(targets * logs).sum(dim=1)
    censored = -torch.log((bins * logs.exp()).sum(dim=1).clamp_min(1e-6))
    return (soft + CENSORED * censored).mean()


def batch(lessons: Lessons, seed: int, step: int) -> tuple[Tensor, npt.NDArray[np.int64]]:
    """Return the inputs of a step, uint8 of shape (BATCH, 3, SIDE, SIDE), and which faces they are.

    The same seed and step give the same copies, so that a run can go on where it was stopped.
    """
    rng = np.random.default_rng([seed, step + 1])
    chosen = rng.choice(len(lessons.targets), BATCH, p=chances(lessons.faces.youngest))
    inputs = np.empty((BATCH, SIDE, SIDE, 3), np.uint8)
    for place, index in enumerate(chosen):
        height = random_height(rng)
        copy = worsened(np.array(lessons.faces.pictures[index]), height, rng)
        if rng.random() < 0.5:
            copy = np.ascontiguousarray(copy[:, ::-1])
        inputs[place] = framed(copy, SIDE, PADDING, map_to_template=jittered(height, rng))
    return torch.from_numpy(inputs.transpose(0, 3, 1, 2).copy()), chosen


def _ahead(lessons: Lessons, run: Run, done: int) -> Iterator[tuple[int, Tensor, Tensor, Tensor]]:
    """Yield steps, made by a thread while the network learns."""
    made: queue.Queue[tuple[int, Tensor, Tensor, Tensor]] = queue.Queue(8)

    def make() -> None:
        for step in range(done, run.steps):
            inputs, chosen = batch(lessons, run.seed, step)
            made.put((step, inputs, torch.from_numpy(lessons.targets[chosen]), torch.from_numpy(lessons.bins[chosen])))

    threading.Thread(target=make, daemon=True).start()
    for _ in range(done, run.steps):
        yield made.get()


@torch.no_grad()
def _average(average: dict[str, Tensor], network: AgeNet, step: int) -> None:
    kept = min(KEPT, (step + 1) / (step + 10))
    for name, value in network.state_dict().items():
        if value.is_floating_point():
            average[name].mul_(kept).add_(value, alpha=1 - kept)
