"""Whatever fails on the way of one photo leaves no output, and says what failed."""

import pytest

from blurkit import analysis, errors, pipeline, render
from blurkit.errors import ExitCode, OutputNotWritable, VerificationError
from blurkit.load import decode
from blurkit.outcomes import PhotoFailure, PhotoResult, Status
from blurkit.records import Action, Decision, Judgement, Reason
from blurkit.settings import LoadSettings
from tests import pictures
from tests.fakes import (
    BuggyDetector,
    CrashingAge,
    CrashingDetector,
    CrashingNetwork,
    FixedFaces,
    NoFaces,
)
from tests.pictures import face

STAGES = ("load", "detect", "age", "policy", "obscure", "encode", "metadata", "verify", "write")


def shown(path):
    return decode(path.read_bytes(), LoadSettings())


def nothing_written(folder):
    return not folder.exists() or not any(path.is_file() for path in folder.rglob("*"))


def home_of(name):
    """Return the module that calls a stage."""
    return next(home for home in (analysis, render, pipeline) if hasattr(home, name))


FAULTS = {
    "load": ("decode", errors.UnreadablePhoto("torn")),
    "policy": ("decide", errors.SettingsError("bad policy")),
    "obscure": ("obscure", errors.BlurkitError("cannot draw")),
    "encode": ("encode", OutputNotWritable("too wide")),
    "verify": ("check", errors.PixelsChanged("wrong picture")),
    "write": ("write", OutputNotWritable("disk full")),
}


@pytest.mark.parametrize("stage", FAULTS)
@pytest.mark.parametrize("overwrite", [False, True])
def test_a_fault_at_any_stage_leaves_no_output_and_keeps_an_earlier_one(
    blurrer, photo_file, out, monkeypatch, stage, overwrite
):
    name, error = FAULTS[stage]

    def fails(*_, **__):
        raise error

    if overwrite:
        out.mkdir()
        (out / "photo.jpg").write_bytes(b"earlier")
    made, source = blurrer(write={"overwrite": overwrite}), photo_file()
    before = source.read_bytes()
    monkeypatch.setattr(home_of(name), name, fails)
    outcome = made.run(source, out=out / "photo.jpg")
    assert isinstance(outcome, PhotoFailure)
    assert (outcome.stage, outcome.word, outcome.exit_code) == (stage, type(error).__name__, int(error.exit_code))
    assert outcome.status is (Status.BLOCKED if isinstance(error, VerificationError) else Status.FAILED)
    assert source.read_bytes() == before
    if overwrite:
        assert [path.read_bytes() for path in out.iterdir()] == [b"earlier"]
    else:
        assert nothing_written(out)


@pytest.mark.parametrize(
    ("parts", "stage", "kind"),
    [
        ({"detectors": (CrashingDetector(),)}, "detect", "DetectorFailed"),
        ({"detectors": (NoFaces(), CrashingDetector())}, "detect", "DetectorFailed"),
        ({"age": CrashingAge(), "detectors": (FixedFaces(face(10, 4, 58, 62)),)}, "age", "EstimatorFailed"),
        ({"check": CrashingNetwork()}, "verify", "DetectorFailed"),
    ],
)
def test_a_model_that_fails_blocks_the_photo_and_no_other_takes_its_place(blurrer, photo_file, out, parts, stage, kind):
    outcome = blurrer(*parts.pop("detectors", ()), **parts).run(photo_file(), out=out / "photo.jpg")
    assert (outcome.stage, outcome.word, outcome.status) == (stage, kind, Status.BLOCKED)
    assert outcome.exit_code == ExitCode.MODEL
    assert nothing_written(out)


