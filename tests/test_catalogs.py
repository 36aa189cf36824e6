"""Every text of the page is in every language, with the same values in it, and compiled as it stands."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from blurkit import language
from blurkit.review.pages import STATIC
from tools.catalogs import catalog, compiled, messages, updated

OTHERS = language.LANGUAGES[1:]
IN_SCRIPT = re.compile(r'\bt(n?)\(\s*"((?:[^"\\]|\\.)+)"')
VALUE = re.compile(r"{(\w+)}")


def faults(entries, found):
    """Return the texts that a catalog lacks, or whose values differ from the English ones."""
    wrong = []
    for message in found:
        key = message if isinstance(message, str) else message[0]
        entry = entries.get(key)
        strings = () if entry is None else (entry.string,) if isinstance(entry.string, str) else entry.string
        values = set(VALUE.findall(message if isinstance(message, str) else message[1]))
        few = {frozenset(values), frozenset(values - {"n"})} if isinstance(message, tuple) else {frozenset(values)}
        if not strings or not all(strings) or any(frozenset(VALUE.findall(text)) not in few for text in strings):
            wrong.append(key)
    return wrong


@pytest.mark.parametrize("name", OTHERS)
def test_every_text_is_translated_with_the_same_values(name):
    assert faults(catalog(name), messages()) == []


@pytest.mark.parametrize("name", OTHERS)
def test_a_catalog_holds_no_text_that_is_not_used_and_none_in_doubt(name):
    known = {message if isinstance(message, str) else message[0] for message in messages()}
    entries = [entry for entry in catalog(name) if entry.id]
    assert {entry.id if isinstance(entry.id, str) else entry.id[0] for entry in entries} == known
    assert [entry.id for entry in entries if entry.fuzzy] == []


@pytest.mark.parametrize("name", OTHERS)
def test_a_catalog_is_compiled_as_it_stands(name):
    assert (language.CATALOGS / f"{name}.mo").read_bytes() == compiled(catalog(name)), "run python -m tools.catalogs"


def test_no_text_is_both_alone_and_about_a_number_of_things_or_it_is_shown_in_english():
    counted = {message[0] for message in messages() if isinstance(message, tuple)}
    assert counted.intersection(messages()) == set()


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.js")), ids=lambda path: path.name)
def test_every_text_of_a_script_is_found(path):
    known = {message if isinstance(message, str) else message[0] for message in messages()}
    texts = [text for _, text in IN_SCRIPT.findall(path.read_text(encoding="utf-8"))]
    assert [text for text in texts if text not in known] == []


@pytest.mark.parametrize(
    ("message", "string"),
    [
        ("Stop", None),
        ("Stop", ""),
        ("{n} left", "noch {m}"),
        ("{n} left", "noch"),
        (("{n} left", "{n} left"), ("eins", "noch {m}")),
    ],
)
def test_a_text_without_an_entry_or_with_other_values_is_a_fault(message, string):
    entries = Catalog(locale="de")
    entries.add(message, string)
    assert faults(entries, [message])
    assert faults(Catalog(locale="de"), [message])


def test_a_new_text_is_empty_until_it_is_translated_and_the_others_stay():
    entries = updated("de", {"Undo": ["a.js"], "Something new": ["a.js"]})
    assert entries.get("Undo").string == "Rückgängig"
    assert not entries.get("Something new").string


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("pt,fr;q=0.4,it;q=0.8", "it"),
        ("en-GB,de;q=0.9", "en"),
        ("pl;q=0,nl", "nl"),
        ("", "en"),
        ("x" * 10_000, "en"),
        ("de;q=none", "en"),
    ],
)
def test_the_browser_is_answered_in_the_language_that_it_likes_best(asked, given):
    assert language.preferred(asked) == given


def test_a_language_without_a_catalog_is_english():
    language.speak("xx")
    assert (language.spoken(), language.tr("Undo")) == ("en", "Undo")
    language.speak("fr")
    assert language.tr("Undo") == "Annuler"
    language.speak("en")


def test_catalogs_lie_where_the_wheel_takes_them():
    assert {path.stem for path in Path(language.CATALOGS).glob("*.mo")} == set(OTHERS)
