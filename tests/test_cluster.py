"""A run on a real Dask cluster does what one on this machine does, and no photo is lost with a worker."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from blurkit.batch import cluster as module
from blurkit.batch.cluster import Cluster, Order, connected
from blurkit.batch.journal import versions
from blurkit.errors import OutputNotWritable, SettingsError
from blurkit.machine.files import new_file
from blurkit.machine.weights import model_hashes
from blurkit.outcomes import PhotoFailure
from tests import clusters
from tests.clusters import task
from tests.end_to_end.process import ROOT, blurkit, files, foreign_lines, small, start, wait_until

pytestmark = pytest.mark.skipif(os.name != "posix", reason="workers are killed by signals of POSIX")
FAR = ("--executor", "dask", "--scheduler", "tcp://127.0.0.1:1")
NAMES = ("a.jpg", "b.jpg", "sub/c.jpg")


@pytest.fixture(scope="module")
def running():
    with clusters.cluster() as started:
        yield started


@pytest.fixture
def photos(tmp_path):
    for place, name in enumerate(NAMES):
        small(tmp_path, f"in/{name}", width=320 + 16 * place)
    (tmp_path / "in" / "broken.jpg").write_bytes(b"\xff\xd8\xff no photo")
    return tmp_path


def ordered(**other):
    return replace(Order(versions(), dict(model_hashes()), None, None), **other)


def outcomes_of(cluster, work, paths):
    futures = [cluster.submit(work, task(path)) for path in paths]
    return [future.result(60) for future in futures]


# The same as on this machine


def same(document):
    """Return what must not depend on where a photo was done."""
    kept = json.loads(json.dumps(document))
    for photo in kept["photos"]:
        photo.pop("seconds", None)
    return kept["photos"], kept["models"]


@pytest.mark.model
def test_a_cluster_gives_the_same_files_as_this_machine(running, photos):
    local = blurkit("run", "in", "--out", "local", "--jobs", "2", "--json", cwd=photos)
    far = ("--executor", "dask", "--scheduler", running.scheduler_address)
    done = blurkit("run", "in", "--out", "far", "--json", *far, cwd=photos)
    assert (done.code, local.code) == (7, 7)  # one is broken
    assert foreign_lines(done.err) == []
    assert files(photos / "far") == files(photos / "local") == sorted(NAMES)
    assert all((photos / "far" / name).read_bytes() == (photos / "local" / name).read_bytes() for name in NAMES)
    told = json.loads(json.dumps(done.document).replace('"far/', '"local/'))
    assert same(told) == same(local.document)


def test_a_run_on_a_cluster_says_whom_it_trusts(running, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff no photo")
    done = blurkit("detect", "broken.jpg", cwd=tmp_path)
    assert "scheduler" not in done.err
    far = ("--executor", "dask", "--scheduler", running.scheduler_address)
    done = blurkit("run", "broken.jpg", "--out", "out", *far, cwd=tmp_path)
    assert "whoever can reach the scheduler" in done.err
    assert done.code == 3


def test_paths_start_from_the_same_folder_on_a_worker(running, tmp_path, monkeypatch):
    """Rules about regions are read against paths as the user gave them, so these must not change on the way."""
    monkeypatch.chdir(tmp_path)
    Path("a.jpg").touch()
    with connected(running.scheduler_address, ["a.jpg"], None) as cluster:
        (outcome,) = outcomes_of(cluster, clusters.where, ["a.jpg"])
    assert (outcome.source, outcome.error) == (Path("a.jpg"), str(tmp_path))
    with clusters.client(running) as client:
        assert str(tmp_path) not in client.run(os.getcwd).values()


# Workers that die


@pytest.mark.model
def test_a_worker_killed_in_the_middle_loses_no_photo_and_decides_nothing_else(running, photos):
    """Decisions and boxes are compared, and nothing is drawn by chance, which the last look would see."""
    options = ("--style", "solid", "--policy", "everyone", "--json", "--detector", "mediapipe")
    far = ("--executor", "dask", "--scheduler", running.scheduler_address)
    with clusters.client(running) as client, tempfile.TemporaryDirectory() as folder:
        workers = client.run(os.getpid)
        process = start("run", "in", "--out", "far", *options, *far, cwd=photos, folder=Path(folder))
        busy = []

        def is_busy():
            busy[:] = [worker for worker, keys in client.processing().items() if keys and worker in workers]
            return busy

        wait_until(is_busy, 60)  # its first photo, for which it has just begun to open the models
        os.kill(workers[busy[0]], signal.SIGKILL)
        out, err = process.communicate(timeout=120)
    local = blurkit("run", "in", "--out", "local", "--jobs", "1", *options, cwd=photos)
    assert (process.returncode, foreign_lines(err.decode())) == (7, [])  # one is broken
    assert files(photos / "far") == files(photos / "local") == sorted(NAMES)
    decided = {Path(photo["path"]).name: photo.get("faces") for photo in json.loads(out)["photos"]}
    assert sum(map(len, filter(None, decided.values()))) >= 3
    assert decided == {name: photo.get("faces") for name, photo in local.photos.items()}


@pytest.mark.model
@pytest.mark.parametrize("shared", [True, False])
def test_a_worker_killed_when_it_has_written_loses_no_photo_where_the_journal_is_shared(running, tmp_path, shared):
    """Else its output is there, whole, and nobody knows whose it is: its photo counts as failed."""
    small(tmp_path, "in/a.jpg", width=320)
    far = ("--executor", "dask", "--scheduler", running.scheduler_address)
    run = ("run", "in", "--out", "out", "--detector", "mediapipe", "--json")
    faults = (
        ""
        if shared
        else "from blurkit.batch.journal import Journal\nJournal.__reduce__ = lambda self: (type(None), ())\n"
    )
    with clusters.client(running) as client:
        client.wait_for_workers(2)  # a test before may have killed one
        client.run(clusters.die_after_writing, str(tmp_path / "killed"))
        try:
            done = blurkit(*run, *far, cwd=tmp_path, faults=faults)
        finally:
            client.run(clusters.die_after_writing, None)
    assert (tmp_path / "killed").exists()
    left = [
        name for name in files(tmp_path / "out") if not name.startswith(".blurkit-")
    ]  # its checked, covered picture
    assert (done.code, left) == (0 if shared else 7, ["a.jpg"])
    assert (done.document["photos"][0]["error"] or {}).get("kind") == (None if shared else "OutputExists")


def test_a_photo_that_kills_every_worker_fails_and_the_rest_is_done(running, tmp_path, monkeypatch):
    """Dask gives up at once on all that waits at a worker if it allows no failure: those are tried again alone."""
    names = ["a", "deadly", "b", "c", "d"]
    monkeypatch.setattr(running.scheduler, "allowed_failures", 0)
    with clusters.client(running) as client:
        cluster = Cluster(client, ordered(), 2)
        outcomes = outcomes_of(cluster, clusters.kill_worker, [tmp_path / f"{name}.jpg" for name in names])
        cluster.shutdown()
    assert [outcome.error for outcome in outcomes if outcome.source.stem != "deadly"] == ["done"] * 4
    assert outcomes[1].error == "every worker that tried it died"
    assert "memory" in outcomes[1].hint


def test_a_photo_that_hangs_is_ended_with_its_worker_and_the_rest_is_done(tmp_path):
    names = ["a", "hangs", "b", "c", "d"]
    with (
        clusters.cluster() as running,
        connected(running.scheduler_address, [tmp_path], None, timeout=2.0) as cluster,
    ):
        outcomes = outcomes_of(cluster, clusters.hang, [tmp_path / f"{name}.jpg" for name in names])
    assert [outcome.error for outcome in outcomes if outcome.source.stem != "hangs"] == ["done"] * 4
    assert "time limit of 2 seconds" in outcomes[1].error
    assert outcomes[1].exit_code == 3


def test_a_fault_of_the_work_on_a_worker_is_that_photos_failure(running, tmp_path):
    with connected(running.scheduler_address, [tmp_path], None) as cluster:
        outcomes = outcomes_of(cluster, clusters.fail, [tmp_path / "a.jpg", tmp_path / "b.jpg"])
    assert [outcome.error for outcome in outcomes] == ["the worker failed: ZeroDivisionError: unforeseen"] * 2


def test_a_lost_scheduler_fails_each_photo_and_nothing_waits_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.1)
    alone = subprocess.Popen(
        [sys.executable, "-c", "from tests.clusters import serve_until_killed as serve; serve()"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        address = alone.stdout.readline().decode().strip()
        with connected(address, [tmp_path], None) as cluster:
            futures = [cluster.submit(clusters.wait_long, task(tmp_path / name)) for name in ("a.jpg", "b.jpg")]
            alone.kill()
            assert {future.result(60).error for future in futures} == {module.LOST}
            cluster._ended.wait(0.5)
            assert isinstance(cluster.submit(clusters.where, task("c.jpg")).result(60), PhotoFailure)
    finally:
        alone.kill()
        alone.wait()
        alone.stdout.close()


def test_a_cluster_that_stays_without_workers_fails_each_photo(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(module, "EMPTY_SECONDS", 0.2)
    with clusters.cluster(0) as empty, clusters.client(empty) as client:
        cluster = Cluster(client, ordered(), 1)
        outcomes = outcomes_of(cluster, clusters.where, [tmp_path / "a.jpg", tmp_path / "b.jpg"])
        cluster.shutdown()
    assert [outcome.error for outcome in outcomes] == ["no worker is left"] * 2


# Refused before any photo


def refused(running, out=None, paths=("/",)):
    with pytest.raises(SettingsError) as caught, connected(running.scheduler_address, paths, out):
        pass
    assert caught.value.hint
    return str(caught.value)


def test_workers_of_another_version_or_with_other_models_are_refused(running, monkeypatch):
    monkeypatch.setattr(module, "versions", lambda: versions() | {"blurkit": "0.0.1"})
    assert "this machine has 0.0.1" in refused(running)
    monkeypatch.setattr(module, "versions", lambda: versions() | {"mediapipe": None})
    assert f"has mediapipe {versions()['mediapipe']}, and this machine has None" in refused(running)
    monkeypatch.undo()
    monkeypatch.setattr(module, "model_hashes", lambda: {"centerface": "00"})
    assert "has other models" in refused(running)


def test_workers_that_do_not_see_the_folders_are_refused(running, tmp_path, monkeypatch):
    real = Path.cwd
    monkeypatch.setattr(Path, "cwd", lambda: Path("/on/this/machine/only"))
    assert "does not see the folder /on/this/machine/only" in refused(running, paths=("a.jpg",))
    monkeypatch.setattr(Path, "cwd", real)
    elsewhere = lambda _, mode: new_file(Path(tempfile.mkdtemp(dir=tmp_path), "probe"), mode)  # noqa: E731
    monkeypatch.setattr(module, "new_file", elsewhere)
    assert f"does not see the output folder {tmp_path}" in refused(running, out=str(tmp_path))


def test_an_output_folder_that_cannot_be_made_is_an_error(running, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OutputNotWritable), connected(running.scheduler_address, [], str(tmp_path / "file" / "out")):
        pass


def test_a_worker_that_does_several_photos_at_once_is_refused():
    assert ordered().misfit(1) is None
    assert "does 4 photos at a time" in ordered().misfit(4)[0]


def test_a_cluster_without_workers_is_refused(monkeypatch):
    monkeypatch.setattr(module, "ANSWER_SECONDS", 1.0)
    with clusters.cluster(0) as empty:
        assert "has no worker" in refused(empty)


# Refused at the photo


def test_a_worker_that_came_later_and_is_not_fit_does_no_photo(running, tmp_path):
    with clusters.client(running) as client:
        cluster = Cluster(client, ordered(versions=versions() | {"blurkit": "0.0.1"}), 2)
        (outcome,) = outcomes_of(cluster, clusters.where, [tmp_path / "a.jpg"])
        cluster.shutdown()
    assert "this machine has 0.0.1" in outcome.error
    assert outcome.exit_code == 2


def test_a_photo_that_a_worker_does_not_see_is_that_photos_failure(running, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "size_of", lambda path: 77)  # on this machine only
    with connected(running.scheduler_address, [tmp_path], None) as cluster:
        (outcome,) = outcomes_of(cluster, clusters.where, [tmp_path / "a.jpg"])
    assert "does not see this file" in outcome.error
    assert "file system" in outcome.hint
    assert outcome.exit_code == 3


def test_the_output_folder_holds_nothing_but_outputs_afterwards(running, tmp_path):
    with connected(running.scheduler_address, [tmp_path], str(tmp_path / "out")):
        assert len(files(tmp_path / "out")) == 1
    assert files(tmp_path / "out") == []
