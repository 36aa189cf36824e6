"""Attacks on the review page's server: without the token, from elsewhere, out of the folder; and that it ends."""

import contextlib
import http.client
import json
import os
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from blurkit.review import pages as module
from tests.end_to_end.process import pictures_in, start, wait_until
from tests.review_page import choosing, copies, serving

HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


class Caller:
    """Calls a server as a browser would, or as one would not."""

    def __init__(self, address):
        self.url = urlsplit(address)
        self.host = self.url.netloc
        self.cookie = None

    def __call__(self, path, *, method="GET", body=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        if self.cookie and "Cookie" not in headers:
            headers["Cookie"] = self.cookie
        connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=20)
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        response.body = response.read()
        connection.close()
        return response

    def enter(self):
        response = self(f"{self.url.path}?{self.url.query}")
        assert response.status == 303
        self.cookie = response.headers["Set-Cookie"].split(";")[0]
        return response

    def post(self, name, values, **headers):
        headers = {"Origin": f"http://{self.host}"} | headers
        return self(f"/api/{name}", method="POST", body=json.dumps(values), **headers)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = copies(tmp_path_factory.mktemp("review") / "in", "a.jpg")
        with serving(folder, patch, scale=600 / 1024) as (server, review):
            wait_until(lambda: review.work.done and not review.work.is_busy)  # it begins with the server
            yield server, review


@pytest.fixture
def call(served):
    return Caller(served[0].address)


@pytest.fixture
def entered(call):
    call.enter()
    return call


PATHS = ["/", "/static/review.css", "/api/about", "/api/state", "/photo/0/thumb", "/photo/0/face/1", "/nothing"]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_readable_without_the_token(call, path):
    for response in (call(path), call(path + "?token=guess"), call(path, Cookie=f"blurkit-{call.url.port}=guess")):
        assert response.status == 403
        assert b"jpg" not in response.body


def test_the_token_is_traded_for_a_cookie_that_scripts_and_other_sites_cannot_use(call):
    response = call.enter()
    assert response.headers["Location"] == "/"
    assert {"HttpOnly", "SameSite=strict"} <= {part.strip() for part in response.headers["Set-Cookie"].split(";")}
    assert call.url.query.removeprefix("token=") not in response.headers["Set-Cookie"]
    assert call("/").status == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", "127.0.0.1.evil.example"])
def test_another_host_is_refused_even_with_the_cookie(entered, host):
    assert entered("/api/state", Host=host).status == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1", None])
def test_a_change_from_another_page_is_refused_and_changes_nothing(entered, served, origin):
    session = served[1].session
    before = session.sheet(0)
    edit = {"edits": [{"do": "cover_all", "photo": 0}]}
    assert entered.post("edit", edit, Origin=origin).status == 403
    assert session.sheet(0) == before


def test_a_request_that_another_site_started_is_refused(entered):
    assert entered("/photo/0/thumb", Sec_Fetch_Site="cross-site").status == 403
    assert entered("/photo/0/thumb", Sec_Fetch_Site="same-site").status == 403
    assert entered("/photo/0/thumb", Sec_Fetch_Site="same-origin").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/static/..%2f..%2fcli.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/photo/../in/a.jpg",
        "/photo/a.jpg",
        "/photo/1/thumb",
        "/photo/-1/thumb",
        "/photo/99999999999999999999/thumb",
        "/photo/0/face/9",
        "/photo/0/region",
        "/photo/0/region?box=nan,0,1,1",
        "/photo/0/region?box=-9,-9,-1,-1",
        "/in/a.jpg",
        "/blurkit-decisions.json",
    ],
)
def test_no_path_leads_anywhere_but_to_the_page_and_its_pictures(entered, path):
    response = entered(path)
    assert response.status == 404
    assert len(response.body) < 200


@pytest.mark.parametrize("path", [*PATHS, "/photo/0/preview", "/photo/0/after", "/photo/0/region?box=0,0,9,9"])
def test_every_response_forbids_keeping_it(entered, path):
    for call in (entered, Caller(entered.url.geturl())):
        headers = call(path).headers
        assert {name: headers[name] for name in HEADERS} == HEADERS
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("edit", {}),
        ("edit", {"edits": []}),
        ("edit", {"edits": [{"do": "set", "photo": 0, "face": 1, "action": "show"}]}),
        ("edit", {"edits": [{"do": "set", "photo": 0, "face": 1, "action": "keep", "why": "looks fine"}]}),
        ("edit", {"edits": [{"do": "run", "photo": 0}]}),
        ("seen", {"faces": [[0, 1]]}),
        ("export", {"by": "x", "answers": {"consent": True}}),
        ("export", {"by": "", "answers": {}}),
    ],
)
def test_what_the_page_would_not_ask_for_is_refused(entered, name, values):
    assert entered.post(name, values).status == 400


