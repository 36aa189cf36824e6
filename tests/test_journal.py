"""What an earlier run did counts only if this run would do the same, and the file written is as it was."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from blurkit.batch import journal as journals
from blurkit.batch.journal import Journal, state_folder
from blurkit.errors import OutputNotWritable
from blurkit.geometry import Box, Point
from blurkit.outcomes import PhotoResult, Proof, Status
from blurkit.policy.reviewed import Choice
from blurkit.records import Action, AgeEstimate, Decision, Face, Judgement, Reason, Size, Stage
from blurkit.settings import Settings

CHOICE = Choice(Box(1.0, 2.0, 3.0, 4.0), Action.COVER)
SETTINGS = {
    "a stricter policy": {"policy": {"name": "everyone"}},
    "the age of a child": {"policy": {"child_age": 16}},
    "the share that may be missed": {"policy": {"max_miss_rate": 0.005}},
    "who is too small": {"policy": {"min_face_px": 40}},
    "evidence of a face": {"detect": {"min_score": 0.4}},
    "another detector": {"detect": {"detector": ("centerface",)}},
    "a larger margin": {"obscure": {"margin": 0.5}},
    "another style": {"obscure": {"style": "pixelate"}},
    "another format": {"output": {"format": "png"}},
    "another size": {"output": {"max_side": 800}},
    "a region that is covered": {"policy": {"regions": [{"action": "cover", "box": (0, 0, 1, 1)}]}},
    "a region of this photo": {"policy": {"regions": [{"action": "cover", "box": (0, 0, 1, 1), "files": "ph*"}]}},
}
"""What makes another picture of the same photo."""


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Return a photo and its output, in a state folder of their own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "out").mkdir()
    (tmp_path / "photo.jpg").write_bytes(b"a photo")
    (tmp_path / "out" / "photo.jpg").write_bytes(b"a safe photo")
    return tmp_path


def opened(place, *, resume=True, **parts):
    return Journal.open(str(place / "out"), Settings.of(**parts), resume=resume)


def outcome(place):
    """Return what a run that wrote the output says of it."""
    face = Face(Box(1.25, 2.5, 30.1234567, 40.0), 0.91, ("centerface", "mediapipe"), (Point(5.0, 6.0),) * 5)
    age = AgeEstimate(20.125, 18.5, 22.25, "ensemble")
    decision = Decision(
        face, Judgement(age, Action.COVER, Reason.MAY_BE_UNDER_AGE, True, Reason.EVERYONE, float("inf"))
    )
    source, output = place / "photo.jpg", place / "out" / "photo.jpg"
    hashes = {"input_sha256": journals.hash_of_file(source), "output_sha256": journals.hash_of_file(output)}
    proof = Proof(fingerprint="3c" * 32, changed_share=0.125, coding="JPEG", max_difference_outside=3, **hashes)
    seconds = {Stage.LOAD: 0.123456789, Stage.WRITE: 0.0}
    return PhotoResult(
        *(source, output, Size(100, 200), (decision, decision), Status.LOOK, ("thumbnail 160x120",), seconds),
        *(proof, hashes["input_sha256"]),
    )


def asked(journal, place, *, name="photo.jpg", choices=None):
    target, source = place / "out" / "photo.jpg", place / "photo.jpg"
    return journal.done(Path(name), target=target, source=source, choices=choices)


@pytest.fixture
def noted(place):
    """Return a place whose output is noted in its journal."""
    opened(place).record(Path("photo.jpg"), outcome(place), None)
    assert asked(opened(place), place)
    return place


def entry(place):
    (path,) = state_folder().glob("journal/*/*.entry")
    return path


def test_what_was_done_comes_back_whole_but_for_landmarks(noted):
    result = outcome(noted)
    faces = [replace(decision, face=replace(decision.face, landmarks=None)) for decision in result.decisions]
    assert asked(opened(noted), noted) == replace(result, decisions=tuple(faces), earlier=True)


def test_nothing_is_done_that_was_not_noted(place):
    assert asked(opened(place), place) is None


@pytest.mark.parametrize("parts", SETTINGS.values(), ids=SETTINGS)
def test_what_was_made_with_other_settings_does_not_count(parts, noted):
    assert asked(opened(noted, **parts), noted) is None


@pytest.mark.parametrize(
    "parts",
    [
        {"write": {"overwrite": True}},
        {"policy": {"regions": [{"action": "keep", "box": (0, 0, 1, 1), "files": "x*"}]}},
    ],
    ids=["overwrite", "a region of other photos"],
)
def test_what_changes_nothing_of_a_photo_does_not_matter(parts, noted):
    assert asked(opened(noted, **parts), noted)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("__version__", "0.0.0"),
        ("model_hashes", lambda: {"centerface": "00" * 32}),
        ("RUNTIMES", ("mediapipe that is not installed", *journals.RUNTIMES[1:])),
    ],
)
def test_what_another_version_or_other_models_made_does_not_count(name, value, noted, monkeypatch):
    monkeypatch.setattr(journals, name, value)
    assert asked(opened(noted), noted) is None


@dataclass(frozen=True, slots=True)
class EarlierDecision:
    """What an entry held of a face before face and judgement were two records."""

    face: Face
    age: AgeEstimate | None
    action: Action


@dataclass(frozen=True, slots=True)
class EarlierResult:
    """What an entry held before it had a proof."""

    source: Path
    decisions: tuple[EarlierDecision, ...]


def test_an_entry_of_another_shape_is_as_good_as_none(place, monkeypatch):
    """Neither found by its key nor, were the key the same, read as something that it is not."""
    result = outcome(place)
    key = opened(place).key(result.sha256, result.source, None)
    with monkeypatch.context() as patch:
        patch.setattr(journals, "_results", lambda: TypeAdapter(EarlierResult))
        assert opened(place).key(result.sha256, result.source, None) != key
    each = [EarlierDecision(d.face, d.judgement.age, d.judgement.action) for d in result.decisions]
    text = TypeAdapter(EarlierResult).dump_json(EarlierResult(Path("photo.jpg"), tuple(each)))
    opened(place).record(Path("photo.jpg"), result, None)
    entry(place).write_bytes(key.encode() + journals._hash(key.encode() + text).encode() + text)
    assert asked(opened(place), place) is None


def test_what_other_decisions_made_does_not_count(place):
    sha256 = journals.hash_of_file(place / "photo.jpg")
    journal = opened(place)
    journal.record(Path("photo.jpg"), outcome(place), {sha256: (CHOICE,)})
    other = replace(CHOICE, action=Action.KEEP)
    assert asked(journal, place, choices={sha256: (CHOICE,), "of another photo": (other,)})
    assert asked(journal, place, choices={sha256: (other,)}) is None
    assert asked(journal, place, choices={sha256: ()}) is None
    assert asked(journal, place, choices={}) is None
    assert asked(journal, place, choices=None) is None


def test_a_review_that_never_saw_a_photo_is_not_the_same_as_no_review(noted):
    assert asked(opened(noted), noted, choices={}) is None


@pytest.mark.parametrize("file", ["photo.jpg", "out/photo.jpg"])
@pytest.mark.parametrize("change", [lambda data: data + b"\n", lambda data: data[:-1], lambda _: b"a", None])
def test_a_photo_or_output_that_changed_or_went_does_not_count(file, change, noted):
    path = noted / file
    data = path.read_bytes()
    path.unlink()
    if change is not None:
        path.write_bytes(change(data))
    assert asked(opened(noted), noted) is None


def test_a_link_to_the_output_or_to_the_original_does_not_count(noted):
    output = noted / "out" / "photo.jpg"
    output.rename(noted / "elsewhere.jpg")
    output.symlink_to(noted / "elsewhere.jpg")
    assert asked(opened(noted), noted) is None
    output.unlink()
    output.hardlink_to(noted / "photo.jpg")
    assert asked(opened(noted), noted) is None


def test_an_output_in_another_place_or_folder_does_not_count(noted, tmp_path):
    assert asked(opened(noted), noted, name="sub/photo.jpg") is None
    (noted / "other").mkdir()
    assert asked(Journal.open(str(noted / "other"), Settings()), noted) is None


def test_a_folder_has_one_journal_however_it_is_named(noted, monkeypatch):
    (noted / "link").symlink_to(noted / "out")
    assert asked(Journal.open(str(noted / "link"), Settings()), noted)
    monkeypatch.chdir(noted)
    assert asked(Journal.open("./out/../out", Settings()), noted)


def test_all_is_done_again_if_that_is_wanted(noted):
    assert asked(opened(noted, resume=False), noted) is None


def test_no_damage_to_a_journal_makes_a_photo_count_as_done(noted):
    """Cut anywhere, and another byte anywhere."""
    path, journal = entry(noted), opened(noted)
    whole = path.read_bytes()
    for at in (*range(0, len(whole), 17), 63, 64, 127, 128, len(whole) - 1):
        path.write_bytes(whole[:at])
        assert asked(journal, noted) is None, at
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert asked(journal, noted) is None, at
    path.write_bytes(whole)
    assert asked(opened(noted), noted)


@pytest.mark.parametrize(
    "change",
    [
        {"proof": None},
        {"sha256": "00" * 32},
        {"status": "fine"},
        {"decisions": None},
        {"size": {"width": "wide", "height": 1}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_entry_that_says_what_cannot_be_does_not_count(change, noted):
    """Its sums are right: as another version might write it."""
    path = entry(noted)
    key, text = path.read_bytes()[:64], path.read_bytes()[128:]
    text = json.dumps(json.loads(text) | change).encode()
    path.write_bytes(key + journals._hash(key + text).encode() + text)
    assert asked(opened(noted), noted) is None


def test_another_runs_note_about_the_same_place_takes_nothing_away(noted):
    """Two runs side by side: the one that comes late notes other bytes, and writes nothing."""
    other = outcome(noted)
    other = replace(other, proof=replace(other.proof, output_sha256="00" * 32))
    opened(noted).record(Path("photo.jpg"), other, None)
    assert asked(opened(noted), noted)


def test_a_journal_holds_no_name_no_picture_and_no_landmark_and_is_for_this_user_only(noted):
    files = [path for path in state_folder().rglob("*") if path.is_file()]
    assert len(files) == 1
    text = files[0].read_text()
    assert not [word for word in ("photo.jpg", str(noted), 'landmarks": [') if word in text]
    assert len(text) < 2000
    folders = [path for path in (state_folder(), *state_folder().rglob("*")) if path.is_dir()]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
    assert files[0].stat().st_mode & 0o777 == 0o600
    assert str(noted) not in "".join(map(str, (path.relative_to(state_folder()) for path in folders)))


def test_a_journal_that_cannot_be_written_stops_no_photo(place):
    journal = opened(place)
    journal.folder.rmdir()
    journal.record(Path("photo.jpg"), outcome(place), None)
    assert asked(journal, place) is None


def test_a_state_folder_that_cannot_be_made_is_told(place):
    (place / "state").write_text("a file")
    with pytest.raises(OutputNotWritable) as caught:
        opened(place)
    assert caught.value.hint


def test_a_note_that_was_not_finished_is_no_note(place, monkeypatch):
    journal = opened(place)
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError()))
    journal.record(Path("photo.jpg"), outcome(place), None)
    assert list(journal.folder.iterdir()) == []


def test_words_that_are_no_unicode_stop_no_photo(place):
    journal = opened(place)
    journal.record(Path("photo.jpg"), replace(outcome(place), removed=("caf\udce9",)), None)
    result = asked(journal, place)
    assert result is None or result.removed == ("caf\udce9",)
