"""Nobody but the user who started the review gets in: another user of the computer, a second visitor, a late one."""

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from blurkit.errors import OutputNotWritable
from blurkit.machine.files import replace_file
from blurkit.review import door as module
from blurkit.review import server as server_module
from blurkit.review.door import SECONDS, Door
from blurkit.review.pages import Chooser
from blurkit.settings import Settings
from tests.end_to_end.process import wait_until
from tests.review.caller import Caller
from tests.review.serving import CHROMIUM, FLAGS, copies, needs_browser, serving

NOBODY = 65534
AS_NOBODY = """
import encodings.idna, http.client, json, os, sys  # what is imported late cannot be read by that user
from pathlib import Path
door, host, port, folder = sys.argv[1:]
os.setgroups([]), os.setgid(65534), os.setuid(65534)
told = {}
for name, do in {"file": lambda: Path(door).read_text(), "folder": lambda: os.listdir(Path(door).parent)}.items():
    try:
        told[name] = do()
    except OSError as fault:
        told[name] = type(fault).__name__
for path in ("/", "/api/about", "/photo/0/preview"):
    connection = http.client.HTTPConnection(host, int(port))
    connection.request("GET", path)
    told[path] = connection.getresponse().status
connection = http.client.HTTPConnection(host, int(port))
body = json.dumps({"path": folder})
connection.request("POST", "/api/folders", body, {"Origin": f"http://{host}:{port}"})
told["folders"] = connection.getresponse().status
told["lines"] = []
for process in os.listdir("/proc"):
    try:
        told["lines"].append(Path("/proc", process, "cmdline").read_bytes().decode(errors="replace"))
    except OSError:
        pass
print(json.dumps(told))
"""

as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user of the computer"
)


@pytest.fixture
def door(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "state_folder", lambda: tmp_path / "state")
    made = Door("http://127.0.0.1:1/enter")
    yield made
    made.close()


def ticket(door):
    return Caller(door.file).ticket


def pass_time(monkeypatch, seconds):
    now = module.time.monotonic() + seconds
    monkeypatch.setattr(module.time, "monotonic", lambda: now)


def test_a_ticket_works_once(door):
    given = ticket(door)
    assert [door.takes(given), door.takes(given), door.takes("guess"), door.takes("")] == [True, False, False, False]


def test_a_ticket_works_for_seconds_and_another_is_in_the_file_before(door, monkeypatch):
    first = ticket(door)
    pass_time(monkeypatch, SECONDS * 0.6)
    door.renew()
    second = ticket(door)
    assert second != first
    pass_time(monkeypatch, SECONDS * 0.5)
    assert [door.takes(first), door.takes(second)] == [False, True]


def test_a_ticket_works_as_soon_as_it_can_be_read(door, monkeypatch):
    taken = []

    def read_at_once(path, data):
        replace_file(path, data)
        taken.append(door.takes(ticket(door)))

    monkeypatch.setattr(module, "replace_file", read_at_once)
    pass_time(monkeypatch, SECONDS)
    door.renew()
    assert taken == [True]


def test_a_ticket_that_may_not_have_been_written_does_not_work(door, monkeypatch):
    def fail(path, data):
        replace_file(path, data)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "replace_file", fail)
    pass_time(monkeypatch, SECONDS)
    with pytest.raises(OutputNotWritable, match="No space left"):
        door.renew()
    assert not door.takes(ticket(door))


