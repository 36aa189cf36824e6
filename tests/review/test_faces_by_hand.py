"""Faces and covers under a person's hand, in a real browser: nothing happens by accident."""

import pytest

from tests.end_to_end.process import wait_until
from tests.review.browsing import DESKTOP, actions, check_accessible, opened, sure
from tests.review.serving import copies, in_browser, serving

pytestmark = in_browser


@pytest.fixture
def editing(browser, tmp_path):
    """Open a photo with three faces: visible, covered, visible but doubtful."""
    folder = copies(tmp_path / "in", "a.jpg")
    with (
        serving(folder, scale=600 / 1024) as (server, review),
        opened(browser, server, DESKTOP) as page,
    ):
        page.click("a.card")
        page.locator(".box").nth(2).wait_for()
        yield page, review.session


def box_of(session, place):
    box = session.sheet(0)[place].choice.box
    return box.left, box.top, box.right, box.bottom


def drag(page, start, by):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + by[0] / 2, start[1] + by[1] / 2)
    page.mouse.move(start[0] + by[0], start[1] + by[1])
    page.mouse.up()


def middle(page, selector):
    sure(page, lambda: page.locator(selector).bounding_box())  # it may just be drawn again
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drawn(page, session):
    stage = page.locator(".stage").bounding_box()
    drag(page, (stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] - 90), (70, 60))
    sure(page, lambda: len(session.sheet(0)) == 4)
    page.locator(f".box.picked[data-face='{session.sheet(0)[3].number}']").wait_for()


def test_a_drawn_cover_is_selected_and_neither_a_click_nor_a_drag_deletes_it(editing):
    page, session = editing
    drawn(page, session)
    assert page.locator(".box.picked").get_attribute("data-face") == str(session.sheet(0)[3].number)
    page.mouse.click(*middle(page, ".box.picked"))
    page.mouse.dblclick(*middle(page, ".box.picked"))
    before = box_of(session, 3)
    drag(page, middle(page, ".box.picked"), (-50, -40))
    sure(page, lambda: box_of(session, 3)[0] < before[0] - 10)
    after = box_of(session, 3)
    assert (after[2] - after[0], after[3] - after[1]) == pytest.approx(
        (before[2] - before[0], before[3] - before[1]), abs=0.2
    )
    assert len(session.sheet(0)) == 4


def test_a_click_on_any_face_selects_it_and_changes_nothing(editing):
    page, session = editing
    before = [spot.choice for spot in session.sheet(0)]
    for place in range(3):
        page.locator(".box").nth(place).click()
        number = str(session.sheet(0)[place].number)
        page.locator(f".box.picked[data-face='{number}']").wait_for()
        page.locator(f"#list li.picked [data-row='{number}']").wait_for()
        check_accessible(page)
    page.mouse.click(page.locator(".stage").bounding_box()["x"] + 4, middle(page, ".stage")[1])
    page.locator(".box.picked").wait_for(state="detached")
    assert [spot.choice for spot in session.sheet(0)] == before


def test_a_found_cover_is_moved_and_resized_by_mouse_at_once(editing):
    page, session = editing
    before = box_of(session, 1)
    drag(page, middle(page, ".box.cover"), (30, 20))
    sure(page, lambda: box_of(session, 1)[0] > before[0] + 5)
    moved = box_of(session, 1)
    sure(page, lambda: page.locator(".box.cover").evaluate("box => parseFloat(box.style.left)") == round(moved[0], 1))
    page.locator(".box.cover").click()
    drag(page, middle(page, ".handle.se"), (30, 25))
    sure(page, lambda: box_of(session, 1)[2] > moved[2] + 5)
    assert box_of(session, 1)[:2] == pytest.approx(moved[:2], abs=0.1)
    assert actions(session)[1] == "cover"


def test_delete_deletes_a_drawn_cover_only_and_what_is_said_is_seen_and_can_be_undone(editing):
    page, session = editing
    page.locator(".box.cover").click()
    page.keyboard.press("Delete")
    page.locator("#toast.shown:has-text('cannot be deleted')").wait_for()
    assert len(session.sheet(0)) == 3
    drawn(page, session)
    page.keyboard.press("Delete")
    page.locator("#toast.shown:has-text(': Cover deleted')").wait_for()
    assert len(session.sheet(0)) == 3
    page.click("#toast >> text=Undo")
    sure(page, lambda: len(session.sheet(0)) == 4)
    page.locator("#toast.shown:has-text('Undone')").wait_for()


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_a_key_pressed_too_often_reveals_nobody(editing, key):
    page, session = editing
    page.locator(".box.cover").click()
    page.locator(".box.cover.picked").focus()
    page.keyboard.press("Space")
    page.locator("dialog[open]").wait_for()
    assert page.evaluate("document.activeElement.id") == "keep-covered"
    check_accessible(page)
    page.keyboard.press(key)
    page.locator("dialog[open]").wait_for(state="detached")
    assert actions(session)[1] == "cover"


def test_a_name_is_not_taken_for_the_number_of_a_consent(editing):
    page, session = editing
    page.locator(".box.cover").click()
    page.click("#act")
    for note, words in (("Anna Klein", "Do not write a name here"), ("Max 3b", "looks like a name")):
        page.fill("#note", note)
        page.click("dialog >> text=Consent on file")
        page.locator(f"#note-fault:has-text('{words}')").wait_for()
    check_accessible(page)
    page.fill("#note", "C-112")
    page.click("dialog >> text=Consent on file")
    sure(page, lambda: actions(session)[1] == "keep")
    assert session.sheet(0)[1].choice.note == "C-112"


def test_letters_are_keys_until_they_are_switched_off_and_that_is_remembered(editing):
    page, session = editing
    page.keyboard.press("b")
    page.locator("#after[aria-pressed=true]").wait_for()
    page.keyboard.press("b")
    page.keyboard.press("?")
    page.locator("#keys[open]").wait_for()
    check_accessible(page)
    page.uncheck("#letter-keys")
    page.locator("#toast:has-text('no keys any more')").wait_for()
    page.keyboard.press("Escape")
    for _ in range(2):
        page.keyboard.press("b")
        page.keyboard.press("a")
        page.keyboard.press("?")
        assert page.locator("#after[aria-pressed=true]").count() == 0
        assert page.locator("#keys[open]").count() == 0
        page.reload()
        page.locator(".box").nth(2).wait_for()
    assert len(session.sheet(0)) == 3
    page.click("#keys-open")
    page.check("#letter-keys")
    page.locator("#toast:has-text('are keys')").wait_for()
    page.click("#keys >> text=Close")
    page.keyboard.press("a")
    wait_until(lambda: len(session.sheet(0)) == 4)