def test_a_body_without_end_is_refused(entered, monkeypatch):
    monkeypatch.setattr(module, "MAX_BODY", 1000)
    assert entered.post("edit", {"edits": ["x" * 2000]}).status == 400


def test_a_face_that_is_not_there_is_not_revealed(entered):
    edit = {"do": "set", "photo": 0, "face": 77, "action": "keep", "why": "adult"}
    assert entered.post("edit", {"edits": [edit]}).status == 409


@pytest.fixture(scope="module")
def chooser(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        copies(home / "Pictures" / "sports day", "a.jpg")
        with choosing(home, patch) as (server, opened):
            yield server, home, opened


@pytest.mark.parametrize("name", ["folders", "open"])
def test_no_folder_is_listed_or_opened_without_the_token_from_elsewhere_or_for_another_host(chooser, name):
    server, home, opened = chooser
    call = Caller(server.address)
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
    call = Caller(server.address)
    call.enter()
    told = json.loads(call.post("folders", {"path": ""}).body)
    folder = {"name": "sports day", "path": str(home / "Pictures" / "sports day"), "photos": 1, "folders": 0}
    assert told["path"] == str(home / "Pictures")
    assert told["folders"] == [folder | {"closed": False}]
    assert b"a.jpg" not in call.post("folders", {"path": folder["path"]}).body


@pytest.mark.parametrize("path", ["..", "sports day", "/nowhere", "/etc/passwd", "\0", "\udcff", "~nobody-here"])
def test_what_is_no_folder_is_neither_listed_nor_opened(chooser, path):
    server, _, opened = chooser
    call = Caller(server.address)
    call.enter()
    for name in ("folders", "open"):
        response = call.post(name, {"path": path})
        assert response.status in (400, 409)
        assert b"root:" not in response.body
    assert opened == []


def test_before_a_folder_is_chosen_there_is_nothing_to_see_or_change(chooser):
    call = Caller(chooser[0].address)
    call.enter()
    assert {call(f"/api/{name}").status for name in ("about", "state")} == {409}
    assert {call(f"/photo/0/{name}").status for name in ("thumb", "preview", "after", "face/1")} == {404}
    assert call.post("undo", {}).status == 409
    assert call.post("edit", {"edits": [{"do": "cover_all", "photo": 0}]}).status == 409


def test_one_folder_is_opened_and_no_other_is_listed_after_it(tmp_path, monkeypatch):
    folder = copies(tmp_path / "in", "a.jpg")
    with choosing(tmp_path, monkeypatch) as (server, opened):
        call = Caller(server.address)
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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_photo_whose_name_is_no_text_is_reviewed_as_others(tmp_path, monkeypatch):
    folder = copies(tmp_path / "in", "a.jpg")
    (folder / "a.jpg").rename(folder / os.fsdecode(b"a\xff.jpg"))
    with serving(folder, monkeypatch, scale=600 / 1024) as (server, review):
        wait_until(lambda: review.work.done and not review.work.is_busy)  # it begins with the server
        call = Caller(server.address)
        call.enter()
        assert len(json.loads(call("/api/state").body)["photos"][0]["faces"]) == 3


def test_only_this_machine_is_listened_to(served):
    assert served[0]._socket.getsockname()[0] == "127.0.0.1"


def test_it_ends_when_nobody_uses_it_though_the_page_asks_for_news(tmp_path, monkeypatch):
    with serving(copies(tmp_path / "in", "a.jpg"), monkeypatch, idle_minutes=0.5 / 60) as (server, _):
        call = Caller(server.address)
        call.enter()

        def has_ended():
            with contextlib.suppress(OSError, http.client.HTTPException):
                call("/api/state")
            return server._server.should_exit

        wait_until(has_ended, 20)


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
            call = Caller(re.search(r"http://\S+", process.stderr.readline().decode()).group())
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


def test_it_ends_when_told(tmp_path, monkeypatch):
    with serving(copies(tmp_path / "in", "a.jpg"), monkeypatch) as (server, review):
        call = Caller(server.address)
        call.enter()
        assert call.post("end", {}).status == 200
        wait_until(lambda: server._server.should_exit)
    assert review.session.file.exists()
    assert review.pictures._kept == {}
