"""Spawned processes, each with one piece of work at a time."""

import os
import signal
import time
from pathlib import Path

import pytest

from blurkit.machine import workers
from blurkit.machine.workers import in_processes


def double(number):
    time.sleep(0.05 * (number % 3))
    return 2 * number


def die_on_three(number):
    if number == 3:
        os._exit(9)
    return number


def die_once(path):
    """Die when first called with a path: what a lack of memory does that is over when one is alone."""
    mark = Path(path)
    if mark.name == "deadly" and not mark.exists():
        mark.touch()
        os._exit(9)
    return mark.name


def fail(number):
    raise ValueError(f"no {number}")


def interrupted(_):
    """Return what Ctrl-C does in a worker."""
    os.kill(os.getpid(), signal.SIGINT)
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def name_of_process(_):
    time.sleep(0.2)
    return os.getpid()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_a_process_starts_comes_when_it_has_started(stop):
    started = []

    def start():
        with workers._interrupts_held():
            signal.raise_signal(stop)
            started.append(stop)

    before = signal.signal(stop, signal.default_int_handler)  # a shell's background ignores Ctrl-C
    try:
        with pytest.raises(KeyboardInterrupt):
            start()
        assert signal.getsignal(stop) is signal.default_int_handler
    finally:
        signal.signal(stop, before)
    assert started == [stop]


def test_results_come_in_order():
    assert list(in_processes(double, range(7), 2)) == [0, 2, 4, 6, 8, 10, 12]


def test_work_is_shared_by_so_many_processes():
    pids = set(in_processes(name_of_process, range(6), 2))
    assert len(pids) == 2
    assert os.getpid() not in pids


def test_no_work_starts_no_process():
    assert list(in_processes(double, [], 2)) == []


def test_a_piece_that_kills_its_process_twice_has_no_result_and_the_rest_has():
    assert list(in_processes(die_on_three, range(6), 2)) == [0, 1, 2, None, 4, 5]


def test_a_piece_whose_process_died_once_is_done_again(tmp_path):
    pieces = [str(tmp_path / name) for name in ("a", "deadly", "b", "c")]
    assert list(in_processes(die_once, pieces, 2)) == ["a", "deadly", "b", "c"]


def test_what_work_raises_is_raised():
    with pytest.raises(ValueError, match="no 0"):
        list(in_processes(fail, range(3), 1))


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_workers_leave_an_interrupt_to_their_parent():
    assert list(in_processes(interrupted, range(2), 2)) == [True, True]


def test_a_reader_that_stops_early_leaves_no_process():
    results = in_processes(double, range(50), 2)
    assert next(results) == 0
    results.close()
