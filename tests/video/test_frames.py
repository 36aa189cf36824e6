"""Every frame of a clip is read once, upright, at its own time."""

import shutil
import subprocess

import numpy as np
import pytest

from blurkit.batch.collect import collect
from blurkit.errors import PhotoTooLarge, UnreadablePhoto, UnsupportedFormat
from blurkit.picture.others import what_else
from blurkit.video.frames import Frames
from blurkit.video.source import facts_of
from tests.clips import HEIGHT, WIDTH, animation, make, noise, pattern, patterns

TONES = 10
"""How far a tone may lie from the one drawn: coding and half-resolution colours move it so far."""


def facts(path):
    return facts_of(path, max_megapixels=200)


def read(path):
    known = facts(path)
    frames = Frames(path, known)
    return known, list(frames), frames


def shown(frame, known):
    return frame.planes.rgb(known.coloring).astype(int)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("h264.mp4", {}),
        ("h264.mov", {}),
        ("h264.m4v", {}),
        ("h264.mkv", {}),
        ("h264.3gp", {}),
        ("hevc.mp4", {"codec": "libx265", "options": {"x265-params": "log-level=0"}}),
        ("hevc10.mp4", {"codec": "libx265", "pix_fmt": "yuv420p10le", "options": {"x265-params": "log-level=0"}}),
        ("vp9.webm", {"codec": "libvpx-vp9"}),
        ("vp9.mkv", {"codec": "libvpx-vp9"}),
        ("av1.mp4", {"codec": "libsvtav1", "options": {"preset": "12"}}),
        ("av1.webm", {"codec": "libsvtav1", "options": {"preset": "12"}}),
        ("mpeg4.avi", {"codec": "mpeg4"}),
        ("mpeg4.mp4", {"codec": "mpeg4"}),
        ("mjpeg.avi", {"codec": "mjpeg", "pix_fmt": "yuvj420p"}),
        ("full.mp4", {"pix_fmt": "yuvj420p"}),
        ("chroma.mp4", {"pix_fmt": "yuv444p"}),
        ("ffv1.mkv", {"codec": "ffv1", "pix_fmt": "bgr0"}),
    ],
)
def test_every_frame_of_every_kind_is_read_once(tmp_path, name, options):
    path = make(tmp_path / name, patterns(8), **options)
    known, frames, reader = read(path)
    assert [frame.index for frame in frames] == list(range(8))
    assert not reader.is_cut_short
    assert (known.size.width, known.size.height) == (WIDTH, HEIGHT)
    for frame in frames:
        assert np.abs(shown(frame, known) - pattern(frame.index)).mean() < TONES


def test_each_frame_keeps_its_own_time(tmp_path):
    times = [0, 40, 80, 200, 240, 600, 1000]
    known, frames, _ = read(make(tmp_path / "vfr.mp4", patterns(7), times=times))
    assert [round(1000 * frame.time * known.time_base) for frame in frames] == times


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_an_animation_is_a_clip_on_white_and_keeps_its_times(tmp_path, suffix):
    lasting = [40, 100, 40, 300, 40]
    path = animation(tmp_path / f"moving{suffix}", patterns(5), lasting)
    known, frames, reader = read(path)
    assert not reader.is_cut_short
    assert [round(1000 * frame.time * known.time_base) for frame in frames] == [0, 40, 140, 180, 480]
    assert shown(frames[2], known)[:3, :3].min() > 240
    assert np.abs(shown(frames[2], known) - pattern(2))[8:].mean() < TONES + 10
    assert any("animation" in note for note in known.notes)


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
@pytest.mark.parametrize(("count", "is_moving"), [(1, False), (2, True)])
def test_only_an_animation_that_moves_is_a_clip(tmp_path, suffix, count, is_moving):
    path = animation(tmp_path / f"picture{suffix}", patterns(count), [40] * count)
    (source,) = collect([str(tmp_path)], clips=True).sources
    assert source.path == path
    assert source.is_clip is is_moving


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_an_animation_that_is_cut_short_is_refused_or_read_up_to_its_last_whole_frame(tmp_path, suffix):
    path = animation(tmp_path / f"moving{suffix}", noise(6), [40] * 6)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    try:
        _, frames, reader = read(path)
    except UnreadablePhoto:
        return
    assert reader.is_cut_short
    assert 0 < len(frames) < 6


@pytest.mark.parametrize(
    ("turn", "quarters"), [("90", 1), ("180", 2), ("270", 3)], ids=["left", "upside-down", "right"]
)
def test_a_clip_is_turned_upright(tmp_path, turn, quarters):
    path = make(tmp_path / "clip.mp4", patterns(3), sound=False)
    turned_by_note(path, int(turn))
    known, frames, _ = read(path)
    expected = np.rot90(pattern(1), quarters)
    assert (known.size.height, known.size.width) == expected.shape[:2]
    assert np.abs(shown(frames[1], known) - expected).mean() < TONES


