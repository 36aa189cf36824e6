"""`blurkit run` takes clips and photos together, goes on where it stopped, and says what is missing."""

import json

import pytest

from blurkit.errors import ExitCode
from blurkit.geometry import Size
from blurkit.video.source import facts_of
from tests import pictures
from tests.clips import make, patterns


@pytest.fixture
def folder(tmp_path):
    """Make a folder with a photo, two clips and a note."""
    inside = tmp_path / "in"
    (inside / "sub").mkdir(parents=True)
    (inside / "IMG_1.jpg").write_bytes(pictures.file("jpeg", "RGB"))
    make(inside / "clip.mov", patterns(5), sound=True)
    make(inside / "sub" / "b.mkv", patterns(5))
    (inside / "note.txt").write_text("hello", encoding="utf-8")
    return inside


@pytest.fixture
def live(folder):
    """Add the video of a Live Photo, and a motion photo."""
    video = (folder / "clip.mov").read_bytes()
    (folder / "clip.mov").unlink()
    (folder / "IMG_1.MOV").write_bytes(video)
    (folder / "IMG_2.jpg").write_bytes(pictures.file("jpeg", "RGB") + video)
    return folder


def written(out):
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def test_a_folder_of_photos_and_clips_is_made_safe(command, fakes, fake_clips, folder, out):
    code, printed, _ = command("run", folder, "--out", out, "--json")
    assert code == ExitCode.OK
    assert written(out) == ["IMG_1.jpg", "clip.mp4", "sub/b.mp4"]
    document = json.loads(printed)
    assert document["skipped"] == 1
    assert document["companions"] == {}
    clips = {entry["path"].rsplit("/", 1)[-1]: entry for entry in document["photos"] if entry["clip"]}
    assert clips["clip.mov"]["clip"]["sound"] == "dropped"
    assert clips["b.mkv"]["clip"]["frames"] == 5
    assert clips["b.mkv"]["faces"][0]["seen"] == [0.0, 0.16]


def test_videos_that_travel_with_photos_are_left_alone_and_named(command, fakes, fake_clips, live, out):
    code, _, said = command("run", live, "--out", out)
    assert code == ExitCode.OK
    assert written(out) == ["IMG_1.jpg", "IMG_2.jpg", "sub/b.mp4"]
    assert "1 videos of Live Photos: not made safe, not copied" in said
    assert "--live-photos" in said


def test_a_video_in_a_motion_photo_that_is_left_alone_is_told_of(command, fakes, fake_clips, live, out):
    said = command("run", live / "IMG_2.jpg", "--out", out)[2]
    assert "--live-photos also makes the videos of Live Photos and motion photos safe" in said
    assert "--live-photos" not in command("run", live / "IMG_1.jpg", "--out", out)[2]


def test_videos_that_travel_with_photos_are_made_safe_on_request(command, fakes, fake_clips, live, out):
    code, printed, _ = command("run", live, "--out", out, "--json", "--live-photos")
    assert code == ExitCode.OK
    assert written(out) == ["IMG_1.jpg", "IMG_1.mp4", "IMG_2.jpg", "IMG_2.mp4", "sub/b.mp4"]
    clips = {entry["path"].rsplit("/", 1)[-1]: entry for entry in json.loads(printed)["photos"] if entry["clip"]}
    assert clips["IMG_2.jpg (its video)"]["clip"]["frames"] == 5
    assert clips["IMG_2.jpg (its video)"]["output"].endswith("IMG_2.mp4")


def test_a_live_photo_that_is_named_itself_is_made_safe(command, fakes, fake_clips, live, out):
    assert command("run", live / "IMG_1.MOV", "--out", out)[0] == ExitCode.OK
    assert written(out) == ["IMG_1.mp4"]


def test_the_summary_says_that_sound_was_dropped(command, fakes, fake_clips, folder, out):
    _, _, said = command("run", folder, "--out", out)
    assert "1 photo written\n2 clips written" in said
    assert "1 clip: its sound was dropped" in said


