"""A press counts on what it was made on, whatever comes in meanwhile: photos that are looked at, and late answers."""

import random
import threading
import time

import pytest

from tests.review.browsing import DESKTOP, enter, sure
from tests.review.crowds import ADULT, CHILD, MAYBE, UNCLEAR, crowd, photos
from tests.review.serving import in_browser, serving

pytestmark = in_browser
PHOTOS = 400
KINDS = (ADULT, MAYBE), (ADULT, CHILD, UNCLEAR), (ADULT, ADULT, UNCLEAR, UNCLEAR)
HELD = (0.0, 0.3, 0.9, 1.6)
"""Seconds between press and release; the page asks for news every 0.7."""


@pytest.fixture
def coming_in(browser, tmp_path):
    """Open a review in which photos are looked at, a few a second, until the test ends."""
    ended = threading.Event()

    def run(tasks, overwrite):
        for number, task in enumerate(tasks):
            if ended.wait(0.05):
                return
            more = [UNCLEAR] * (number // 10)
            yield from crowd(*KINDS[number % len(KINDS)], *more)([task], overwrite)

    folder = photos(tmp_path / "in", *(f"{number:03}.jpg" for number in range(PHOTOS)))
    with serving(folder, run=run) as (server, review):
        page = browser.new_page(viewport=DESKTOP)
        enter(page, server)
        yield page, review
        assert review.work.is_busy
        ended.set()
        page.close()


def press(page, locator, held):
    """Press and release as a hand does."""
    locator.scroll_into_view_if_needed()
    locator.hover()
    page.mouse.down()
    page.wait_for_timeout(1000 * held)
    page.mouse.up()


def test_faces_are_selected_and_decided_while_photos_come_in(coming_in):
    page, review = coming_in
    chance = random.Random(1)
    page.click("#step-visible")
    page.locator(".tile").nth(20).wait_for()
    selected = set()
    for held in HELD * 2:
        tile = page.locator(f".tile >> nth={chance.randrange(20)}")
        press(page, tile.locator("button.face"), held)
        selected ^= {tile.get_attribute("data-key")}
        chosen = page.locator(".tile:has(.face[aria-pressed=true])")
        assert {each.get_attribute("data-key") for each in chosen.all()} == selected
    page.keyboard.press("Escape")
    for held in HELD:
        tile = page.locator(".tile:has(.face.keep)").nth(chance.randrange(10))
        key = tile.get_attribute("data-key")
        press(page, page.locator(f"[data-key='{key}'] .act"), held)
        page.locator(f"[data-key='{key}'] .face.cover").wait_for(timeout=5000)
        photo, face = map(int, key.split("/"))
        assert review.session.spot(photo, face).choice.action.value == "cover"


def test_focus_and_what_is_seen_stay_while_photos_come_in(coming_in):
    page, review = coming_in
    for screen in ("visible", "uncertain"):
        page.click(f"#step-{screen}")
        page.locator(".tile").nth(6).wait_for()
        page.locator(".tile button.face").nth(5).focus()
        page.evaluate("document.activeElement.id = 'mine'; window.scrollTo(0, 40)")
        before = review.work.done
        sure(page, lambda before=before: review.work.done > before + 40)
        assert page.evaluate("[document.activeElement.id, window.scrollY]") == ["mine", 40]
        page.evaluate("document.activeElement.id = ''")


def test_the_photo_that_is_pressed_is_opened_while_photos_come_in(coming_in):
    page, _ = coming_in
    page.locator("a.card").nth(8).wait_for()
    page.select_option("#order", "faces")  # those that come in last have the most
    for held in HELD:
        page.locator("a.card").nth(5).hover()
        under = "document.querySelector('a.card:hover .name').textContent"
        name = page.evaluate(under)
        page.wait_for_timeout(800)
        assert page.evaluate(under) == name, "it moved away under the pointer"
        press(page, page.locator(f"a.card:has(.name:text-is('{name}'))"), held)
        page.locator(f"h1:text-is('{name}')").wait_for(timeout=5000)
        page.go_back()
        page.locator("a.card").nth(8).wait_for()


@pytest.fixture
def slow(browser, tmp_path, monkeypatch):
    """Open a review whose server takes its time for changes."""
    with serving(photos(tmp_path / "in", "a.jpg", "b.jpg"), run=crowd(ADULT, CHILD)) as (server, review):
        page = browser.new_page(viewport=DESKTOP)
        enter(page, server)
        page.locator("a.card").nth(1).wait_for()
        for name in ("edit", "see"):
            made = getattr(review.session, name)
            monkeypatch.setattr(
                review.session, name, lambda *given, made=made: (time.sleep(0.7), made(*given)), raising=False
            )
        yield page, review.session
        page.close()


def test_a_late_answer_takes_nobody_away_from_where_they_went(slow):
    page, session = slow
    page.click("#step-visible")
    page.click("#confirm")
    page.locator("#confirm:text-is('Go on')").wait_for()
    page.click("#confirm")
    page.click("#step-finish")
    page.locator("h1:text-is('Finish')").wait_for()
    page.wait_for_timeout(1500)
    assert page.url.endswith("#finish")
    assert session.unseen() == []


def test_an_undo_does_not_overtake_what_it_takes_back(slow):
    page, session = slow
    page.click("#step-visible")
    page.locator(".act").first.click()
    page.keyboard.press("Control+z")
    sure(page, lambda: session.steps == (0, 1))
    assert len(session.unseen()) == 2


def test_each_key_moves_a_cover_on(slow):
    page, session = slow
    page.locator("a.card").first.click()
    page.locator(".box.cover").focus()
    page.locator(".box.picked:focus").wait_for()
    before = session.sheet(0)[1].choice.box
    page.keyboard.press("ArrowDown")
    sure(page, lambda: session.sheet(0)[1].choice.box != before)
    once = session.sheet(0)[1].choice.box.top - before.top
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    sure(page, lambda: session.steps[0] == 4)
    assert session.sheet(0)[1].choice.box.top - before.top == pytest.approx(4 * once)
