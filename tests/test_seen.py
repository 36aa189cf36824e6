"""What an inbox has had is remembered."""

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
    for file in tmp_path.iterdir():
        assert "anna" not in file.name + file.read_text()
        assert file.stat().st_mode & 0o777 == 0o600