def test_a_run_goes_on_where_it_stopped_clip_by_clip(command, fakes, fake_clips, folder, out):
    command("run", folder, "--out", out)
    (out / "sub" / "b.mp4").unlink()
    fake_clips.clear()
    code, _, said = command("run", folder, "--out", out)
    assert code == ExitCode.OK
    assert fake_clips == ["b.mkv"]
    assert "1 clip was written before and is unchanged since" in said


def test_one_clip_can_be_given_a_name(command, fakes, fake_clips, folder, tmp_path):
    assert command("run", folder / "clip.mov", "--out", tmp_path / "safe.mp4", "--keep-sound")[0] == ExitCode.OK
    assert (tmp_path / "safe.mp4").is_file()
    assert command("run", folder / "clip.mov", "--out", tmp_path / "safe.jpg")[0] == ExitCode.USAGE
    assert command("run", folder / "IMG_1.jpg", "--out", tmp_path / "other.mp4")[0] == ExitCode.USAGE


def test_one_clip_that_fails_leaves_the_others_alone(command, fakes, fake_clips, folder, out):
    (folder / "a.mp4").write_bytes(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(100))
    code, _, said = command("run", folder, "--out", out)
    assert code == ExitCode.PARTIAL
    assert "the clip cannot be read" in said
    assert (out / "sub" / "b.mp4").is_file()
    assert not (out / "a.mp4").exists()


def test_detect_writes_nothing(command, fakes, fake_clips, folder):
    before = set(folder.rglob("*"))
    code, printed, _ = command("detect", folder, "--json")
    assert code == ExitCode.OK
    assert len(json.loads(printed)["photos"]) == 3
    assert set(folder.rglob("*")) == before


def test_neutral_names_are_for_clips_too(command, fakes, fake_clips, folder, out):
    command("run", folder, "--out", out, "--publish")
    names = sorted(path.name for path in out.iterdir())
    assert [name.rsplit(".", 1)[1] for name in names] == ["jpg", "mp4", "mp4"]
    assert not [name for name in names if "IMG" in name or "b" in name.split(".")[0]]


def test_for_a_website_a_clip_is_made_smaller(command, fakes, fake_clips, folder, out):
    make(folder / "wide.mp4", patterns(3, width=1440, height=96))
    command("run", folder / "wide.mp4", "--out", out, "--publish")
    (made,) = out.iterdir()
    assert facts_of(made, max_megapixels=200).size == Size(1280, 86)


@pytest.mark.parametrize(
    ("words", "codec"), [(["--keep-format"], "hevc"), (["--clip-codec", "vp9"], "vp9"), ([], "h264")], ids=str
)
def test_a_clip_is_coded_as_asked(command, fakes, fake_clips, folder, out, words, codec):
    source = make(folder / "c.mp4", patterns(3), codec="libx265", options={"x265-params": "log-level=0"})
    assert command("run", source, "--out", out, *words)[0] == ExitCode.OK
    assert facts_of(out / "c.mp4", max_megapixels=200).codec == codec


def test_without_the_extra_a_clip_fails_with_the_remedy_and_photos_are_done(command, fakes, folder, out, monkeypatch):
    monkeypatch.setattr("blurkit.video.installed", lambda: False)
    monkeypatch.setattr("blurkit.video.source.installed", lambda: False)
    code, _, said = command("run", folder / "clip.mov", "--out", out)
    assert code == ExitCode.INPUT
    assert 'pip install "blurkit[video]"' in said
    code, printed, _ = command("run", folder, "--out", out, "--json")
    assert code == ExitCode.OK
    assert json.loads(printed)["companions"] == {"videos of Live Photos": 1}
    assert [path.name for path in out.iterdir()] == ["IMG_1.jpg"]


def test_a_review_that_is_replayed_covers_everybody_in_a_clip(command, fakes, fake_clips, folder, out, tmp_path):
    decisions = tmp_path / "decisions.json"
    decisions.write_text('{"schema": 1, "version": "0.1.0", "policy": "children", "photos": {}}', encoding="utf-8")
    _, printed, _ = command("run", folder / "clip.mov", "--out", out, "--decisions", decisions, "--json")
    faces = json.loads(printed)["photos"][0]["faces"]
    assert faces
    assert {face["action"] for face in faces} == {"cover"}
