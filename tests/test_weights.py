"""Models are found, checked, and never fetched."""

import hashlib
from pathlib import Path

import pytest

from blurkit.errors import ExitCode, ModelChecksum, ModelError, ModelMissing
from blurkit.machine import weights


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one small model, one table and their manifest."""
    lines = ["schema = 1"]
    for kind, name, data in (("models", "tiny", b"weights"), ("tables", "ages", b"{}")):
        (tmp_path / f"{name}.bin").write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        lines.append(f'[{kind}.{name}]\nfile = "{name}.bin"\nsha256 = "{digest}"')
    (tmp_path / "manifest.toml").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", ["tiny", "ages"])
def test_a_model_as_in_the_manifest_is_found(folder: Path, name: str) -> None:
    assert weights.model_path(name, folder=folder) == folder / f"{name}.bin"


def test_an_altered_model_is_refused(folder: Path) -> None:
    (folder / "tiny.bin").write_bytes(b"Weights")
    with pytest.raises(ModelChecksum, match="tiny") as caught:
        weights.model_path("tiny", folder=folder)
    assert caught.value.exit_code is ExitCode.MODEL
    assert caught.value.hint is not None
    assert "reinstall" in caught.value.hint


def test_a_missing_model_is_named(folder: Path) -> None:
    (folder / "tiny.bin").unlink()
    with pytest.raises(ModelMissing, match="tiny") as caught:
        weights.model_path("tiny", folder=folder)
    assert caught.value.hint is not None


def test_a_model_that_was_repaired_is_found_in_the_same_process(folder: Path) -> None:
    (folder / "tiny.bin").write_bytes(b"")
    with pytest.raises(ModelChecksum):
        weights.model_path("tiny", folder=folder)
    (folder / "tiny.bin").write_bytes(b"weights")
    assert weights.model_path("tiny", folder=folder).is_file()


def test_a_name_that_is_not_in_the_manifest_is_refused(folder: Path) -> None:
    with pytest.raises(ModelMissing, match="no 'huge'"):
        weights.model_path("huge", folder=folder)


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="list of models"):
        weights.model_path("tiny", folder=tmp_path)


def test_a_damaged_manifest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "manifest.toml").write_text("[models", encoding="utf-8")
    with pytest.raises(ModelChecksum, match="damaged"):
        weights.model_path("tiny", folder=tmp_path)


def test_the_bundled_models_are_those_of_the_manifest() -> None:
    hashes = weights.model_hashes()
    assert {"blaze_face_short_range", "blaze_face_full_range", "centerface", "age_resnet", "age_faceres"} <= set(hashes)
    for name, digest in hashes.items():
        assert hashlib.sha256(weights.model_path(name).read_bytes()).hexdigest() == digest


def test_a_session_opens_without_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    session = weights.onnx_session("age_resnet", threads=1)
    assert hasattr(session, "run")
    assert capfd.readouterr() == ("", "")


def test_a_file_that_onnxruntime_cannot_open_is_a_model_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_models_folder", lambda: folder)
    with pytest.raises(ModelError, match="cannot open"):
        weights.onnx_session("tiny")


def test_a_session_needs_a_thread() -> None:
    with pytest.raises(ValueError, match="thread"):
        weights.onnx_session("age_resnet", threads=0)


def test_a_model_opened_ahead_is_given_once_and_only_with_as_many_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_opened", lambda name, threads: [name, threads])
    weights.open_ahead("tiny", threads=2)
    ahead = weights._ahead["tiny", 2]
    assert weights.onnx_session("tiny", threads=1) is not ahead
    assert weights.onnx_session("tiny", threads=2) is ahead
    assert weights.onnx_session("tiny", threads=2) is not ahead


def test_what_was_opened_ahead_in_vain_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_opened", lambda name, threads: [name, threads])
    weights.open_ahead("tiny", threads=2)
    weights.forget_ahead()
    assert weights._ahead == {}
