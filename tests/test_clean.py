"""`blurkit clean` takes out what a file hides, and what it shows stays bit for bit, the way up it is included."""

import io
import json

import numpy as np
import pytest
from PIL import Image, ImageOps

from blurkit import metadata
from blurkit.batch.clean import clean_bytes
from blurkit.cli import main
from blurkit.cli.clean import NO_FACES
from blurkit.errors import PhotoError, PixelsChanged, UnsupportedFormat
from blurkit.load import decode, shown_hash
from blurkit.picture.orientation import block_of, orientation_of
from blurkit.settings import LoadSettings
from tests import pictures, profiles
from tests.metadata.photos import PLANTED, exif
from tests.metadata.planted import everything
from tests.metadata.test_planted import SHOWN, is_planted_in

LIMIT = LoadSettings()


def blurkit(capsys, *arguments):
    """Run the command; return its exit code, standard output and standard error."""
    with pytest.raises(SystemExit) as ended:
        main([str(each) for each in arguments])
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


def with_exif(kind, block):
    """Return a file with an EXIF block of choice."""
    return pictures.file(kind, exif=b"Exif\0\0" + block if kind == "jpeg" else block)


@pytest.mark.parametrize("case", sorted(everything()))
def test_what_is_planted_is_gone_and_the_picture_is_the_same(case):
    data = everything()[case][0]
    try:
        before = shown_hash(data, LIMIT)
    except PhotoError:
        pytest.skip("no viewer opens it as it is")
    _, clean = clean_bytes(data, LIMIT)
    assert shown_hash(clean, LIMIT) == before
    assert not is_planted_in(clean) or case in SHOWN


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_the_way_up_is_kept_and_nothing_else_of_the_exif_block(kind, orientation):
    block = Image.Exif()
    block[0x0112], block[0x010E] = orientation, PLANTED.decode()
    data = pictures.file(kind, exif=block.tobytes())
    removed, clean = clean_bytes(data, LIMIT)
    assert removed
    assert PLANTED not in clean
    assert metadata.find(clean) == ()
    upright = [np.asarray(ImageOps.exif_transpose(pictures.opened(each))) for each in (data, clean)]
    assert np.array_equal(*upright)
    assert (b"MM\0*\0\0\0\x08\0\1\x01\x12" in clean) is (orientation > 1)
    assert clean_bytes(clean, LIMIT) == ((), clean)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_tiff_and_a_heic_keep_their_own_way_to_say_it(orientation):
    for data in (
        pictures.file("tiff", tiffinfo={274: orientation, 270: PLANTED.decode()}),
        pictures.file("heif", exif=pictures.exif(orientation)),
        pictures.file("avif", exif=pictures.exif(orientation)),
    ):
        _, clean = clean_bytes(data, LIMIT)
        assert PLANTED not in clean
        assert (decode(clean, LIMIT).picture.samples == decode(data, LIMIT).picture.samples).all()


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_an_orientation_with_something_behind_it_is_a_finding(kind):
    for block in (block_of(6) + PLANTED, exif(), block_of(6).replace(b"\0\6\0\0", b"\0\6\1\1")):
        assert metadata.find(with_exif(kind, block))
    assert metadata.find(with_exif(kind, block_of(6))) == ()


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (block_of(6), 6),
        (b"II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\x08\0\0\0" + bytes(4), 8),
        (b"II*\0\x08\0\0\0\1\0\x12\1\4\0\1\0\0\0\x06\0\0\0" + bytes(4), 1),
        (b"II*\0\x08\0\0\0\1\0\x12\1\3\0\2\0\0\0\x06\0\0\0" + bytes(4), 1),
        (b"II*\0\x08\0\0\0\1\0\x12\1\3\0\1\0\0\0\x09\0\0\0" + bytes(4), 1),
        (b"II*\0\xff\xff\0\0", 1),
        (b"", 1),
    ],
    ids=["ours", "little", "LONG", "two values", "no such value", "cut", "empty"],
)
def test_an_orientation_is_read_as_browsers_read_it(block, expected):
    assert orientation_of(block) == expected


