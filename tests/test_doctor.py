"""The doctor tries everything, and says of each thing whether it works."""

import pytest

from blurkit.cli import doctor
from blurkit.cli.doctor import examine
from blurkit.errors import ModelChecksum, ModelMissing
from blurkit.language import LANGUAGES, speak
from blurkit.picture.formats import FORMATS


def by_name():
    return {finding.name: finding for finding in examine()}


@pytest.mark.model
def test_everything_works_here():
    findings = by_name()
    assert [finding for finding in findings.values() if not finding.works] == []
    assert {"python", "onnxruntime", "model centerface", "independent check", "age models", "age thresholds"} <= set(
        findings
    )
    assert {facts.pillow for facts in FORMATS.values()} <= set(findings)


@pytest.fixture
def bare(monkeypatch):
    """Let nothing be opened that takes long."""
    for name in ("_detect", "_check", "_estimate"):
        monkeypatch.setattr(doctor, name, lambda *_: None)
    return monkeypatch


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_what_works_is_said_in_the_language_that_is_spoken(bare, language):
    bare.setattr(doctor, "_tried", lambda name, _, detail: doctor.Trial(name, works=True, detail=detail))
    english = [finding.detail for finding in examine()]
    speak(language)
    told = [(finding.name, finding.detail) for finding in examine()]
    speak("en")
    same = {name for (name, detail), words in zip(told, english, strict=True) if detail == words}
    assert same <= {"python", *doctor.PACKAGES}  # versions


def test_an_altered_model_is_named(bare):
    def model_path(name):
        if name == "centerface":
            raise ModelChecksum("the model 'centerface' is another one")

    bare.setattr(doctor.weights, "model_path", model_path)
    findings = by_name()
    assert not findings["model centerface"].works
    assert "another one" in findings["model centerface"].detail
    assert findings["model age_resnet"].works


def test_missing_models_are_one_finding(bare):
    def model_hashes():
        raise ModelMissing("the folder with the models is not there")

    bare.setattr(doctor.weights, "model_hashes", model_hashes)
    assert not by_name()["models"].works


def test_a_detector_that_does_not_run_is_named(bare):
    def detect(name):
        raise RuntimeError("illegal instruction")

    bare.setattr(doctor, "_detect", detect)
    assert by_name()["detector centerface"] == doctor.Trial(
        "detector centerface", works=False, detail="illegal instruction"
    )


def test_without_mediapipe_centerface_works_alone(bare):
    real = doctor.version

    def version(package):
        if package == "mediapipe":
            raise doctor.PackageNotFoundError(package)
        return real(package)

    bare.setattr(doctor, "version", version)
    bare.setattr(doctor, "mediapipe_installed", lambda: False)
    findings = by_name()
    assert findings["mediapipe"] == doctor.Trial(
        "mediapipe", works=True, detail="not installed; CenterFace works alone"
    )
    assert "detector mediapipe" not in findings
    assert findings["detector centerface"].works


def test_a_library_that_is_missing_is_named(bare):
    def version(package):
        raise doctor.PackageNotFoundError(package)

    bare.setattr(doctor, "version", version)
    assert not by_name()["numpy"].works


def test_a_codec_that_is_missing_is_named(bare):
    def refuse(name):
        raise KeyError(name)

    bare.setattr(doctor, "_read_and_write", refuse)
    assert not by_name()["HEIF"].works


def test_clips_are_tried_and_their_licence_is_named(bare):
    finding = by_name()["clips"]
    assert finding.works
    assert "GPL" in finding.detail


def test_without_the_extra_clips_are_said_to_be_missing_with_the_remedy(bare):
    bare.setattr(doctor, "installed", lambda: False)
    finding = by_name()["clips"]
    assert finding.works
    assert 'pip install "blurkit[video]"' in finding.detail


def test_a_broken_library_for_clips_is_named(bare):
    def refuse():
        raise OSError("no encoder")

    bare.setattr(doctor, "_write_and_read_clip", refuse)
    assert by_name()["clips"] == doctor.Trial("clips", works=False, detail="no encoder")
