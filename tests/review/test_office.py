"""What stood in the way of somebody in an office who had ten minutes and had never seen the page."""

import io
import json
import re

import numpy as np
import pytest
from PIL import Image

from blurkit.appearance import NAMED_COLORS, ObscureSettings
from blurkit.choices import Style
from blurkit.errors import SettingsError
from blurkit.language import LANGUAGES, texts
from blurkit.report.signed import QUESTIONS
from blurkit.review import remember
from blurkit.review.looks import look
from tests.review.browsing import DESKTOP, check_accessible, enter, opened, sure
from tests.review.caller import Caller
from tests.review.crowds import ADULT, MAYBE, TINY, crowd, photos
from tests.review.serving import in_browser, serving

pytestmark = in_browser
LAPTOP = {"width": 1265, "height": 657}
NO = re.compile(
    r"\b(not?|nobody|none|never|nothing|kein\w*|nicht|niemand|nie|ne|pas|aucune?|personne n|ninguna?|nadie|nessuna?"
    r"|nessuno|non|żadn\w*|nikt|geen|niet)\b",
    re.IGNORECASE,
)
"""Words that turn a question around, in every language."""


@pytest.fixture(autouse=True)
def nothing_remembered(tmp_path, monkeypatch):
    """Keep what is chosen on the page from all other tests."""
    monkeypatch.setattr(remember, "_file", lambda: tmp_path / "state" / "page.json")


@pytest.fixture
def page(browser, tmp_path):
    folder = photos(tmp_path / "in", "Anna_Klein_3b.jpg", "b.jpg")
    with (
        serving(folder, run=crowd(ADULT, MAYBE, TINY, TINY)) as (server, _),
        opened(browser, server, LAPTOP) as page,
    ):
        yield page


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_question_is_turned_around_so_that_yes_is_always_good(language):
    known = texts(language)
    asked = [known.get(each.words, each.words) for each in QUESTIONS.values()]
    assert [words for words in asked if NO.search(words) or not words.endswith("?")] == []


def test_no_question_is_answered_before_the_person_does(page):
    page.click("#step-finish")
    page.locator("input[name=needed]").first.wait_for()
    page.wait_for_timeout(500)
    assert page.locator("fieldset :checked").count() == 0


def test_a_name_in_a_file_name_is_told_where_the_question_is_and_the_settings_help(page):
    page.click("#step-finish")
    told = page.locator("fieldset:has(input[name=names]) .looked")
    told.get_by_role("link").click()
    page.locator("input[name=publish]").wait_for()
    assert "neutral names" in page.locator("label:has(input[name=publish])").inner_text()


def test_the_end_of_the_settings_is_not_under_the_bar(page):
    page.click("#settings-open")
    summary = page.locator("#options summary")
    summary.wait_for()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.locator("#options summary").click()
    assert page.locator("input[name=publish]").count() == 1
    page.locator("#out").focus()
    edges = page.evaluate(
        "['#out', '.pager'].map((each) => { const at = document.querySelector(each).getBoundingClientRect();"
        " return [at.top, at.bottom] })"
    )
    assert edges[0][1] <= edges[1][0]


def test_help_opens_at_its_beginning_and_names_every_step(page):
    page.click("#keys-open")
    dialog = page.locator("dialog#keys[open]")
    assert dialog.evaluate("each => each.scrollTop") == 0
    assert page.evaluate("document.activeElement.id") == "keys-title"
    page.set_viewport_size(DESKTOP)
    steps = [name for name in page.locator("#steps a").all_inner_texts() if name]
    told = dialog.locator("dt").all_inner_texts()
    assert [step for step in steps if step.split("\n")[0].strip(" 0123456789") not in told] == []


def test_a_person_chooses_the_language_on_the_page_and_it_stays(browser, tmp_path):
    folder = photos(tmp_path / "in", "b.jpg")
    with serving(folder, run=crowd(ADULT)) as (server, _):
        context = browser.new_context(viewport=DESKTOP, locale="en-GB")
        page = context.new_page()
        enter(page, server)
        page.locator("h1:text-is('Photos')").wait_for()
        offered = page.locator("#language option").all_inner_texts()
        assert {"Deutsch", "Polski", "English", "Français"} < set(offered)
        page.click("#step-visible")
        page.select_option("#language", "pl")
        page.locator(f"h1:text-is('{texts('pl')['Who stays visible']}')").wait_for()
        assert page.evaluate("document.documentElement.lang") == "pl"
        assert page.input_value("#language") == "pl"
        check_accessible(page)
        context.close()
        again = Caller(server.door)
        again.enter()
        assert json.loads(again("/api/words", Accept_Language="en").body)["language"] == "pl"
        again.post("prefer", {"language": ""})
        assert json.loads(again("/api/words", Accept_Language="en").body)["language"] == "en"


def test_a_language_chosen_on_the_page_goes_before_that_of_the_command_line(tmp_path):
    with serving(photos(tmp_path / "in", "b.jpg"), run=crowd(ADULT)) as (server, _):
        server._guard.speak("de")
        call = Caller(server.door)
        call.enter()
        call.post("prefer", {"language": "it"})
        assert json.loads(call("/api/words", Accept_Language="en").body)["language"] == "it"


def test_each_style_is_shown_with_the_colour_and_the_shape_that_are_chosen(page):
    page.click("#settings-open")
    page.click("#options summary")
    shown = "[...document.querySelectorAll('.style img')].map((each) => each.complete && each.naturalWidth)"
    sure(page, lambda: page.evaluate(shown) == [240] * 5)
    before = page.locator(".style img").first.get_attribute("src")
    page.locator(".swatches label[title=red]").click()
    page.select_option("#shape", "box")
    after = page.locator(".style img").first.get_attribute("src")
    assert (before != after, "color=red" in after, "shape=box" in after) == (True, True, True)
    sure(page, lambda: page.evaluate(shown) == [240] * 5)
    check_accessible(page)


def test_the_picture_of_a_style_is_what_a_photo_would_get():
    usual = ObscureSettings()
    plain = {style: look(style, {}, usual) for style in Style}
    assert len(set(plain.values())) == len(Style)
    red = np.asarray(Image.open(io.BytesIO(look("solid", {"color": "red", "margin": "0"}, usual))))
    assert np.abs(red[95, 120].astype(int) - NAMED_COLORS["red"]).max() < 12
    for wrong in ({"color": "url(x)"}, {"margin": "nan"}, {"shape": "x"}):
        with pytest.raises(SettingsError):
            look("solid", wrong, usual)
    with pytest.raises(SettingsError):
        look("nothing", {}, usual)
