"""One photo in, one safe photo out over HTTP: for programs of this computer, within limits, and nothing is stored."""

import asyncio
import http.client
import json
import os
import signal
import subprocess
import sys
from contextlib import closing

import pytest

from blurkit import serve
from blurkit.load import decode
from blurkit.settings import LoadSettings, Settings
from tests import pictures
from tests.end_to_end.process import ROOT
from tests.end_to_end.test_time_limit import FAULTS, HANGS, photo

KEY = "a-long-random-word-of-32-letters"


@pytest.fixture
def started(tmp_path):
    """Start `blurkit serve` with one quick face and a decoder that hangs on a photo of a certain size."""
    running = []

    def start(*words):
        (tmp_path / "sitecustomize.py").write_text(FAULTS)
        variables = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
        command = [sys.executable, "-m", "blurkit", "serve", "--port", "0", "--jobs", "1", *map(str, words)]
        process = subprocess.Popen(command, cwd=tmp_path, env=variables, stderr=subprocess.PIPE, text=True)
        running.append(process)
        return int(process.stderr.readline().split("/")[2].rpartition(":")[2])

    yield start
    for process in running:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
        assert (process.returncode, said) == (0, "")


def asked(port, data=b"", *, method="POST", path="/photo", **headers):
    """Return status, headers and body of an answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as line:
        line.request(method, path, data, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = line.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.read()


def words(body):
    return json.loads(body)["error"]


def test_a_photo_comes_back_safe_and_others_are_refused_with_a_reason(started, tmp_path):
    port = started("--max-mb", "1", "--timeout", "5")
    source = pictures.file("jpeg")
    status, headers, safe = asked(port, source)
    assert (status, headers["content-type"], headers["x-blurkit-covered"]) == (200, "image/jpeg", "1")
    assert safe != source
    assert decode(safe, LoadSettings()).size == decode(source, LoadSettings()).size
    assert asked(port, b"%PDF-1.7" * 20)[0] == 415
    assert asked(port, source[: len(source) // 2])[0] == 422
    status, _, body = asked(port, source + bytes(2 << 20))
    assert (status, words(body)) == (413, "PhotoTooLarge")
    assert asked(port, method="GET", path="/health")[0] == 200
    assert asked(port, method="GET")[0] == 405
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sitecustomize.py"]


def test_photos_that_never_arrive_whole_do_not_keep_others_waiting(monkeypatch):
    monkeypatch.setattr(serve, "ARRIVES", 0.1)
    service = serve.Service(serve.Serve(), Settings())
    answers = []

    async def drips():
        await asyncio.sleep(0.03)
        return {"type": "http.request", "body": b"\xff\xd8\xff" * 30, "more_body": True}

    async def send(message):
        answers.append(message.get("status"))

    async def every():
        scope = {"type": "http", "method": "POST", "path": "/photo", "headers": [], "query_string": b""}
        await asyncio.gather(*(service.app(dict(scope), drips, send) for _ in range(1 + serve.WAITING)))

    asyncio.run(every())
    service.close()
    assert [status for status in answers if status] == [serve.TOO_SLOW] * (1 + serve.WAITING)
    assert service._left == 1 + serve.WAITING


def test_a_photo_that_takes_too_long_is_given_up_and_the_next_one_is_done(started, tmp_path):
    port = started("--timeout", "5")
    status, _, body = asked(port, photo(tmp_path / "in" / "b.png", HANGS).read_bytes())
    assert (status, words(body)) == (504, "PhotoTooSlow")
    assert asked(port, pictures.file("jpeg"))[0] == 200


def test_a_page_of_a_browser_and_another_name_of_this_host_are_refused(started):
    port = started()
    for headers in ({"origin": "null"}, {"sec_fetch_site": "cross-site"}, {"host": f"evil.example:{port}"}):
        assert asked(port, method="GET", path="/health", **headers)[0] == 403


def test_with_a_key_only_who_knows_it_may_ask(started, tmp_path):
    (tmp_path / "key").write_text(KEY + "\n")
    port = started("--key-file", "key")
    assert asked(port, method="GET", path="/health")[0] == 401
    assert asked(port, method="GET", path="/health", authorization=f"Bearer {KEY[:-1]}")[0] == 401
    assert asked(port, method="GET", path="/health", authorization=f"Bearer {KEY}")[0] == 200


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--host", "0.0.0.0"], "must know a key"),
        (["--key-file", "short"], "16 characters"),
        (["--key-file", "none"], "cannot be read"),
    ],
)
def test_what_would_be_open_to_others_is_refused_at_the_start(options, why, tmp_path):
    (tmp_path / "short").write_text("secret")
    command = [sys.executable, "-m", "blurkit", "serve", *options]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert why in done.stderr
    assert "hint:" in done.stderr
