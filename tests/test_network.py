"""No byte leaves the machine: a whole run is traced for network system calls, by us and by every dependency."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.clusters import cluster
from tests.end_to_end.process import ROOT, small

LOCAL = {"AF_UNIX", "AF_LOCAL", "AF_UNSPEC"}
MUTED_IN_TESTS = ("CI", "ORT_", "GITHUB_ACTIONS", "TF_BUILD", "BUILD_BUILDID", "JENKINS", "PYTEST")
"""Variables that keep onnxruntime from sending events, and would blind this test."""
LINGER = """
import time
import blurkit.pipeline
real = blurkit.pipeline.write
def write(*arguments, **options):
    real(*arguments, **options)
    time.sleep(12)
blurkit.pipeline.write = write
"""
"""onnxruntime 1.32 waits eight seconds before it sends its first events, and a process that ends sends none."""


def traces():
    """Whether strace is here and may trace."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not traces(), reason="strace is not installed, or may not trace here")


def network_calls(*command, faults="", code=0):
    """Run a command, and return its system calls that are about any network but local sockets."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        (Path(folder) / "sitecustomize.py").write_text(faults)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(MUTED_IN_TESTS)}
        done = subprocess.run(
            ["strace", "-f", "-qq", "-e", "trace=network", "-o", log, sys.executable, *map(str, command)],
            env={**kept, "PYTHONPATH": os.pathsep.join([folder, str(ROOT)])},
            capture_output=True,
            timeout=240,
        )
        assert done.returncode == code, done.stderr.decode()
        return [line for line in log.read_text().splitlines() if set(re.findall(r"\bAF_\w+", line)) - LOCAL]


@pytest.mark.model
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_whole_run_makes_no_network_call(jobs, tmp_path):
    for name in ("a.jpg", "b.jpg")[: int(jobs)]:
        small(tmp_path, f"in/{name}", width=160)
    command = ("-m", "blurkit", "run", tmp_path / "in", "--out", tmp_path / "out", "--jobs", jobs)
    assert network_calls(*command, faults=LINGER) == []
    assert len(list((tmp_path / "out").iterdir())) == int(jobs)


@pytest.mark.model
def test_a_review_talks_to_this_machine_only(tmp_path):
    small(tmp_path, "in/a.jpg", width=160)
    calls = network_calls("-m", "blurkit", "review", tmp_path / "in", "--no-browser", "--idle", "0.01", "--jobs", "1")
    addressed = [call for call in calls if "sin_addr" in call]
    assert addressed
    assert [call for call in addressed if 'inet_addr("127.0.0.1")' not in call] == []
    assert [call for call in calls if "AF_INET6" in call or "connect(" in call] == []


def test_a_run_on_a_cluster_talks_to_its_scheduler_only(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(b"\xff\xd8\xff no photo")  # so that no worker opens its models
    with cluster(1) as running:
        address = running.scheduler_address
        run = ("-m", "blurkit", "run", tmp_path / "in", "--out", tmp_path / "out", "--executor", "dask")
        calls = network_calls(*run, "--scheduler", address, code=7)
    addressed = [call for call in calls if "sin_addr" in call]
    assert [call for call in addressed if f"htons({address.split(':')[-1]})" in call and "connect(" in call]
    assert [call for call in addressed if 'inet_addr("127.0.0.1")' not in call] == []
    assert [call for call in calls if "AF_INET6" in call or "bind(" in call or "listen(" in call] == []


@pytest.mark.parametrize(
    "call",
    [
        "s.socket(s.AF_INET, s.SOCK_DGRAM).connect(('127.0.0.1', 9))",
        "s.socket(s.AF_INET6, s.SOCK_STREAM)",
        "s.getaddrinfo('localhost.invalid', 80)",
        "import threading; t = threading.Thread(target=s.socket); t.start(); t.join()",
        "import os; os.fork() or s.socket(); os.wait()",
    ],
)
def test_the_trace_would_show_one(call):
    assert network_calls("-c", f"import contextlib, socket as s\nwith contextlib.suppress(OSError):\n    {call}")


def test_local_sockets_are_no_network():
    assert network_calls("-c", "import socket; socket.socketpair(); socket.socket(socket.AF_UNIX)") == []
