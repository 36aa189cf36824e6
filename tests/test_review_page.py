"""The review page in a real browser, from open to exported files, by mouse and by key; nothing of it stays behind."""

import hashlib
import http.server
import json
import os
import shutil
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import sync_playwright

from blurkit.geometry import Box, Size
from blurkit.records import Action, AgeEstimate, Decision, Face, PhotoResult, Reason, Status
from tests.end_to_end.process import files, pictures_in, small
from tests.review_page import CHROMIUM, FLAGS, choosing, copies, needs_browser, serving

pytestmark = needs_browser
DESKTOP, TABLET = {"width": 1280, "height": 800}, {"width": 820, "height": 1180}
MARKUP = "<img src=x onerror=alert(1)>.jpg"
MAX_ACTIONS = 150


@pytest.fixture(scope="module")
def playwright():
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright):
    opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield opened
    opened.close()


@contextmanager
def opened(browser, address, viewport):
    """Open the page; whatever it complains of, or asks of another host, fails the test."""
    faults = []
    context = browser.new_context(viewport=viewport, has_touch=viewport is TABLET)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.on("console", lambda said: said.type == "error" and faults.append(said.text))
    page.on("request", lambda asked: asked.url.startswith(address.split("?")[0]) or faults.append(asked.url))
    page.goto(address)
    page.locator("#progress").wait_for(state="hidden")
    page.locator(".chip.look").first.wait_for()
    yield page
    assert "token" not in page.url
    context.close()
    assert faults == []


def check_accessible(page):
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")] == []


def actions(session, photo=0):
    return [spot.choice.action.value for spot in session.sheet(photo)]


def sure(page, condition):
    """Wait until the server and the page agree on something."""
    for _ in range(1000):
        if condition():
            return
        page.wait_for_timeout(30)
    raise AssertionError("it did not happen")


def test_the_whole_way_by_mouse(browser, tmp_path, monkeypatch):
    folder = copies(tmp_path / "in", "a.jpg", MARKUP)
    with (
        serving(folder, monkeypatch, scale=600 / 1024) as (server, review),
        opened(browser, server.address, DESKTOP) as page,
    ):
        session = review.session
        assert page.locator(".name").all_inner_texts() == [MARKUP, "a.jpg"]
        check_accessible(page)

        page.click("a.card:has-text('a.jpg')")
        page.locator(".box").nth(2).wait_for()
        stage = page.locator(".stage").bounding_box()
        x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] - 60
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 30, y + 20)
        page.mouse.move(x + 70, y + 50)
        page.mouse.up()
        page.locator("#list li").nth(3).wait_for()
        drawn = session.sheet(1)[3].choice.box
        page.locator(".box").nth(3).focus()
        handle = page.locator(".handle.se").bounding_box()
        page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
        page.mouse.down()
        page.mouse.move(handle["x"] + 40, handle["y"] + 25, steps=3)
        page.mouse.up()
        sure(page, lambda: session.sheet(1)[3].choice.box.width > drawn.width + 5)
        resized = session.sheet(1)[3].choice.box
        assert (resized.left, resized.top) == pytest.approx((drawn.left, drawn.top), abs=0.1)
        page.click("#similar")
        sure(page, lambda: len(session.sheet(0)) == 4)
        page.locator(".box").nth(0).click()
        sure(page, lambda: actions(session, 1)[0] == "cover")
        page.click("#undo")
        sure(page, lambda: actions(session, 1)[0] == "keep")
        page.mouse.move(x, y)
        page.mouse.wheel(0, -900)
        page.locator(".detail:not([hidden])").wait_for()
        page.click("#after")
        sure(page, lambda: page.evaluate("document.querySelector('img[alt=\"With covers\"]').naturalWidth > 0"))
        check_accessible(page)

        page.click("#step-visible")
        page.locator("button.face").first.click()
        page.locator("button.face.cover").wait_for()
        check_accessible(page)
        page.click("#confirm")
        page.locator("h1:has-text('Uncertain')").wait_for()
        page.click("#confirm")
        page.locator("h1:has-text('Covered')").wait_for()
        page.locator("li:has-text('Looks under') button.face").first.click()
        check_accessible(page)
        page.click("dialog >> text=An adult")
        page.locator("button.face.keep").wait_for()
        page.click("#confirm")

        page.locator("h1:has-text('Finish')").wait_for()
        page.locator("#write").wait_for()
        for question in page.locator("fieldset").all():
            question.locator("label:has-text('Yes')").click()
        page.fill("#by", "the office")
        check_accessible(page)
        page.click("#write")
        page.locator("text=2 safe photos written").wait_for()
        check_accessible(page)
    assert files(review.out) == sorted(["a.jpg", MARKUP])
    assert sum(actions(session, photo).count("cover") for photo in (0, 1)) == 4
    signed = json.loads((folder / "blurkit-signed.json").read_text())["signed"]
    assert (signed[0]["by"], signed[0]["open_doubts"], set(signed[0]["answers"].values())) == ("the office", 0, {True})


