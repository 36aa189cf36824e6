"""What an inbox has had is remembered, and names of outputs belong to one photo each."""

from pathlib import Path

import pytest

from blurkit.watch.seen import Memory, Seen

SEEN = Seen(size=1, changed_ns=2, sha256="ab" * 32, key="cd" * 32, done=True)
A, B = Path("sub/anna.jpg"), Path("sub/ben.jpg")


@pytest.fixture
def memory(tmp_path):
    return Memory(tmp_path)


def test_what_was_noted_is_recalled_by_its_path(memory):
    memory.note(A, SEEN)
    assert memory.recall(A) == SEEN
    assert memory.recall(B) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"size": 1}', "é", "1" * 5000])
def test_a_damaged_note_is_none(text, memory, tmp_path):
    memory.note(A, SEEN)
    (file,) = tmp_path.iterdir()
    file.write_text(text, encoding="utf-8")
    assert memory.recall(A) is None


def test_what_is_remembered_is_for_this_user_and_names_nothing(memory, tmp_path):
    memory.note(A, SEEN)
    memory.name(A, "owner", lambda _: False)
    for file in tmp_path.iterdir():
        assert "anna" not in file.name + file.read_text()
        assert file.stat().st_mode & 0o777 == 0o600


def test_a_name_belongs_to_the_one_that_has_it(memory):
    names = [memory.name(A, owner, lambda _: False).as_posix() for owner in ("one", "other", "one", "third", "other")]
    assert names == ["sub/anna.jpg", "sub/anna-2.jpg", "sub/anna.jpg", "sub/anna-3.jpg", "sub/anna-2.jpg"]


def test_names_that_some_disk_takes_for_one_are_one(memory):
    memory.name(Path("Photo.JPG"), "one", lambda _: False)
    assert memory.name(Path("photo.jpg"), "other", lambda _: False).name == "photo-2.jpg"


def test_a_name_that_a_foreign_file_has_is_left_to_it(memory):
    assert memory.name(A, "one", lambda name: name == A).name == "anna-2.jpg"


def test_a_name_that_cannot_be_remembered_is_told(memory, tmp_path):
    gone = Memory(tmp_path / "gone")
    with pytest.raises(OSError, match="No such file"):
        gone.name(A, "one", lambda _: False)