def test_the_file_is_for_this_user_only_and_goes_with_the_review(door):
    assert stat.S_IMODE(door.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(door.file.parent.stat().st_mode) == 0o700
    given = ticket(door)
    door.close()
    assert not door.file.parent.exists()
    assert not door.takes(given)


@pytest.fixture
def served(tmp_path, monkeypatch):
    open_to_all = Path(tempfile.mkdtemp())  # so that what bars others is the door's own folder
    open_to_all.chmod(0o755)
    (open_to_all / "review").mkdir(mode=0o755)
    monkeypatch.setattr(module, "state_folder", lambda: open_to_all)
    with serving(copies(tmp_path / "in", "a.jpg"), scale=600 / 1024) as (server, review):
        wait_until(lambda: review.work.done and not review.work.is_busy)
        yield server
    shutil.rmtree(open_to_all)


def test_a_ticket_is_traded_for_a_cookie_that_scripts_and_other_sites_cannot_use(served):
    call = Caller(served.door)
    given = call.ticket
    response = call.enter()
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= {
        part.strip() for part in response.headers["Set-Cookie"].split(";")
    }
    assert given not in str(response.headers)
    assert call("/").status == 200
    assert Caller(served.door).knock(given).status == 403


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}, {"Host": "127.0.0.1"}], ids=str
)
def test_a_ticket_from_a_page_or_for_another_host_is_refused(served, headers):
    call = Caller(served.door)
    assert call.knock(call.ticket, **headers).status == 403


@pytest.mark.parametrize("body", ["", "ticket=", "ticket=guess", "ticket=" + "x" * 5000, "ticket=a&ticket=b", "\xff"])
def test_no_other_form_lets_anybody_in(served, body):
    call = Caller(served.door)
    assert call("/enter", method="POST", body=body.encode("latin-1"), Origin="null").status == 403
    assert call(f"/enter?ticket={call.ticket}").status == 403


@as_root
@pytest.mark.skipif(sys.platform != "linux", reason="other systems list processes otherwise")
def test_another_user_of_the_computer_gets_in_nowhere(served, tmp_path):
    call = Caller(served.door)
    browser = subprocess.Popen([sys.executable, "-c", "input()", served.door.as_uri()], stdin=subprocess.PIPE)
    code = [sys.executable, "-c", AS_NOBODY, served.door, call.url.hostname, str(call.url.port), tmp_path]
    done = subprocess.run(code, capture_output=True, text=True, cwd="/", check=True)
    browser.communicate(b"\n")
    told = json.loads(done.stdout)
    lines = told.pop("lines")
    assert any(served.door.name in line for line in lines), "the browser's command line is not seen"
    assert not any(call.ticket in line for line in lines)
    assert told == {
        "file": "PermissionError",
        "folder": "PermissionError",
        **dict.fromkeys(["/", "/api/about", "/photo/0/preview", "folders"], 403),
    }


def test_the_browser_is_given_the_path_of_the_file(monkeypatch):
    given = []
    server = server_module.Server(None, Chooser(lambda *_: pytest.fail("no folder was chosen"), Settings()))

    def noted(address):
        given.append(address)
        server.end()

    monkeypatch.setattr(server_module.webbrowser, "open", noted)
    serving = threading.Thread(target=server.run, kwargs={"browser": True})  # here a browser may run
    serving.start()
    serving.join(30)
    assert given == [server.door.as_uri()]


@needs_browser
@pytest.mark.model
def test_no_ticket_lies_in_the_browsers_history(playwright, served, tmp_path):
    seen = []
    profile = tmp_path / "profile"
    context = playwright.chromium.launch_persistent_context(profile, executable_path=CHROMIUM, args=FLAGS)
    page = context.new_page()
    page.on("request", lambda asked: seen.append((asked.url, asked.post_data or "")))
    page.goto(served.door.as_uri())
    page.locator("a.card").first.wait_for()
    assert page.evaluate("[document.cookie, location.href]") == ["", served.address]
    page.reload()
    page.locator("a.card").first.wait_for()
    context.close()
    sent = [data.removeprefix("ticket=") for _, data in seen if data.startswith("ticket=")]
    assert len(sent) == 1
    assert not any(sent[0] in url for url, _ in seen)
    kept = [path for path in profile.rglob("*") if path.is_file() and sent[0].encode() in path.read_bytes()]
    assert kept == []
    assert Path(profile / "Default" / "History").exists()
