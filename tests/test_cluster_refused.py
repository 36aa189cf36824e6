"""What a run on a cluster is refused for before it has one."""

import pytest

from blurkit.batch import cluster as module
from blurkit.batch.cluster import connected
from blurkit.errors import SettingsError
from tests.end_to_end.process import blurkit, small


@pytest.fixture
def photos(tmp_path):
    small(tmp_path, "in/a.jpg", width=320)
    return tmp_path


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "tls://127.0.0.1:1"])
def test_a_scheduler_that_does_not_answer_is_an_error(address, monkeypatch):
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.5)
    with pytest.raises(SettingsError, match="no scheduler answers") as caught, connected(address, [], None):
        pass
    assert "tcp://" in caught.value.hint


def test_without_dask_the_error_says_what_to_install(photos):
    faults = "import sys; sys.modules['distributed'] = None"
    done = blurkit(
        "run", "in", "--out", "out", "--executor", "dask", "--scheduler", "tcp://127.0.0.1:1", faults=faults, cwd=photos
    )
    assert (done.code, done.err) == (2, "error: --executor: dask is not installed\nhint: pip install distributed\n")


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--executor", "dask"), "error: --scheduler: the address"),
        (("--scheduler", "tcp://127.0.0.1:1"), "error: --scheduler: is for a cluster"),
        (
            ("--executor", "dask", "--scheduler", "tcp://127.0.0.1:1", "--jobs", "2"),
            "error: --jobs: is for this machine",
        ),
    ],
)
def test_options_that_do_not_go_together_are_refused(photos, options, what):
    done = blurkit("run", "in", "--out", "out", *options, cwd=photos)
    assert done.code == 2
    assert done.err.startswith(what)
    assert "\nhint: " in done.err
    assert not (photos / "out").exists()