def test_coded_bytes_are_untouched():
    data = pictures.file("jpeg", exif=b"Exif\0\0" + exif(), progressive=True, comment=PLANTED)
    _, clean = clean_bytes(data, LIMIT)
    assert clean.endswith(data[data.index(b"\xff\xdb", data.rindex(PLANTED)) :])
    png = pictures.file("png", exif=exif())
    _, clean = clean_bytes(png, LIMIT)
    assert png[png.index(b"IDAT") - 4 :] == clean[clean.index(b"IDAT") - 4 :]


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff", "heif", "avif"])
def test_a_profile_is_made_anew_and_shows_the_same(kind):
    data = pictures.file(kind, icc_profile=profiles.wide_gamut("Anna's display"))
    removed, clean = clean_bytes(data, LIMIT)
    assert removed == ("unusual text in the colour profile",)
    assert b"Anna" not in clean
    assert (decode(clean, LIMIT).picture.pixels == decode(data, LIMIT).picture.pixels).all()


def test_a_profile_in_a_table_is_refused_with_what_helps():
    with pytest.raises(UnsupportedFormat, match="table") as caught:
        clean_bytes(pictures.file("jpeg", "CMYK", icc_profile=profiles.cmyk()), LIMIT)
    assert "blurkit run" in caught.value.hint


def test_a_file_that_would_show_something_else_is_withheld(monkeypatch):
    monkeypatch.setattr(metadata, "strip", lambda data: pictures.file("jpeg", seed=9))
    with pytest.raises(PixelsChanged):
        clean_bytes(pictures.file("jpeg", comment=PLANTED), LIMIT)


def test_a_lost_turn_is_withheld_too(monkeypatch):
    monkeypatch.setattr(metadata, "strip", lambda data: pictures.file("jpeg"))
    with pytest.raises(PixelsChanged):
        clean_bytes(pictures.file("jpeg", exif=pictures.exif(6)), LIMIT)


# The command


def test_the_command_says_at_once_that_no_face_was_looked_for(tmp_path, capsys):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(pictures.file("jpeg", exif=b"Exif\0\0" + exif()))
    (tmp_path / "in" / "b.gif").write_bytes(everything()["gif/animation"][0])
    (tmp_path / "in" / "a.mov").write_bytes(b"video")
    code, out, err = blurkit(capsys, "clean", tmp_path / "in", "--out", tmp_path / "out", "--jobs", "1")
    assert (code, out) == (0, "")
    assert err.splitlines()[0] == NO_FACES
    assert "2 of 2 photos written, 2 of them had something hidden; 1 videos of Live Photos: not cleaned" in err
    assert metadata.find((tmp_path / "out" / "a.jpg").read_bytes()) == ()
    assert pictures.opened((tmp_path / "out" / "b.gif").read_bytes()).n_frames == 2


def test_json_names_what_was_taken_out_and_what_failed(tmp_path, capsys):
    (tmp_path / "a.jpg").write_bytes(pictures.file("jpeg", exif=b"Exif\0\0" + exif()))
    (tmp_path / "b.jpg").write_bytes(pictures.file("jpeg")[:300])
    code, out, err = blurkit(
        capsys, "clean", tmp_path / "a.jpg", tmp_path / "b.jpg", "--out", tmp_path / "out", "--json", "--jobs", "2"
    )
    document = json.loads(out)
    first, second = document["photos"]
    assert code == 7
    assert document["faces_looked_for"] is False
    assert (first["status"], second["status"]) == ("clean", "failed")
    assert "GPS position" in first["removed"]
    assert second["output"] is None
    assert second["error"]["kind"] == "UnreadablePhoto"
    assert "no face is looked for" in err


def test_an_original_is_never_overwritten(tmp_path, capsys):
    photo = tmp_path / "a.jpg"
    photo.write_bytes(data := pictures.file("jpeg", exif=b"Exif\0\0" + exif()))
    code, _, err = blurkit(capsys, "clean", photo, "--out", tmp_path, "--quiet")
    assert code == 5
    assert "never overwritten" in err
    assert photo.read_bytes() == data
    assert "note" not in err


def test_exit_codes(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert blurkit(capsys, "clean", tmp_path / "empty", "--out", tmp_path / "out")[0] == 3
    assert blurkit(capsys, "clean", tmp_path / "gone.jpg", "--out", tmp_path / "out")[0] == 3
    assert blurkit(capsys, "clean", tmp_path / "empty")[0] == 2


def test_what_a_viewer_shows_is_told_by_its_hash():
    frames = [Image.new("RGB", (20, 20), (tone, 0, 0)) for tone in (0, 90, 200)]

    def animation(*shown, **options):
        buffer = io.BytesIO()
        shown[0].save(buffer, "PNG", save_all=True, append_images=shown[1:], **options)
        return shown_hash(buffer.getvalue(), LIMIT)

    assert animation(*frames) == animation(*frames)
    different = [animation(*frames), animation(*frames[:2]), animation(*frames[::-1]), animation(*frames, duration=70)]
    assert len(set(different)) == 4
