"""Which photos a run does, where each goes, and that one photo's failure never stops the rest."""

import os
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from blurkit.batch import Task, opened, plan, run_batch
from blurkit.batch.collect import collect
from blurkit.batch.naming import Source
from blurkit.errors import ModelMissing, SettingsError
from blurkit.outcomes import PhotoFailure, PhotoResult, Status
from blurkit.records import ImageFormat
from blurkit.settings import Settings
from tests import pictures
from tests.fakes import BuggyDetector

JPEG = pictures.file("jpeg")


@pytest.fixture
def folder(tmp_path):
    """Return a folder with photos, companions, other files and what only looks like either."""
    root = tmp_path / "in"
    contents = {
        "b.jpg": JPEG,
        "a.jpg": JPEG,
        "sub/c.png": pictures.file("png"),
        "no ending": JPEG,
        "broken.jpg": b"text",
        "IMG.MOV": b"video",
        "IMG.dng": pictures.file("tiff"),
        "notes.txt": b"text",
        "._a.jpg": b"\0\5\x16\7 of a Mac",
        ".hidden.jpg": JPEG,
    }
    for name, data in contents.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    return root


def names(collected):
    return [source.path.name for source in collected.sources]


# Which photos


def test_a_folder_gives_photos_by_content_or_ending_in_the_order_of_names(folder):
    collected = collect([str(folder)])
    assert names(collected) == ["a.jpg", "b.jpg", "broken.jpg", "no ending", "c.png"]
    assert [source.format for source in collected.sources][2:] == [None, ImageFormat.JPEG, ImageFormat.PNG]
    assert collected.companions == {"raw photos (DNG and others)": 1, "videos of Live Photos": 1}
    assert collected.skipped == 3


def test_not_recursive_leaves_subfolders_out(folder):
    assert "c.png" not in names(collect([str(folder)], recursive=False))


def test_a_file_named_itself_always_counts(folder):
    given = [str(folder / name) for name in ("notes.txt", "IMG.MOV", "gone.jpg", ".hidden.jpg")]
    collected = collect(given)
    assert [source.given for source in collected.sources] == given
    assert all(source.named for source in collected.sources)
    assert not collected.companions


