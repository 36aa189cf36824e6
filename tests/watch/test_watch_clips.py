"""Clips that arrive in a folder are done like photos: once, when they are whole, and sorted by their verdict."""

import os
from pathlib import Path

import pytest

from tests import pictures
from tests.clips import make, noise, patterns
from tests.end_to_end.process import files
from tests.watch.arriving import LONG_AGO, high, outputs, wide


@pytest.fixture
def inbox(inbox, fake_clips):
    """Let clips be done by fakes."""
    return inbox


def test_clips_are_done_once_among_photos(once, inbox, fake_clips, tmp_path):
    high(inbox, "photo.png")
    make(inbox / "clip.mov", patterns(5), sound=True)
    code, err = once()
    assert code == 0
    assert outputs(tmp_path) == ["ready/photo.png", "review/clip.mp4"]
    assert "in/clip.mov: a person should look at it, 1 face covered, 0 left visible: out/review/clip.mp4" in err
    assert once()[0] == 0
    assert fake_clips == ["clip.mov"]
    assert once("--policy", "everyone", "--overwrite")[0] == 0
    assert outputs(tmp_path) == ["ready/clip.mp4", "ready/photo.png"]  # withdrawn from where it does not belong now


@pytest.mark.parametrize("options", [(), ("--live-photos",)])
def test_the_video_of_a_live_photo_waits_to_be_asked_for(once, inbox, fake_clips, options, tmp_path):
    wide(inbox, "IMG_1.png")
    make(inbox / "IMG_1.mov", patterns(5))
    assert once(*options)[0] == 0
    assert fake_clips == (["IMG_1.mov"] if options else [])


@pytest.mark.parametrize("options", [(), ("--live-photos",)])
def test_the_video_in_a_motion_photo_is_done_with_its_photo_if_asked_for(once, inbox, fake_clips, options, tmp_path):
    video = make(tmp_path / "video.mp4", patterns(5)).read_bytes()
    (inbox / "IMG_1.jpg").write_bytes(pictures.file("jpeg", "RGB") + video)
    code, err = once(*options)
    assert code == 0
    done = {Path(name).name for name in outputs(tmp_path)}
    assert done == ({"IMG_1.jpg", "IMG_1.mp4"} if options else {"IMG_1.jpg"})
    assert ("IMG_1.jpg (its video):" in err) is bool(options)
    assert ("--live-photos also makes" in err) is not bool(options)
    fake_clips.clear()
    assert once(*options)[0] == 0
    assert fake_clips == []


def test_a_motion_photo_whose_video_fails_is_told_of_again_and_its_photo_is_there(once, inbox, fake_clips, tmp_path):
    video = make(tmp_path / "video.mp4", patterns(5)).read_bytes().replace(b"avc1", b"none")
    (inbox / "IMG_1.jpg").write_bytes(pictures.file("jpeg", "RGB") + video)
    os.utime(inbox / "IMG_1.jpg", (LONG_AGO, LONG_AGO))
    code, err = once("--live-photos")
    assert code == 7
    assert "IMG_1.jpg" in err
    assert [Path(name).name for name in outputs(tmp_path)] == ["IMG_1.jpg"]
    assert "could not be made safe earlier" in once("--live-photos")[1]


def test_a_clip_that_may_still_be_copied_is_waited_for(once, inbox, fake_clips, tmp_path):
    clip = make(inbox / "clip.mkv", noise(12))
    whole = clip.read_bytes()
    clip.write_bytes(whole[: len(whole) * 2 // 3])
    code, err = once()
    assert code == 0
    assert "1 file still being written" in err
    os.utime(clip, (LONG_AGO, LONG_AGO))
    assert once()[0] == 0
    assert outputs(tmp_path) == ["review/clip.mp4"]
    clip.write_bytes(whole)
    assert once()[0] == 0
    assert outputs(tmp_path) == ["review/clip-2.mp4", "review/clip.mp4"]


def test_a_clip_that_changes_while_it_is_looked_at_is_done_later(once, inbox, fake_clips, tmp_path, monkeypatch):
    make(inbox / "clip.mp4", patterns(5))
    from blurkit.watch import arrival

    monkeypatch.setattr(
        arrival, "check_arrived", lambda arrived, sha256, real=arrival.check_arrived: real(arrived, "0")
    )
    once()
    assert files(tmp_path / "out") == []
