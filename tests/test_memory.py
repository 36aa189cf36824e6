"""Freed memory is kept for the next photo."""

import ctypes
import platform
import subprocess
import sys

import pytest

from blurkit import memory

ON_GLIBC = sys.platform == "linux" and platform.libc_ver()[0] == "glibc"

FAULTS = """
import resource, sys
from blurkit.memory import keep_freed_memory
if sys.argv[1] == "keep":
    assert keep_freed_memory()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    bytes(bytearray(8_000_000))
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def page_faults(way):
    done = subprocess.run([sys.executable, "-c", FAULTS, way], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not ON_GLIBC, reason="only glibc lets a program keep what it freed")
def test_a_page_is_handed_out_once_and_not_for_every_photo():
    assert page_faults("keep") < page_faults("give back") / 4


def test_on_other_systems_nothing_is_set(monkeypatch):
    monkeypatch.setattr(memory.sys, "platform", "darwin")
    assert not memory.keep_freed_memory()


def test_another_c_library_is_no_error(monkeypatch):
    monkeypatch.setattr(memory.sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert not memory.keep_freed_memory()
