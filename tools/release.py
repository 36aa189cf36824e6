"""Builds what is released, twice, and compares: `python -m tools.release --out dist`. Nothing is published from here.

Wheel and source distribution must be the same bytes from any machine, so that whoever builds the same commit can tell
that ours holds nothing else. Beside them stand their SHA256 sums.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Build, compare, and say what was built."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the files")
    out = parser.parse_args().out
    sums = built(out)
    with tempfile.TemporaryDirectory() as again:
        differing = differences(sums, built(Path(again)))
    if differing:
        sys.exit(f"two builds differ: {', '.join(differing)}")
    lines = [f"{sha256}  {name}" for name, sha256 in sorted(sums.items())]
    (out / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def built(out: Path) -> dict[str, str]:
    """Build wheel and source distribution into a folder, and return the hash of each by its name."""
    subprocess.run([sys.executable, "-m", "build", "--outdir", out, ROOT], check=True, stdout=subprocess.DEVNULL)
    files = [*out.glob("blurkit-*.whl"), *out.glob("blurkit-*.tar.gz")]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """Return the names of files that only one build has, or that differ."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


if __name__ == "__main__":
    main()
