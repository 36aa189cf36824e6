"""A photo that is replaced while it is worked on: by another one, a link, or a pipe, at each stage."""

import os

import pytest

from blurkit import pipeline
from blurkit.machine.files import read_regular
from blurkit.outcomes import PhotoResult
from blurkit.review.requests import QUESTIONS, SignOff
from tests.end_to_end.process import files, wait_until
from tests.forging import FORGERIES, replace
from tests.review.serving import copies, serving

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")

STAGES = ("detect", "policy", "obscure", "encode", "metadata", "verify", "write")


@pytest.mark.parametrize("forgery", FORGERIES)
@pytest.mark.parametrize("at", STAGES)
def test_a_photo_that_is_replaced_after_it_was_read_is_written_as_it_was_read(blurrer, photo_file, out, forgery, at):
    source, made = photo_file(), blurrer(obscure={"color": "gray"})
    whole = made.run(source, out=out / "whole.jpg")
    seen = []

    def progress(stage):
        seen.append(stage.value)
        if seen.count(at) == (2 if at == "write" else 1):  # it is asked first whether it may be written
            replace(source, forgery)
            seen.append(at)

    made._progress = progress
    outcome = made.run(source, out=out / "photo.jpg")
    assert seen.count(at) > 1
    assert isinstance(outcome, PhotoResult)
    assert (outcome.sha256, outcome.decisions) == (whole.sha256, whole.decisions)
    assert (out / "photo.jpg").read_bytes() == (out / "whole.jpg").read_bytes()


def test_a_photo_is_read_once(blurrer, photo_file, out, monkeypatch):
    """What is decided on and what is covered are the same bytes: nobody can change them in between."""
    read = []
    monkeypatch.setattr(pipeline, "read", lambda path: read.append(path) or read_regular(path))
    assert isinstance(blurrer().run(photo_file(), out=out / "photo.jpg"), PhotoResult)
    assert len(read) == 1


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_photo_that_is_replaced_between_review_and_export_is_not_written(forgery, tmp_path):
    folder = copies(tmp_path / "in", "a.jpg", "b.jpg")
    with serving(folder, scale=600 / 1024, policy="everyone") as (_, review):
        wait_until(lambda: review.work.done == 2 and not review.work.is_busy)
        replace(folder / "a.jpg", forgery)
        review.work.export(SignOff(by="office", answers=dict.fromkeys(QUESTIONS, True), despite_doubts=True))
        wait_until(lambda: not review.work.is_busy)
        assert {one["name"]: one["state"] for one in review.work.written} == {"a.jpg": "failed", "b.jpg": "written"}
        assert files(review.out) == ["b.jpg"]
