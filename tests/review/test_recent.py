"""Folders that were reviewed lately are offered again, only if the person agreed, and can be forgotten."""

from datetime import date, timedelta

import pytest

from blurkit.errors import ExitCode
from blurkit.review import recent
from tests.review.browsing import DESKTOP, check_accessible, enter
from tests.review.serving import choosing, copies, needs_browser

DAYS = [date.today() - timedelta(days=days) for days in (0, 400)]


@pytest.fixture
def state(tmp_path, monkeypatch):
    monkeypatch.setattr(recent, "state_folder", lambda: tmp_path / "state")
    return tmp_path / "state" / "review" / "recent.json"


def test_nothing_is_kept_without_agreement_and_it_can_be_taken_back(state, tmp_path):
    folder = tmp_path / "day"
    folder.mkdir()
    recent.opened(folder, agreed=False)
    assert not state.exists()
    recent.opened(folder, agreed=True)
    assert [one["path"] for one in recent.told()] == [str(folder)]
    assert state.stat().st_mode & 0o077 == 0
    recent.opened(folder, agreed=False)
    assert recent.told() == []


def test_the_latest_come_first_few_are_kept_and_those_that_are_gone_are_left_out(state, tmp_path):
    for number in range(recent.MOST + 3):
        (tmp_path / f"{number:02d}").mkdir()
        recent.opened(tmp_path / f"{number:02d}", agreed=True)
    (tmp_path / "13").rmdir()
    names = [one["name"] for one in recent.told()]
    assert names == ["14", *[f"{number:02d}" for number in range(12, 2, -1)]]


def test_how_far_a_review_is(state, tmp_path):
    recent.opened(tmp_path, agreed=True)
    told = []
    for name in (None, "blurkit-decisions.json", "blurkit-signed.json"):
        if name:
            (tmp_path / name).touch()
        told.append(recent.told()[0]["state"])
    assert told == ["opened", "begun", "written"]


@pytest.mark.parametrize("odd", ["", "[]", '{"folders": 7}', '{"folders": [{"path": 7}]}', "[" * 100_000])
def test_an_odd_file_counts_for_nothing(state, odd):
    state.parent.mkdir(parents=True)
    state.write_text(odd)
    assert recent.known() == []


def test_forget_deletes_paths_from_before_a_day(state, tmp_path, command, monkeypatch):
    new, old = (recent.Recent(str(tmp_path / day.isoformat()), day.isoformat()) for day in DAYS)
    recent._keep([new, old])
    code, _, said = command("forget", tmp_path, "--before", (date.today() - timedelta(days=100)).isoformat(), "--yes")
    assert code == ExitCode.OK
    assert old.path in said
    assert recent.known() == [new]
    command("forget", tmp_path, "--before", (date.today() + timedelta(days=1)).isoformat(), "--yes")
    assert not state.exists()


@needs_browser
@pytest.mark.model
def test_a_folder_is_offered_again_only_after_agreement(browser, tmp_path, monkeypatch, state):
    folder = copies(tmp_path / "Pictures" / "sports day", "a.jpg")
    for agreed, there in ((False, 0), (True, 0), (True, 1)):
        with choosing(tmp_path, monkeypatch) as (server, opened):
            context = browser.new_context(viewport=DESKTOP)
            page = context.new_page()
            page.set_default_timeout(10_000)
            enter(page, server)
            page.locator("#inside button.folder").first.wait_for()
            page.locator("input[name=policy]").first.wait_for()
            assert page.locator("#recent-folders button").count() == there
            check_accessible(page)
            page.click("#recent-folders button" if there else "#inside button.folder:has-text('sports day')")
            page.locator("h2:text-is('sports day')").wait_for()
            if agreed and not there:
                page.check("#remember")
            assert page.is_checked("#remember") == agreed
            page.click("#open")
            page.locator("a.card").wait_for()
            context.close()
            assert opened[0].folder == folder
