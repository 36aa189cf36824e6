"""A review that is killed while it writes leaves whole photos only, and the next one writes the rest."""

import json
import re
from pathlib import Path

import pytest

from blurkit.review.requests import QUESTIONS
from tests.end_to_end.process import files, start, wait_until
from tests.review.caller import Caller
from tests.review.serving import copies

NAMES = tuple(f"{letter}.jpg" for letter in "abcdef")
WORD = {"by": "office", "answers": dict.fromkeys(QUESTIONS, True), "despite_doubts": True}


@pytest.mark.model
def test_killed_while_it_writes_the_next_review_writes_the_rest(tmp_path):
    folder = copies(tmp_path / "in", *NAMES, width=320)
    own = {name: str(tmp_path / name.lower()) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
    for path in own.values():
        Path(path).mkdir()

    def opened():
        command = "review", folder, "--no-browser", "--jobs", "1", "--policy", "everyone"
        process = start(*command, cwd=tmp_path, folder=tmp_path / "home", **own)
        call = Caller(re.search(r"computer: (\S+)", process.stderr.readline().decode()).group(1))
        call.enter()
        wait_until(lambda: not json.loads(call("/api/state").body)["busy"], 120)
        assert call.post("export", WORD).status == 200
        return process, call

    safe = tmp_path / "in-safe"
    process, _ = opened()
    wait_until(lambda: safe.exists() and any(safe.glob("*.jpg")), 60)
    process.kill()
    process.communicate()
    there = set(files(safe))
    assert there < set(NAMES)

    process, call = opened()
    try:
        wait_until(lambda: not json.loads(call("/api/state").body)["busy"], 120)
        written = json.loads(call("/api/state").body)["written"]
        assert {one["output"] for one in written} == set(NAMES), written
        assert sorted(files(safe)) == list(NAMES)
    finally:
        process.kill()
        process.communicate()
