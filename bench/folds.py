"""Second looks and weights that have not seen the photo they judge, so that their figures are honest."""

from __future__ import annotations

import json
from pathlib import Path

from blurkit.detect.evidence import Weights, read_weights
from blurkit.detect.second_look import Classifier, read_classifier

HELD_OUT = Path(__file__).parent / "results" / "second_look_folds.json"
"""One classifier for each part of the photos, fitted on the others; `bench.second_look` makes it."""

WEIGHTS_HELD_OUT = Path(__file__).parent / "results" / "evidence_folds.json"
"""The weights for each part of the photos, fitted on the others; `bench.evidence` makes it."""


def held_out() -> list[Classifier]:
    """Read the classifiers, by part of the photos."""
    return [read_classifier(json.dumps(table)) for table in json.loads(HELD_OUT.read_text(encoding="utf-8"))]


def weights_held_out() -> list[Weights]:
    """Read the weights of the evidence, by part of the photos."""
    return [read_weights(json.dumps(table)) for table in json.loads(WEIGHTS_HELD_OUT.read_text(encoding="utf-8"))]
