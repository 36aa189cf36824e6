"""From sign-off to a correction after it, in a real browser."""

import json

import pytest

from tests.end_to_end.process import files, wait_until
from tests.review.browsing import DESKTOP, check_accessible, opened, sure
from tests.review.serving import copies, in_browser, serving

pytestmark = in_browser


@pytest.fixture
def finishing(browser, tmp_path, monkeypatch):
    """Open the last step of a review of two photos in which everybody is covered."""
    folder = copies(tmp_path / "in", "a.jpg", "b.jpg")
    with serving(folder, scale=600 / 1024, policy="everyone") as (server, review):
        wait_until(lambda: review.work.done == 2 and not review.work.is_busy)
        with opened(browser, server, DESKTOP, wait_for="a.card") as page:
            page.click("#step-finish")
            page.fill("#by", "office")
            yield page, review


def answer(page, **given):
    for name in ("whole", "consent", "names", "badges", "place", "clothes", "needed"):
        page.check(f"input[name={name}][value={given.get(name, 'yes')}]")


def test_a_no_says_what_it_means_and_writes_nothing_or_asks_for_a_reason(finishing):
    page, review = finishing
    answer(page, consent="no", names="no")
    assert "Nothing is written. Without consent" in page.locator(".no:visible").first.inner_text()
    assert page.locator("#write").is_disabled()
    check_accessible(page)
    page.check("input[name=consent][value=yes]")
    page.click("#write")
    assert page.evaluate("document.activeElement.id") == "why-names"
    assert not review.out.exists()
    page.fill("#why-names", "the author is named")
    page.click("#write")
    page.locator("text=2 safe photos written").wait_for()
    check_accessible(page)
    entry = json.loads((review.folder / "blurkit-signed.json").read_text())["signed"][0]
    assert (entry["answers"]["names"], entry["reasons"]) == (False, {"names": "the author is named"})


def test_photos_that_nobody_opened_are_counted_and_a_no_to_whole_photos_writes_nothing(finishing):
    page, review = finishing
    assert not any(photo.opened for photo in review.session.photos)
    page.locator("#before:has-text('2 photos were never opened.')").wait_for()
    check_accessible(page)
    page.click("#unopened")
    page.locator("h1:has-text('a.jpg')").wait_for()
    sure(page, lambda: [photo.opened for photo in review.session.photos] == [True, False])
    page.click("#step-finish")
    page.locator("#before:has-text('1 photo was never opened.')").wait_for()
    answer(page, whole="no")
    assert "Nothing is written. A face that was not found" in page.locator(".no:visible").first.inner_text()
    assert page.locator("#write").is_disabled()
    page.click("#unopened")
    page.locator("h1:has-text('b.jpg')").wait_for()
    sure(page, lambda: review.session.photos[1].opened)
    page.click("#step-finish")
    page.locator("#before:has-text('Everybody who stays visible was looked at.')").wait_for()
    assert page.locator("#unopened").count() == 0


def test_a_photo_is_corrected_and_another_left_out_after_the_export(finishing):
    page, review = finishing
    answer(page)
    page.click("#write")
    page.locator("text=2 safe photos written").wait_for()
    before = (review.out / "a.jpg").read_bytes()
    page.click("#step-photos")
    page.click("a.card:has-text('a.jpg')")
    page.locator(".box").first.click()
    page.click("#act")
    page.click("dialog >> text=An adult")
    page.locator(".box.keep").wait_for()
    page.keyboard.press("n")
    page.locator("h1:has-text('b.jpg')").wait_for()
    page.select_option("#publishing", "not_needed")
    page.locator("#toast.shown:has-text('b.jpg is not published')").wait_for()
    page.click("#step-photos")
    page.locator(".chip.left_out").wait_for()
    check_accessible(page)
    page.click("#step-finish")
    assert page.input_value("#by") == "office"
    page.click("#write")  # the answers are still there
    page.locator("text=1 safe photo written").wait_for()
    page.locator("summary:has-text('1 photo changed and written again')").wait_for()
    page.locator("summary:has-text('1 photo taken out')").wait_for()
    assert files(review.out) == ["a.jpg"]
    assert (review.out / "a.jpg").read_bytes() != before


def test_a_cover_is_drawn_after_the_export_over_a_face_that_nobody_had_found(finishing):
    page, review = finishing
    answer(page)
    page.click("#write")
    page.locator("text=2 safe photos written").wait_for()
    before = {name: (review.out / name).read_bytes() for name in ("a.jpg", "b.jpg")}
    page.click("#step-photos")
    page.click("a.card:has-text('b.jpg')")
    page.locator(".box").nth(2).wait_for()
    stage = page.locator(".stage").bounding_box()
    x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] - 90
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 50, y + 60, steps=4)
    page.mouse.up()
    page.locator("#toast.shown:has-text('Cover added')").wait_for()
    page.click("#step-finish")
    page.locator("#result .todo:has-text('1 photo was changed since it was written'):has-text('b.jpg')").wait_for()
    assert page.locator("text=Every written photo was").count() == 0
    check_accessible(page)
    page.click("#write")
    page.locator("summary:has-text('1 photo changed and written again')").wait_for()
    assert (review.out / "a.jpg").read_bytes() == before["a.jpg"]
    assert (review.out / "b.jpg").read_bytes() != before["b.jpg"]


def test_what_was_written_is_shown_and_its_folder_and_report_open(finishing, monkeypatch):
    page, review = finishing
    opened = []
    monkeypatch.setattr("blurkit.review.desktop.show", opened.append)
    answer(page)
    page.click("#write")
    page.locator("text=2 safe photos written").wait_for()
    page.locator(".gallery img").nth(1).wait_for()
    looks = "all => all.every(each => each.naturalWidth > 100)"
    sure(page, lambda: page.locator(".gallery img").evaluate_all(looks))
    page.click("#open-folder")
    page.locator(f"#toast.shown:has-text('The safe photos are in {review.out}.')").wait_for()
    page.click("#open-report")
    page.locator("#toast.shown:has-text('blurkit-report.html')").wait_for()
    sure(page, lambda: len(opened) == 2)
    assert opened == [review.out, review.folder / "blurkit-report.html"]
    assert all(path.exists() for path in opened)
    check_accessible(page)
    page.click("#end")
    page.locator("h1:has-text('The review has ended')").wait_for()
    told = page.locator("main.over").inner_text()
    assert all(str(path) in told for path in (*opened, review.session.file))
