"""The guide for schools says the same in every language: steps, commands, pictures, and the page's own words."""

import re

import pytest

from blurkit.language import LANGUAGES, texts
from tests.documents import ROOT, links, prose, text

OTHERS = LANGUAGES[1:]
ENGLISH = "docs/schools.md"
LAW = {"en": "GDPR", "de": "DSGVO", "fr": "RGPD", "es": "RGPD", "it": "GDPR", "pl": "RODO", "nl": "AVG"}
"""The regulation as the authorities of each country call it."""


def name_of(language):
    return ENGLISH if language == "en" else f"docs/{language}/schools.md"


def shape(document):
    """Return what is the same in every language: levels of headings, blocks between them, code, pictures."""
    lines = document.splitlines()
    return {
        "headings": [len(line.split(" ")[0]) for line in lines if line.startswith("#")],
        "numbers": [line[3] for line in lines if re.match(r"## \d", line)],
        "code": re.findall(r"`([^`]+)`", document),
        "pictures": [path.rsplit("/", 1)[-1] for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", document)],
        "rows": sum(line.startswith("|") for line in lines),
        "paragraphs": len(re.findall(r"\n\n+", document.strip())),
    }


def labels(document):
    """Return what is emphasised, in order: the words of buttons and screens."""
    return re.findall(r"(?<!\*)\*{1,2}([^*\n]+)\*{1,2}(?!\*)", document.split("\n## 1", 1)[1])


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_same_steps_commands_and_pictures(language):
    assert shape(text(name_of(language))) == shape(text(ENGLISH))


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_names_buttons_and_screens_as_the_page_does(language):
    known = texts(language)
    expected = [known.get(label, label) for label in labels(text(ENGLISH))]
    assert labels(text(name_of(language))) == expected


def test_the_guide_names_buttons_and_screens_as_the_page_does():
    known = texts("de")
    assert [label for label in labels(text(ENGLISH)) if label not in known] == ["review-photos", "blurkit"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_guide_leads_to_all_others_and_its_pictures_are_there(language):
    targets = [(ROOT / name_of(language)).parent / link for link in links(name_of(language))]
    assert [path for path in targets if not path.is_file()] == []
    others = {(ROOT / name_of(other)).resolve() for other in LANGUAGES if other != language}
    assert others <= {path.resolve() for path in targets}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_law_is_called_as_in_that_country(language):
    words = prose(text(name_of(language)))
    assert LAW[language] in words
    assert not (set(LAW.values()) - {LAW[language]}) & set(re.findall(r"\w+", words))


def test_a_translation_that_lacks_a_step_a_command_or_a_button_is_noticed():
    whole = text(ENGLISH)
    for part in ("## 4. ", "`blurkit review", "![Who stays", "| D |"):
        line = next(line for line in whole.splitlines() if part in line)
        assert shape(whole.replace(line + "\n", "")) != shape(whole)
    assert labels(whole.replace("*Undo*", "*Back*")) != labels(whole)
