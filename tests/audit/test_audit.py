"""The audit lists what a file shows and hides, says whose output it is, and changes nothing."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from blurkit.audit import examine as audit
from blurkit.audit import exit_code
from blurkit.audit.examine import companions
from blurkit.audit.matches import Reports
from blurkit.audit.report import sentences, summary, to_json
from blurkit.audit.videos import FRAMES, frames_of
from blurkit.batch.collect import Collected
from blurkit.batch.naming import Source
from blurkit.errors import ExitCode
from blurkit.machine.workers import Lost
from blurkit.metadata import Kind
from blurkit.settings import Settings
from tests import pictures
from tests.fakes import CrashingDetector, FixedAge, FixedFaces, NoFaces
from tests.metadata.photos import encode, exif, segment, with_segments
from tests.metadata.planted import everything

HOLDING_PICTURES = {Kind.THUMBNAIL, Kind.PREVIEW, Kind.SECOND_IMAGE, Kind.GAIN_MAP, Kind.DEPTH_MAP}
NOTHING_ELSE = Collected((), {}, 0)


def words(audited):
    return "\n".join(sentences(audited))


# What a file hides


@pytest.mark.parametrize("case", everything())
def test_everything_hidden_is_listed_with_words_and_a_look_at_every_picture(case, look):
    data, kinds = everything()[case]
    audited = look(data, detector=FixedFaces(pictures.face()))
    assert {finding.hidden.kind for finding in audited.findings} >= kinds
    assert audited.has_found
    assert all(finding.hidden.detail for finding in audited.findings)
    for finding in audited.findings:
        if finding.hidden.picture is not None:
            assert finding.faces == 1 or finding.is_unseen_picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "AVIF"])
def test_a_file_with_nothing_in_it_is_clean(kind, look):
    from blurkit import metadata

    audited = look(metadata.strip(encode(kind)))
    assert not audited.has_found
    assert words(audited).endswith(": clean")
    assert exit_code([audited], is_one=True) is ExitCode.OK


def test_a_face_in_a_thumbnail_is_said_even_if_the_photo_shows_none(look):
    class OnlyInSmallOnes(FixedFaces):
        def detect(self, pixels):
            return self.faces if pixels.shape[1] < 60 else ()

    audited = look(
        with_segments(encode("JPEG"), segment(0xE1, b"Exif\0\0" + exif())), detector=OnlyInSmallOnes(pictures.face())
    )
    assert audited.visible == ()
    assert "hidden: thumbnail 40x24, WITH 1 FACE" in words(audited)
    assert "1 time: a face in a hidden picture" in summary([audited], NOTHING_ELSE)


def test_a_thumbnail_of_plain_rows_is_looked_at(look):
    from tests.metadata.photos import directory, number_tag

    rows = bytes(range(48)) * 9
    tags = [number_tag(256, 12), number_tag(257, 12), number_tag(273, 0), number_tag(279, len(rows))]
    second = 8 + len(directory([], 8))
    at = second + len(directory(tags, second))
    tags[2] = number_tag(273, at)
    block = b"II*\0\x08\0\0\0" + directory([], 8, second) + directory(tags, second) + rows
    data = with_segments(encode("JPEG"), segment(0xE1, b"Exif\0\0" + block))
    (found,) = (f for f in look(data, detector=FixedFaces(pictures.face())).findings if f.hidden.kind is Kind.THUMBNAIL)
    assert found.hidden.picture.startswith(b"P6 12 12")
    assert found.faces == 1


def test_a_hidden_picture_that_cannot_be_decoded_may_show_a_face(look):
    broken = b"\x89PNG\r\n\x1a\n" + bytes(40) + b"IEND1234"
    audited = look(encode("JPEG") + broken, detector=FixedFaces(pictures.face()))
    (found,) = (finding for finding in audited.findings if finding.hidden.picture is not None)
    assert found.faces is None
    assert "picture, which could not be looked at" in words(audited)


def test_a_video_that_cannot_be_decoded_could_not_be_looked_at_and_that_is_said(look):
    data, _ = everything()["jpeg/motion-photo-no-xmp"]
    assert "hidden: video, which could not be looked at" in words(look(data))


@pytest.fixture
def video(tmp_path):
    """Return a real MP4 of two dozen frames that get lighter."""
    return pictures.video(tmp_path / "made.mp4", [np.full((64, 96, 3), 10 * n, np.uint8) for n in range(24)])


def test_frames_of_a_video_from_its_first_to_its_last_are_looked_at(video):
    frames = frames_of(video)
    assert [frame.shape for frame in frames] == [(64, 96, 3)] * FRAMES
    tones = [float(frame.mean()) for frame in frames]
    assert tones == sorted(tones)
    assert tones[0] < 10
    assert tones[-1] > 220


@pytest.mark.parametrize("head", [b"", b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data"], ids=["google", "samsung"])
@pytest.mark.parametrize(
    ("detector", "said"),
    [(FixedFaces(pictures.face()), "hidden: video, WITH 1 FACE"), (NoFaces(), "hidden: video, no face in 5 frames")],
    ids=["face", "none"],
)
def test_the_video_of_a_motion_photo_is_looked_into(head, detector, said, look, video):
    audited = look(encode("JPEG") + head + video, detector=detector)
    assert said in words(audited)
    (found,) = (finding for finding in audited.findings if finding.hidden.kind is Kind.VIDEO)
    assert (found.frames, found.is_unseen_picture) == (FRAMES, False)


def test_the_video_of_a_live_photo_is_looked_into(look, video, tmp_path):
    (tmp_path / "photo.MOV").write_bytes(video)
    audited = look(encode("JPEG"), detector=FixedFaces(pictures.face()))
    assert "next to it: photo.MOV, WITH 1 FACE" in words(audited)
    assert "1 time: a face in a video next to a photo" in summary([audited], NOTHING_ELSE)
    (photo,) = json.loads(to_json([audited], NOTHING_ELSE, version="1"))["photos"]
    assert (photo["beside"], photo["beside_faces"]) == (["photo.MOV"], {"photo.MOV": 1})
    assert "no face in 5 frames" in words(look(encode("JPEG")))


@pytest.mark.parametrize("limit", [("MAX_BYTES", 100), ("MAX_SECONDS", 0.001)])
def test_a_video_that_is_too_large_or_takes_too_long_was_not_looked_at(limit, look, video, monkeypatch):
    monkeypatch.setattr(f"blurkit.audit.videos.{limit[0]}", limit[1])
    assert "hidden: video, which could not be looked at" in words(look(encode("JPEG") + video))


def test_a_damaged_video_ends_its_own_process_only(video):
    dice = np.random.default_rng(1)
    for size in (40, 1000, len(video) - 1):
        damaged = bytearray(video[:size])
        for at in dice.integers(8, size, 12):
            damaged[at] = dice.integers(256)
        assert len(frames_of(bytes(damaged))) <= FRAMES


def test_of_many_videos_in_one_file_two_are_looked_into(look, video):
    audited = look(encode("JPEG") + video * 3)
    looked = [finding.frames for finding in audited.findings if finding.hidden.kind is Kind.VIDEO]
    assert looked in ([FRAMES, FRAMES, 0], [FRAMES])  # some run on into one file of boxes


def test_no_frame_of_a_video_is_put_into_a_folder(video, tmp_path, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    assert frames_of(video)
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_is_imported_from_the_folder_that_the_user_is_in(video, tmp_path, monkeypatch):
    (tmp_path / "numpy.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    assert len(frames_of(video)) == FRAMES


def test_the_video_of_a_live_photo_beside_it_is_named(look, tmp_path):
    for name in ("photo.MOV", "Photo.aae", "photo.txt", "other.mov"):
        (tmp_path / name).write_bytes(b"")
    audited = look(encode("JPEG"))
    assert [beside.name for beside in audited.beside] == ["Photo.aae", "photo.MOV"]
    assert audited.has_found
    assert "next to it: photo.MOV, which was not looked into" in words(audited)


def test_a_folder_that_cannot_be_listed_names_nothing(tmp_path):
    assert companions(tmp_path / "not there" / "photo.jpg") == ()


# Faces


@pytest.mark.parametrize(
    ("age", "said"),
    [(9, "1 visible face of a child perhaps, or unclear"), (60, "1 visible face of an adult, as it seems")],
)
def test_a_visible_face_is_said_with_how_old_it_looks(age, said, look):
    tall = pictures.face(20, 10, 60, 58)
    audited = look(pictures.file("png"), detector=FixedFaces(tall), age=FixedAge(age))
    assert said in words(audited)
    (face,) = json.loads(to_json([audited], NOTHING_ELSE, version="1"))["photos"][0]["faces"]
    assert face["may_be_child"] is (age == 9)
    assert face["box"] == [20, 10, 60, 58]


# What cannot be looked at


@pytest.mark.parametrize(
    ("data", "kind", "code"),
    [(b"", "UnsupportedFormat", 3), (b"hello", "UnsupportedFormat", 3), (encode("JPEG")[:300], "UnreadablePhoto", 3)],
    ids=["empty", "no photo", "cut short"],
)
def test_a_file_that_is_no_photo_has_failed(data, kind, code, look):
    audited = look(data)
    assert (audited.error.word, audited.error.exit_code) == (kind, code)
    assert exit_code([audited], is_one=True) == code
    assert exit_code([audited], is_one=False) is ExitCode.PARTIAL


def test_a_file_that_is_not_there_has_failed(look, tmp_path):
    audited = look(tmp_path / "gone.jpg")
    assert audited.error.stage == "load"
    assert json.loads(to_json([audited], NOTHING_ELSE, version="1"))["photos"][0]["sha256"] is None


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_an_animation_or_several_pages_are_listed_and_said_not_to_be_looked_at(kind, look):
    frames = [Image.fromarray(np.full((40, 40, 3), tone, np.uint8)) for tone in (0, 120, 250)]
    audited = look(pictures.saved(frames[0], kind.lower(), save_all=True, append_images=frames[1:]))
    assert Kind.FRAME in {finding.hidden.kind for finding in audited.findings}
    assert audited.error.word == "UnsupportedFormat"
    assert "save" in audited.error.hint
    assert exit_code([audited], is_one=True) is ExitCode.FOUND


def test_a_detector_that_fails_leaves_what_was_found_before_it(look):
    data = with_segments(encode("JPEG"), segment(0xE1, b"Exif\0\0" + exif()))
    audited = look(data, detector=CrashingDetector())
    assert audited.error.exit_code == int(ExitCode.MODEL)
    assert Kind.GPS in {finding.hidden.kind for finding in audited.findings}
    assert audited.has_found


def test_nothing_at_all_is_an_error_of_input():
    assert exit_code([], is_one=False) is ExitCode.INPUT


def test_an_audit_changes_nothing(look, tmp_path):
    data = everything()["jpeg/exif"][0]
    look(data)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]
    assert (tmp_path / "photo.jpg").read_bytes() == data


# Many


@pytest.mark.model
def test_side_by_side_finds_the_same(tmp_path):
    for number in range(2):
        (tmp_path / f"{number}.png").write_bytes(everything()["png/text"][0])
    sources = [Source(path, path, None, path.name) for path in sorted(tmp_path.iterdir())]
    one, two = (list(audit.audit(sources, Settings(), reports=Reports(), jobs=jobs)) for jobs in (1, 2))
    assert to_json(one, NOTHING_ELSE, version="1") == to_json(two, NOTHING_ELSE, version="1")


def test_a_process_that_dies_twice_is_a_failure_of_its_file(monkeypatch):
    monkeypatch.setattr(audit, "in_processes", lambda work, sources, jobs, **_: [Lost.DIED for _ in sources])
    sources = [Source(Path(name), Path(name), None, name) for name in "ab"]
    found = list(audit.audit(sources, Settings(), reports=Reports(), jobs=2))
    assert [each.error.error for each in found] == ["its process died twice"] * 2
