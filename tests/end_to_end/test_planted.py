"""Whatever is planted in a file, in whatever place of whatever format, is in no output of a whole run."""

import io
import shutil

import pytest

from blurkit import metadata
from blurkit.metadata import mp4
from tests.end_to_end.process import QUICK, SAMPLES, blurkit, files, foreign_lines
from tests.metadata.photos import PLANTED, thumbnail
from tests.metadata.planted import everything
from tests.metadata.test_exiftool import assert_only_structure, read
from tests.metadata.test_planted import is_planted_in

pytestmark = pytest.mark.model

PHONE = ("heif", "avif")
NO_NETWORKS = """
import blurkit.detect.finder
import blurkit.analysis
class Blind:
    name = "blind"
    def detect(self, pixels): return ()
    def look(self, picture): return []
    def close(self): pass
blurkit.detect.finder.make_detectors = lambda settings, **_: [Blind()]
blurkit.analysis.make_independent_check = lambda **_: Blind()
"""
"""Nobody is in these pictures; looking for faces would take a minute."""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Return the outputs and documents of two runs over every dirty file: each in its format, and as it comes."""
    folder = tmp_path_factory.mktemp("planted")
    for case, (data, _) in everything().items():
        path = folder / "in" / f"{case}.{case.split('/')[0]}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    phone = [folder / "in" / kind for kind in PHONE]
    options = ("--json", "--jobs", "1")
    same = blurkit("run", folder / "in", "--out", folder / "same", "--format", "same", *options, faults=NO_NETWORKS)
    auto = blurkit("run", *phone, "--out", folder / "auto", *options, faults=NO_NETWORKS)
    return {folder / "same": same, folder / "auto": auto}


def test_a_dirty_file_is_written_clean_or_refused(runs):
    for folder, done in runs.items():
        written = [photo for photo in done.document["photos"] if photo["status"] in ("ready", "look")]
        refused = [photo for photo in done.document["photos"] if photo["status"] not in ("ready", "look")]
        assert len(files(folder)) == len(written)
        assert len(written) > 4 * len(refused)
        assert {photo["error"]["kind"] for photo in refused} <= {"UnsupportedFormat", "UnreadablePhoto"}


def test_nothing_planted_is_in_any_output(runs):
    for folder in runs:
        for name in files(folder):
            data = (folder / name).read_bytes()
            assert not is_planted_in(data), name
            assert thumbnail() not in data, name
            found = mp4.find(io.BytesIO(data)) if name.endswith(".mp4") else metadata.find(data)  # what moves is a clip
            assert found == (), name


def test_nothing_planted_is_in_what_is_said(runs):
    for done in runs.values():
        assert PLANTED.decode() not in done.out + done.err
        assert foreign_lines(done.err) == []


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_sees_only_structure(runs):
    for folder in runs:
        paths = [folder / name for name in files(folder)]
        for path, tags in zip(paths, read(*paths), strict=True):
            assert_only_structure(tags)
            assert path.exists()


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")
def test_exiftool_agrees_on_the_sample_of_a_phone(tmp_path):
    with pytest.raises(AssertionError):
        assert_only_structure(*read(SAMPLES / "phone.jpg"))
    assert blurkit("run", SAMPLES / "phone.jpg", "--out", tmp_path, *QUICK).code == 0
    assert_only_structure(*read(tmp_path / "phone.jpg"))
