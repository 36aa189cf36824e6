"""A clip on the page in a real browser: its card, its storyboard, and a cover drawn by mouse."""

import pytest

from blurkit.report.signed import QUESTIONS
from blurkit.review.pages import Chooser
from blurkit.review.requests import SignOff
from blurkit.review.server import Server
from blurkit.review.start import prepare
from blurkit.settings import Settings
from blurkit.video.reviewing import ReviewedClips
from tests.clips import make, patterns
from tests.end_to_end.process import files
from tests.review.browsing import DESKTOP, actions, check_accessible, opened, sure
from tests.review.serving import in_browser, running

pytestmark = in_browser
WORD = SignOff(by="office", answers=dict.fromkeys(QUESTIONS, True), despite_doubts=True)


@pytest.fixture
def folder(tmp_path, fakes, fake_clips):
    (tmp_path / "in").mkdir()
    make(tmp_path / "in" / "clip.mp4", patterns(1) * 16, times=[200 * index for index in range(16)])
    return tmp_path / "in"


def test_a_clip_is_looked_at_corrected_written_and_played(browser, folder):
    review = prepare(folder, None, Settings(), clips=ReviewedClips(200))
    choosing = Chooser(lambda *_: review, Settings())
    with running(Server(review, choosing)) as server, opened(browser, server, DESKTOP) as page:
        session = review.session
        page.click("a.card:has-text('clip.mp4')")
        page.locator(".box").first.wait_for()
        page.locator("#list .words", has_text="0:00–0:03").wait_for()
        sure(page, lambda: page.locator(".covers path").count() == 4)  # in each picture that shows somebody
        stage = page.locator(".canvas").bounding_box()
        x, y = stage["x"] + 0.42 * stage["width"], stage["y"] + 0.1 * stage["height"]
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 40, y + 40, steps=3)
        page.mouse.up()
        sure(page, lambda: actions(session) == ["cover", "cover"])
        page.click("#after")
        sure(page, lambda: page.evaluate("document.querySelector('img[alt=\"With covers\"]').naturalWidth > 0"))
        check_accessible(page)
        page.click("#play-open")
        sure(page, lambda: page.evaluate("document.querySelector('#play video').readyState > 0"))
        assert page.locator("#play-after").is_disabled()
        check_accessible(page)
        page.click("#play .main")
        session.see([(0, spot.number, spot.choice.action) for spot in session.sheet(0)])
        review.work.export(WORD)
        sure(page, lambda: not review.work.is_busy)
        sure(page, lambda: page.evaluate("window.location.hash") == "#photo/0")
        page.wait_for_timeout(5000)
        page.click("#play-open")
        sure(page, lambda: page.evaluate("document.querySelector('#play video').readyState > 0"))
        assert page.locator("#play-after").get_attribute("aria-pressed") == "true"
    assert files(review.out) == ["clip.mp4"]
