"""Clips are written in H.264, HEVC, VP9 and AV1: each shows what was drawn, at its times, and hides nothing."""

import io
import os

import numpy as np
import pytest

from blurkit.choices import ClipCodec
from blurkit.errors import UnsupportedFormat
from blurkit.machine.priority import THREADS
from blurkit.metadata import mp4, units
from blurkit.picture.mp4boxes import Samples
from blurkit.video import codecs
from blurkit.video.codecs import CODINGS, coding_of
from blurkit.video.container import Writer
from blurkit.video.frames import Frames
from blurkit.video.front import lay_out
from blurkit.video.source import facts_of
from tests.clips import make, patterns

TIMES = [0, 40, 80, 200, 240, 600, 1000]


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = make(tmp_path_factory.mktemp("clips") / "clip.mkv", patterns(7), times=TIMES, codec="ffv1")
    return path, facts_of(path, max_megapixels=200)


def written(source, coding):
    path, facts = source
    raw, made = io.BytesIO(), io.BytesIO()
    with Writer(raw, facts, coding=coding) as writer:
        for frame in Frames(path, facts):
            writer.add(frame.planes, frame.time)
        writer.finish()
    lay_out(raw, made)
    return made


@pytest.mark.parametrize("name", CODINGS)
def test_a_clip_shows_what_was_drawn_at_its_times_and_hides_nothing(source, name):
    made = written(source, CODINGS[name])
    known = facts_of(made, max_megapixels=200)
    frames = list(Frames(made, known))
    assert known.codec == name
    assert [round(1000 * frame.time * known.time_base) for frame in frames] == TIMES
    for before, after in zip(Frames(*source), frames, strict=True):
        assert np.abs(before.planes.y.astype(int) - after.planes.y).mean() < 3
    assert mp4.find(made) == ()
    assert not [word for word in (b"x26", b"Lav", b"vpx", b"SVT") if word in made.getvalue()]
    assert written(source, CODINGS[name]).getvalue() == made.getvalue()


@pytest.mark.skipif(not hasattr(os, "sched_getscheduler"), reason="scheduling as Linux has it")
@pytest.mark.parametrize("name", CODINGS)
def test_an_encoder_does_not_take_the_computer_from_everybody_else(source, name):
    """As root, the encoder of AV1 asks for the highest real-time priority; what starts later would inherit it."""
    path, facts = source
    usual = os.sched_getscheduler(0)
    with Writer(io.BytesIO(), facts, coding=CODINGS[name]) as writer:
        for frame in Frames(path, facts):
            writer.add(frame.planes, frame.time)
            assert {os.sched_getscheduler(int(thread.name)) for thread in THREADS.iterdir()} == {usual}
        writer.finish()
    assert os.sched_getscheduler(0) == usual


@pytest.mark.parametrize(
    ("coding", "unit"),
    [
        (b"avc1", b"\0\0\0\5\x06Anna"),
        (b"hvc1", b"\0\0\0\6\x4e\1Anna"),
        (b"av01", b"\x2a\4Anna"),
        (b"av01", b"\x7a\4Anna"),
    ],
)
def test_words_between_the_pictures_are_found(coding, unit):
    needed = {b"avc1": b"\0\0\0\2\x65\0", b"hvc1": b"\0\0\0\3\x26\1\0", b"av01": b"\x12\0\x32\1\0"}[coding]
    for sample, is_found in ((needed, False), (needed + unit, True), (unit + needed, True)):
        track = Samples(b"vide", [(0, len(sample))], coding)
        assert bool(list(units.find(io.BytesIO(sample), track))) is is_found


@pytest.mark.parametrize(
    ("coding", "usual", "words"),
    [
        (b"hvc1", bytes(22) + b"\1\xa0\0\1\0\2\x40\1", bytes(22) + b"\1\xa7\0\1\0\6\x4e\1Anna"),
        (b"hvc1", bytes(22) + b"\0", bytes(22) + b"\0Anna"),
        (b"av01", bytes(4) + b"\x0a\1\0", bytes(4) + b"\x0a\1\0\x2a\4Anna"),
    ],
)
def test_words_in_the_description_of_a_track_are_found(coding, usual, words):
    assert not units.hides_words(usual, coding)
    assert units.hides_words(words, coding)


@pytest.mark.parametrize(
    ("asked", "source_codec", "words"),
    [
        (ClipCodec.SAME, "hevc", "HEVC"),
        (ClipCodec.SAME, "mpeg4", "H.264"),
        (ClipCodec.H264, "hevc", "H.264"),
        (ClipCodec.VP9, "h264", "VP9"),
        (ClipCodec.AV1, "h264", "AV1"),
    ],
)
def test_a_clip_is_coded_as_asked(asked, source_codec, words):
    assert coding_of(asked, source_codec).words == words


def test_a_library_without_the_encoder_is_named_with_what_it_has(monkeypatch):
    monkeypatch.setattr(codecs, "has_encoder", lambda coding: coding.words == "AV1")
    with pytest.raises(UnsupportedFormat) as refused:
        coding_of(ClipCodec.H264, "h264")
    assert "--clip-codec" in refused.value.hint
    assert "AV1" in refused.value.hint
