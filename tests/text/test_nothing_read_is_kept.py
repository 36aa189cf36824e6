"""What a photo says is in no file and on no screen, whichever command looked at it: names are planted and sought."""

import json
import os
import re
import subprocess
import sys

import pytest

from blurkit.marks import MarkKind, Reading
from blurkit.policy.reviewed import FILE_NAME
from blurkit.review.requests import QUESTIONS, SignOff
from tests.end_to_end.process import wait_until
from tests.fakes import FixedMarks
from tests.pictures import line
from tests.review.caller import Caller
from tests.review.serving import copies, serving
from tests.text.signs import code, label, photo

PLANTED = rb"(?i)zebrowski|quentin|8136|prize|example\.org|anna-klein"
SIGNS = (
    (label("Quentin Zebrowski", 26), (170, 90), -8, "text"),
    (label("PRIZE DAY", 60, "white", "navy"), (400, 400), 4, "text"),
    (label("KA PX 8136", 40), (480, 60), 0, "plate"),
    (code(), (540, 250), 12, "code"),
)
POLICY = 'preset = "strict"\n[text]\ndo = "cover"\nleaves = ["PRIZE DAY"]\n'


@pytest.fixture
def place(tmp_path):
    (tmp_path / "in").mkdir()
    photo(*SIGNS)[0].save(tmp_path / "in" / "a.jpg", quality=95)
    (tmp_path / "p.toml").write_text(POLICY)
    return tmp_path


def told(place, *command):
    """Run a command with everything that it may write below one folder; return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "blurkit", *command],
        cwd=place,
        env={**os.environ, "XDG_STATE_HOME": str(place / "state"), "TMPDIR": str(place)},
        capture_output=True,
    )
    assert done.returncode in (0, 7, 8), done.stderr.decode()
    return done.stdout, done.stderr


def planted_in(place, *printed):
    """Return planted words in what was printed, and in all files but the photo and the policy."""
    files = [path for path in place.rglob("*") if path.is_file() and path.name != "p.toml"]
    files = [path for path in files if path != place / "in" / "a.jpg"]
    names = "".join(str(path) for path in files).encode()
    return re.findall(PLANTED, b"".join(printed) + names + b"".join(path.read_bytes() for path in files))


@pytest.mark.model
@pytest.mark.parametrize("report", ["r.html", "r.json", "r.csv"])
def test_a_run_keeps_nothing(place, report):
    run = ("run", "in", "--out", "out", "--policy", "p.toml", "--report", report, "--json", "-v", "--debug")
    printed = told(place, *run)
    (marks,) = (entry["marks"] for entry in json.loads(printed[0])["photos"])
    assert sorted((mark["kind"], mark["action"]) for mark in marks) == [
        *[("code", "cover"), ("plate", "cover")],
        ("text", "cover"),
        ("text", "keep"),
    ]
    assert any(path.suffix == ".entry" for path in place.rglob("*"))
    assert (place / report).exists()
    assert planted_in(place, *printed) == []


@pytest.mark.model
@pytest.mark.parametrize(
    "command",
    [
        ("detect", "in", "--policy", "p.toml", "--json", "-v"),
        ("detect", "in", "--policy", "p.toml", "-v"),
        ("watch", "in", "--out", "out", "--policy", "p.toml", "--once", "-v"),
        ("audit", "in", "--json"),
        ("review", "in", "--policy", "p.toml", "--no-browser", "--idle", "0.05", "--jobs", "1"),
    ],
    ids=lambda command: " ".join(command[::5]),
)
def test_no_other_command_does(place, command):
    assert planted_in(place, *told(place, *command)) == []


def test_a_review_and_what_it_writes_hold_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    readings = (
        Reading(line(0, (200, 60), 12), "Quentin Zebrowski"),
        Reading(line(0, (300, 300), 20, MarkKind.PLATE), "KA PX 8136"),
    )
    (tmp_path / "p.toml").write_text('preset = "everyone"\nplate = "cover"\n[text]\ndo = "cover"\n')
    folder = copies(tmp_path / "in", "a.jpg")
    policy = str(tmp_path / "p.toml")
    with serving(folder, scale=600 / 1024, policy=policy, marks=FixedMarks(*readings)) as (server, review):
        wait_until(lambda: review.work.done == 1 and not review.work.is_busy)
        call = Caller(server.door)
        call.enter()
        paths = ("/api/about", "/api/state", "/api/warnings", "/photo/0/covers")
        answers = [call(path).body for path in paths]
        review.work.export(SignOff(by="office", answers=dict.fromkeys(QUESTIONS, True), despite_doubts=True))
        wait_until(lambda: not review.work.is_busy)
        assert review.work.fault is None
        answers.append(call("/api/state").body)
    assert list(tmp_path.rglob(FILE_NAME))
    assert b'"plate"' in b"".join(answers)
    assert planted_in(tmp_path, *answers) == []
