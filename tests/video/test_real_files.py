"""Clips as cameras and editing programs leave them, made by FFmpeg: what is promised is checked by its own tools."""

import json
import shutil
import subprocess

import pytest

from blurkit.errors import OutputNotWritable, UnreadablePhoto
from blurkit.outcomes import PhotoResult
from tests.clips import make, patterns

pytestmark = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in ("ffmpeg", "ffprobe", "exiftool")), reason="the tools are not installed"
)

WORDS = ["-metadata", "title=Anna", "-metadata", "location=+48.1+011.5/", "-metadata", "creation_time=2024-05-06"]
CHAPTERS = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=500\ntitle=Anna\n"
SUBTITLES = "1\n00:00:00,000 --> 00:00:00,900\nAnna is here\n\n"
COPIED = {
    "words.mov": [*WORDS, "-movflags", "use_metadata_tags"],
    "chapters.mp4": ["-i", "chapters.txt", "-map_chapters", "1"],
    "chapters.mkv": ["-i", "chapters.txt", "-map_chapters", "1"],
    "subtitles.mp4": ["-i", "words.srt", "-map", "0", "-map", "1", "-c:s", "mov_text"],
    "subtitles.mkv": ["-i", "words.srt", "-map", "0", "-map", "1", "-c:s", "srt"],
    "timecode.mov": ["-timecode", "01:02:03:04"],
    "attached.mkv": ["-attach", "words.srt", "-metadata:s:t", "mimetype=text/plain"],
    "places.mov": ["-f", "data", "-i", "words.srt", "-map", "0", "-map", "1", "-c:d", "bin_data", "-tag:d", "gpmd"],
    "fragments.mp4": ["-movflags", "frag_keyframe+empty_moov"],
}
"""What is put around the same pictures and sound, which are copied."""

MADE = {
    "ac3.mp4": ["-c:a", "ac3"],
    "flac.mp4": ["-c:a", "flac", "-strict", "-2"],
    "mp3.mp4": ["-c:a", "libmp3lame"],
    "pcm.mov": ["-c:a", "pcm_s16le"],
    "alac.mov": ["-c:a", "alac"],
    "opus.mkv": ["-c:a", "libopus"],
    "late.mkv": ["-af", "asetpts=PTS+0.3/TB", "-c:a", "aac"],
}
"""Kinds of sound."""


def ffmpeg(folder, *words):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *words], cwd=folder, check=True, stdin=subprocess.DEVNULL)


def told(path):
    """Return what FFmpeg's own tool says of a clip."""
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", "-show_chapters", str(path)]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def times(path, kind):
    """Return when each picture, or each packet of sound, is shown or heard."""
    which = {"v": "frame=pts_time", "a": "packet=pts_time"}[kind]
    command = ["ffprobe", "-v", "error", "-of", "json", "-select_streams", kind, "-show_entries", which, str(path)]
    (found,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout).values()
    return sorted(float(each["pts_time"]) for each in found)


