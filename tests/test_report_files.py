"""The report as a table and as a page: every photo is in it, no name in it can act, and no picture is."""

import base64
import csv
import hashlib
import io
import json
import re
from dataclasses import replace
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from blurkit.cli.console import Show
from blurkit.errors import SettingsError
from blurkit.language import LANGUAGES, decimal, moment, speak, texts
from blurkit.outcomes import Status
from blurkit.policy import explain
from blurkit.records import Reason
from blurkit.report.caution import NAMED
from blurkit.report.page import GENERATOR, to_html
from blurkit.report.signed import QUESTIONS, Signed
from blurkit.report.table import HEADER, to_csv
from blurkit.report.warned import Caution
from blurkit.settings import Settings
from tests.test_report import ADULT, CHILD, SMALL, failure, report, result

EXAMPLE = report(
    result(ADULT, CHILD, CHILD, removed=("GPS position", "thumbnail 160x120")),
    result(SMALL, status=Status.LOOK),
    failure(),
    failure(Status.BLOCKED),
)


def named(path):
    """Return a report of one photo with such a name."""
    (entry,) = report(result(CHILD)).entries
    return replace(EXAMPLE, entries=(replace(entry, path=path, output=path),))


def rows(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


class Page(HTMLParser):
    """A page's tags with their attributes, and its words."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data + "\n"


def test_the_table_has_a_row_for_each_photo_with_its_reasons_checks_and_hashes():
    first, second, failed, blocked = rows(to_csv(EXAMPLE))
    assert tuple(first) == HEADER
    assert (first["verdict"], first["covered"], first["visible"]) == ("ready", "2", "1")
    assert (first["why_covered"], first["why_visible"]) == ("2 look under age", "1 look adult")
    assert first["removed"] == "GPS position; thumbnail 160x120"
    assert "at most 12 of 255" in first["checks"]
    assert (first["input_sha256"], first["output_sha256"]) == ("1a" * 32, "2b" * 32)
    assert (second["verdict"], second["doubtful"]) == ("look", "1")
    assert (failed["error"], failed["checks"]) == ("load: cut short (copy it again)", "")
    assert blocked["verdict"] == "blocked"


def test_a_spreadsheet_is_told_that_the_table_is_utf_8():
    assert to_csv(named("Fußball.jpg")).encode().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize(
    "name", ["=1+1.jpg", "+1.jpg", "-1.jpg", "@SUM(A1).jpg", " =1.jpg", "\t=1.jpg", "\n=1", "=1", '"=1']
)
def test_no_name_of_a_file_becomes_a_formula(name):
    (row,) = rows(to_csv(named(name)))
    assert row["photo"][0] in "'\\"
    assert row["output"] == row["photo"]


def test_a_name_that_is_no_utf_8_is_written_out():
    assert r"a\udcff.jpg" in to_csv(named("a\udcff.jpg")).encode().decode()
    assert r"a\udcff.jpg" in to_html(named("a\udcff.jpg"), written=True).encode().decode()


def test_a_name_cannot_turn_the_words_around():
    assert "\u202e" not in to_html(named("a\u202egpj.exe"), written=True) + to_csv(named("a\u202egpj.exe"))


def test_the_page_holds_totals_policy_models_and_a_row_for_each_photo():
    page = Page(to_html(EXAMPLE, written=True))
    for line in (*EXAMPLE.totals(written=True), *explain(Settings().policy), "ab" * 32):
        assert line.strip() in page.words
    verdicts = [attributes["class"] for tag, attributes in page.tags if tag == "tr" and attributes]
    assert verdicts == ["ready", "look", "failed", "blocked"]
    for words in ("2 faces covered: 2 look under age", "the place\nhidden copies", "1a" * 32, "2b" * 32):
        assert words in page.words
    assert "The file is damaged or incomplete." in page.words
    assert "A face could still be seen in the finished photo" in page.words
    assert page.words.count("more than 12 of 255") == 2
    assert page.words.count("not written") == 3


def test_the_page_says_what_to_heed_and_who_signed_off_only_if_they_wanted_it():
    signed = Signed(
        when="2026-11-27T10:05:00+01:00",
        answers={"consent": True, "names": False},
        reasons={"names": "no names on the page"},
        open_doubts=2,
        left_out={"clothes": 3},
    )
    warned = replace(EXAMPLE, signed=signed, warnings=(Caution(NAMED, "Anna_3b.jpg"),))
    words = Page(to_html(warned, written=True)).words
    for line in (
        "On 27 November 2026, 10:05, by the person whose name is with the decisions of the review.",
        "Is there consent for everyone who can still be recognised? Yes",
        "Are the captions, the file names and the page free of names? No: no names on the page",
        "2 uncertain faces were not looked at.",
        "3 photos are not published: somebody is half dressed",
        "Anna_3b.jpg: the file's name looks like a child's name with a class; rename it before publishing",
    ):
        assert line in words.splitlines()
    named = replace(warned, signed=signed.model_copy(update={"by": "the office"}))
    assert "On 27 November 2026, 10:05, by the office." in Page(to_html(named, written=True)).words
    assert "Sign-off" not in to_html(EXAMPLE, written=True)


@pytest.mark.parametrize("is_signed", [True, False])
def test_after_a_sign_off_only_what_the_person_left_open_asks_for_a_look(is_signed):
    found = replace(SMALL, judgement=replace(SMALL.judgement, reason=Reason.FOUND_IN_CHECK))
    made = report(
        result(ADULT, found, status=Status.LOOK),
        result(found, SMALL, status=Status.LOOK),
        result(ADULT, status=Status.LOOK),
    )
    made = replace(made, signed=Signed(when="2026-11-27T10:05:00+01:00", visible=2) if is_signed else None)
    words = Page(to_html(made, written=True)).words
    assert words.count("written; the last check covered more") == is_signed
    assert words.count("written; a person should look at it") == 3 - is_signed
    assert words.count("doubtful: a person should look") == 2 - is_signed
    said = [line.strip() for line in made.totals(written=True)]
    assert f"{3 - is_signed} photos should be looked at by a person before publishing" in said
    assert ("a person looked at the photos and signed: see the sign-off" in said) is is_signed
    assert ("in 1 photo the last check covered more than the person saw" in said) is is_signed
    assert ("2 faces stay visible, and the person looked at each." in words) is is_signed


@pytest.fixture(params=LANGUAGES)
def spoken(request):
    speak(request.param)
    yield request.param
    speak("en")


def test_the_page_and_the_summary_are_in_the_language_that_is_spoken(spoken):
    signed = Signed(when="2026-11-27T10:05:00+01:00", answers=dict.fromkeys(QUESTIONS, True), left_out={"other": 1})
    whole = replace(EXAMPLE, signed=signed, warnings=(Caution(NAMED, "a"),), companions={"videos": 2}, skipped=1)
    page = to_html(whole, written=True)
    said = Page(page).words + whole.summary(written=True)
    assert f'<html lang="{spoken}">' in page
    known = texts(spoken)
    english = [text for text, other in known.items() if len(text) > 12 and text not in (other, *other)]
    assert [text for text in english if text in said] == []
    assert json.loads(whole.to_json())["warnings"] == [
        "a: the file's name looks like a child's name with a class; rename it before publishing"
    ]
    assert "look under age" in to_csv(whole)


def test_a_day_and_a_number_are_written_as_in_the_language():
    said = {}
    for name in LANGUAGES:
        speak(name)
        said[name] = moment(datetime(2026, 11, 27, 9, 5)), decimal(0.5)
    speak("en")
    assert said["en"] == ("27 November 2026, 09:05", "0.5")
    assert said["de"] == ("27. November 2026, 09:05", "0,5")
    assert said["pl"] == ("27 listopada 2026, 09:05", "0,5")


def test_photos_are_named_without_their_folders_and_told_apart_all_the_same():
    (entry,) = report(result(CHILD)).entries
    paths = {"/home/anna/day/1/a.jpg": "/home/anna/safe/1/a.jpg", "/home/anna/day/2/a.heic": "/home/anna/safe/2/a.jpg"}
    entries = tuple(replace(entry, path=path, output=output) for path, output in paths.items())
    warnings = tuple(Caution(NAMED, path) for path in (*paths, *paths.values(), "/home/anna/elsewhere/b.jpg"))
    page = to_html(replace(EXAMPLE, entries=entries, warnings=warnings), written=True)
    assert "anna" not in page
    said = Page(page).words.splitlines()
    assert "written as 2/a.jpg" in said
    assert "written as 1/a.jpg" not in said
    assert said.count("1/a.jpg") == 2
    assert "b.jpg: the file's name looks like a child's name with a class; rename it before publishing" in said


def test_what_an_office_reads_comes_before_what_a_technician_checks():
    words = Page(to_html(EXAMPLE, written=True)).words
    office, technical = words.split("For a technical check")
    assert "2 faces covered: 2 look under age" in office
    assert not re.search(r"sha256|pixels|calibration|[0-9a-f]{16}|of 255|the first line", office)
    for line in (*explain(Settings().policy), "ab" * 32, "1a" * 32):
        assert line in technical


def test_a_page_of_a_dry_run_says_that_nothing_was_written():
    assert "nothing written" in to_html(EXAMPLE, written=False)


def test_the_page_loads_nothing_and_shows_no_picture():
    page = to_html(EXAMPLE, written=True)
    tags = Page(page).tags
    assert not {tag for tag, _ in tags} & {"script", "img", "svg", "link", "iframe", "object", "a", "form", "base"}
    assert not any({"src", "href", "style", "onload", "action"} & set(attributes) for _, attributes in tags)
    assert not re.search(r"url\(|@import|https?:|data:", page)


def test_the_page_allows_its_own_style_and_nothing_else():
    page = to_html(EXAMPLE, written=True)
    style = re.search("<style>(.*?)</style>", page, re.DOTALL).group(1)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = (attributes["content"] for _, attributes in Page(page).tags if "http-equiv" in attributes)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_markup_in_a_name_stays_a_name():
    name = "\"><img src=x onerror=alert(1)><style><script>'.jpg"
    page = Page(to_html(named(name), written=True))
    assert name in page.words
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in Page(to_html(named("a.jpg"), written=True)).tags]


@pytest.mark.parametrize(
    ("name", "begins"), [("r.json", "{"), ("r.CSV", "\ufeffphoto,"), ("r.html", "<!doctype html>")]
)
def test_the_name_of_the_file_chooses_the_form(name, begins, tmp_path):
    show = Show(json=False, quiet=True, verbose=False, report=tmp_path / name)
    show.begin(Settings())
    show.end(EXAMPLE, written=True)
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


def test_another_form_is_refused_before_any_photo_is_done():
    with pytest.raises(SettingsError, match=r"\.json, \.csv, \.html"):
        Show(json=False, quiet=True, verbose=False, report=Path("report.pdf")).begin(Settings())


def test_the_page_says_that_it_is_ours():
    assert GENERATOR in to_html(EXAMPLE, written=True)
