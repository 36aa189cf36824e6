"""Find a bundled model, check that it is the one in the manifest, and open it. Nothing is ever downloaded."""

from __future__ import annotations

import hashlib
import os
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from blurkit.errors import ModelChecksum, ModelError, ModelMissing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MANIFEST = "manifest.toml"
REINSTALL = "reinstall blurkit; in a checkout, run: python -m tools.build_models"


class Session(Protocol):
    """A model that is open and ready, as onnxruntime has it."""

    def run(self, output_names: Sequence[str] | None, input_feed: Mapping[str, Any], /) -> Sequence[Any]:
        """Return the named outputs (None: all) for inputs given by name."""
        ...

    def get_modelmeta(self) -> Any:
        """Return what the model's file says of itself."""
        ...


_ahead: dict[tuple[str, int], Session] = {}
"""Models that nobody has asked for yet, by name and threads."""


def model_path(name: str, *, folder: Path | None = None) -> Path:
    """Find a model or table and check its sha256, once a process.

    Args:
        name: Its name in the manifest, such as `centerface`.
        folder: Where to look; by default the folder that came with blurkit.

    Raises:
        ModelMissing: There is no such file.
        ModelChecksum: The file is not the one in the manifest.
    """
    return _checked(name, folder or _models_folder())


def model_hashes(*, folder: Path | None = None) -> Mapping[str, str]:
    """Return the sha256 that each model and table must have, by name, for the report."""
    return {name: entry["sha256"] for name, entry in _manifest(folder or _models_folder()).items()}


def onnx_session(name: str, *, threads: int = 1) -> Session:
    """Open an ONNX model on the CPU: quietly, with telemetry off and without threads that spin while idle.

    Args:
        name: Its name in the manifest.
        threads: How many threads one run may use, at least 1.

    Raises:
        ModelError: The model is missing, altered, or onnxruntime cannot open it.
    """
    return _ahead.pop((name, threads), None) or _opened(name, threads)


def open_ahead(name: str, *, threads: int) -> None:
    """Open an ONNX model for the one `onnx_session` of so many threads that asks for it; see there."""
    _ahead[name, threads] = _opened(name, threads)


def forget_ahead() -> None:
    """Close what was opened ahead and not asked for."""
    _ahead.clear()


def _opened(name: str, threads: int) -> Session:
    if threads < 1:
        raise ValueError(f"a model needs at least one thread, not {threads}")
    path = model_path(name)
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when it is loaded; 1.29 and newer send events seconds after that
    try:
        import onnxruntime
    except ImportError as error:
        raise ModelError(f"onnxruntime cannot be loaded: {error}", hint=REINSTALL) from error
    if hasattr(onnxruntime, "disable_telemetry_events"):
        onnxruntime.disable_telemetry_events()
    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.use_env_allocators", "1")
    try:
        _share_memory(onnxruntime)
        session: Session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors have no base of their own
        raise ModelError(f"onnxruntime cannot open the model: {error}", path=path.name, hint=REINSTALL) from error
    return session


@cache
def _share_memory(onnxruntime: Any) -> None:
    """Let all models use one pool of memory, which grows by what is asked for and no more.

    Without a pool a run takes a third longer; with one each, a process needs 190 MiB more.
    """
    kinds, place = onnxruntime.OrtAllocatorType, onnxruntime.OrtMemType.DEFAULT
    cpu = onnxruntime.OrtMemoryInfo("Cpu", kinds.ORT_ARENA_ALLOCATOR, 0, place)
    onnxruntime.create_and_register_allocator(cpu, onnxruntime.OrtArenaCfg({"arena_extend_strategy": 1}))


@cache
def _models_folder() -> Path:
    """Return the models of the installed package, else those of the checkout."""
    package = Path(__file__).parent.parent
    folders = (package / "models", package.parent / "models")
    for folder in folders:
        if (folder / MANIFEST).is_file():
            return folder
    raise ModelMissing("the folder with the models is not there", path=folders[0], hint=REINSTALL)


@cache
def _manifest(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """Read the entries of all models and tables."""
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
    except OSError as error:
        raise ModelMissing("the list of models cannot be read", path=folder / MANIFEST, hint=REINSTALL) from error
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ModelChecksum(
            f"the list of models is damaged: {error}", path=folder / MANIFEST, hint=REINSTALL
        ) from error
    return {**content.get("models", {}), **content.get("tables", {})}


@cache
def _checked(name: str, folder: Path) -> Path:
    """Return the path of a file that is there and unaltered; an error is not remembered."""
    entry = _manifest(folder).get(name)
    if entry is None:
        raise ModelMissing(f"the list of models has no {name!r}", path=folder / MANIFEST, hint=REINSTALL)
    path: Path = folder / entry["file"]
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelMissing(f"the model {name!r} cannot be read", path=path, hint=REINSTALL) from error
    if digest != entry["sha256"]:
        raise ModelChecksum(
            f"the model {name!r} is not the one that blurkit was tested with", path=path, hint=REINSTALL
        )
    return path