def sound(path):
    """Return the hash of each packet of sound."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:a:0", "-c", "copy", "-f", "framemd5", "-"]
    lines = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    return [line.split(",")[5].strip() for line in lines if not line.startswith("#")]


@pytest.fixture
def plain(tmp_path):
    """Return a folder with a clip, chapters and subtitles."""
    (tmp_path / "chapters.txt").write_text(CHAPTERS)
    (tmp_path / "words.srt").write_text(SUBTITLES)
    make(tmp_path / "plain.mp4", patterns(25), sound=True)
    return tmp_path


@pytest.mark.parametrize("name", COPIED)
def test_only_pictures_are_left_of_all_that_a_file_may_hold(clips, plain, name):
    ffmpeg(plain, "-i", "plain.mp4", *_inputs(COPIED[name]), "-c", "copy", *_rest(COPIED[name]), name)
    result = clips().run(plain / name, out=plain / "safe.mp4")
    assert isinstance(result, PhotoResult), result
    found = told(plain / "safe.mp4")
    assert [each["codec_type"] for each in found["streams"]] == ["video"]
    assert found["chapters"] == []
    assert set(found["format"]["tags"]) <= {"major_brand", "minor_version", "compatible_brands"}
    assert set(found["streams"][0]["tags"]) <= {"language", "handler_name", "vendor_id"}
    words = subprocess.run(["exiftool", "-a", "-G1", "-ee", "safe.mp4"], cwd=plain, capture_output=True, check=True)
    assert not [word for word in (b"Anna", b"GPS", b"Title", b"2024", b"Time Code") if word in words.stdout]
    assert b"Anna" not in (plain / "safe.mp4").read_bytes()
    before, after = (times(plain / each, "v") for each in (name, "safe.mp4"))
    assert [each - after[0] for each in after] == pytest.approx([each - before[0] for each in before], abs=0.002)


@pytest.mark.parametrize("name", MADE)
def test_every_kind_of_sound_is_kept_bit_for_bit_and_in_time(clips, plain, name):
    ffmpeg(plain, "-i", "plain.mp4", "-c:v", "copy", *MADE[name], name)
    result = clips(output={"keep_sound": True}).run(plain / name, out=plain / "safe.mp4")
    assert isinstance(result, PhotoResult), result
    assert sound(plain / "safe.mp4") == sound(plain / name)
    late = [times(plain / each, "a")[0] - times(plain / each, "v")[0] for each in (name, "safe.mp4")]
    assert late[0] == pytest.approx(late[1], abs=0.002)


def test_what_an_edit_list_cuts_off_is_not_heard_either(clips, plain):
    ffmpeg(plain, "-ss", "0.44", "-i", "plain.mp4", "-c", "copy", "cut.mp4")
    result = clips(output={"keep_sound": True}).run(plain / "cut.mp4", out=plain / "safe.mp4")
    assert isinstance(result, PhotoResult), result
    before, after = sound(plain / "cut.mp4"), sound(plain / "safe.mp4")
    assert len(after) < len(before)
    assert after == before[len(before) - len(after) :]


def test_sound_whose_times_no_file_can_hold_is_refused_with_the_remedy(clips, plain):
    ffmpeg(plain, "-i", "plain.mp4", "-c", "copy", "-movflags", "frag_every_frame+empty_moov", "odd.mp4")
    outcome = clips(output={"keep_sound": True}).run(plain / "odd.mp4", out=plain / "safe.mp4")
    if isinstance(outcome, PhotoResult):  # another version of FFmpeg writes other times
        assert len(sound(plain / "safe.mp4")) == len(sound(plain / "odd.mp4"))
        return
    assert outcome.kind is OutputNotWritable
    assert "--keep-sound" in outcome.hint
    assert not (plain / "safe.mp4").exists()


@pytest.mark.parametrize(
    ("name", "words", "frames"),
    [
        ("two.mp4", ["-frames:v", "2"], 2),
        ("anamorphic.mp4", ["-vf", "setsar=16/15"], 25),
        ("fast.mp4", ["-r", "240"], None),
        ("planes.mp4", ["-pix_fmt", "yuv444p"], 25),
        ("studio.mov", ["-c:v", "prores_ks"], 25),
    ],
)
def test_rarer_pictures_keep_their_frames_and_their_shape(clips, plain, name, words, frames):
    ffmpeg(plain, "-i", "plain.mp4", "-an", *words, name)
    result = clips().run(plain / name, out=plain / "safe.mp4")
    assert isinstance(result, PhotoResult), result
    before, after = (times(plain / each, "v") for each in (name, "safe.mp4"))
    assert len(after) == len(before) == (frames or len(before))
    assert [each - after[0] for each in after] == pytest.approx([each - before[0] for each in before], abs=0.002)
    shapes = [told(plain / each)["streams"][0].get("sample_aspect_ratio", "1:1") for each in (name, "safe.mp4")]
    assert shapes[0] == shapes[1]


def test_pictures_coded_in_a_way_that_nobody_knows_are_refused_with_the_remedy(clips, plain):
    (plain / "none.mp4").write_bytes((plain / "plain.mp4").read_bytes().replace(b"avc1", b"none"))
    outcome = clips().run(plain / "none.mp4", out=plain / "safe.mp4")
    assert outcome.kind is UnreadablePhoto
    assert "export it again" in outcome.hint
    assert not (plain / "safe.mp4").exists()


def test_an_empty_file_is_refused_with_the_remedy(clips, tmp_path):
    (tmp_path / "empty.mp4").touch()
    outcome = clips().run(tmp_path / "empty.mp4", out=tmp_path / "safe.mp4")
    assert "export it again" in outcome.hint


def _inputs(words):
    """Return the further input among the words of a command."""
    end = words.index("-i") + 2 if "-i" in words else 0
    return words[:end]


def _rest(words):
    return words[len(_inputs(words)) :]
