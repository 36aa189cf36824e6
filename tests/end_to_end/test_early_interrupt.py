"""Ctrl-C while the command still loads its modules ends it without a traceback."""

import signal
import sys

import pytest

from tests.end_to_end.process import start, wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals as Linux has them")

SLOW_IMPORT = """
import importlib.abc, sys, time
from pathlib import Path
class Slow(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == {name!r}:
            Path("loading").touch()
            time.sleep(60)
sys.meta_path.insert(0, Slow())
"""


@pytest.mark.parametrize("name", ["typer", "blurkit.cli.app", "pydantic", "blurkit.batch.collect"])
def test_it_ends_without_a_traceback(tmp_path, name):
    process = start("run", "nowhere", "--out", "out", folder=tmp_path, faults=SLOW_IMPORT.format(name=name))
    wait_until((tmp_path / "loading").exists)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in err
    assert out == b""
