"""A run that was stopped goes on where it stopped: nothing is done twice, and nothing counts that is not the same."""

import hashlib
import json
import shutil
import signal

import pytest

from tests.end_to_end.process import blurkit, files, small, start, wait_until
from tests.end_to_end.test_kills import QUICK_FAKES

COUNT = """
import blurkit.pipeline, os
real = blurkit.pipeline.decode
def decode(data, *arguments, source, **options):
    with open({log!r}, "a") as log:
        log.write(source.name + "\\n")
    return real(data, *arguments, source=source, **options)
blurkit.pipeline.decode = decode
"""
SLOW = "import time\nfast = os.link\nos.link = lambda *a: (fast(*a), time.sleep(0.5))[0]\n"
NAMES = [f"{number}.png" for number in range(6)]


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Return a folder of six small photos, each with another content."""
    folder = tmp_path_factory.mktemp("photos") / "in"
    for number, name in enumerate(NAMES):
        small(folder, name, width=200 + 8 * number)
    return folder


@pytest.fixture
def run(photos, tmp_path):
    """Run over the photos; the last argument says into which folder. `run.decoded()` says which were really done."""
    log = tmp_path / "log"

    def go(*options, out="out", source=photos, jobs="1", fakes=QUICK_FAKES):
        log.write_text("")
        options = ("--out", tmp_path / out, "--json", "--detector", "mediapipe", "--jobs", jobs, *options)
        return blurkit("run", source, *options, cwd=tmp_path, faults=fakes + COUNT.format(log=str(log)))

    go.decoded = lambda: sorted(set(log.read_text().split()))
    go.log = log
    return go


def told(done):
    """Return a document without what differs between any two runs, and with outputs inside their folder."""
    document = done.document
    for photo in document["photos"]:
        assert photo.pop("seconds") is not None
        if photo["output"]:
            photo["output"] = photo["output"].rpartition("/")[2]
    return document


def contents(folder):
    return {name: (folder / name).read_bytes() for name in files(folder) if not name.startswith(".")}


@pytest.mark.parametrize(
    ("jobs", "publish", "fakes"),
    [
        pytest.param("2", (), "", marks=pytest.mark.model, id="with models"),
        pytest.param("1", ("--publish",), QUICK_FAKES, id="for a website"),
    ],
)
def test_a_run_that_was_killed_goes_on_where_it_stopped(jobs, publish, fakes, photos, run, tmp_path):
    """kill -9 in the middle: the report and the bytes are those of a run that was not interrupted."""
    out = tmp_path / "out"
    options = ("--out", out, "--detector", "mediapipe", "--jobs", jobs, *publish)
    process = start("run", photos, *options, folder=tmp_path, faults=fakes + SLOW)
    wait_until(lambda: out.exists() and len(contents(out)) >= 3)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    before = contents(out)
    assert 3 <= len(before) < 6
    resumed = run(*publish, jobs=jobs, fakes=fakes)
    assert resumed.code == 0, resumed.err
    assert len(run.decoded()) == 6 - len(before)
    assert before.items() <= contents(out).items()
    whole = run(*publish, out="whole", fakes=fakes)
    assert len(run.decoded()) == 6
    assert told(resumed) == told(whole)
    assert contents(out) == contents(tmp_path / "whole")


def test_a_second_run_does_nothing_and_says_so(run, photos, tmp_path):
    run()
    options = ("--out", tmp_path / "out", "--detector", "mediapipe", "--jobs", "1")
    done = blurkit("run", photos, *options, faults=QUICK_FAKES)
    assert done.code == 0
    assert "0 photos written\n6 photos were written before and are unchanged since\n" in done.err
    one = blurkit("run", photos / "3.png", *options, "--verbose", faults=QUICK_FAKES)
    assert "written before" in one.err


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (("--no-resume", "--overwrite"), NAMES),
        (("--policy", "everyone", "--overwrite"), NAMES),
        (("--overwrite",), []),
    ],
    ids=["no-resume", "policy", "overwrite"],
)
def test_what_is_done_again_if_that_is_wanted(change, again, run):
    run()
    assert run(*change).code == 0
    assert run.decoded() == again


def test_what_changed_is_done_again_and_only_that(run, photos, tmp_path):
    source, out = tmp_path / "in", tmp_path / "out"
    shutil.copytree(photos, source)
    run(source=source)
    small(source, "2.png", width=300)
    (out / "4.png").write_bytes((source / "4.png").read_bytes())
    (out / "5.png").unlink()
    done = run(source=source)
    assert done.code == 7
    assert {name for name, photo in done.photos.items() if photo["status"] == "failed"} == {"2.png", "4.png"}
    assert {photo["error"]["kind"] for photo in done.photos.values() if photo["error"]} == {"OutputExists"}
    assert run.decoded() == ["5.png"]
    done = run("--overwrite", source=source)
    assert done.code == 7
    assert {name for name, photo in done.photos.items() if photo["status"] == "failed"} == {"4.png"}
    assert run.decoded() == ["2.png"]
    assert (out / "4.png").read_bytes() == (source / "4.png").read_bytes()


def test_another_folder_is_done_anew_and_what_is_not_ours_is_refused(run, tmp_path):
    run()
    shutil.copytree(tmp_path / "out", tmp_path / "copy")
    done = run(out="copy")
    assert done.code == 7
    assert {photo["status"] for photo in done.photos.values()} == {"failed"}
    assert run(out="other").code == 0
    assert len(run.decoded()) == 6


def test_changed_decisions_are_heeded_photo_by_photo(run, photos, tmp_path):
    hashes = [hashlib.sha256((photos / name).read_bytes()).hexdigest() for name in NAMES]
    decisions = tmp_path / "decisions.json"

    def decide(*boxes):
        choices = [[{"box": box, "action": "cover", "by_hand": True}] for box in boxes]
        document = {
            "schema": 1,
            "version": "1",
            "policy": "children",
            "photos": dict(zip(hashes, choices, strict=False)),
        }
        decisions.write_text(json.dumps(document))

    options = ("--decisions", decisions, "--overwrite")
    decide([0, 0, 20, 20], [0, 0, 20, 20])
    run(*options)
    decide([0, 0, 20, 20], [0, 0, 20, 24])
    run(*options)
    assert run.decoded() == ["1.png"]
    run("--overwrite")
    assert len(run.decoded()) == 6


def test_photos_for_a_website_go_on_numbering(run, photos, tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    for name in ("0.png", "1.png"):
        (source / name).write_bytes((photos / name).read_bytes())
    first = run("--publish", source=source)
    for name in ("0.png", "1.png"):
        (source / name).unlink()
        small(source, "again " + name, width=300 + int(name[0]))
    second = run("--publish", source=source)
    assert (first.code, second.code) == (0, 0)
    numbers = [photo["output"][-7:] for done in (first, second) for photo in done.document["photos"]]
    assert numbers == ["001.jpg", "002.jpg", "003.jpg", "004.jpg"]
    assert len(contents(tmp_path / "out")) == 4


def test_a_run_that_cannot_remember_is_done_all_the_same_and_says_so(photos, tmp_path):
    (tmp_path / "state").write_text("a file")
    options = ("--out", tmp_path / "out", "--jobs", "1")
    done = blurkit("run", photos / "0.png", *options, faults=QUICK_FAKES, XDG_STATE_HOME=str(tmp_path / "state"))
    assert done.code == 0
    assert "note: if this run is interrupted, it cannot go on where it stopped" in done.err


def test_two_runs_side_by_side_both_end_well(photos, tmp_path):
    out = tmp_path / "out"
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    options = ("--out", out, "--jobs", "1")
    both = [start("run", photos, *options, folder=tmp_path / name, faults=QUICK_FAKES) for name in "ab"]
    assert [process.communicate(timeout=120) and process.returncode for process in both] == [0, 0]
    assert files(out) == NAMES


def test_a_process_that_is_killed_when_it_has_written_loses_no_photo(photos, tmp_path):
    faults = f"""
link, mark = os.link, {str(tmp_path / "killed")!r}
def deadly(*arguments):
    link(*arguments)
    if not os.path.exists(mark):
        open(mark, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
os.link = deadly
"""
    done = blurkit("run", photos, "--out", tmp_path / "out", "--jobs", "2", faults=QUICK_FAKES + faults)
    assert (tmp_path / "killed").exists()
    assert done.code == 0, done.err
    assert list(contents(tmp_path / "out")) == NAMES
