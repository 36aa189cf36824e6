"""`forget` deletes what blurkit wrote about photos, known by its content, and nothing else."""

import io
import json
import os
import sys

import pytest

from blurkit.cli import forget, main
from blurkit.language import LANGUAGES, speak, texts
from blurkit.policy import reviewed as decisions
from blurkit.report.page import to_html
from blurkit.report.table import to_csv
from tests.test_report import failure, report

OLD, NEW = 1_700_000_000, 1_790_000_000
"""Seconds since 1970: in November 2023, and in September 2026."""

RUN = report(failure())
ENTRY = {"by": "A", "when": "2023-11-01", "version": "1", "policy": {}, "answers": []}


@pytest.fixture(autouse=True)
def english_again():
    yield
    speak("en")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Return a folder with all that blurkit writes, beside much that it did not; the state folder is another."""
    folder, state = tmp_path / "photos", tmp_path / "state"
    (folder / "sub").mkdir(parents=True)
    (state / "journal" / ("ab" * 32)).mkdir(parents=True)
    monkeypatch.setattr(forget, "state_folder", lambda: state)
    decisions.save(folder / "blurkit-decisions.json", {}, version="1", policy="children")
    (folder / "blurkit-signed.json").write_text(json.dumps({"schema": 1, "signed": [ENTRY]}))
    (folder / "sub" / "march.json").write_text(RUN.to_json())
    (folder / "march.csv").write_bytes(to_csv(RUN).encode())
    (folder / "march.html").write_text(to_html(RUN, written=True))
    for name in ("1.entry", "2026-11-22-001.number", ".blurkit-12.tmp"):
        (state / "journal" / ("ab" * 32) / name).write_text("ab" * 64 + "{}")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (folder / "report.json").write_text('{"schema": 1, "photos": []}')
    (folder / "blurkit-report.json").write_text("no JSON")
    (folder / "signed.json").write_text('{"schema": 1, "signed": []}')
    (folder / "report.csv").write_text("photo,name\n")
    (folder / "report.html").write_text("<!doctype html><p>by blurkit report")
    (folder / "list.entry").write_text("ab" * 64 + "{}")
    (folder / "march.jpg").write_text(RUN.to_json())
    for path in tmp_path.rglob("*.*"):
        os.utime(path, (OLD, OLD))
    return folder


OURS = [
    *(".blurkit-12.tmp", "1.entry", "2026-11-22-001.number", "blurkit-decisions.json", "blurkit-signed.json"),
    *("march.csv", "march.html", "march.json"),
]


def names(folder):
    return sorted(path.name for path in folder.parent.rglob("*") if path.is_file())


def run(folder, *more, before="2024-01-01"):
    with pytest.raises(SystemExit) as caught:
        main(["forget", str(folder), "--before", before, *more])
    return caught.value.code


def test_all_that_blurkit_wrote_goes_and_nothing_else(folder):
    before = names(folder)
    assert run(folder, "--yes") == 0
    assert sorted(set(before) - set(names(folder))) == OURS
    assert len(names(folder)) == 8


def test_what_was_changed_since_stays(folder):
    os.utime(folder / "march.html", (NEW, NEW))
    assert run(folder, "--yes") == 0
    assert "march.html" in names(folder)
    assert "march.csv" not in names(folder)


@pytest.mark.parametrize(("answer", "left"), [("yes\n", 8), ("no\n", 16), ("", 16)])
def test_a_person_is_asked(folder, answer, left, monkeypatch):
    words = io.StringIO(answer)
    words.isatty = lambda: True
    monkeypatch.setattr(sys, "stdin", words)
    assert run(folder) == 0
    assert len(names(folder)) == left


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_person_is_asked_and_answers_in_their_language(folder, language, monkeypatch, capsys):
    monkeypatch.setenv("LC_ALL", f"{language}.UTF-8")
    monkeypatch.delenv("LANGUAGE", raising=False)
    yes = texts(language).get("yes", "yes")
    words = io.StringIO(f"{yes.capitalize()}\n")
    words.isatty = lambda: True
    monkeypatch.setattr(sys, "stdin", words)
    assert run(folder) == 0
    assert len(names(folder)) == 8
    said = capsys.readouterr().err
    assert f" {yes}" in said
    assert ("deleted" in said, "for good" in said) == ((True, True) if language == "en" else (False, False))


def test_nothing_goes_where_nobody_can_be_asked(folder, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))
    assert run(folder) == 2
    assert len(names(folder)) == 16
    assert "march.html" in capsys.readouterr().err


def test_a_link_is_neither_followed_nor_deleted(folder, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "far.csv").write_bytes(to_csv(RUN).encode())
    os.utime(tmp_path / "other" / "far.csv", (OLD, OLD))
    (folder / "link").symlink_to(tmp_path / "other")
    (folder / "link.csv").symlink_to(tmp_path / "other" / "far.csv")
    assert run(folder, "--yes") == 0
    assert (folder / "link.csv").exists()


def test_a_day_or_folder_that_is_none_is_refused(folder):
    assert run(folder, "--yes", before="yesterday") == 2
    assert run(folder / "missing", "--yes") == 2
    assert len(names(folder)) == 16


def test_what_cannot_be_deleted_is_told_and_the_rest_goes(folder, monkeypatch, capsys):
    unlink = type(folder).unlink

    def refuse(path, *arguments, **options):
        if path.name == "march.csv":
            raise PermissionError(13, "Permission denied")
        unlink(path, *arguments, **options)

    monkeypatch.setattr(type(folder), "unlink", refuse)
    assert run(folder, "--yes") == 5
    assert set(OURS) & set(names(folder)) == {"march.csv"}
    assert "cannot be deleted: Permission denied" in capsys.readouterr().err
