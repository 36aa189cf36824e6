"""The review page in a real browser, from open to exported files, by mouse and by key."""

import json

import pytest
from PIL import Image

from tests.end_to_end.process import files
from tests.review.browsing import (
    DESKTOP,
    TABLET,
    actions,
    check_accessible,
    enter,
    look_at_all,
    opened,
    opened_any,
    sure,
)
from tests.review.serving import choosing, copies, in_browser, serving

pytestmark = in_browser
MARKUP = "<img src=x onerror=alert(1)>.jpg"


def test_the_whole_way_by_mouse(browser, tmp_path):
    folder = copies(tmp_path / "in", "a.jpg", MARKUP)
    with (
        serving(folder, scale=600 / 1024) as (server, review),
        opened(browser, server, DESKTOP) as page,
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
        page.locator(".box.picked:focus .handle.se").wait_for()
        page.wait_for_timeout(300)  # until the page has drawn what the server says
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
        page.click("#act")
        sure(page, lambda: actions(session, 1)[0] == "cover")
        page.click("#toast.shown >> text=Undo")
        sure(page, lambda: actions(session, 1)[0] == "keep")
        page.mouse.move(x, y)
        page.mouse.wheel(0, -900)
        page.locator(".detail:not([hidden])").wait_for()
        page.click("#after")
        sure(page, lambda: page.evaluate("document.querySelector('img[alt=\"With covers\"]').naturalWidth > 0"))
        check_accessible(page)

        page.click("#step-visible")
        page.locator(".act").first.click()
        page.locator("button.face.cover").wait_for()
        check_accessible(page)
        look_at_all(page)
        page.locator("h1:has-text('Uncertain')").wait_for()
        look_at_all(page)
        page.locator("h1:has-text('Covered')").wait_for()
        page.locator("li:has-text('Looks under') .act").first.click()
        check_accessible(page)
        page.click("dialog >> text=An adult")
        page.locator("button.face.keep").wait_for()
        look_at_all(page)

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


def test_the_whole_way_by_keyboard_on_a_tablet(browser, tmp_path):
    folder = copies(tmp_path / "in", "a.jpg", "b.jpg")
    serve = serving(folder, policy="consent", scale=600 / 1024)
    with serve as (server, review), opened_any(browser, server, TABLET) as page:
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
        page.locator("#confirm:text-is('Go on'):focus").wait_for()
        press("Enter")
        page.locator("h1:has-text('Uncertain')").wait_for()
        tab_to("#step-finish")
        press("Enter")
        page.locator("h1:has-text('Finish')").wait_for()
        for name in ("whole", "consent", "names", "badges", "place", "clothes", "needed"):
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
        enter(page, server)

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
