"""A clip that is written holds its picture, on request its sound, and nothing else."""

import io
import json
import shutil
import subprocess

import av
import numpy as np
import pytest

from blurkit.errors import MetadataRemains, OutputNotWritable
from blurkit.metadata import mp4
from blurkit.video.container import Writer
from blurkit.video.frames import Frames
from blurkit.video.front import lay_out
from blurkit.video.source import facts_of
from tests.clips import make, patterns

WORDS = {"title": "Anna", "location": "+48.1+011.5/", "creation_time": "2024-01-01T00:00:00Z", "comment": "3b"}


def facts(path):
    return facts_of(path, max_megapixels=200)


def rewritten(path, out, *, sound=False):
    """Write a clip anew, as it is."""
    known = facts(path)
    with io.BytesIO() as raw, out.open("wb") as file:
        with Writer(raw, known, sound=path if sound else None) as writer:
            for frame in Frames(path, known):
                writer.add(frame.planes, frame.time)
            writer.finish()
        lay_out(raw, file)
    return out


def packets(path, kind):
    with av.open(str(path)) as container:
        stream = next(each for each in container.streams if each.type == kind)
        return [(bytes(each), each.pts * each.time_base) for each in container.demux(stream) if each.size]


def times(path):
    known = facts(path)
    return [float(frame.time * known.time_base) for frame in Frames(path, known)]


@pytest.fixture
def dirty(tmp_path):
    return make(tmp_path / "dirty.mov", patterns(12), sound=True, metadata=WORDS, cover=False, second=True)


def test_a_file_that_is_written_hides_nothing(dirty, tmp_path):
    with dirty.open("rb") as file:
        found = {hidden.detail for hidden in mp4.find(file)}
    assert {"text or place", "date of creation", "further track"} <= found
    for sound in (False, True):
        with rewritten(dirty, tmp_path / "safe.mp4", sound=sound).open("rb") as file:
            assert mp4.find(file) == ()
            mp4.check(file)


def test_a_file_that_hides_something_is_withheld(dirty):
    with dirty.open("rb") as file, pytest.raises(MetadataRemains, match="text or place"):
        mp4.check(file)


@pytest.mark.parametrize(
    ("box", "words"),
    [
        (b"free" + b"Anna", "private box"),
        (b"uuid" + bytes(16), "private box"),
        (b"mdat" + b"hidden", "bytes of no track"),
        (b"moof" + bytes(8), "private box"),
    ],
)
def test_what_is_put_into_a_finished_file_is_found(tmp_path, box, words):
    path = rewritten(make(tmp_path / "clip.mp4", patterns(3)), tmp_path / "safe.mp4")
    data = path.read_bytes() + (4 + len(box)).to_bytes(4) + box
    assert words in {hidden.detail for hidden in mp4.find(io.BytesIO(data))}


def test_a_date_a_language_and_a_name_in_the_index_are_found(tmp_path):
    data = rewritten(make(tmp_path / "clip.mp4", patterns(3)), tmp_path / "safe.mp4").read_bytes()
    for box, offset, new in ((b"mvhd", 8, b"\1"), (b"mdhd", 24, b"\x15\xc7"), (b"hdlr", 28, b"Anna's phone")):
        changed = bytearray(data)
        at = data.index(box) + offset
        changed[at : at + len(new)] = new
        assert mp4.find(io.BytesIO(bytes(changed))), box


def test_what_the_encoder_says_of_itself_is_found_and_taken_out(tmp_path):
    source = make(tmp_path / "clip.mp4", patterns(3))
    assert b"x264" in source.read_bytes()
    with source.open("rb") as file:
        assert "words in the picture track" in {hidden.detail for hidden in mp4.find(file)}
    data = rewritten(source, tmp_path / "safe.mp4").read_bytes()
    assert b"x264" not in data
    assert b"Lavf" not in data


