"""Many faces at once: selected, and covered or shown with one reason; in a real browser."""

from contextlib import contextmanager

import pytest

from tests.review.browsing import DESKTOP, actions, check_accessible, look_at_all, opened, sure
from tests.review.crowds import ADULT, COVERED, MAYBE, TINY, UNCLEAR, crowd, photos
from tests.review.serving import in_browser, serving

pytestmark = in_browser
FOUR = (3, 8, 14, 21)


@contextmanager
def looking(browser, folder, *judgements, names=("ul_8.jpg",), **how):
    run = crowd(*judgements, **how)
    with (
        serving(photos(folder, *names), run=run) as (server, review),
        opened(browser, server, DESKTOP, wait_for="a.card") as page,
    ):
        yield page, review.session


class Hand:
    """Counts what a person does."""

    def __init__(self, page):
        self.page, self.taken = page, 0

    def click(self, target, **how):
        self.taken += 1
        (target if not isinstance(target, str) else self.page.locator(target)).click(**how)


def tile(page, session, place, photo=0):
    return page.locator(f"[data-key='{photo}/{session.sheet(photo)[place].number}'] .face")


def test_cover_everyone_but_four_of_25_in_six_actions(browser, tmp_path):
    with looking(browser, tmp_path / "in", *[MAYBE] * 25) as (page, session):
        page.click("#step-covered")
        page.locator("button.face").nth(24).wait_for()
        hand = Hand(page)
        for place in FOUR:
            hand.click(tile(page, session, place))
        check_accessible(page)
        hand.click("#do-cover_others")
        page.locator("dialog[open] .asked").nth(3).wait_for()
        check_accessible(page)
        hand.click("dialog >> text=All 4 are adults")
        sure(page, lambda: actions(session).count("keep") == 4)
        assert [place for place, action in enumerate(actions(session)) if action == "keep"] == list(FOUR)
        assert hand.taken <= 6
        page.locator("#toast.shown:has-text('4 visible')").wait_for()
        page.click("#toast >> text=Undo")
        sure(page, lambda: "keep" not in actions(session))


def test_show_everyone_but_four_of_25_by_their_consent_in_six_actions_where_it_was_used_before(browser, tmp_path):
    with looking(browser, tmp_path / "in", *[COVERED] * 25, names=("a.jpg", "b.jpg")) as (page, session):
        page.click("a.card:has-text('a.jpg')")
        page.locator(".box").nth(24).wait_for()
        for place in FOUR:
            page.locator(".box").nth(place).click(modifiers=["Shift"])
        page.locator("h2:has-text('4 faces selected')").wait_for()
        check_accessible(page)
        page.click("#do-show_others")
        page.fill("#note", "C-112")
        page.click("dialog >> text=Consent on file")
        sure(page, lambda: actions(session, 0).count("keep") == 21)
        page.keyboard.press("n")
        page.locator("h1:has-text('b.jpg')").wait_for()
        hand = Hand(page)
        for place in FOUR:
            hand.click(page.locator(".box").nth(place), modifiers=["Shift"])
        hand.click("#do-show_others")
        hand.click("#again:has-text('C-112')")
        sure(page, lambda: actions(session, 1).count("keep") == 21)
        assert [place for place, action in enumerate(actions(session, 1)) if action == "cover"] == list(FOUR)
        assert {spot.choice.note for spot in session.sheet(1) if spot.is_kept} == {"C-112"}
        assert hand.taken <= 6


def test_faces_are_selected_by_click_by_shift_and_by_a_box(browser, tmp_path):
    with looking(browser, tmp_path / "in", *[ADULT] * 20) as (page, session):
        page.click("#step-visible")
        page.locator("button.face").nth(19).wait_for()
        pressed = page.locator("button.face[aria-pressed=true]")
        page.locator("button.face").nth(2).click()
        page.locator("button.face").nth(5).click(modifiers=["Shift"])
        assert pressed.count() == 4
        page.locator("button.face").nth(3).click()
        assert pressed.count() == 3
        page.keyboard.press("Escape")
        assert pressed.count() == 0
        page.locator("#confirm").wait_for()
        first, third = (page.locator("button.face").nth(place).bounding_box() for place in (0, 2))
        page.mouse.move(first["x"] + 30, first["y"] + 30)
        page.mouse.down()
        page.mouse.move(third["x"] + 20, third["y"] + 90, steps=4)
        page.mouse.up()
        assert pressed.count() == 3
        page.locator(".pager:has-text('3 faces selected')").wait_for()
        page.click("#do-cover")
        sure(page, lambda: actions(session).count("cover") == 3)
        page.locator(".strip.cover").nth(2).wait_for()
        assert pressed.count() == 0
        assert page.evaluate("document.activeElement.matches('button.face')")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
        assert pressed.count() == 1