def test_the_whole_way_by_keyboard_on_a_tablet(browser, tmp_path, monkeypatch):
    folder = copies(tmp_path / "in", "a.jpg", "b.jpg")
    serve = serving(folder, monkeypatch, policy="consent", scale=600 / 1024)
    with serve as (server, review), opened_any(browser, server.address, TABLET) as page:
        session, press = review.session, page.keyboard.press

        def tab_to(selector):
            for _ in range(80):
                if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                    return
                press("Tab")
            raise AssertionError(f"no key leads to {selector}")

        tab_to("a.card")
        press("Enter")
        page.locator(".box").first.wait_for()
        tab_to(".box")
        press("Space")
        page.locator("dialog[open]").wait_for()
        tab_to("#note")
        page.keyboard.type("C-112")
        press("Enter")
        sure(page, lambda: actions(session)[0] == "keep")
        press("a")
        sure(page, lambda: len(session.sheet(0)) == 4)
        sure(page, lambda: page.evaluate("document.activeElement.matches('.box.picked[aria-label*=drawn]')"))
        before = session.sheet(0)[3].choice.box
        press("ArrowLeft")
        sure(page, lambda: session.sheet(0)[3].choice.box.left < before.left)
        page.wait_for_timeout(300)
        press("Shift+ArrowDown")
        sure(page, lambda: session.sheet(0)[3].choice.box.height > before.height)
        page.wait_for_timeout(300)
        press("Delete")
        sure(page, lambda: len(session.sheet(0)) == 3)
        press("Control+z")
        sure(page, lambda: len(session.sheet(0)) == 4)
        press("n")
        page.locator("h1:has-text('b.jpg')").wait_for()
        check_accessible(page)
        tab_to("#step-visible")
        press("Enter")
        page.locator("button.face").first.wait_for()
        tab_to("#confirm")
        press("Enter")
        page.locator("h1:has-text('Uncertain')").wait_for()
        tab_to("#step-finish")
        press("Enter")
        page.locator("h1:has-text('Finish')").wait_for()
        for name in ("consent", "names", "badges", "place", "clothes", "needed"):
            tab_to(f"input[name={name}]")
            press("Space")
        tab_to("#by")
        page.keyboard.type("office")
        check_accessible(page)
        press("Enter")
        page.locator("text=2 safe photos written").wait_for()
    assert files(review.out) == ["a.jpg", "b.jpg"]
    with Image.open(review.out / "b.jpg") as image:
        assert image.getexif() == {}


@contextmanager
def opened_any(browser, address, viewport):
    """As `opened`, where no photo asks for a look."""
    context = browser.new_context(viewport=viewport)
    page = context.new_page()
    page.goto(address)
    page.locator(".chip.ready").first.wait_for()
    page.locator("#progress").wait_for(state="hidden")
    yield page
    context.close()


@pytest.mark.parametrize("viewport", [DESKTOP, TABLET], ids=["desktop", "tablet"])
def test_a_folder_is_chosen_by_keyboard_and_its_review_opens(browser, tmp_path, monkeypatch, viewport):
    markup = "<img src=x onerror=alert(1)>"
    copies(tmp_path / "Pictures" / markup, "a.jpg", "b.jpg")
    (tmp_path / "Pictures" / "2025").mkdir()
    (tmp_path / "Desktop").mkdir()
    with choosing(tmp_path, monkeypatch) as (server, opened):
        context = browser.new_context(viewport=viewport)
        page = context.new_page()
        faults = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        page.goto(server.address)

        def tab_to(selector):
            for _ in range(30):
                if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                    return
                page.keyboard.press("Tab")
            raise AssertionError(f"no key leads to {selector}")

        page.locator("button.folder").nth(1).wait_for()
        assert page.locator("button.folder").all_inner_texts() == ["2025\nempty", f"{markup}\n2 photos"]
        assert page.locator("#chosen").inner_text().startswith("Pictures: 2 photos with those in its folders")
        check_accessible(page)
        tab_to("#path")
        page.keyboard.press("Control+a")
        page.keyboard.type(str(tmp_path / "nowhere"))
        page.keyboard.press("Enter")
        page.locator("#notice:has-text('nowhere is no folder')").wait_for()
        check_accessible(page)
        tab_to("button.folder:has(.name)")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.locator(f"h2:has-text('{markup}')").wait_for()
        assert page.locator("#notice").is_hidden()
        tab_to("#open")
        check_accessible(page)
        page.keyboard.press("Enter")
        page.locator("h1:text-is('Photos')").wait_for()
        page.locator("a.card").nth(1).wait_for()
        context.close()
        assert faults == []
    assert opened[0].folder == tmp_path / "Pictures" / markup
    assert opened[0].out == tmp_path / "Pictures" / f"{markup}-safe"


