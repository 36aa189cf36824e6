"""Second looks that have not seen the photo they judge, so that their figures are honest."""

from __future__ import annotations

import json
from pathlib import Path

from blurkit.detect.second_look import Classifier, read_classifier

HELD_OUT = Path(__file__).parent / "results" / "second_look_folds.json"
"""One classifier for each part of the photos, fitted on the others; `bench.second_look` makes it."""


def held_out() -> list[Classifier]:
    """Read the classifiers, by part of the photos."""
    return [read_classifier(json.dumps(table)) for table in json.loads(HELD_OUT.read_text(encoding="utf-8"))]