def test_the_careful_half_is_done_when_who_is_selected_stays_covered_after_all(browser, tmp_path):
    with looking(browser, tmp_path / "in", ADULT, ADULT, MAYBE, ADULT) as (page, session):
        page.click("a.card")
        page.locator(".box").nth(3).wait_for()
        for place in (0, 2):
            page.locator(".box").nth(place).click(modifiers=["Shift"])
        page.click("#do-cover_others")
        page.click("#keep-covered")
        sure(page, lambda: actions(session) == ["keep", "cover", "cover", "cover"])
        page.locator("#toast.shown:has-text('2 covered')").wait_for()


def test_all_faces_that_are_asked_about_can_be_seen(browser, tmp_path):
    with looking(browser, tmp_path / "in", *[MAYBE] * 25) as (page, _):
        page.click("#step-covered")
        page.click("#all")
        page.click("#do-show")
        page.locator("dialog >> text=All 25 are adults").wait_for()
        assert page.locator("dialog .asked").count() == 25
        check_accessible(page)


def test_who_stays_covered_after_all_is_not_shown_by_a_slip(browser, tmp_path):
    with looking(browser, tmp_path / "in", *[MAYBE] * 6) as (page, session):
        page.click("#step-covered")
        page.click("#all")
        page.click("#do-show")
        page.locator("dialog[open]").wait_for()
        assert page.evaluate("document.activeElement.id") == "keep-covered"
        page.keyboard.press("Enter")
        page.locator("dialog[open]").wait_for(state="detached")
        assert "keep" not in actions(session)


def test_nobody_has_looked_at_faces_that_were_never_on_the_screen(browser, tmp_path):
    with looking(browser, tmp_path / "in", *[ADULT] * 40) as (page, session):
        page.click("#step-visible")
        page.locator("button.face").nth(39).wait_for()
        page.click("#confirm")
        page.locator("#toast.shown:has-text('more faces further down')").wait_for()
        assert page.evaluate("window.scrollY") > 100
        assert len(session.unseen()) == 40
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.click("#confirm")
        page.locator("#toast.shown:has-text('You have looked at all of them')").wait_for()
        assert session.unseen() == []
        assert page.locator("h1").inner_text() == "Who stays visible"
        page.click("#confirm:text-is('Go on')")
        page.locator("h1:has-text('Uncertain')").wait_for()


@pytest.mark.parametrize("step", ["uncertain", "covered"])
def test_tiny_covered_faces_are_one_line_a_photo_and_each_can_be_seen(browser, tmp_path, step):
    with looking(browser, tmp_path / "in", *[TINY] * 30, UNCLEAR, MAYBE) as (page, session):
        page.click(f"#step-{step}")
        line = page.locator(".line:has-text('30 tiny faces in ul_8.jpg: all covered')")
        line.wait_for()
        assert page.locator("button.face").count() == (1 if step == "uncertain" else 2)
        check_accessible(page)
        line.locator("text=List them").click()
        page.locator("button.face").nth(30).wait_for()
        assert page.evaluate("document.activeElement.matches('button.face')")
        if step == "covered":
            return
        page.click("#step-uncertain")
        look_at_all(page)
        page.locator("h1:has-text('Covered')").wait_for()
        assert session.doubts() == []
        page.click("#step-uncertain")
        page.locator("text=Nothing is left here that needs a look.").wait_for()


def test_covered_faces_are_in_colour_the_largest_and_oldest_first_or_by_photo(browser, tmp_path):
    how = {"side": lambda number: (16, 24, 34)[number], "names": ("a.jpg", "b.jpg")}
    with looking(browser, tmp_path / "in", MAYBE, MAYBE, MAYBE, **how) as (page, session):
        page.click("#step-covered")
        page.locator("button.face").nth(5).wait_for()
        look = "face => [getComputedStyle(face).filter, getComputedStyle(face).opacity]"
        assert page.locator("button.face.cover img").first.evaluate(look) == ["none", "1"]
        keys = page.locator("[data-key]").evaluate_all("all => all.map(each => each.dataset.key)")
        order = [int(key.split("/")[1]) for key in keys]
        number = {spot.number: place for photo in (0, 1) for place, spot in enumerate(session.sheet(photo))}
        assert [number[each] for each in order] == [2, 2, 1, 1, 0, 0]
        assert page.locator("button.face").first.get_attribute("title") in how["names"]
        page.select_option("#order", "photo")
        page.locator(".group").nth(1).wait_for()
        assert page.locator(".group h2").all_inner_texts() == ["a.jpg", "b.jpg"]
        check_accessible(page)
        page.click(".group:has-text('b.jpg') >> text=Select all")
        page.locator(".pager:has-text('3 faces selected')").wait_for()
