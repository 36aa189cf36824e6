"""What the command line says is in the language of the option or of the computer; what programs read is in none."""

import ast
import json

import pytest

from blurkit import language
from blurkit.language import LANGUAGES, mark, of_system, speak, texts, tn
from tests.documents import ROOT

NAMES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def english_again():
    yield
    speak("en")


def said(text, form=-1):
    """Return how a text begins in the language that is spoken, up to its first value."""
    found = texts(language.spoken()).get(text, text)
    return (found if isinstance(found, str) else found[form]).split("{")[0]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "pl_PL"}, "pl"),
        ({"LANG": "de_AT.UTF-8", "LANGUAGE": "nl:de"}, "nl"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "nl"}, "en"),
        ({"LANG": "pt_BR.UTF-8"}, "en"),
        ({}, "en"),
    ],
)
def test_the_language_of_this_computer(monkeypatch, names, expected):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in names.items():
        monkeypatch.setenv(name, value)
    assert of_system() == expected


@pytest.mark.parametrize("asked", LANGUAGES)
def test_a_summary_is_in_the_language_of_the_option(command, fakes, photo_file, asked):
    code, out, err = command("detect", photo_file(), "--language", asked)
    assert (code, out) == (0, "")
    speak(asked)
    assert tn("{n} photo looked at, nothing written", "{n} photos looked at, nothing written", 1) in err.splitlines()
    assert ("looked at" in err) is (asked == "en")


def test_a_summary_is_in_the_language_of_this_computer(command, fakes, photo_file, monkeypatch):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert "1 Foto angesehen, nichts geschrieben" in command("detect", photo_file())[2]
    assert "1 foto mirada, nada escrito" in command("detect", photo_file(), "--language", "es")[2]


@pytest.mark.parametrize("asked", LANGUAGES)
def test_what_programs_read_has_no_language(command, fakes, photo_file, tmp_path, asked):
    path = photo_file()
    code, out, _ = command("detect", path, "--json", "--language", asked)
    _, english, _ = command("detect", path, "--json")
    assert code == 0
    assert without_times(out) == without_times(english)
    refused, _, err = command("detect", tmp_path / "gone.jpg", "--language", asked)
    assert refused == 3
    speak(asked)
    assert err.startswith(said("error: {words}"))


def without_times(text):
    document = json.loads(text)
    for photo in document["photos"]:
        photo.pop("seconds")
    return document


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (("clean", "{empty}", "--out", "{out}"), "no photos found"),
        (("audit", "{empty}"), "no photos found"),
        (("policy", "check", "children"), None),
        (("watch", "{empty}", "--out", "{out}", "--once"), "watching {inbox}"),
    ],
)
def test_other_commands_speak_it_too(command, fakes, tmp_path, monkeypatch, words, text):
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    (tmp_path / "empty").mkdir()
    _, out, err = command(*(word.format(empty=tmp_path / "empty", out=tmp_path / "out") for word in words))
    speak("de")
    assert (said(text) in err) if text else ("Abgedeckt: " in out)


def test_a_report_is_in_the_language_and_the_csv_in_english(command, fakes, photo_file, tmp_path):
    for name in ("report.html", "report.csv"):
        command("detect", photo_file(), "--language", "fr", "--report", tmp_path / name)
    assert '<html lang="fr">' in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "1 too small to judge" in (tmp_path / "report.csv").read_text(encoding="utf-8")


def texts_not_written_out(code):
    """Return calls whose texts no catalog can have, since they are made up while the program runs."""
    nodes = ast.walk(ast.parse(code))
    calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    texts = {"mark": 1, "tn": 2, "tr": 1}
    given = {call: call.args[: texts.get(call.func.id, 0)] for call in calls}
    made_up = {"mark": ast.expr, "tn": ast.expr, "tr": ast.JoinedStr}  # tr takes what was marked elsewhere
    return [
        ast.unparse(call)
        for call, words in given.items()
        if any(isinstance(text, made_up[call.func.id]) and not isinstance(text, ast.Constant) for text in words)
    ]


def test_every_text_is_written_out_where_it_is_collected():
    paths = sorted((ROOT / "blurkit").rglob("*.py"))
    assert [call for path in paths for call in texts_not_written_out(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("code", ["tn(one, many, 3)", "mark(words)", "tr(f'{n} photos')"])
def test_a_text_that_is_made_up_is_noticed(code):
    assert texts_not_written_out(code) == [code]


def test_a_text_about_one_thing_and_about_many():
    speak("pl")
    forms = [tn("{n} photo written", "{n} photos written", number) for number in (1, 3, 5)]
    assert forms == ["zapisano 1 zdjęcie", "zapisano 3 zdjęcia", "zapisano 5 zdjęć"]
    assert mark("as it is") == "as it is"
