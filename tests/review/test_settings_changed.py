"""The settings of a folder are changed while its review is open; what a person decided stays."""

import json

import pytest

from blurkit.errors import SettingsError
from blurkit.records import Action
from blurkit.review.known import by_session
from blurkit.review.requests import Edits
from blurkit.settings import Settings, load_policy
from tests.end_to_end.process import files, wait_until
from tests.review.browsing import DESKTOP, check_accessible, opened_any, sure
from tests.review.caller import Caller
from tests.review.crowds import ADULT, CHILD, MAYBE, crowd, photos
from tests.review.serving import copies, needs_browser, serving
from tests.review.test_session import WORD


@pytest.fixture
def served(tmp_path):
    """Serve a review that counts how often each photo is looked at; gives it with a caller."""
    looked = []

    def run(tasks, overwrite):
        for task in tasks:
            looked.append(task.source.path.name)
            yield from crowd(ADULT, MAYBE, CHILD)([task], overwrite)

    folder = photos(tmp_path / "in", "a.jpg", "b.jpg")
    with serving(folder, run=run) as (server, review):
        wait_until(lambda: review.work.done == 2 and not review.work.is_busy)
        call = Caller(server.door)
        call.enter()
        yield call, server, review, looked


def change(call, **wishes):
    told = json.loads(call("/api/settings").body)
    return call.post("settings", {"wishes": told["wishes"] | wishes})


def now(server):
    review = server.opened[-1]
    wait_until(lambda: review.work.done == 2 and not review.work.is_busy)
    return review


def test_what_was_chosen_is_told(served):
    told = json.loads(served[0]("/api/settings").body)
    assert (told["wishes"]["policy"], told["wishes"]["children"], told["wishes"]["out"]) == ("children", "up-to-18", "")
    assert told["out"] == str(served[2].out)
    assert told["kept"] is False


def test_decisions_stay_and_faces_that_are_known_are_not_looked_for_again(served):
    call, server, review, looked = served
    first = review.session.sheet(0)[0]
    edit = Edits(edits=[{"do": "set", "photo": 0, "face": first.number, "action": "cover"}])
    review.session.edit(edit.edits)
    assert change(call, policy="everyone", color="blue").status == 200
    after = now(server)
    assert looked == ["a.jpg", "b.jpg"]
    assert (after.session.settings.policy.name, after.session.settings.obscure.color) == ("everyone", "blue")
    assert after.session.sheet(0)[0].choice.by_hand
    assert {spot.choice.action for number in (0, 1) for spot in after.session.sheet(number)} == {Action.COVER}
    assert after.lock is review.lock
    state = json.loads(call("/api/state").body)
    assert [face["action"] for face in state["photos"][1]["faces"]] == ["cover"] * 3
    with pytest.raises(SettingsError, match="Load the page again"):
        review.session.edit(edit.edits)


def test_a_page_that_shows_the_review_of_before_is_told_so_and_changes_nothing(served):
    call, server, _, _ = served
    before = json.loads(call("/api/state").body)
    change(call, policy="everyone")
    session = now(server).session
    known = f"since={before['revision']}&review={before['review']}"
    told = json.loads(call(f"/api/state?{known}").body)
    assert (told["review"], len(told["photos"])) == (session.key, 2)
    assert session.key != before["review"]
    face = before["photos"][0]["faces"][0]["number"]
    asked = {"edits": [{"do": "set", "photo": 0, "face": face, "action": "cover"}]}
    refused = call.post(f"edit?{known}", asked)
    assert (refused.status, "Load the page again" in refused.body.decode()) == (409, True)
    assert session.steps == (0, 0)
    assert call.post(f"edit?since=0&review={session.key}", asked).status == 200


def test_photos_are_looked_at_again_for_ages_that_nobody_asked_for(served):
    call, server, _, looked = served
    change(call, policy="everyone")
    now(server)
    change(call, policy="children")
    now(server)
    assert looked == ["a.jpg", "b.jpg", "a.jpg", "b.jpg"]


def test_with_settings_that_make_no_sense_the_review_goes_on_as_it_was(served):
    call, server, review, _ = served
    for wrong in ({"out": "safe"}, {"out": str(review.folder.parent)}, {"color": "nocolour"}):
        refused = change(call, **wrong)
        assert (refused.status, "error" in json.loads(refused.body)) == (409, True)
    review.session.edit(Edits(edits=[{"do": "cover_all", "photo": 0}]).edits)
    assert len(server.opened) == 1
    assert json.loads(call("/api/state").body)["photos"]


def test_nothing_is_known_for_settings_that_look_for_more(served):
    session = served[2].session
    task = served[2].work.tasks[0]
    assert by_session(session, Settings.of(policy=load_policy("everyone")))(task) is not None
    assert by_session(session, Settings())(task) is not None
    for more in ({"detect": {"detector": ("centerface",)}}, {"load": {"max_megapixels": 1.0}}):
        assert by_session(session, Settings.of(**more))(task) is None
    smaller = load_policy("children").model_copy(update={"min_face_px": 20})
    assert by_session(session, Settings.of(policy=smaller))(task) is None


def test_a_safe_photo_of_before_that_has_another_name_now_is_taken_out(tmp_path):
    folder = copies(tmp_path / "in", "a.jpg")
    with serving(folder, policy="everyone", scale=600 / 1024) as (server, review):
        wait_until(lambda: review.work.done and not review.work.is_busy)
        review.work.export(WORD)
        wait_until(lambda: not review.work.is_busy)
        assert files(review.out) == ["a.jpg"]
        call = Caller(server.door)
        call.enter()
        assert change(call, publish=True).status == 200
        after = server.opened[-1]
        wait_until(lambda: after.work.done and not after.work.is_busy)
        mine = after.out / "mine.jpg"
        mine.write_bytes(b"of the user")
        after.work.export(WORD)
        wait_until(lambda: not after.work.is_busy)
        (safe,) = set(files(after.out)) - {"mine.jpg"}
        assert safe.endswith("-001.jpg")
        report = json.loads((folder / "blurkit-report.json").read_text())
        assert [photo["output"] for photo in report["photos"]] == [str(after.out / safe)]


@needs_browser
@pytest.mark.model
def test_a_second_page_goes_on_with_the_settings_that_are_changed_on_the_first(browser, served):
    call, server, _, _ = served
    with opened_any(browser, server, DESKTOP) as page:
        page.click("#step-visible")
        page.locator(".tile").nth(1).wait_for()
        change(call, policy="everyone")
        page.locator("a.card:has-text('3 covered')").nth(1).wait_for()
        page.click("a.card >> nth=1")
        sure(page, lambda: now(server).session.photos[1].opened)


@needs_browser
@pytest.mark.model
def test_settings_are_shown_and_changed_on_the_page(browser, served):
    _, server, _, _ = served
    with opened_any(browser, server, DESKTOP) as page:
        page.click("#settings-open")
        page.locator("input[name=policy][value=children]:checked").wait_for()
        check_accessible(page)
        page.check("input[name=policy][value=everyone]")
        page.click("#apply")
        sure(page, lambda: len(server.opened) == 2)
        page.locator("h1:text-is('Photos')").wait_for()
        page.locator("a.card:has-text('3 covered')").nth(1).wait_for()
        page.click("#settings-open")
        page.locator("input[name=policy][value=everyone]:checked").wait_for()
        assert now(server).session.settings.policy.name == "everyone"