@pytest.mark.parametrize("stage", ["decode", "decide", "obscure", "prepare", "encode", "check", "write"])
def test_a_fault_nobody_foresaw_leaves_no_output_either(blurrer, photo_file, out, monkeypatch, stage):
    def breaks(*_, **__):
        raise ZeroDivisionError("unforeseen")

    made, source = blurrer(), photo_file()
    monkeypatch.setattr(home_of(stage), stage, breaks)
    with pytest.raises(ZeroDivisionError):
        made.run(source, out=out / "photo.jpg")
    assert nothing_written(out)


def test_nor_does_a_detector_with_a_bug(blurrer, photo_file, out):
    with pytest.raises(ZeroDivisionError):
        blurrer(BuggyDetector()).run(photo_file(), out=out / "photo.jpg")
    assert nothing_written(out)


def test_metadata_that_cannot_be_removed_withholds_the_file(blurrer, photo_file, out, monkeypatch):
    real = render.encode
    monkeypatch.setattr(render, "encode", lambda photo: real(photo) + b"a second picture")
    outcome = blurrer().run(photo_file(), out=out / "photo.jpg")
    assert (outcome.word, outcome.status) == ("MetadataRemains", Status.BLOCKED)
    assert nothing_written(out)


def test_a_file_that_shows_something_else_is_withheld(blurrer, photo_file, out, monkeypatch):
    other = pictures.file("jpeg", seed=7)
    monkeypatch.setattr(render, "encode", lambda _: other)
    outcome = blurrer().run(photo_file(), out=out / "photo.jpg")
    assert (outcome.word, outcome.status) == ("PixelsChanged", Status.BLOCKED)
    assert nothing_written(out)


def test_an_uncovered_original_is_never_what_is_written(blurrer, photo_file, out, monkeypatch):
    """Were the cover forgotten, the check would see that the file does not show what was decided."""
    source = photo_file("png")
    monkeypatch.setattr(render, "encode", lambda _: source.read_bytes())
    outcome = blurrer().run(source, out=out / "photo.png")
    assert outcome.word == "PixelsChanged"
    assert nothing_written(out)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"text", id="text"),
        pytest.param(pictures.file()[:700], id="truncated"),
    ],
)
def test_what_cannot_be_read_is_a_failure_with_a_hint_not_an_exception(blurrer, tmp_path, out, data):
    source = tmp_path / "photo.jpg"
    source.write_bytes(data)
    outcome = blurrer().run(source, out=out / "photo.jpg")
    assert isinstance(outcome, PhotoFailure)
    assert (outcome.stage, outcome.status, outcome.exit_code) == ("load", Status.FAILED, ExitCode.INPUT)
    assert outcome.hint
    assert nothing_written(out)


def test_a_photo_that_is_not_there_is_a_failure(blurrer, tmp_path, out):
    outcome = blurrer().run(tmp_path / "gone.jpg", out=out / "gone.jpg")
    assert (outcome.stage, outcome.word) == ("load", "UnreadablePhoto")


def test_the_original_is_never_overwritten(blurrer, photo_file):
    source = photo_file()
    before = source.read_bytes()
    outcome = blurrer(write={"overwrite": True}).run(source, out=source)
    assert (outcome.stage, outcome.word, outcome.exit_code) == ("write", "OutputExists", ExitCode.OUTPUT)
    assert source.read_bytes() == before


def test_one_failure_does_not_spoil_the_next_photo(blurrer, photo_file, tmp_path, out):
    made = blurrer()
    (tmp_path / "bad.jpg").write_bytes(b"bad")
    assert isinstance(made.run(tmp_path / "bad.jpg", out=out / "bad.jpg"), PhotoFailure)
    assert isinstance(made.run(photo_file(), out=out / "photo.jpg"), PhotoResult)


def test_a_decision_without_a_face_in_the_photo_is_harmless(blurrer, photo_file):
    photo = shown(photo_file("png"))
    away = Decision(face(500, 500, 520, 530), Judgement(None, Action.COVER, Reason.MANUAL))
    rendered = blurrer().render(photo, [away])
    assert (decode(rendered.data, LoadSettings()).picture.pixels == photo.picture.pixels).all()
