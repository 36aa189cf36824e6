"""Every exit code of the command, each from a real process, and what it leaves on disk and says."""

import pytest

from tests.end_to_end.process import QUICK, ROOT, blurkit, files, small

pytestmark = pytest.mark.model

BUG = "import blurkit.render\ndef obscure(*_): return 1 / 0\nblurkit.render.obscure = obscure"
A_NEW_FACE_EACH_LOOK = """
import random
import blurkit.analysis
from blurkit.detect.views import Sighting
from blurkit.geometry import Box
class Restless:
    name = "restless"
    def look(self, picture):
        x, y = random.random() * 200, random.random() * 200
        return [Sighting(Box(x, y, x + 8, y + 8), 0.99)]
    def close(self): pass
blurkit.analysis.make_independent_check = lambda **_: Restless()
"""
SPOILED = """
import blurkit.render
real = blurkit.render.encode
blurkit.render.encode = lambda photo: (data := real(photo))[:2] + b"\\xff\\xfe\\x00\\x06left" + data[2:]
"""


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    return small(tmp_path_factory.mktemp("photos"))


def refused(done, out, *words):
    """Check that nothing was written, and that the error says why and what helps."""
    assert not out.exists() or files(out) == []
    error, hint = done.err.splitlines()[:2]
    assert error.startswith("error: ")
    assert all(word in error for word in words)
    assert hint.startswith("hint: ")
    return True


def test_0_every_photo_is_written(photo, tmp_path):
    done = blurkit("run", photo, "--out", tmp_path / "out", *QUICK)
    assert (done.code, files(tmp_path / "out")) == (0, ["photo.jpg"])


def test_1_a_fault_of_ours_is_one_line_and_a_hint(photo, tmp_path):
    done = blurkit("run", photo, "--out", tmp_path / "out", *QUICK, faults=BUG)
    assert done.code == 1
    assert done.err.startswith(f"error: batch {photo}: a fault of blurkit: ZeroDivisionError")
    assert refused(done, tmp_path / "out", "division by zero")
    assert "Traceback" not in done.err


def test_1_debug_shows_where(photo, tmp_path):
    done = blurkit("run", photo, "--out", tmp_path / "out", *QUICK, "--debug", "--json", faults=BUG)
    assert done.code == 1
    assert "Traceback" in done.err
    assert "Traceback" in done.document["photos"][0]["error"]["hint"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("run", "photo.jpg"), "--out"),
        (("run", "photo.jpg", "--out", "out", "--nonsense"), "--nonsense"),
        (("run", "photo.jpg", "--out", "out", "--style", "blur"), "solid"),
        (("run", "photo.jpg", "--out", "out", "--color", "mauve"), "gray"),
        (("run", "photo.jpg", "--out", "out", "--policy", "nobody"), "presets are"),
        (("run", "photo.jpg", "--out", "out", "--jobs", "0"), "jobs"),
        (("run", "photo.jpg", "--out", "out", "--report", "report.txt"), ".json"),
        (("run", "photo.jpg", "--out", "out", "--report", "not/there/report.json"), "folder"),
        (("policy", "check", "not-there.toml"), "no such"),
        (("shred",), "shred"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_2_what_was_asked_for_makes_no_sense(arguments, word, tmp_path):
    done = blurkit(*arguments, cwd=tmp_path)
    assert done.code == 2
    assert word in done.err
    assert done.out == ""
    assert files(tmp_path) == []


def test_2_a_bad_key_of_a_policy_is_named_with_those_known(tmp_path):
    policy = tmp_path / "ours.toml"
    policy.write_text('preset = "children"\nchild_aeg = 16\n')
    done = blurkit("policy", "check", policy)
    assert done.code == 2
    assert "child_aeg" in done.err
    assert "child_age" in done.err


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gone.jpg", None),
        ("empty.jpg", b""),
        ("notes.txt", b"hello"),
        ("cut.jpg", b"\xff\xd8\xff\xe0"),
        ("a.jpg", b"no"),
    ],
)
def test_3_the_photo_cannot_be_processed(name, content, tmp_path):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = blurkit("run", tmp_path / name, "--out", tmp_path / "out", *QUICK)
    assert done.code == 3
    assert name in done.err


def test_3_too_many_megapixels(photo, tmp_path):
    done = blurkit("run", photo, "--out", tmp_path / "out", "--max-megapixels", "0.1", *QUICK)
    assert done.code == 3
    assert refused(done, tmp_path / "out", "megapixels")
    assert "--max-megapixels" in done.err


