"""Says whether a dependency that is capped may be newer: `python -m tools.check_caps`. Linux only, with strace.

MediaPipe and ONNX Runtime are capped, since newer ones send something over the network. For each, the newest is put
into an empty environment, and a run is traced: without a network call, the cap can go. Needs the package index.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import tomllib
import venv
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]

LOCAL = {"AF_UNIX", "AF_LOCAL", "AF_UNSPEC", "AF_NETLINK"}
"""Families of sockets that do not leave the computer."""

RUN = """
import sys, time, blurkit
with blurkit.Blurrer() as blurrer:
    assert blurrer.run(sys.argv[1], out=sys.argv[2]).exit_code == 0
    time.sleep(30)
"""
"""A run that goes on for a while: events are sent some seconds after the start, and none by a process that ends."""

MUTES = ("CI", "ORT_", "GITHUB_ACTIONS", "TF_BUILD", "BUILD_BUILDID", "JENKINS")
"""Beginnings of variables that keep a library from sending, and would hide that it does."""


def main() -> None:
    """Try every cap, and end with 1 if one can go."""
    can_go = False
    for requirement in capped((ROOT / "pyproject.toml").read_text(encoding="utf-8")):
        with tempfile.TemporaryDirectory() as work:
            version, calls = tried(requirement, Path(work))
        can_go |= not calls
        verdict = "the cap stays" if calls else "the cap can go, if its reason in pyproject.toml is gone, too"
        print(f"{requirement.name} {version}: {len(calls)} network calls; {verdict}")
        print("".join(f"  {call}\n" for call in calls[:3]), end="")
    sys.exit(int(can_go))


def capped(pyproject: str) -> list[Requirement]:
    """Return the dependencies that may not be newer than some version, without their markers."""
    wanted = [Requirement(line) for line in tomllib.loads(pyproject)["project"]["dependencies"]]
    return [each for each in wanted if any(part.operator in ("<", "<=") for part in each.specifier)]


def tried(requirement: Requirement, work: Path) -> tuple[str, list[str]]:
    """Run blurkit with the newest of a dependency, and return its version and the network calls of the run."""
    venv.create(work / "env", with_pip=True)
    python = work / "env" / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "-qq"]
    subprocess.run([*pip, str(ROOT)], check=True)
    subprocess.run([*pip, "--upgrade", requirement.name], check=True)
    ask = f"import importlib.metadata; print(importlib.metadata.version({requirement.name!r}))"
    version = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout.strip()
    log = work / "log"
    trace = ["strace", "-f", "-qq", "-e", "trace=network", "-o", str(log)]
    heard = {name: value for name, value in os.environ.items() if not name.startswith(MUTES)}
    photo, out = ROOT / "samples" / "phone.jpg", work / "safe.jpg"
    subprocess.run([*trace, python, "-c", RUN, photo, out], cwd=work, env=heard, check=True, capture_output=True)
    return version, network_calls(log.read_text(errors="replace"))


def network_calls(log: str) -> list[str]:
    """Return the lines of a trace that are about sockets which may leave the computer."""
    return [line for line in log.splitlines() if set(re.findall(r"\bAF_\w+", line)) - LOCAL]


if __name__ == "__main__":
    main()
