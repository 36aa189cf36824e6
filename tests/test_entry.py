"""The process that does the first photo is started before the command line is read, where it is needed."""

import pytest

from blurkit.cli import entry
from blurkit.machine import ahead, workers


@pytest.fixture
def started(monkeypatch):
    """The threads that each process started ahead was told of, with four processors."""
    threads = []
    monkeypatch.setattr(ahead, "start_ahead", lambda loads, given: threads.append(given))
    monkeypatch.setattr(workers, "available_cpus", lambda: 4)
    return threads


@pytest.mark.parametrize(
    ("words", "threads"),
    [
        (["run", "a.jpg", "--out", "safe"], [4]),
        (["run", "--out", "safe", "--quiet", "--", "a.jpg"], [4]),
        (["detect", "a.jpg", "b.jpg"], [1]),
        (["run", ".", "--out", "safe"], [1]),
        (["run"], [1]),
    ],
)
def test_a_command_that_does_photos_starts_a_process_that_loads_for_them(started, words, threads):
    entry.start_what_will_be_needed(words)
    assert started == threads


@pytest.mark.parametrize(
    "words", [[], ["--help"], ["run", "--help"], ["review", "photos"], ["doctor"], ["clean", "a.jpg"]]
)
def test_other_commands_start_none(started, words):
    entry.start_what_will_be_needed(words)
    assert started == []
