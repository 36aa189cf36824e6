"""Attacks on the review page's server: without the cookie, from elsewhere, out of the folder; and that it ends."""

import contextlib
import http.client
import json
import os
import sys

import pytest

from blurkit.review import pages as module
from tests.end_to_end.process import wait_until
from tests.review.caller import Caller
from tests.review.serving import copies, serving

HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    folder = copies(tmp_path_factory.mktemp("review") / "in", "a.jpg")
    with serving(folder, scale=600 / 1024) as (server, review):
        wait_until(lambda: review.work.done and not review.work.is_busy)  # it begins with the server
        yield server, review


@pytest.fixture
def call(served):
    return Caller(served[0].door)


@pytest.fixture
def entered(call):
    call.enter()
    return call


PATHS = [
    "/",
    "/static/base.css",
    "/api/about",
    "/api/state",
    "/photo/0/thumb",
    "/photo/0/face/1",
    "/photo/0/moving/after",
    "/nothing",
]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_readable_without_the_cookie(call, path):
    for response in (
        call(path),
        call(path + "?ticket=" + call.ticket),
        call(path, Cookie=f"blurkit-{call.url.port}=guess"),
    ):
        assert response.status == 403
        assert b"jpg" not in response.body


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
        "/photo/" + "9" * 5000 + "/thumb",
        "/photo/0/face/" + "9" * 5000,
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
    for call in (entered, Caller(entered.door)):
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
        ("prefer", {"letter_keys": "perhaps"}),
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


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_photo_whose_name_is_no_text_is_reviewed_as_others(tmp_path):
    folder = copies(tmp_path / "in", "a.jpg")
    (folder / "a.jpg").rename(folder / os.fsdecode(b"a\xff.jpg"))
    with serving(folder, scale=600 / 1024) as (server, review):
        wait_until(lambda: review.work.done and not review.work.is_busy)  # it begins with the server
        call = Caller(server.door)
        call.enter()
        assert len(json.loads(call("/api/state").body)["photos"][0]["faces"]) == 3


def test_only_this_machine_is_listened_to(served):
    assert served[0]._socket.getsockname()[0] == "127.0.0.1"


def test_it_ends_when_nobody_uses_it_though_the_page_asks_for_news(tmp_path):
    with serving(copies(tmp_path / "in", "a.jpg"), idle_minutes=0.5 / 60) as (server, _):
        call = Caller(server.door)
        call.enter()

        def has_ended():
            with contextlib.suppress(OSError, http.client.HTTPException):
                call("/api/state")
            return server._server.should_exit

        wait_until(has_ended, 20)


def test_it_ends_when_told(tmp_path):
    with serving(copies(tmp_path / "in", "a.jpg")) as (server, review):
        call = Caller(server.door)
        call.enter()
        wait_until(lambda: review.work.done and not review.work.is_busy)
        assert call.post("end", {}).status == 200
        wait_until(lambda: server._server.should_exit)
    assert review.session.file.exists()
    assert review.pictures._kept == {}
