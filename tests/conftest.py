"""Fixtures of all tests: photos on disk, settings, and a `Blurrer` of fakes that opens no model."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests import pictures
from tests.fakes import BlindNetwork, FixedAge, FixedFaces, NoMarks, in_this_process

os.environ["LC_ALL"] = "C.UTF-8"  # what is said is compared in English, also by the programs that tests start

settings.register_profile(
    "quick",
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("quick")

SLOW = (
    "audit/test_audit.py",
    "end_to_end",
    "metadata/test_exiftool.py",
    "metadata/test_hostile.py",
    "property/test_covers.py",
    "property/test_fuzz.py",
    "review/test_chooser_guard.py",
    "review/test_connections.py",
    "review/test_door.py",
    "review/test_guard.py",
    "review/test_lock.py",
    "review/test_seal.py",
    "test_catalogs.py",
    "test_cluster.py",
    "test_cluster_refused.py",
    "test_network.py",
    "test_release.py",
    "test_serve.py",
    "test_starter.py",
    "test_workers.py",
    "video/test_clip.py",
    "watch/test_watch.py",
    "watch/test_watch_faults.py",
)
"""Modules that start programs and servers again and again, or feed them with what is made to be slow."""
SLOW_TESTS = {
    "test_a_part_of_a_frame_gets_the_same_covers_as_the_whole",
    "test_the_edge_that_is_drawn_holds_all_that_is_hidden",
    "test_a_damaged_video_ends_its_own_process_only",
    "test_a_large_heic_is_written_in_tiles_as_phones_do_so_that_no_coded_piece_is_too_large_to_read",
    "test_of_many_connections_the_silent_ones_go_first",
    "test_photos_to_look_at_are_named",
}
"""Single tests of other modules that take seconds."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Leave out of the quick loop what takes long without a model, too."""
    slow = tuple(Path(__file__).parent / name for name in SLOW)
    for item in items:
        if item.originalname in SLOW_TESTS or any(item.path.is_relative_to(path) for path in slow):
            item.add_marker("model")


@pytest.fixture(autouse=True, scope="session")
def state_folder(tmp_path_factory):
    """Let all runs of the tests, also of other processes, remember in a folder of their own and not in the user's."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("state")
        patch.setenv("XDG_STATE_HOME", str(folder))
        yield folder


@pytest.fixture
def photo_file(tmp_path):
    """Write a real file of a format and kind into a folder of its own, and return its path."""

    def write(kind="jpeg", mode="RGB", name=None, **options):
        path = tmp_path / "in" / (name or f"photo.{kind}")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(pictures.file(kind, mode, **options))
        return path

    return write


@pytest.fixture
def out(tmp_path):
    """Return an output folder that does not exist yet."""
    return tmp_path / "out"


@pytest.fixture
def blurrer():
    """Make a `Blurrer` of fakes: by default one adult face is found, and the independent check sees nothing."""
    from blurkit.age.calibration import Calibration
    from blurkit.pipeline import Blurrer
    from blurkit.settings import Settings

    six_years_more = Calibration((0.001,), {age: (age + 6.0,) for age in range(10, 31)})
    made = []

    def make(*detectors, age=None, check=None, marks=None, **parts):
        detectors = detectors or (FixedFaces(pictures.face()),)
        parts.setdefault("policy", {"name": "everyone"})
        models = {"age_estimator": age or FixedAge(40), "independent_check": check or BlindNetwork()}
        models["mark_finder"] = marks or NoMarks()
        made.append(Blurrer(Settings.of(**parts), detectors=detectors, calibration=six_years_more, **models))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def command(capsys):
    """Run a command, and return its exit code, standard output and standard error."""
    from blurkit.cli import main

    before = signal.getsignal(signal.SIGTERM)

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            main([str(argument) for argument in arguments])
        shown = capsys.readouterr()
        return caught.value.code, shown.out, shown.err

    yield run
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def fake_clips(monkeypatch):
    """Let clips be done in this process, with fakes; return a list that takes each clip that was really worked on."""
    from blurkit.analysis import Models
    from blurkit.geometry import Box
    from blurkit.records import Face
    from blurkit.video import clip, many

    worked_on = []

    class Fakes(clip.Clips):
        def __init__(self, settings, *, threads, decisions=None, progress):
            found = FixedFaces(Face(Box(30, 16, 54, 46), 0.9, ("fixed",)))
            given = {"age_estimator": FixedAge(40), "independent_check": BlindNetwork()}
            models = Models(settings, detectors=[found], **given)
            super().__init__(settings, models=models, quick=found, decisions=decisions, progress=progress)

        def _look(self, source):
            worked_on.append(source.name)
            return super()._look(source)

    monkeypatch.setattr(clip, "Clips", Fakes)
    monkeypatch.setattr(many, "in_processes", in_this_process)
    yield worked_on
    many.close_models()


@pytest.fixture
def fakes(monkeypatch, blurrer):
    """Let the command work with fakes; return a list that takes the settings it was given."""

    given = []

    def make(settings, *, threads, decisions=None):
        given.append(settings)
        return blurrer()

    monkeypatch.setattr("blurkit.pipeline.Blurrer", make)
    monkeypatch.setattr("blurkit.batch.run.in_processes", in_this_process)
    return given