def turned_by_note(path, degrees):
    """Write a display matrix that turns the picture counter-clockwise into the header of a track."""
    one = 0x10000
    turn = {90: (0, -one, one, 0), 180: (-one, 0, 0, -one), 270: (0, one, -one, 0)}[degrees]
    data = bytearray(path.read_bytes())
    at = data.index(b"tkhd") + 4 + 40
    numbers = (turn[0], turn[1], 0, turn[2], turn[3], 0, 0, 0, 0x40000000)
    data[at : at + 36] = b"".join(number.to_bytes(4, "big", signed=True) for number in numbers)
    path.write_bytes(data)


def test_an_odd_size_is_made_even_by_its_last_row_and_column(tmp_path):
    path = make(tmp_path / "odd.mkv", patterns(2, width=95, height=63), codec="ffv1", pix_fmt="bgr0")
    known, frames, _ = read(path)
    assert (known.size.width, known.size.height) == (96, 64)
    assert np.array_equal(frames[0].planes.y[62], frames[0].planes.y[63])
    assert any("odd" in note for note in known.notes)


def test_an_interlaced_clip_becomes_whole_pictures_and_is_named(tmp_path):
    path = make(tmp_path / "fields.mkv", patterns(6), codec="mpeg4", options={"flags": "+ildct+ilme"})
    known, frames, _ = read(path)
    if not known.is_interlaced:
        pytest.fail("the encoder made no fields")
    assert len(frames) == 6
    assert any("interlaced" in note for note in known.notes)


def test_a_high_dynamic_range_is_mapped_and_named(tmp_path):
    path = make(
        tmp_path / "hlg.mkv",
        patterns(3),
        codec="libx265",
        pix_fmt="yuv420p10le",
        colors=(9, 18, 9),
        options={"x265-params": "log-level=0"},
    )
    known, frames, _ = read(path)
    assert known.is_far_brighter
    assert known.coloring.transfer == 1
    assert any("dynamic range" in note for note in known.notes)
    assert shown(frames[0], known)[:10].mean() > 20


def test_of_several_tracks_the_first_is_read_and_the_others_are_named(tmp_path):
    known, frames, _ = read(make(tmp_path / "two.mkv", patterns(4), second=True))
    assert len(frames) == 4
    assert any("several" in note for note in known.notes)
    assert "further video track" in known.hidden


def test_cover_art_is_no_track(tmp_path):
    known, frames, _ = read(make(tmp_path / "art.mp4", patterns(4), cover=True))
    assert len(frames) == 4
    assert "cover picture" in known.hidden


def test_what_a_clip_hides_is_named(tmp_path):
    words = {"title": "Anna", "location": "+48.1+011.5/", "creation_time": "2024-01-01T00:00:00Z"}
    known = facts(make(tmp_path / "clip.mp4", patterns(2), sound=True, metadata=words))
    assert {"GPS position", "date of creation", "sound", "text"} <= set(known.hidden)


@pytest.mark.parametrize("share", [0.5, 0.8, 0.97])
def test_a_clip_that_is_cut_short_is_read_up_to_its_last_whole_frame(tmp_path, share):
    path = make(tmp_path / "clip.mkv", noise(12))
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    _, frames, reader = read(path)
    assert reader.is_cut_short
    assert 0 < len(frames) < 12


def test_a_clip_with_its_index_at_its_end_cannot_be_read_when_cut(tmp_path):
    path = make(tmp_path / "clip.mp4", noise(6))
    path.write_bytes(path.read_bytes()[:-600])
    with pytest.raises(UnreadablePhoto):
        facts(path)


@pytest.mark.parametrize(
    "content", [b"", b"#EXTM3U\nhttp://example.org/a.ts\n", b"hello" * 50, b"RIFF\0\0\0\0WAVEfmt "]
)
def test_what_is_no_clip_is_refused(tmp_path, content):
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises((UnsupportedFormat, UnreadablePhoto)):
        facts(path)


def test_frames_that_are_too_large_are_refused(tmp_path):
    path = make(tmp_path / "clip.mp4", patterns(1))
    with pytest.raises(PhotoTooLarge):
        facts_of(path, max_megapixels=0.001)


def test_without_the_library_a_clip_is_refused_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr("blurkit.video.source.installed", lambda: False)
    with pytest.raises(UnsupportedFormat) as refused:
        facts(make(tmp_path / "clip.mp4", patterns(1)))
    assert "blurkit[video]" in refused.value.hint


@pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")
def test_ffprobe_counts_the_same_frames(tmp_path):
    path = make(tmp_path / "clip.mp4", patterns(9))
    command = ["ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=nb_read_frames", "-of", "csv=p=0"]
    counted = subprocess.run([*command, str(path)], capture_output=True, text=True, check=True).stdout
    assert int(counted) == len(read(path)[1])


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"FLV\x01\x05", "Flash video"),
        (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "Windows Media video"),
        (b"\x00\x00\x01\xba\x44", "MPEG video"),
        (b"OggS\x00\x02", "Ogg file"),
    ],
)
def test_a_clip_of_another_kind_is_named_with_the_remedy(head, words):
    what, remedy = what_else(head + bytes(60))
    assert words in what
    assert "MP4" in remedy
