"""Clips made safe with fakes in place of models."""

import pytest

from blurkit.analysis import Models
from blurkit.geometry import Box
from blurkit.records import Face
from blurkit.settings import Settings
from blurkit.video.clip import Clips
from tests.fakes import BlindNetwork, FixedAge, FixedFaces

FACE = Face(Box(30, 16, 54, 46), 0.9, ("fixed",))


@pytest.fixture
def clips():
    """Make `Clips` of fakes: one face is found in every frame, and the independent check sees nobody."""
    made = []

    def open_(*faces, detector=None, age=None, check=None, policy="everyone", **parts):
        found = FixedFaces(*(faces or (FACE,)))
        settings = Settings.of(policy=policy, **parts)
        made.append(
            Clips(
                settings,
                models=Models(
                    settings,
                    detectors=[detector or found],
                    age_estimator=age or FixedAge(40),
                    independent_check=check or BlindNetwork(),
                ),
                quick=FixedFaces(*found.faces),
            )
        )
        return made[-1]

    yield open_
    for each in made:
        each.close()
