"""Decisions that came with the photos count for nothing until a person here has looked."""

import json
import stat

import pytest

from blurkit.batch.journal import state_folder
from blurkit.errors import SettingsError
from blurkit.policy.reviewed import FILE_NAME
from blurkit.review import seal
from blurkit.review.requests import QUESTIONS, Edit, SignOff
from tests.end_to_end.process import wait_until
from tests.review.browsing import DESKTOP, opened
from tests.review.serving import copies, needs_browser, serving

WORD = SignOff(by="office", answers=dict.fromkeys(QUESTIONS, True), despite_doubts=True)


@pytest.fixture
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return state_folder() / "review" / "key"


@pytest.fixture
def decided(tmp_path, monkeypatch, state):
    """Decide about a photo: let a covered face be seen and look at the others; return the folder."""
    folder = copies(tmp_path / "in", "a.jpg")
    with analysed(folder, monkeypatch) as review:
        session = review.session
        face = session.sheet(0)[1].number
        session.edit([Edit(do="set", photo=0, face=face, action="keep", why="consent", note="C-7")])
        session.edit([Edit(do="draw", photo=0, box=(1, 1, 60, 60))])
        session.see([(0, spot.number, spot.choice.action) for spot in session.sheet(0)])
        assert session.unseen() == []
    return folder


class analysed:
    def __init__(self, folder, monkeypatch):
        self.serving = serving(folder, scale=600 / 1024)

    def __enter__(self):
        _, review = self.serving.__enter__()
        wait_until(lambda: review.work.done and not review.work.is_busy)
        return review

    def __exit__(self, *fault):
        return self.serving.__exit__(*fault)


def change(folder, what):
    file = folder / FILE_NAME
    document = json.loads(file.read_text())
    what(document, next(iter(document["photos"].values())))
    file.write_text(json.dumps(document))


def test_decisions_of_this_computer_count(decided, monkeypatch, state):
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    with analysed(decided, monkeypatch) as review:
        assert not review.session.is_foreign
        assert review.session.unseen() == []


def test_photos_that_were_opened_count_on_this_computer_only_and_for_the_same_file(tmp_path, monkeypatch, state):
    folder = copies(tmp_path / "in", "a.jpg", "b.jpg")
    with analysed(folder, monkeypatch) as review:
        review.session.open(1)
        with pytest.raises(SettingsError):
            review.session.open(2)
    with analysed(folder, monkeypatch) as review:
        assert [photo.opened for photo in review.session.photos] == [False, True]
        assert review.session.steps == (0, 0)
    change(folder, lambda document, _: document.update(opened=list(document["photos"])))
    with analysed(folder, monkeypatch) as review:
        assert [photo.opened for photo in review.session.photos] == [False, False]
        review.session.open(1)
    (folder / "b.jpg").write_bytes((folder / "b.jpg").read_bytes() + b"changed")
    with analysed(folder, monkeypatch) as review:
        assert [photo.opened for photo in review.session.photos] == [False, False]
        review.session.open(0)
    state.unlink()
    with analysed(folder, monkeypatch) as review:
        assert [photo.opened for photo in review.session.photos] == [False, False]


def test_decisions_of_another_computer_must_be_looked_at_again(decided, monkeypatch, state):
    state.unlink()
    with analysed(decided, monkeypatch) as review:
        session = review.session
        assert session.is_foreign
        assert len(session.unseen()) == 3
        assert [spot.choice.action.value for spot in session.sheet(0)] == ["keep", "keep", "keep", "cover"]
        with pytest.raises(SettingsError, match="nobody has looked"):
            review.work.export(WORD)
        session.see([(0, spot.number, spot.choice.action) for spot in session.sheet(0)])
        assert session.unseen() == []
    with analysed(decided, monkeypatch) as review:
        assert not review.session.is_foreign


@pytest.mark.parametrize(
    "what",
    [
        lambda document, _: document.pop("seal"),
        lambda document, _: document.update(seal=""),
        lambda document, _: document.update(seal="0" * 64),
        lambda document, _: document.update(seal="ä"),
        lambda _, choices: choices[0].update(action="cover"),
        lambda _, choices: choices.pop(),
    ],
)
def test_a_file_that_was_changed_is_nobodys(decided, monkeypatch, what):
    change(decided, what)
    with analysed(decided, monkeypatch) as review:
        assert review.session.is_foreign


def test_a_cover_that_a_foreign_file_moved_aside_covers_the_face_all_the_same(decided, monkeypatch):
    def aside(_, choices):
        choices[1].update(action="cover", box=[0, 0, 5, 5])
        choices[1].pop("why"), choices[1].pop("note")

    change(decided, aside)
    with analysed(decided, monkeypatch) as review:
        spot = review.session.sheet(0)[1]
        assert spot.choice.box == spot.decision.face.box


@pytest.mark.usefixtures("state")
def test_without_a_key_nothing_is_sealed_and_nothing_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(seal, "new_file", lambda *_: (_ for _ in ()).throw(OSError(30, "read-only")))
    assert seal.seal(b"anything") == ""
    folder = copies(tmp_path / "in", "a.jpg")
    for is_foreign in (False, True):
        with analysed(folder, monkeypatch) as review:
            assert review.session.is_foreign is is_foreign


@needs_browser
@pytest.mark.model
@pytest.mark.parametrize("foreign", [True, False])
def test_the_page_says_so(browser, decided, state, foreign):
    if foreign:
        state.unlink()
    with serving(decided, scale=600 / 1024) as (server, review):
        wait_until(lambda: review.work.done and not review.work.is_busy)
        with opened(browser, server, DESKTOP, wait_for="a.card") as page:
            assert page.locator("#foreign").is_visible() is foreign
            badge = page.locator("#step-visible .badge").inner_text().strip()
            assert badge == ("3" if foreign else "")
