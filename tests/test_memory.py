"""Freed memory is kept for the next photo."""

import ctypes
import platform
import subprocess
import sys

import pytest

from blurkit.machine import memory

ON_GLIBC = sys.platform == "linux" and platform.libc_ver()[0] == "glibc"

FAULTS = """
import resource, sys
from blurkit.machine.memory import keep_freed_memory
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


GROWTH = """
from blurkit.machine.memory import give_freed_memory_back, keep_freed_memory
def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
keep_freed_memory()
blocks = [bytes(bytearray(8_000_000)) for _ in range(20)]
last = bytes(bytearray(8_000_000))
del blocks
kept = resident()
give_freed_memory_back()
print(kept, resident())
"""

THIRD = """
after = [(give_freed_memory_back(every=3), resident())[1] for _ in range(3)]
print(*after)
"""


@pytest.mark.skipif(not ON_GLIBC, reason="only glibc gives back what lies below what is still used")
def test_what_a_photo_used_is_given_back_after_it():
    done = subprocess.run([sys.executable, "-c", GROWTH], capture_output=True, text=True, check=True)
    kept, left = map(int, done.stdout.split())
    assert left < kept / 3


@pytest.mark.skipif(not ON_GLIBC, reason="only glibc gives back what lies below what is still used")
def test_it_can_be_given_back_after_every_third_photo_only():
    code = GROWTH.replace("give_freed_memory_back()\nprint(kept, resident())", THIRD)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, second, third = map(int, done.stdout.split())
    assert first == second > 3 * third


@pytest.mark.skipif(not ON_GLIBC, reason="only glibc lets a program keep what it freed")
def test_a_page_is_handed_out_once_and_not_for_every_photo():
    assert page_faults("keep") < page_faults("give back") / 4


def test_on_other_systems_nothing_is_set(monkeypatch):
    monkeypatch.setattr(memory.sys, "platform", "darwin")
    assert not memory.keep_freed_memory()
    memory.give_freed_memory_back()


def test_another_c_library_is_no_error(monkeypatch):
    monkeypatch.setattr(memory.sys, "platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    assert not memory.keep_freed_memory()
    memory.give_freed_memory_back()