def test_paths_stay_as_they_were_given(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    given = {source.given for source in collect(["./in", "in/sub/../a.jpg"]).sources}
    assert os.path.join("./in", "sub", "c.png") in given


@pytest.mark.parametrize("again", ["in", "./in/", "in/a.jpg", "in/../in/b.jpg"])
def test_each_photo_is_done_once(folder, monkeypatch, again):
    monkeypatch.chdir(folder.parent)
    assert len(collect(["in", again]).sources) == 5


def test_the_output_folder_is_left_out_by_any_name(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder / "sub")
    for out in (folder / "sub", tmp_path / "link", folder / "sub" / ".." / "sub"):
        assert "c.png" not in names(collect([str(folder)], out=str(out)))
    assert "c.png" in names(collect([str(folder)], out=str(tmp_path / "elsewhere")))


def test_links_to_folders_are_not_followed(folder):
    (folder / "loop").symlink_to(folder)
    assert len(collect([str(folder)]).sources) == 5


def test_a_folder_that_cannot_be_read_counts_as_a_failure(folder, monkeypatch):
    scandir = os.scandir

    def refuse(path):
        if Path(path).name == "sub":
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    collected = collect([str(folder)])
    assert [source.given for source in collected.sources if source.format is None] == [
        str(folder / "broken.jpg"),
        str(folder / "sub"),
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_a_pipe_is_not_waited_for(folder):
    os.mkfifo(folder / "pipe.jpg")
    collected = collect([str(folder)])
    assert "pipe.jpg" not in names(collected)
    assert collected.skipped == 4


# Where they go


def test_nothing_is_planned_to_be_written_without_a_folder(folder):
    tasks = plan(collect([str(folder)]).sources, None, Settings())
    assert {task.written for task in tasks} == {None}


def test_outputs_get_the_ending_of_their_format(folder):
    tasks = plan(collect([str(folder)]).sources, "out", Settings.of(output={"format": "png"}))
    assert [task.name.as_posix() for task in tasks] == ["a.png", "b.png", "broken.jpg", "no ending.png", "sub/c.png"]
    assert tasks[0].written == os.path.join("out", "a.png")


def test_overwrite_never_means_the_original_of_another_photo(tmp_path):
    """A PNG that is called .jpg goes elsewhere, and leaves its place to the output of another folder's photo."""
    one, other = tmp_path / "one" / "photo.jpg", tmp_path / "other" / "photo.jpg"
    for path, data in ((one, JPEG), (other, pictures.file("png"))):
        path.parent.mkdir()
        path.write_bytes(data)
    sources = collect([str(one.parent), str(other.parent)]).sources
    plan(sources, str(other.parent), Settings())
    with pytest.raises(SettingsError, match="original"):
        plan(sources, str(other.parent), Settings.of(write={"overwrite": True}))


# One by one and side by side


@pytest.fixture
def fakes(monkeypatch, blurrer):
    """Let every process-wide `Blurrer` be one of fakes; return how to choose it."""
    chosen = {}

    def make(settings, *, threads, decisions=None):
        chosen["made"] = chosen.get("made", 0) + 1
        return blurrer(*chosen.get("detectors", ()))

    monkeypatch.setattr("blurkit.pipeline.Blurrer", make)
    opened.close_models()
    yield chosen
    opened.close_models()


def tasks_of(folder, out=None):
    return plan(collect([str(folder)]).sources, out and str(out), Settings())


@pytest.mark.parametrize("style", ["one by one", "executor"])
def test_every_photo_has_an_outcome_in_its_order(style, folder, out, fakes):
    tasks = tasks_of(folder, out)
    with ThreadPoolExecutor(1) as threads:
        executor = threads if style == "executor" else None
        outcomes = list(run_batch(tasks, Settings(), executor=executor))
        threads.submit(opened.close_models).result()
    assert [outcome.source for outcome in outcomes] == [task.source.path for task in tasks]
    assert [isinstance(outcome, PhotoResult) for outcome in outcomes] == [True, True, False, True, True]
    assert sorted(path.name for path in out.rglob("*.*")) == ["a.jpg", "b.jpg", "c.png", "no ending.jpg"]
    assert fakes["made"] == 1


def test_without_a_folder_nothing_is_written(folder, tmp_path, fakes):
    before = sorted(tmp_path.rglob("*"))
    outcomes = list(run_batch(tasks_of(folder), Settings()))
    assert all(outcome.output is None for outcome in outcomes if isinstance(outcome, PhotoResult))
    assert sorted(tmp_path.rglob("*")) == before


def test_models_that_cannot_be_opened_block_each_photo(folder, out, monkeypatch):
    def make(settings, *, threads, decisions=None):
        raise ModelMissing("gone", hint="reinstall")

    monkeypatch.setattr("blurkit.pipeline.Blurrer", make)
    opened.close_models()
    outcomes = list(run_batch(tasks_of(folder, out), Settings()))
    assert len(outcomes) == 5
    assert {(outcome.word, outcome.status, outcome.hint) for outcome in outcomes} == {
        ("ModelMissing", Status.BLOCKED, "reinstall")
    }
    assert not out.exists()


def test_a_fault_nobody_foresaw_is_a_failure_of_that_photo(folder, out, fakes):
    fakes["detectors"] = (BuggyDetector(),)
    outcomes = list(run_batch(tasks_of(folder, out), Settings()))
    assert all(isinstance(outcome, PhotoFailure) for outcome in outcomes)
    assert {outcome.exit_code for outcome in outcomes} == {1, 3}
    assert {outcome.hint for outcome in outcomes if outcome.exit_code == 1} == {"run again with --debug"}
    assert not out.exists()


def test_debug_gives_the_traceback_as_the_hint(folder, fakes):
    fakes["detectors"] = (BuggyDetector(),)
    (first, *_) = run_batch(tasks_of(folder), Settings(), debug=True)
    assert "ZeroDivisionError" in first.hint
    assert "Traceback" in first.hint


class Losing(Executor):
    """Loses every second photo, and at last takes no more."""

    def __init__(self, takes):
        self.taken, self.takes = 0, takes

    def submit(self, fn, /, *args, **kwargs):
        self.taken += 1
        if self.taken > self.takes:
            raise BrokenExecutor("it is gone")
        future = Future()
        if self.taken % 2:
            future.set_result(fn(*args, **kwargs))
        else:
            future.set_exception(BrokenExecutor("a process died"))
        return future


@pytest.mark.parametrize("ahead", [1, 3, 16])
def test_an_executor_that_loses_photos_or_breaks_fails_these_and_the_rest_is_done(folder, fakes, ahead):
    done = list(run_batch(tasks_of(folder), Settings(), executor=Losing(takes=4), ahead=ahead))
    assert [outcome.source.name for outcome in done] == ["a.jpg", "b.jpg", "broken.jpg", "no ending", "c.png"]
    lost = {outcome.source.name: outcome.error for outcome in done if getattr(outcome, "stage", "") == "batch"}
    assert lost == {
        "b.jpg": "was lost: BrokenExecutor: a process died",
        "no ending": "was lost: BrokenExecutor: a process died",
        "c.png": "was lost: BrokenExecutor: it is gone",
    }


def test_models_are_opened_once_and_anew_for_other_settings(folder, fakes):
    list(run_batch(tasks_of(folder), Settings()))
    list(run_batch(tasks_of(folder), Settings()))
    assert fakes["made"] == 1
    list(run_batch(tasks_of(folder), Settings.of(obscure={"color": "red"})))
    assert fakes["made"] == 2


def test_a_task_without_a_folder_has_no_output():
    source = Source(Path("a.jpg"), Path("a.jpg"), None, "a.jpg")
    assert Task(source).written is None
    assert Task(source, "./out", Path("a.jpg")).written == os.path.join("./out", "a.jpg")
