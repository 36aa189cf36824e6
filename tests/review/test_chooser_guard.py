"""The folder chooser tells names of folders and numbers of photos to the page only, and opens one folder."""

import json

import pytest

from tests.end_to_end.process import wait_until
from tests.review.caller import Caller
from tests.review.serving import choosing, copies


@pytest.fixture(scope="module")
def chooser(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        copies(home / "Pictures" / "sports day", "a.jpg")
        with choosing(home, patch) as (server, opened):
            yield server, home, opened


@pytest.mark.parametrize("name", ["folders", "open"])
def test_no_folder_is_listed_or_opened_without_the_cookie_from_elsewhere_or_for_another_host(chooser, name):
    server, home, opened = chooser
    call = Caller(server.door)
    asked = {"path": str(home)}
    refused = [call.post(name, asked), call.post(name, asked, Cookie=f"blurkit-{call.url.port}=guess")]
    call.enter()
    refused += [call.post(name, asked, Origin=origin) for origin in ("http://evil.example", "null", None)]
    refused += [call.post(name, asked, Host="evil.example"), call.post(name, asked, Sec_Fetch_Site="cross-site")]
    assert {response.status for response in refused} == {403}
    assert not any(b"Pictures" in response.body for response in refused)
    assert call(f"/api/{name}").status == 405  # a link or a picture of another page cannot ask, either
    assert opened == []


def test_the_chooser_tells_names_of_folders_and_numbers_of_photos_only(chooser):
    server, home, _ = chooser
    call = Caller(server.door)
    call.enter()
    told = json.loads(call.post("folders", {"path": ""}).body)
    folder = {"name": "sports day", "path": str(home / "Pictures" / "sports day"), "photos": 1, "folders": 0}
    assert told["path"] == str(home / "Pictures")
    assert told["folders"] == [folder | {"closed": False}]
    assert b"a.jpg" not in call.post("folders", {"path": folder["path"]}).body


@pytest.mark.parametrize("path", ["..", "sports day", "/nowhere", "/etc/passwd", "\0", "\udcff", "~nobody-here"])
def test_what_is_no_folder_is_neither_listed_nor_opened(chooser, path):
    server, _, opened = chooser
    call = Caller(server.door)
    call.enter()
    for name in ("folders", "open"):
        response = call.post(name, {"path": path})
        assert response.status in (400, 409)
        assert b"root:" not in response.body
    assert opened == []


def test_before_a_folder_is_chosen_there_is_nothing_to_see_or_change(chooser):
    call = Caller(chooser[0].door)
    call.enter()
    assert {call(f"/api/{name}").status for name in ("about", "state")} == {409}
    assert {call(f"/photo/0/{name}").status for name in ("thumb", "preview", "after", "face/1")} == {404}
    assert call.post("undo", {}).status == 409
    assert call.post("edit", {"edits": [{"do": "cover_all", "photo": 0}]}).status == 409


def test_one_folder_is_opened_and_no_other_is_listed_after_it(tmp_path, monkeypatch):
    folder = copies(tmp_path / "in", "a.jpg")
    with choosing(tmp_path, monkeypatch) as (server, opened):
        call = Caller(server.door)
        call.enter()
        assert call.post("open", {"path": str(tmp_path / "nothing")}).status == 409
        assert call.post("open", {"path": str(folder)}).status == 200
        assert call.post("open", {"path": str(folder)}).status == 409
        assert call.post("folders", {"path": str(tmp_path)}).status == 409
        assert json.loads(call("/api/about").body)["folder"] == str(folder)
        wait_until(lambda: opened[0].work.done and not opened[0].work.is_busy)
    assert len(opened) == 1


def test_a_chooser_ends_when_nobody_uses_it(tmp_path, monkeypatch):
    with choosing(tmp_path, monkeypatch, idle_minutes=0.3 / 60) as (server, _):
        wait_until(lambda: server._server.should_exit, 20)
