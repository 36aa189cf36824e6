"""What stood in the way of somebody in an office who had ten minutes and had never seen the page."""

import re

import pytest

from blurkit.language import LANGUAGES, texts
from blurkit.report.signed import QUESTIONS
from tests.review.browsing import DESKTOP, opened
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
