"""Nobody reads what is said, or its disk is full: photos are processed all the same, and no file takes the words."""

import os
import subprocess
import sys

import pytest

from tests.end_to_end.process import ROOT, files, small
from tests.end_to_end.test_kills import QUICK_FAKES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/dev/full and closed streams as Linux has them")


@pytest.fixture
def command(tmp_path):
    """Run a command through a shell that does something to its streams; gives its exit code and standard error."""
    small(tmp_path / "in", "a.jpg", width=200)
    small(tmp_path / "in", "b.jpg", width=200)
    (tmp_path / "faults").mkdir()
    (tmp_path / "faults" / "sitecustomize.py").write_text(QUICK_FAKES)
    variables = os.environ | {"PYTHONPATH": f"{tmp_path / 'faults'}:{ROOT}", "XDG_STATE_HOME": str(tmp_path / "state")}

    def run(words, streams):
        line = f'set -o pipefail; "{sys.executable}" -m blurkit {words} {streams}'
        done = subprocess.run(["bash", "-c", line], cwd=tmp_path, env=variables, capture_output=True, timeout=240)
        return done.returncode, done.stderr.decode()

    return run


@pytest.mark.parametrize("streams", ["2>/dev/full", "2>&-", "2>&1 | true", "0<&- 1>&- 2>&-"])
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_standard_error_that_nobody_reads_stops_nothing(command, tmp_path, streams, jobs):
    (tmp_path / "in" / "c.jpg").write_bytes(b"no photo")
    code, _ = command(f"run in --out out --jobs {jobs}", streams)
    assert code == 7
    assert files(tmp_path / "out") == ["a.jpg", "b.jpg"]
    assert all(path.read_bytes()[-2:] == b"\xff\xd9" for path in (tmp_path / "out").iterdir())


@pytest.mark.parametrize("streams", [">/dev/full", ">&-"])
@pytest.mark.parametrize("words", ["detect in --json --jobs 1", "audit in --jobs 1", "policy show", "--version"])
def test_standard_output_that_cannot_be_written_is_no_fault_of_ours(command, words, streams):
    code, said = command(words, streams)
    assert code == 5
    assert said.splitlines()[-1].startswith("error: standard output ")


@pytest.mark.parametrize("words", ["detect in --json --jobs 1", "audit in --json --jobs 1", "policy show"])
def test_a_reader_that_goes_away_is_not_complained_about(command, words):
    code, said = command(words, "| true")
    assert code in (0, 5, 8)  # what is short may fit into the pipe
    assert "fault" not in said
    assert "Traceback" not in said