def three_hundred(tasks, overwrite):
    """Give each photo two adults who stay visible, without a look at it."""
    ages = AgeEstimate(50, 40, 60, "known")
    for task in tasks:
        path = task.source.path
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        faces = [Face(Box(left, 60, left + 20, 85), 0.99, ("known",)) for left in (40, 100)]
        decided = tuple(Decision(face, ages, Action.KEEP, Reason.LOOKS_ADULT) for face in faces)
        yield PhotoResult(path, task.written and path, Size(200, 150), decided, Status.READY, (), {}, sha256=sha256)


def test_three_hundred_photos_with_six_hundred_kept_faces_take_at_most_150_actions(browser, tmp_path, monkeypatch):
    folder = tmp_path / "in"
    one = small(folder, "IMG_0000.jpg", width=200).read_bytes()
    for number in range(300):
        comment = b"\xff\xfe\x00\x06" + b"%04d" % number
        (folder / f"IMG_{number:04d}.jpg").write_bytes(one[:2] + comment + one[2:])
    taken = 0
    with (
        serving(folder, monkeypatch, run=three_hundred) as (server, review),
        opened_any(browser, server.address, DESKTOP) as page,
    ):

        def act(selector, **how):
            nonlocal taken
            taken += 1
            page.locator(selector).first.click(**how)

        act("#step-visible")
        page.locator("h1:text-is('Who stays visible')").wait_for()  # the address changes first, the screen after it
        pages = 0
        while page.locator("h1:has-text('Who stays visible')").count():
            pages += 1
            if pages % 2:  # a few are covered on the way
                act("button.face.keep")
                page.locator("button.face.cover").first.wait_for()
            act("#confirm")
            turned = f"document.querySelector('.pager')?.textContent.includes('Page {pages + 1} of')"
            gone = "document.querySelector('h1').textContent !== 'Who stays visible'"
            sure(page, lambda turned=turned, gone=gone: page.evaluate(f"{gone} || {turned}"))
        act("#step-finish")
        page.locator("#write").wait_for()
        for question in page.locator("fieldset").all():
            taken += 1
            question.locator("label:has-text('Yes')").click()
        taken += 1
        page.fill("#by", "office")
        act("#write")
        sure(page, lambda: len(review.work.written) == 300)
        page.locator("text=300 safe photos written").wait_for()
        assert review.session.unseen() == []
        assert sum(actions(review.session, number).count("keep") for number in range(300)) == 600 - (pages + 1) // 2
    assert taken <= MAX_ACTIONS


def visit(playwright, folder, address, ready):
    """Open a page in a browser with a folder of its own, and return the pictures that this leaves on the disk."""
    context = playwright.chromium.launch_persistent_context(
        folder, executable_path=CHROMIUM, args=FLAGS, env=dict(os.environ)
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(address)
    ready(page)
    context.close()
    return pictures_in(folder)


def test_no_picture_is_left_in_a_browser_or_a_temporary_folder(playwright, tmp_path, monkeypatch):
    temporary = Path(tempfile.mkdtemp())  # not below tmp_path: the browser's socket needs a short path
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", str(temporary))

    def look(page):
        sure(page, lambda: page.evaluate("document.querySelector('a.card img')?.naturalWidth > 0"))
        page.click("a.card")
        sure(page, lambda: page.evaluate("document.querySelector('.base')?.naturalWidth > 0"))

    with serving(copies(tmp_path / "in", "a.jpg"), monkeypatch, scale=600 / 1024) as (server, _):
        assert visit(playwright, tmp_path / "profile", server.address, look) == []
    left = pictures_in(temporary)
    shutil.rmtree(temporary, ignore_errors=True)  # a part of the browser may still be tidying up
    assert left == []


def test_a_picture_that_may_be_kept_would_be_found(playwright, tmp_path):
    picture = small(tmp_path, "a.jpg").read_bytes()

    class Keeps(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            page = self.path == "/"
            self.send_response(200)
            self.send_header("Cache-Control", "max-age=3600")
            self.send_header("Content-Type", "text/html" if page else "image/jpeg")
            self.end_headers()
            self.wfile.write(b"<img src=a.jpg>" if page else picture)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Keeps) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        kept = visit(
            playwright,
            tmp_path / "profile",
            address,
            lambda page: page.wait_for_function("document.images[0].complete"),
        )
        server.shutdown()
    assert kept
