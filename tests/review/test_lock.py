"""Two reviews of one folder: the second is refused, or takes over; a dead one is in nobody's way."""

import contextlib
import json
import os
import re
import signal
from pathlib import Path

import pytest

from blurkit.errors import SettingsError
from blurkit.review.lock import FILE_NAME, Lock
from tests.end_to_end.process import start, wait_until
from tests.review.caller import Caller
from tests.review.serving import choosing, copies, needs_browser, serving


@pytest.fixture
def review(tmp_path):
    """Start reviews of one folder, each in a process of its own."""
    folder = copies(tmp_path / "in", "a.jpg", width=320)
    started = []
    home = {"HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}

    def begun(*options):
        place = tmp_path / f"faults-{len(started)}"
        place.mkdir()
        process = start("review", folder, "--no-browser", "--jobs", "1", *options, cwd=tmp_path, folder=place, **home)
        started.append(process)
        return process

    yield folder, begun
    for process in started:
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def page_of(process):
    """Wait until the page can be opened; gives what calls it."""
    call = Caller(re.search(r"computer: (\S+)", process.stderr.readline().decode()).group(1))
    call.enter()
    wait_until(lambda: json.loads(call("/api/state").body)["photos"][0].get("faces"))
    return call


def drawn(call, left):
    return call.post("edit", {"edits": [{"do": "draw", "photo": 0, "box": [left, 5, left + 20, 30]}]}).status


def boxes(folder):
    (photo,) = json.loads((folder / "blurkit-decisions.json").read_text())["photos"].values()
    return [choice["box"] for choice in (photo if isinstance(photo, list) else photo["faces"])]


@pytest.mark.model
def test_a_second_review_of_a_folder_is_refused_by_name_and_may_take_over(review):
    folder, begun = review
    first = begun()
    call = page_of(first)
    assert drawn(call, 5) == 200
    second = begun()
    _, err = second.communicate(timeout=60)
    assert second.returncode == 2
    assert f"is being reviewed already, by process {first.pid}" in err.decode()
    assert "--take-over" in err.decode()
    assert drawn(call, 40) == 200  # the first goes on
    third = begun("--take-over")
    call = page_of(third)
    assert first.wait(60) == 0
    assert "has taken over" in first.communicate()[1].decode()
    assert drawn(call, 80) == 200
    assert [[left, 5.0, left + 20, 30.0] for left in (5.0, 40.0, 80.0)] == boxes(folder)[-3:]
    assert call.post("end", {}).status == 200
    assert third.wait(60) == 0
    assert not (folder / FILE_NAME).exists()


@pytest.mark.model
def test_a_review_that_was_killed_is_in_nobodys_way(review):
    folder, begun = review
    first = begun()
    page_of(first)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(60)
    assert (folder / FILE_NAME).exists()
    page_of(begun())


def test_a_folder_under_review_is_not_chosen_again_on_another_page(tmp_path):
    folder = copies(tmp_path / "in", "a.jpg", width=200)
    with serving(folder), pytest.raises(SettingsError, match="is being reviewed already"), serving(folder):
        pass
    with serving(folder):
        pass


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("precious"), lambda path: path.mkdir()])
def test_nothing_is_opened_or_written_that_was_put_in_the_place_of_a_lock(tmp_path, make):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    make(tmp_path / FILE_NAME)
    Lock(tmp_path / FILE_NAME).release()
    assert precious.read_text() == "mine"


def test_a_file_that_is_linked_elsewhere_is_not_written(tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    os.link(precious, tmp_path / FILE_NAME)
    Lock(tmp_path / FILE_NAME).release()
    assert precious.read_text() == "mine"


def test_a_lock_that_says_nothing_is_held_all_the_same(tmp_path):
    lock = Lock(tmp_path / FILE_NAME)
    Path(tmp_path / FILE_NAME).write_text("?")
    assert lock.is_wanted
    with pytest.raises(SettingsError, match="by another process"):
        Lock(tmp_path / FILE_NAME)
    lock.release()
    Lock(tmp_path / FILE_NAME).release()


def test_a_folder_under_review_is_taken_over_from_the_chooser(tmp_path, monkeypatch):
    folder = copies(tmp_path / "Pictures", "a.jpg", width=200)
    with serving(folder) as (first, _), choosing(tmp_path, monkeypatch) as (server, opened):
        call = Caller(server.door)
        call.enter()
        told = call.post("open", {"path": str(folder)})
        assert told.status == 409
        assert json.loads(told.body)["taken"] is True
        assert "taken" not in json.loads(call.post("open", {"path": "/nowhere"}).body)
        assert opened == []
        assert call.post("open", {"path": str(folder), "take_over": True}).status == 200
        assert len(opened) == 1
        assert first.was_taken_over


@needs_browser
@pytest.mark.model
def test_the_chooser_offers_to_take_over_at_the_second_press(tmp_path, monkeypatch, browser):
    folder = copies(tmp_path / "Pictures", "a.jpg", width=200)
    with serving(folder) as (first, _), choosing(tmp_path, monkeypatch) as (server, opened):
        page = browser.new_page()
        page.goto(server.door.as_uri())
        page.wait_for_load_state("networkidle")
        page.locator("#typed button").click()  # the folder is opened by its path
        page.locator("#open:enabled").wait_for()
        page.get_by_role("button", name="Review these photos").click()
        page.get_by_role("button", name="End the other review and open it here").click()
        page.locator("#open").wait_for(state="detached")
        page.close()
        assert first.was_taken_over
        assert len(opened) == 1
