"""Writes what is inside an installed blurkit, as CycloneDX: `python -m tools.sbom --python ENV/bin/python --out FILE`.

`cyclonedx-py` lists the packages. Added here are what it cannot see: the models, with their hash, licence and source,
and the libraries that wheels carry inside (x265, FFmpeg, OpenBLAS and others), with their hash and their wheel.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
MODELS = ROOT / "models"

LIBRARY = re.compile(r"(?P<name>lib[\w+]+?)(?:[-.][\w.-]*?)?\.(?:so|dylib|dll)(?P<version>[\d.]*)$")
"""A library as wheels carry it: `libx265-4883ecb5.so.217`."""


def main() -> None:
    """Write the bill of materials, and fail if it does not keep to its schema."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--python", required=True, help="Python of an environment that holds blurkit")
    parser.add_argument("--out", type=Path, required=True, help="file to write")
    asked = parser.parse_args()
    text = json.dumps(bill(asked.python), indent=2) + "\n"
    if (fault := why_invalid(text)) is not None:
        sys.exit(f"not valid CycloneDX: {fault}")
    asked.out.write_text(text, encoding="utf-8")
    print(f"{asked.out}: {text.count('bom-ref')} components")


def bill(python: str) -> dict[str, Any]:
    """Return the whole bill of materials of an environment."""
    words = ["-m", "cyclonedx_py", "environment", "--output-reproducible", "--of", "JSON", "--spec-version", "1.6"]
    words += ["--pyproject", str(ROOT / "pyproject.toml"), python]
    made = subprocess.run([sys.executable, *words], check=True, capture_output=True, text=True).stdout
    document: dict[str, Any] = json.loads(made)
    document["components"] += [*models(), *libraries(_packages(python))]
    return document


def models() -> Iterator[dict[str, Any]]:
    """Yield each model: a file that decides, with its licence and the package that it came from."""
    for name, facts in tomllib.loads((MODELS / "manifest.toml").read_text(encoding="utf-8"))["models"].items():
        component: dict[str, Any] = {
            "type": "machine-learning-model" if facts["file"].endswith((".onnx", ".tflite")) else "data",
            "bom-ref": f"model-{name}",
            "name": name,
            "description": facts["about"],
            "licenses": [{"license": {"id": facts["licence"]}}],
            "hashes": [{"alg": "SHA-256", "content": facts["sha256"]}],
        }
        if "package" in facts.get("source", {}):
            source = facts["source"]
            component["properties"] = [
                {"name": "blurkit:source", "value": f"{source['registry']}:{source['package']}@{source['version']}"}
            ]
        yield component


def libraries(packages: Path) -> Iterator[dict[str, Any]]:
    """Yield each library that a wheel carries in a folder of its own, `NAME.libs` on Linux and `.dylibs` on macOS."""
    for path in sorted([*packages.glob("*.libs/*"), *packages.glob("*/.dylibs/*")]):
        if (known := LIBRARY.match(path.name)) is None:
            continue
        wheel = path.parent.name.removesuffix(".libs") if path.parent.name != ".dylibs" else path.parent.parent.name
        component = {
            "type": "library",
            "bom-ref": f"{wheel}/{path.name}",
            "name": known["name"],
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}],
            "properties": [{"name": "blurkit:inside", "value": wheel}],
        }
        version = known["version"].strip(".")
        yield component | ({"version": version} if version else {})


def why_invalid(text: str) -> str | None:
    """Return what in a document is not CycloneDX 1.6; None if all of it is."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    return None if fault is None else str(fault)


def _packages(python: str) -> Path:
    ask = "import sysconfig; print(sysconfig.get_path('platlib'))"
    return Path(subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout.strip())


if __name__ == "__main__":
    main()
