"""Damaged files of every format, through the whole program: an error of ours, or a file that is whole and clean."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blurkit import metadata
from blurkit.audit import examine as audit
from blurkit.audit.examine import examine
from blurkit.audit.matches import Reports
from blurkit.batch.naming import Source
from blurkit.errors import BlurkitError, PhotoError
from blurkit.load import decode
from blurkit.outcomes import PhotoFailure, PhotoResult
from blurkit.settings import LoadSettings, Settings
from tests import pictures
from tests.metadata.planted import everything

FILES = {f"{kind}/{mode}": pictures.file(kind, mode) for kind, mode in pictures.EVERY_FILE}
FILES |= {case: data for case, (data, _) in everything().items()}
SMALL = LoadSettings(max_megapixels=1.0)


@st.composite
def damaged(draw):
    """Return a real file with a few bytes changed, cut out, doubled or put in."""
    data = bytearray(FILES[draw(st.sampled_from(sorted(FILES)))])
    for _ in range(draw(st.integers(1, 5))):
        last = draw(st.sampled_from([len(data) - 1, min(len(data) - 1, 200)]))
        at, size = draw(st.integers(0, last)), draw(st.integers(1, 40))
        match draw(st.sampled_from(["change", "cut", "double", "fill", "end"])):
            case "change":
                data[at] = draw(st.integers(0, 255))
            case "cut":
                del data[at : at + size]
            case "double":
                data[at:at] = data[at : at + size]
            case "fill":
                data[at : at + size] = draw(st.sampled_from([b"\0", b"\xff", b"\x7f"])) * size
            case "end":
                del data[max(1, len(data) - size * 20) :]
        data = data or bytearray(1)
    return bytes(data)


@settings(max_examples=150)
@given(damaged())
def test_decoding_gives_a_photo_or_an_error_of_ours(data):
    with suppress(PhotoError):
        photo = decode(data, SMALL)
        assert photo.picture.pixels.shape[:2] == photo.picture.samples.shape[:2]
        assert photo.picture.pixels.size <= 3e6


@settings(max_examples=60)
@given(data=damaged())
def test_a_damaged_file_is_written_clean_or_not_at_all(data, blurrer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "photo").write_bytes(data)
    outcome = blurrer(load=SMALL).run(folder / "photo", out=folder / "safe")
    if isinstance(outcome, PhotoFailure):
        assert not (folder / "safe").exists()
        assert outcome.error
        return
    assert isinstance(outcome, PhotoResult)
    assert metadata.find((folder / "safe").read_bytes()) == ()


@settings(max_examples=150)
@given(damaged())
def test_walking_through_a_damaged_picture_gives_findings_or_an_error_of_ours(data):
    with suppress(PhotoError):
        metadata.find_within(data)


@settings(max_examples=60)
@given(data=damaged())
def test_an_audit_of_a_damaged_file_is_an_answer(data, blurrer, tmp_path_factory):
    path = tmp_path_factory.mktemp("fuzz") / "photo"
    path.write_bytes(data)
    made = blurrer(load=SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(audit, "blurrer_of", lambda *_: made)
        audited = examine(Source(path, path, None, "photo"), settings=Settings(load=SMALL), reports=Reports())
    assert audited.error is not None or audited.size is not None
    assert path.read_bytes() == data


CORPUS = sorted((Path(__file__).parents[1] / "corpus").glob("*/*"))


def test_what_fuzzing_found_before_is_read_and_searched_or_refused():
    assert len(CORPUS) > 100
    assert sum(path.stat().st_size for path in CORPUS) < 300_000
    for path in CORPUS:
        data = path.read_bytes()
        with suppress(PhotoError):
            decode(data, SMALL)
        with suppress(BlurkitError):
            clean = metadata.strip(data)
            assert {hidden.kind for hidden in metadata.find(clean)} <= {metadata.Kind.FRAME}


LIMITED = """
import faulthandler, random, resource, signal, sys
faulthandler.enable()
from contextlib import suppress
from blurkit import metadata
from blurkit.encode import encode, prepare
from blurkit.errors import BlurkitError
from blurkit.load import decode
from blurkit.obscure import obscure
from blurkit.appearance import ObscureSettings
from tests import pictures
from tests.property.test_fuzz import FILES, SMALL
def write(data):
    photo = decode(data, SMALL)
    over = photo.showing(obscure(photo.picture, pictures.covering(pictures.face()), ObscureSettings()))
    metadata.strip(encode(prepare(over, photo.format)))
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
dice = random.Random(int(sys.argv[1]))
for _ in range(int(sys.argv[2])):
    data = bytearray(FILES[dice.choice(sorted(FILES))])
    for _ in range(dice.randint(1, 30)):
        last = min(len(data), dice.choice([64, 1000, 1 << 30]))
        data[dice.randrange(last)] = dice.choice([0, 1, 127, 128, 255])
    data = bytes(data)
    signal.alarm(10)
    for work in (write, metadata.find, metadata.strip):
        with suppress(BlurkitError):
            work(data)
print("all done")
"""
"""Damages files in a process of its own with 3 GB of memory and 10 s each: `argv` is the seed and how many."""


@pytest.mark.skipif(sys.platform != "linux", reason="limits as Linux has them")
def test_no_damaged_file_takes_more_than_its_memory_and_time_or_the_process_with_it():
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, "1", "300"], capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "all done\n"


def test_every_format_is_among_the_files_that_are_damaged():
    assert {name.split("/")[0] for name in FILES} >= set(pictures.FILES)
