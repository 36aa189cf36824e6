"""An inbox that is looked at once, in this process."""

import signal

import pytest

from blurkit.batch import opened
from blurkit.cli import main
from tests import pictures
from tests.fakes import NoAge, in_this_process
from tests.watch.arriving import FacesOfWidePhotos


@pytest.fixture
def inbox(tmp_path, monkeypatch):
    """Return an empty inbox; what is done is done in this process, by fakes, and remembered in a folder of its own."""
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("blurkit.batch.run.in_processes", in_this_process)
    return tmp_path / "in"


@pytest.fixture
def done():
    """Return the names of the photos that are really worked on."""
    return []


@pytest.fixture
def once(inbox, done, blurrer, monkeypatch, capsys):
    """Look once, as cron does; return the exit code and what was said."""

    def make(settings, *, threads, decisions=None):
        parts = {"policy": settings.policy, "output": settings.output, "write": settings.write}
        made = blurrer(FacesOfWidePhotos(pictures.face()), age=NoAge(), **parts)
        real = made.run_bytes
        made.run_bytes = lambda data, *, name: (done.append(name.name), real(data, name=name))[1]
        return made

    monkeypatch.setattr("blurkit.pipeline.Blurrer", make)
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, getattr(signal, "SIGIO", signal.SIGTERM))}

    def go(*options, arguments=("in", "--out", "out"), forever=False):
        done.clear()
        opened.close_models()
        with pytest.raises(SystemExit) as caught:
            main(["watch", *arguments, *([] if forever else ["--once"]), "--every", "0.1", *options])
        return caught.value.code, capsys.readouterr().err

    yield go
    opened.close_models()
    for number, handler in before.items():
        signal.signal(number, handler)
