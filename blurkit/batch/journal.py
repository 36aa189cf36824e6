"""What earlier runs did, so that an interrupted one goes on: a small file for each photo that is to be written.

It lies in the user's state folder and holds what the report says of the photo: no picture, no landmark of a face, no
name of a file. It is written before the photo is, so that there is no moment at which an output is there and unknown.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import importlib.metadata
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self

from platformdirs import user_state_path
from pydantic import TypeAdapter

from blurkit.errors import ModelError, OutputNotWritable
from blurkit.machine.files import MAX_HASHED, hash_of_file, replace_file
from blurkit.machine.weights import model_hashes
from blurkit.outcomes import PhotoResult
from blurkit.policy.places import regions_about
from blurkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.policy.reviewed import Choice
    from blurkit.policy.reviewed_marks import MarkChoice
    from blurkit.settings import PolicySettings, Settings

    Choices = Mapping[str, Sequence[Choice | MarkChoice]] | None
    """What a review chose, by the hash of the photo; None if none is replayed."""

ENTRY = ".entry"
"""Extension of the file about a photo: two hashes, and what became of it."""

HASH = 64
"""Characters of a sha256, hexadecimal."""

BY_HAND = "0" * HASH
"""Key of what a person decided face by face: its output is known as ours, and no later run counts it as finished."""

RUNTIMES = ("mediapipe", "onnxruntime", "opencv-python-headless")
"""Packages that run the models: with another, or with one that was missing, other faces may be found."""

IN_EXTRAS = ("zxing-cpp",)
"""The same of packages that only an extra brings."""


def state_folder() -> Path:
    """Return the folder in which blurkit keeps what it remembers between runs."""
    return user_state_path("blurkit", appauthor=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What is known of one output folder; can be handed to other processes."""

    folder: Path
    """Where it is kept: a folder for each output folder."""
    made_by: str
    """Hash of all that decides about every photo alike: settings, models, versions."""
    policy: PolicySettings
    """Its regions decide about some photos only."""
    resume: bool = True
    """Whether finished photos count; if not, all are processed again, and noted."""

    @classmethod
    def open(cls, out: str, settings: Settings, *, resume: bool = True) -> Self:
        """Make ready the journal of an output folder.

        Args:
            out: The output folder, which need not be there.
            settings: What the user chose.
            resume: Let finished photos count.

        Raises:
            OutputNotWritable: The state folder cannot be written.
            ModelError: The list of models cannot be read.
        """
        made_by = _made_by(settings)
        folder = _folder_of(out)
        try:
            state_folder().parent.mkdir(parents=True, exist_ok=True)
            for each in (state_folder(), folder.parent, folder):
                each.mkdir(mode=0o700, exist_ok=True)
            if not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        except OSError as fault:
            raise OutputNotWritable(
                f"cannot be written: {fault.strerror or fault}", path=folder, hint="check free space and permissions"
            ) from fault
        return cls(folder=folder, made_by=made_by, policy=settings.policy, resume=resume)

    def done(self, name: Path, *, target: Path, source: Path, choices: Choices) -> PhotoResult | None:
        """Return what an earlier run did, if it is what this run would do and the file written is as it was.

        Args:
            name: Where the output is, below the output folder.
            target: The output itself.
            source: The photo.
            choices: What a review chose.

        Returns:
            The outcome, whole; None in any doubt, and the photo is processed as if it were new.
        """
        try:
            if not self.resume or target.is_symlink() or not target.is_file() or target.samefile(source):
                return None
            output = hash_of_file(target, max_bytes=MAX_HASHED)
            entry = self._entry(name, output).read_bytes()
            key, sum_, text = entry[:HASH], entry[HASH : 2 * HASH], entry[2 * HASH :]
            sha256 = hash_of_file(source, max_bytes=MAX_HASHED)
            if sum_ != _hash(key + text).encode() or key.decode() != self.key(sha256, source, choices):
                return None
            result: PhotoResult = _results().validate_python(json.loads(text))
        except (OSError, ValueError, RecursionError):  # not there or damaged: the photo counts as new
            return None
        if result.proof is None or (result.sha256, result.proof.output_sha256) != (sha256, output):
            return None
        return replace(result, source=source, output=target, earlier=True)

    def wrote(self, name: Path, target: Path) -> bool:
        """Whether a file is an output that was noted, made with whatever settings."""
        try:
            return not target.is_symlink() and self._entry(name, hash_of_file(target, max_bytes=MAX_HASHED)).is_file()
        except OSError:
            return False

    def wrote_by_hand(self, name: Path, target: Path) -> bool:
        """Whether a file is an output that was noted as a person decided it face by face."""
        try:
            entry = self._entry(name, hash_of_file(target, max_bytes=MAX_HASHED))
            return not target.is_symlink() and entry.read_bytes()[:HASH] == BY_HAND.encode()
        except OSError:
            return False

    def record(self, name: Path, result: PhotoResult, choices: Choices, *, by_hand: bool = False) -> None:
        """Note what is about to be written.

        A journal that cannot be written stops nothing: the photo has passed its checks, and only is not known later.

        Args:
            name: Where the output goes, below the output folder.
            result: What is written.
            choices: What a review that is replayed chose.
            by_hand: Whether a person decided face by face.
        """
        if result.proof is None or result.sha256 is None:
            return
        key = BY_HAND if by_hand else self.key(result.sha256, result.source, choices)
        with contextlib.suppress(OSError, ValueError):
            text = json.dumps(_results().dump_python(_without_names(result), mode="json")).encode()
            head = key.encode() + _hash(key.encode() + text).encode()
            replace_file(self._entry(name, result.proof.output_sha256), head + text)

    def _entry(self, name: Path, output: str) -> Path:
        """Return where an output with certain bytes in a certain place is noted."""
        return _entry_in(self.folder, name, output)

    def key(self, sha256: str, source: Path, choices: Choices) -> str:
        """Return the hash of all that decides what becomes of a photo."""
        regions = [region.model_dump(mode="json") for region in regions_about(self.policy, source)]
        chosen = None if choices is None else [asdict(choice) for choice in choices.get(sha256, ())]
        return _hash(json.dumps([self.made_by, sha256, regions, chosen]).encode())


