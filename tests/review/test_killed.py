"""A review that is killed in the middle loses no decision and leaves no picture."""

import contextlib
import json
import re
from pathlib import Path

import pytest

from tests.end_to_end.process import pictures_in, start, wait_until
from tests.review.caller import Caller
from tests.review.serving import copies


@pytest.mark.model
def test_killed_in_the_middle_no_decision_is_lost_no_picture_is_left_and_the_review_goes_on(tmp_path):
    folder = copies(tmp_path / "in", "a.jpg", "b.jpg", "c.jpg", width=320)
    own = {name: str(tmp_path / name.lower()) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_STATE_HOME")}
    for path in own.values():
        Path(path).mkdir()
    command = ("review", folder, "--no-browser", "--jobs", "1")

    @contextlib.contextmanager
    def opened():
        process = start(*command, cwd=tmp_path, folder=tmp_path / "home", **own)
        try:
            call = Caller(re.search(r"computer: (\S+)", process.stderr.readline().decode()).group(1))
            call.enter()
            yield process, call
        finally:
            process.kill()
            process.communicate()

    def photo(call, number):
        return json.loads(call("/api/state").body)["photos"][number]

    drawn = [{"do": "draw", "photo": 0, "box": [left, 5, left + 20, 30]} for left in (5, 40, 80)]
    with opened() as (_, call):
        wait_until(lambda: photo(call, 0)["faces"])  # while the others are still looked at
        faces = photo(call, 0)["faces"]
        assert "keep" in {face["action"] for face in faces}
        assert call("/photo/0/preview").status == 200
        assert call.post("edit", {"edits": [{"do": "cover_all", "photo": 0}]}).status == 200
        assert {call.post("edit", {"edits": [edit]}).status for edit in drawn} == {200}
    assert sorted(pictures_in(tmp_path)) == sorted(folder.glob("*.jpg"))
    assert json.loads((folder / "blurkit-decisions.json").read_text())["photos"]

    with opened() as (process, call):
        wait_until(lambda: photo(call, 0)["faces"])
        again = photo(call, 0)["faces"]
        assert [face["box"] for face in again] == [face["box"] for face in faces] + [edit["box"] for edit in drawn]
        assert {face["action"] for face in again} == {"cover"}
        assert call.post("end", {}).status == 200
        assert process.wait(60) == 0
