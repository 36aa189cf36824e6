"""The contact sheet and what goes from photo to photo, in a real browser."""

import pytest

from tests.review.browsing import DESKTOP, TABLET, actions, check_accessible, opened, sure
from tests.review.crowds import ADULT, CHILD, MAYBE, crowd, photos
from tests.review.serving import in_browser, serving

pytestmark = in_browser


@pytest.fixture(params=[DESKTOP, TABLET], ids=["desktop", "tablet"])
def looking(browser, tmp_path, request):
    """Open the contact sheet of three photos, each with an adult and two covered faces."""
    folder = photos(tmp_path / "in", "garden.jpg", "hall.jpg", "Zoo/trip.jpg")
    with (
        serving(folder, run=crowd(ADULT, CHILD, MAYBE)) as (server, review),
        opened(browser, server, request.param, wait_for="a.card") as page,
    ):
        page.locator("a.card").nth(2).wait_for()
        yield page, review.session


def names(page):
    return page.locator("a.card .name").all_inner_texts()


def test_photos_are_searched_filtered_and_sorted(looking):
    page, _session = looking
    page.select_option("#order", "name")
    assert names(page) == ["garden.jpg", "hall.jpg", "Zoo/trip.jpg"]
    page.fill("#search", "ZOO")
    assert names(page) == ["Zoo/trip.jpg"]
    page.fill("#search", "")
    page.select_option("#filter", "children")
    assert len(names(page)) == 3
    page.select_option("#filter", "left_out")
    page.locator("#no-photo").wait_for()
    assert names(page) == []
    check_accessible(page)
    page.select_option("#filter", "look")
    assert len(names(page)) == 3


def test_the_contact_sheet_shows_the_covers_as_they_are_now(looking):
    page, session = looking
    picture = page.locator("a.card:has-text('garden.jpg') img")
    there = "one => one.complete && one.naturalWidth > 0"
    sure(page, lambda: picture.evaluate(there))
    before = picture.get_attribute("src")
    page.click("a.card:has-text('garden.jpg')")
    page.locator(".box.keep").click()
    page.click("#act")
    sure(page, lambda: "keep" not in actions(session))
    page.click("#step-photos")
    sure(page, lambda: picture.count() == 1 and picture.evaluate(there))
    after = picture.get_attribute("src")
    assert after != before
    page.click("#undo")
    sure(page, lambda: picture.get_attribute("src") != after)


def test_a_whole_photo_is_fine_and_the_next_one_that_needs_a_look_opens(looking):
    page, session = looking
    page.click("a.card:has-text('garden.jpg')")
    for name, left in (("garden.jpg", 2), ("hall.jpg", 1)):
        page.locator(f"h1:has-text('{name}')").wait_for()
        page.click("#fine")
        sure(page, lambda left=left: len(session.unseen()) == left)
        page.locator(f"#toast.shown:has-text('{name} is fine')").wait_for()
    page.locator("h1:has-text('trip.jpg')").wait_for()
    page.locator("#toast.shown:has-text('hall.jpg is fine')").wait_for()
    page.keyboard.press("p")
    page.locator("h1:has-text('trip.jpg')").wait_for(state="hidden")
    page.locator("#toast.shown").wait_for(state="hidden")  # it was about another photo
    page.keyboard.press("n")
    page.locator("h1:has-text('trip.jpg')").wait_for()
    page.keyboard.press("f")
    sure(page, lambda: session.unseen() == [])
    page.locator("#toast.shown:has-text('the last one')").wait_for()


def test_arrow_keys_go_from_photo_to_photo(looking):
    page, _session = looking
    page.click("a.card:has-text('garden.jpg')")
    page.locator("h1:has-text('garden.jpg')").wait_for()
    first = page.locator("h1").inner_text()
    page.keyboard.press("ArrowRight")
    page.locator("h1:has-text('hall.jpg')").wait_for()
    page.keyboard.press("ArrowLeft")
    page.locator(f"h1:has-text('{first}')").wait_for()


def test_two_fingers_zoom_and_draw_nothing(looking):
    page, session = looking
    page.click("a.card:has-text('garden.jpg')")
    page.locator(".box").nth(2).wait_for()
    page.wait_for_timeout(300)
    scale = "() => Number(getComputedStyle(document.querySelector('.canvas')).getPropertyValue('--z'))"
    before = page.evaluate(scale)
    page.evaluate(
        """() => {
            const stage = document.querySelector(".stage"), edge = stage.getBoundingClientRect();
            stage.setPointerCapture = () => {};
            const send = (kind, id, x, y) => stage.dispatchEvent(new PointerEvent(kind, {
                pointerId: id, pointerType: "touch", clientX: edge.x + x, clientY: edge.y + y, bubbles: true }));
            send("pointerdown", 1, 200, 200); send("pointerdown", 2, 220, 200);
            for (let step = 1; step < 9; step++) {
                send("pointermove", 1, 200 - 10 * step, 200);
                send("pointermove", 2, 220 + 10 * step, 200);
            }
            send("pointerup", 1, 110, 200); send("pointerup", 2, 310, 200);
        }"""
    )
    assert page.evaluate(scale) < before / 2
    page.wait_for_timeout(200)
    assert len(session.sheet(0)) == 3
