"""`blurkit audit` as users run it: on what a phone writes, on what `run` wrote, on a folder, against a report."""

import shutil
import subprocess

import numpy as np
import pytest
from PIL import Image

from tests import pictures
from tests.end_to_end.process import SAMPLES, blurkit, files
from tests.metadata.photos import PLANTED, encode
from tests.metadata.planted import everything

pytestmark = pytest.mark.model

ONE = ("--jobs", "1", "--detector", "centerface")
DOCUMENT = {"schema", "version", "companions", "skipped", "photos"}
PHOTO = {"path", "sha256", "width", "height", "faces", "hidden", "beside", "beside_faces", "matches"}
PHOTO |= {"status", "found", "error"}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Return a folder with a run over a phone's photo, everybody covered, and its report."""
    folder = tmp_path_factory.mktemp("published")
    options = ("--policy", "everyone", "--report", "report.json", "--jobs", "1")
    done = blurkit("run", SAMPLES / "phone.jpg", "--out", "web", *options, cwd=folder)
    assert done.code == 0
    return folder


def test_what_a_phone_writes_is_found_with_the_faces_in_its_hidden_pictures():
    done = blurkit("audit", SAMPLES / "phone.jpg", "--json", *ONE)
    assert done.code == 8
    document = done.document
    assert document.keys() == DOCUMENT
    (photo,) = document["photos"]
    assert photo.keys() == PHOTO
    assert photo["status"] == "found"
    assert len(photo["faces"]) == 4
    faces = {hidden["kind"]: hidden["faces"] for hidden in photo["hidden"]}
    assert faces["thumbnail"] >= 3
    assert faces["second_image"] == 4
    assert {"gps", "serial_number", "xmp", "exif"} <= faces.keys()


def test_what_run_wrote_is_clean_and_known(published):
    done = blurkit("audit", "web", "--against", "report.json", *ONE, cwd=published)
    assert (done.code, done.out.splitlines()[0]) == (0, "web/phone.jpg: clean")
    assert f"is the output of {SAMPLES / 'phone.jpg'} (report.json)" in done.out
    assert done.err.splitlines() == [
        "1 photo looked into, nothing changed",
        "0 visible faces in 0 photos",
        "0 photos with something hidden",
    ]


def test_a_resized_copy_and_the_original_are_known_too(published, tmp_path):
    with Image.open(published / "web" / "phone.jpg") as image:
        image.resize((640, 480)).save(tmp_path / "small.webp", quality=70)
    shutil.copy(SAMPLES / "phone.jpg", tmp_path / "leak.jpg")
    done = blurkit("audit", tmp_path, "--against", published / "report.json", "--json", *ONE)
    assert done.code == 8
    assert {name: photo["matches"][0]["how"] for name, photo in done.photos.items()} == {
        "small.webp": "picture",
        "leak.jpg": "original",
    }


def test_a_folder_is_walked_and_nothing_in_it_changes(tmp_path):
    for case in ("jpeg/motion-photo", "png/text", "heif/depth"):
        path = tmp_path / "in" / case.replace("/", "/photo-and-")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(f".{case.split('/')[0]}").write_bytes(everything()[case][0])
    (tmp_path / "in" / "jpeg" / "photo-and-motion-photo.mov").write_bytes(b"a video")
    (tmp_path / "in" / "notes.txt").write_text("hello")
    before = {name: (tmp_path / "in" / name).read_bytes() for name in files(tmp_path / "in")}
    done = blurkit("audit", "in", "--json", *ONE, cwd=tmp_path)
    assert done.code == 8
    assert all(photo["found"] for photo in done.photos.values())
    assert (done.document["companions"], done.document["skipped"]) == ({"videos of Live Photos": 1}, 1)
    assert done.photos["photo-and-motion-photo.jpeg"]["beside"] == ["photo-and-motion-photo.mov"]
    assert {name: (tmp_path / "in" / name).read_bytes() for name in files(tmp_path / "in")} == before
    assert PLANTED.decode() not in done.out + done.err


def test_a_face_in_the_video_of_a_motion_photo_or_of_a_live_photo_is_found(tmp_path):
    with Image.open(SAMPLES / "phone.jpg") as image:
        frame = np.asarray(image.convert("RGB").resize((960, 720)))
    video = pictures.video(tmp_path / "made.mp4", [frame] * 8)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "motion.jpg").write_bytes(encode("JPEG") + video)
    (tmp_path / "in" / "live.jpg").write_bytes(encode("JPEG"))
    (tmp_path / "in" / "live.mov").write_bytes(video)
    done = blurkit("audit", "in", "--json", *ONE, cwd=tmp_path)
    (hidden,) = done.photos["motion.jpg"]["hidden"]
    assert (hidden["kind"], hidden["faces"], hidden["frames"]) == ("video", 4, 5)
    assert done.photos["live.jpg"]["beside_faces"] == {"live.mov": 4}
    assert done.err == ""


def test_quiet_says_nothing_but_its_exit_code(tmp_path):
    (tmp_path / "photo.png").write_bytes(everything()["png/text"][0])
    done = blurkit("audit", tmp_path / "photo.png", "--quiet", *ONE)
    assert (done.code, done.out, done.err) == (8, "", "")


def test_what_cannot_be_read_is_an_error_of_its_own(tmp_path):
    (tmp_path / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    done = blurkit("audit", tmp_path / "cut.jpg", *ONE)
    assert done.code == 3
    assert "error: metadata" in done.err
    assert blurkit("audit", tmp_path, *ONE).code == 7
    assert blurkit("audit", tmp_path / "gone.jpg", *ONE).code == 3


def test_a_report_that_is_none_is_a_bad_option(tmp_path):
    (tmp_path / "report.json").write_text("{}")
    done = blurkit("audit", SAMPLES / "phone.jpg", "--against", tmp_path / "report.json")
    assert done.code == 2
    assert "--report" in done.err


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_what_another_program_planted_in_a_written_file_is_found(published, tmp_path):
    path = tmp_path / "edited.jpg"
    shutil.copy(published / "web" / "phone.jpg", path)
    thumbnail = SAMPLES / "phone.jpg"
    small = tmp_path / "small.jpg"
    with Image.open(thumbnail) as image:
        image.resize((320, 240)).save(small)
    command = ["exiftool", "-q", "-overwrite_original", "-GPSLatitude=51.5", "-GPSLatitudeRef=N", "-GPSLongitude=0"]
    command += ["-GPSLongitudeRef=E", "-SerialNumber=12345", f"-ThumbnailImage<={small}", str(path)]
    subprocess.run(command, check=True, timeout=60)
    done = blurkit("audit", path, "--json", *ONE)
    assert done.code == 8
    found = {hidden["kind"]: hidden["faces"] for hidden in done.document["photos"][0]["hidden"]}
    assert found["thumbnail"] >= 1
    assert {"gps", "serial_number"} <= found.keys()
