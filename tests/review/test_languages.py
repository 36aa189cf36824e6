"""The review page in every language, in a real browser."""

import json

import pytest

from blurkit.errors import OutputNotWritable
from blurkit.language import LANGUAGES, speak, texts
from blurkit.review.view import told_of
from tests.end_to_end.process import wait_until
from tests.review.browsing import DESKTOP, check_accessible, enter
from tests.review.caller import Caller
from tests.review.crowds import ADULT, MAYBE, TINY, crowd, photos
from tests.review.serving import needs_browser, serving

SMALL, PROJECTOR = {"width": 390, "height": 844}, {"width": 1024, "height": 768}
WINDOWS = ((DESKTOP, "light"), (PROJECTOR, "dark"), (SMALL, "light"))


@pytest.fixture
def served(tmp_path):
    folder = photos(tmp_path / "in", "Anna_Klein_3b.jpg", "b.jpg")
    with serving(folder, run=crowd(ADULT, MAYBE, TINY, TINY)) as (server, review):
        wait_until(lambda: review.work.done == 2 and not review.work.is_busy)
        yield server, review


@pytest.mark.parametrize("asked", LANGUAGES)
def test_what_the_server_says_is_in_the_language_that_the_browser_asks_for(served, asked):
    call = Caller(served[0].door)
    call.enter()
    told = json.loads(call("/api/about", Accept_Language=asked).body)
    state = json.loads(call("/api/state", Accept_Language=asked).body)
    known = texts(asked)
    english = "Is each photo really needed?"
    assert told["questions"]["needed"]["words"] == known.get(english, english)
    words = {face["words"] for face in state["photos"][0]["faces"]}
    assert known.get("Too small to tell the age", "Too small to tell the age") in words
    refused = json.loads(call.post("export", {"by": "x", "answers": {}}, Accept_Language=asked).body)["error"]
    assert refused == known.get("Every question needs an answer, yes or no.", refused)


def test_a_language_can_be_set_for_all_browsers(served):
    served[0]._guard._language = "pl"
    call = Caller(served[0].door)
    call.enter()
    assert json.loads(call("/api/words", Accept_Language="de").body)["language"] == "pl"


@needs_browser
@pytest.mark.model
@pytest.mark.parametrize("asked", LANGUAGES)
def test_every_screen_is_in_the_language_and_fits(browser, served, asked):
    server, _ = served
    known = texts(asked)

    def said(text):
        found = known.get(text, text)
        return found if isinstance(found, str) else found[-1]

    for viewport, scheme in WINDOWS:
        context = browser.new_context(viewport=viewport, locale=asked, color_scheme=scheme)
        page = context.new_page()
        page.set_default_timeout(15_000)
        faults = []
        page.on("pageerror", lambda fault, faults=faults: faults.append(str(fault)))
        enter(page, server)
        page.locator("a.card").nth(1).wait_for()
        assert page.evaluate("document.documentElement.lang") == asked
        steps = {"visible": "Who stays visible", "uncertain": "Uncertain", "covered": "Covered", "finish": "Finish"}
        for step, title in {"photos": "Photos", **steps, "settings": "Settings of this folder"}.items():
            page.click(f"#step-{step}, #{step}-open")
            page.locator("main h1").filter(has_text=said(title)).wait_for()
            if step == "settings":
                page.click("#options summary")
            if step == "photos":
                assert said("{n} covered").replace("{n}", "3") in page.locator("a.card").first.inner_text()
            if viewport is not SMALL:
                check_accessible(page)
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(wide) <= 0, (step, viewport)
            cut = "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.innerText)"
            assert page.locator(".strip, .strip .act, .tile .words, .style span").evaluate_all(cut) == []
        page.click("#step-photos")
        page.click("a.card >> nth=0")
        page.locator(f"#fine:has-text('{said('This photo is fine')}')").wait_for()
        page.locator(".waiting").wait_for(state="detached")
        page.click("#keys-open")
        page.locator(f"dialog h2:text-is('{said('Help')}')").wait_for()
        if viewport is not SMALL:
            check_accessible(page)
        page.keyboard.press("Escape")
        context.close()
        assert faults == []


@pytest.mark.parametrize("asked", LANGUAGES)
def test_what_went_wrong_is_told_without_english_words_and_with_the_file(asked):
    speak(asked)
    told = told_of(OutputNotWritable("no space for the report", path="/photos/a.jpg"))
    speak("en")
    assert "/photos/a.jpg" in told
    assert ("no space for the report" in told) is (asked == "en")