def opened_or_none(out: str, settings: Settings) -> Journal | None:
    """Return the journal of an output folder; None if it cannot be kept, and so nothing there counts as ours."""
    try:
        return Journal.open(out, settings)
    except (OutputNotWritable, ModelError):  # each photo says so of the models
        return None


def is_output(path: Path, folder: Path) -> bool:
    """Whether a file somewhere below a folder is an output of an earlier run into one of its subfolders, unchanged.

    Args:
        path: The file.
        folder: What is walked through. Its own outputs do not count: who names a folder of outputs means them.
    """
    for out in path.parents:
        if out == folder or not out.is_relative_to(folder):
            return False
        kept = _folder_of(str(out))
        try:
            if not kept.is_dir() or path.is_symlink():
                continue
            if _entry_in(kept, path.relative_to(out), hash_of_file(path, max_bytes=MAX_HASHED)).is_file():
                return True
        except OSError:  # whatever cannot be read is no output of ours
            return False
    return False


def _folder_of(out: str) -> Path:
    """Return where the journal of an output folder is kept."""
    return state_folder() / "journal" / _hash(os.fsencode(os.path.normcase(os.path.realpath(out))))


def _entry_in(folder: Path, name: Path, output: str) -> Path:
    """Return the file of a journal about an output."""
    return folder / f"{_hash(os.fsencode(name.as_posix()) + output.encode())}{ENTRY}"


@cache
def _results() -> TypeAdapter[PhotoResult]:
    """Return what turns outcomes into plain values and back."""
    results = TypeAdapter(PhotoResult)
    results.rebuild(_types_namespace={"Path": Path, "Mapping": Mapping})
    return results


def _without_names(result: PhotoResult) -> PhotoResult:
    """Return an outcome as far as it is remembered: no path, and nothing that tells one face from another."""
    decisions = tuple(replace(each, face=replace(each.face, landmarks=None)) for each in result.decisions)
    return replace(result, source=Path(), output=None, decisions=decisions)


def _made_by(settings: Settings) -> str:
    whole = settings.model_dump(mode="json")
    del whole["policy"]["regions"], whole["write"]
    shape = _results().json_schema()  # what a version in the making wrote in another shape is as good as not there
    return _hash(json.dumps([versions(), shape, whole, dict(model_hashes())], sort_keys=True).encode())


def versions() -> dict[str, str | None]:
    """Return the versions of blurkit and of what runs its models; None for a package that is not there."""
    return {"blurkit": __version__} | {name: _installed(name) for name in RUNTIMES + IN_EXTRAS}


def _installed(name: str) -> str | None:
    """Return the version of a package, or None if it is not there."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