def test_3_a_folder_without_photos(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes.txt").write_text("hello")
    done = blurkit("run", tmp_path / "in", "--out", tmp_path / "out", "--json")
    assert done.code == 3
    assert refused(done, tmp_path / "out", "no photos")
    assert done.document["photos"] == []


@pytest.mark.parametrize("fault", ["missing", "altered", "no list"])
def test_4_a_model_is_not_what_it_should_be(fault, photo, tmp_path):
    """An installation of links to this one, with one file changed."""
    home = tmp_path / "site"
    (home / "models").mkdir(parents=True)
    (home / "blurkit").symlink_to(ROOT / "blurkit")
    for model in (ROOT / "models").iterdir():
        (home / "models" / model.name).symlink_to(model)
    spoiled = home / "models" / ("manifest.toml" if fault == "no list" else "centerface.onnx")
    spoiled.unlink()
    if fault == "altered":
        spoiled.write_bytes(b"something else")
    done = blurkit(
        "run", photo, "--out", tmp_path / "out", "--json", faults=f"import sys; sys.path.insert(0, {str(home)!r})"
    )
    assert done.code == 4
    assert refused(done, tmp_path / "out", "model")
    (failed,) = done.document["photos"]
    assert failed["status"] == "blocked"
    assert failed["error"]["kind"] == ("ModelChecksum" if fault == "altered" else "ModelMissing")


def test_5_an_output_is_there_already(photo, tmp_path):
    earlier = tmp_path / "out" / "photo.jpg"
    earlier.parent.mkdir()
    earlier.write_bytes(b"precious")
    done = blurkit("run", photo, "--out", tmp_path / "out", *QUICK)
    assert done.code == 5
    assert "--overwrite" in done.err
    assert earlier.read_bytes() == b"precious"
    assert blurkit("run", photo, "--out", tmp_path / "out", *QUICK, "--overwrite").code == 5
    assert earlier.read_bytes() == b"precious"
    earlier.unlink()
    assert blurkit("run", photo, "--out", tmp_path / "out", *QUICK).code == 0
    ours = earlier.read_bytes()
    assert blurkit("run", photo, "--out", tmp_path / "out", *QUICK, "--overwrite", "--color", "red").code == 0
    assert earlier.read_bytes() != ours
    assert files(tmp_path / "out") == ["photo.jpg"]


def test_5_the_output_would_be_the_original(photo):
    before = photo.read_bytes()
    done = blurkit("run", photo, "--out", photo.parent, "--overwrite", *QUICK)
    assert done.code == 5
    assert "original" in done.err
    assert photo.read_bytes() == before
    assert files(photo.parent) == ["photo.jpg"]


def test_2_the_output_folder_is_a_file(photo, tmp_path):
    (tmp_path / "out").write_bytes(b"precious")
    done = blurkit("run", photo, "--out", tmp_path / "out", *QUICK)
    assert done.code == 2
    assert (tmp_path / "out").read_bytes() == b"precious"


@pytest.mark.parametrize(("overwrite", "locked"), [(False, "link"), (True, "replace")])
def test_5_another_program_holds_the_output(photo, tmp_path, overwrite, locked):
    """As Windows refuses it, and file systems without hard links."""
    faults = f"""
import os, pathlib
def refuse(*_, **__): raise PermissionError(13, "The process cannot access the file")
os.{locked} = pathlib.Path.rename = pathlib.Path.replace = refuse
"""
    options = ("--overwrite",) if overwrite else ()
    done = blurkit("run", photo, "--out", tmp_path / "out", *QUICK, *options, faults=faults)
    assert done.code == 5
    assert refused(done, tmp_path / "out", "cannot be written")


def test_6_a_face_still_shows(photo, tmp_path):
    done = blurkit("run", photo, "--out", tmp_path / "out", "--json", *QUICK, faults=A_NEW_FACE_EACH_LOOK)
    assert done.code == 6
    assert refused(done, tmp_path / "out", "independent check")
    assert done.document["photos"][0]["status"] == "blocked"


def test_6_something_hidden_is_left(photo, tmp_path):
    done = blurkit("run", photo, "--out", tmp_path / "out", *QUICK, faults=SPOILED)
    assert done.code == 6
    assert not (tmp_path / "out").exists()


def test_7_some_photos_of_several_failed(photo, tmp_path):
    done = blurkit("run", photo, tmp_path / "gone.jpg", "--out", tmp_path / "out", *QUICK)
    assert done.code == 7
    assert files(tmp_path / "out") == ["photo.jpg"]
    assert "gone.jpg" in done.err


def test_7_even_if_all_failed(tmp_path):
    done = blurkit("run", tmp_path / "a.jpg", tmp_path / "b.jpg", "--out", tmp_path / "out")
    assert done.code == 7


def test_7_a_folder_of_one_photo_that_fails(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(b"")
    assert blurkit("detect", tmp_path / "in").code == 7
