"""What works on this machine: models, libraries and formats, each tried."""

from __future__ import annotations

import io
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from blurkit import weights
from blurkit.batch import available_cpus
from blurkit.errors import BlurkitError

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = ("opencv-python-headless", "mediapipe", "onnxruntime", "numpy", "pillow", "pillow-heif", "typer")
"""Libraries whose version matters."""

WRITTEN = ("JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF", "HEIF", "AVIF")
"""Formats by Pillow's names."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried."""

    name: str
    """What."""
    works: bool
    """Whether it works."""
    detail: str
    """Version, or what is wrong."""


def examine() -> Iterator[Finding]:
    """Try everything blurkit needs, and yield what came of it."""
    system = f"{platform.system()} {platform.machine()}, {available_cpus()} processors"
    yield Finding("python", works=True, detail=f"{platform.python_version()} on {system}")
    for package in PACKAGES:
        try:
            yield Finding(package, works=True, detail=version(package))
        except PackageNotFoundError:
            optional = package == "mediapipe"
            yield Finding(package, works=optional, detail="not installed" + ("; CenterFace works alone" * optional))
    try:
        for name in weights.model_hashes():
            yield _model(name)
    except BlurkitError as error:
        yield Finding("models", works=False, detail=str(error))
    yield from map(_format, WRITTEN)


def _model(name: str) -> Finding:
    try:
        weights.model_path(name)
    except BlurkitError as error:
        return Finding(f"model {name}", works=False, detail=str(error))
    return Finding(f"model {name}", works=True, detail="unaltered")


def _format(name: str) -> Finding:
    from PIL import Image
    from pillow_heif import register_heif_opener

    register_heif_opener()
    try:
        buffer = io.BytesIO()
        Image.new("RGB", (64, 64), "gray").save(buffer, name)
        Image.open(io.BytesIO(buffer.getvalue()), formats=[name]).load()
    except Exception as error:  # a codec that is not there says so in many ways
        return Finding(name, works=False, detail=str(error) or type(error).__name__)
    return Finding(name, works=True, detail="read and written")
