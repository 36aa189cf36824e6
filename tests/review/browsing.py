"""The review page as a person meets it: opened in a browser, watched for faults, and waited for."""

from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe

DESKTOP, TABLET = {"width": 1280, "height": 800}, {"width": 820, "height": 1180}


def enter(page, server):
    """Open the page as a browser is told to, and wait until it is there."""
    page.goto(server.door.as_uri())
    page.wait_for_url(f"{server.address}**")
    page.locator("main h1").wait_for()


@contextmanager
def opened(browser, server, viewport, *, wait_for=".chip.look"):
    """Open the page; whatever it complains of, or asks of another host, fails the test."""
    faults = []
    context = browser.new_context(viewport=viewport, has_touch=viewport is TABLET)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.on("console", lambda said: said.type == "error" and faults.append(said.text))
    ours = server.address, server.door.as_uri()
    page.on("request", lambda asked: asked.url.startswith(ours) or faults.append(asked.url))
    enter(page, server)
    page.locator("#progress").wait_for(state="hidden")
    page.locator(wait_for).first.wait_for()
    yield page
    assert page.url.startswith(server.address)
    context.close()
    assert faults == []


def check_accessible(page):
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in ("serious", "critical")] == []


def look_at_all(page):
    """Look at all faces of a page down to the last, say so, and go on if it was the last page."""
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    is_open = page.locator("#confirm").inner_text() != "Go on"
    page.click("#confirm")
    if is_open:
        page.locator("#confirm:text-is('Go on')").click()


def actions(session, photo=0):
    return [spot.choice.action.value for spot in session.sheet(photo)]


def sure(page, condition):
    """Wait until the server and the page agree on something."""
    for _ in range(1000):
        if condition():
            return
        page.wait_for_timeout(30)
    raise AssertionError("it did not happen")


@contextmanager
def opened_any(browser, server, viewport):
    """As `opened`, where no photo asks for a look."""
    context = browser.new_context(viewport=viewport)
    page = context.new_page()
    enter(page, server)
    page.locator(".chip.ready").first.wait_for()
    page.locator("#progress").wait_for(state="hidden")
    yield page
    context.close()
