"""A crash leaves no copy of the memory, in the command, in its workers, and in a program that uses the library."""

import ctypes
import os
import resource
import subprocess
import sys

import pytest

from blurkit.machine import crash
from tests.end_to_end.process import ROOT, blurkit, small

PR_GET_DUMPABLE = 3
STATE = """
import ctypes, os, resource
def note(*_, **__):
    said = resource.getrlimit(resource.RLIMIT_CORE)[0], ctypes.CDLL(None).prctl({get}, 0, 0, 0, 0)
    with open({path!r}, "a") as file:
        file.write(f"{{os.getpid()}} {{said}}\\n")
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what a crash would leave")


def unlimited():
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@pytest.mark.model
@linux
@pytest.mark.parametrize(
    ("words", "processes"),
    [(("run", "--jobs", "1"), 1), (("run", "--jobs", "2"), 2), (("audit", "--jobs", "2"), 2), (("detect",), 1)],
    ids=lambda words: "-".join(words) if isinstance(words, tuple) else "",
)
def test_no_process_with_pixels_dumps_its_memory(tmp_path, words, processes):
    small(tmp_path / "in", "a.jpg", width=160)
    small(tmp_path / "in", "b.jpg", width=160)
    noted = tmp_path / "noted"
    plant = STATE.format(get=PR_GET_DUMPABLE, path=str(noted)) + (
        "import blurkit.load as load\n"
        "def decode(*given, _decode=load.decode, **more):\n    note()\n    return _decode(*given, **more)\n"
        "load.decode = decode\n"
    )
    command, *options = words
    out = ["--out", tmp_path / "out"] if command == "run" else []
    done = blurkit(command, tmp_path / "in", *out, *options, "--detector", "mediapipe", faults=plant)
    assert done.code in (0, 8), done.err
    lines = noted.read_text().splitlines()
    assert {line.split(" ", 1)[1] for line in lines} == {"(0, 0)"}
    assert len({line.split()[0] for line in lines}) <= max(processes, 2)


@linux
def test_a_process_that_crashes_dumps_nothing(tmp_path):
    def crashed(before):
        code = f"import os\n{before}\nos.abort()"
        done = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=environment, preexec_fn=unlimited)
        _, status = os.waitpid(done.pid, 0)
        done.returncode = os.waitstatus_to_exitcode(status)
        return os.WCOREDUMP(status), list(tmp_path.iterdir())

    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    if not crashed("")[0]:
        pytest.skip("this system writes no core dump of any process")
    for left in tmp_path.iterdir():
        left.unlink()
    assert crashed("from blurkit.machine.crash import forbid_core_dumps; forbid_core_dumps()") == (False, [])


@pytest.mark.model
@linux
def test_a_program_that_opens_a_blurrer_dumps_nothing(tmp_path):
    plant = STATE.format(get=PR_GET_DUMPABLE, path=str(tmp_path / "noted"))
    code = f"{plant}\nimport blurkit\nwith blurkit.Blurrer():\n    note()"
    subprocess.run([sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, timeout=120)
    assert (tmp_path / "noted").read_text().endswith(" (0, 0)\n")


@linux
@pytest.mark.parametrize("module", ["blurkit.audit.videos", "blurkit.encode.coefficients"])
def test_a_process_of_another_decoder_dumps_nothing(tmp_path, module):
    """They are programs of their own, for which the setting of Linux has to be made again."""
    plant = STATE.format(get=PR_GET_DUMPABLE, path=str(tmp_path / "noted"))
    code = f"{plant}\nimport atexit, runpy\natexit.register(note)\nrunpy.run_module({module!r}, run_name='__main__')"
    command = [sys.executable, "-c", code]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    subprocess.run(command, env=environment, input=b"", capture_output=True, timeout=120)
    assert (tmp_path / "noted").read_text().endswith(" (0, 0)\n")


def test_windows_writes_no_report_of_a_fault(monkeypatch):
    class Windows:
        mode = 0x8000

        def GetErrorMode(self):
            return self.mode

        def SetErrorMode(self, mode):
            self.mode = mode

    windows = Windows()
    monkeypatch.setattr(crash.sys, "platform", "win32")
    monkeypatch.setattr(ctypes, "windll", type("Libraries", (), {"kernel32": windows}), raising=False)
    crash.forbid_core_dumps()
    assert windows.mode == 0x8003
