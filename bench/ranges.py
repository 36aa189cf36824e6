"""Measure what CenterFace's activations reach on photos, for `tools.quantize`.

    BLURKIT_EVAL_DATA=FOLDER python -m bench.ranges

Writes `tools/centerface_ranges.json` from pieces of the first 64 photos of `wider_dev` in an order drawn with seed 1.
"""

from __future__ import annotations

import json
import random
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from bench.data import evaluation_folder
from tools import build_models
from tools.onnx_graph import Array, Graph

RANGES = build_models.RANGES
PHOTOS, PIECES, SIDE, LONG_SIDES = 64, 48, 736, (640, 1440, 2048)
BINS, POWER = 4096, 3
"""Ranges are those with the smallest sum of errors to this power: a few large errors cost more than many small ones."""


def main() -> int:
    """Measure and write the file."""
    manifest = tomllib.loads(build_models.MANIFEST.read_text(encoding="utf-8"))
    graph = build_models.folded_centerface(build_models.fetch(manifest["models"]["centerface"]))
    names = [name for node in graph.nodes if node.op_type != "Sigmoid" for name in node.output]
    ranges = _ranges(graph, names, list(_pieces(evaluation_folder())))
    content = {
        "made": "python -m bench.ranges: activations of CenterFace on pieces of evaluation photos (wider_dev)",
        "ranges": {name: [float(np.float32(low)), float(np.float32(high))] for name, (low, high) in ranges.items()},
    }
    RANGES.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"{RANGES.name}: {len(ranges)} activations\n")
    return 0


def _pieces(folder: Path) -> Iterator[Array]:
    """Return pieces of photos at the sizes at which they are looked at, float32 RGB of shape (1, 3, SIDE, SIDE)."""
    import cv2

    paths = sorted((folder / "detect" / "wider_dev" / "images").iterdir())
    random.Random(1).shuffle(paths)
    draw = random.Random(0)
    for index in range(PIECES):
        photo = cv2.imread(str(paths[index % PHOTOS]))
        assert photo is not None
        scale = draw.choice(LONG_SIDES) / max(photo.shape[:2])
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        photo = cv2.resize(photo, (round(photo.shape[1] * scale), round(photo.shape[0] * scale)), interpolation=method)
        top, left = (draw.randint(0, max(0, length - SIDE)) for length in photo.shape[:2])
        piece = photo[top : top + SIDE, left : left + SIDE]
        below, right = SIDE - piece.shape[0], SIDE - piece.shape[1]
        piece = cv2.copyMakeBorder(piece, 0, below, 0, right, cv2.BORDER_CONSTANT, value=0)
        yield cv2.dnn.blobFromImage(piece, swapRB=True)


def _activations(graph: Graph, names: list[str], pieces: list[Array]) -> Iterator[dict[str, Array]]:
    """Return the named activations for each piece, each of shape (channels, H', W')."""
    model = onnx.load_from_string(build_models.written_centerface(graph))
    given = {output.name for output in model.graph.output}
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names if name not in given)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    for piece in pieces:
        found = session.run(names, {"images": piece})
        yield {name: activation[0] for name, activation in zip(names, found, strict=True)}


def _ranges(graph: Graph, names: list[str], pieces: list[Array]) -> dict[str, tuple[float, float]]:
    """Return the range of each activation that 256 steps show best."""
    ends = dict.fromkeys(names, (0.0, 0.0))
    for found in _activations(graph, names, pieces):
        ends |= {n: (min(ends[n][0], float(a.min())), max(ends[n][1], float(a.max()))) for n, a in found.items()}
    counts = {name: np.zeros(BINS) for name in names}
    for found in _activations(graph, names, pieces):
        for name, activation in found.items():
            counts[name] += np.histogram(activation, BINS, ends[name])[0]
    return {name: _best_range(*ends[name], counts[name]) for name in names}


def _best_range(low: float, high: float, counts: Array) -> tuple[float, float]:
    """Return the part of a range whose 256 steps make the smallest errors for what was counted."""
    edges = np.linspace(low, high, BINS + 1)
    values = (edges[1:] + edges[:-1]) / 2

    def errors(share: float) -> float:
        step = (high - low) * share / 255
        zero = np.round(-low * share / step)
        shown = (np.clip(np.round(values / step) + zero, 0, 255) - zero) * step
        return float((np.abs(shown - values) ** POWER * counts).sum())

    best = min(np.linspace(1, 0.2, 41), key=errors)
    return low * float(best), high * float(best)


if __name__ == "__main__":
    raise SystemExit(main())