def test_times_stay_as_they_were(tmp_path):
    given = [0, 40, 80, 200, 240, 600, 1000]
    path = make(tmp_path / "vfr.mkv", patterns(7), times=given)
    assert [round(1000 * time) for time in times(rewritten(path, tmp_path / "safe.mp4"))] == given


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.webm", "clip.mov"])
def test_sound_is_copied_bit_for_bit_and_stays_in_time(tmp_path, name):
    codec = "libvpx-vp9" if name.endswith("webm") else "libx264"
    path = make(tmp_path / name, patterns(25), sound=True, codec=codec)
    safe = rewritten(path, tmp_path / "safe.mp4", sound=True)
    before, after = packets(path, "audio"), packets(safe, "audio")
    assert [data for data, _ in before] == [data for data, _ in after]
    late = [float(new - old) for (_, old), (_, new) in zip(before, after, strict=True)]
    assert max(map(abs, late)) < 0.002
    assert times(path) == pytest.approx(times(safe), abs=0.001)


def test_sound_is_left_out_by_default(tmp_path):
    path = make(tmp_path / "clip.mp4", patterns(5), sound=True)
    with av.open(str(rewritten(path, tmp_path / "safe.mp4"))) as container:
        assert [stream.type for stream in container.streams] == ["video"]


def test_sound_that_does_not_fit_is_refused_with_the_remedy(tmp_path, monkeypatch):
    path = make(tmp_path / "clip.mp4", patterns(2), sound=True)

    def refuse(*_, **__):
        raise ValueError("not supported")

    monkeypatch.setattr("blurkit.video.container._template", refuse)
    with pytest.raises(OutputNotWritable) as refused:
        rewritten(path, tmp_path / "safe.mp4", sound=True)
    assert "--keep-sound" in refused.value.hint


def test_a_file_shows_what_was_drawn(tmp_path):
    path = make(tmp_path / "clip.mkv", patterns(6), codec="ffv1", pix_fmt="yuv420p")
    safe = rewritten(path, tmp_path / "safe.mp4")
    for one, other in zip(Frames(path, facts(path)), Frames(safe, facts(safe)), strict=True):
        assert np.abs(one.planes.y.astype(int) - other.planes.y).mean() < 3


def test_colour_tags_and_pixels_that_are_no_squares_stay(tmp_path):
    path = make(tmp_path / "clip.mkv", patterns(3), colors=(9, 1, 9))
    assert facts(rewritten(path, tmp_path / "safe.mp4")).coloring.matrix == 9


def test_the_index_comes_first(tmp_path):
    data = rewritten(make(tmp_path / "clip.mp4", patterns(3)), tmp_path / "safe.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_one_thread_gives_the_same_bytes_again(tmp_path):
    path = make(tmp_path / "clip.mp4", patterns(12), sound=True)
    once, again = (rewritten(path, tmp_path / name, sound=True).read_bytes() for name in ("1.mp4", "2.mp4"))
    assert once == again


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_finds_nothing_that_tells(dirty, tmp_path):
    def told(path):
        command = ["exiftool", "-json", "-a", "-G1", "-ee", str(path)]
        (tags,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
        return {key: str(value) for key, value in tags.items() if not key.startswith(("System", "ExifTool", "Source"))}

    names = " ".join(told(dirty))
    assert "GPS" in names or "Title" in names
    safe = told(rewritten(dirty, tmp_path / "safe.mp4", sound=True))
    assert [key for key in safe if any(word in key for word in ("GPS", "Title", "Comment", "Encoder", "Chapter"))] == []
    assert {value for key, value in safe.items() if "Date" in key} <= {"0000:00:00 00:00:00"}


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
def test_ffprobe_finds_two_tracks_and_no_words(dirty, tmp_path):
    safe = rewritten(dirty, tmp_path / "safe.mp4", sound=True)
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_streams", "-show_chapters", str(safe)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert [stream["codec_type"] for stream in told["streams"]] == ["video", "audio"]
    assert told["chapters"] == []
    assert set(told["format"].get("tags", {})) <= {"major_brand", "minor_version", "compatible_brands"}
