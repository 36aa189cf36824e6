"""Spawned processes, each with one piece of work at a time."""

import multiprocessing
import os
import pickle
import signal
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from blurkit.machine import ahead, spawning, workers
from blurkit.machine.workers import Lost, in_processes


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


def hang_on_one(number):
    """Hang as native code does: no signal but the last is heeded."""
    if number == 1:
        signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
        time.sleep(600)
    return number


def die():
    os._exit(9)


def sleep_long():
    time.sleep(600)


def fail(number):
    raise ValueError(f"no {number}")


def interrupted(_):
    """Return what Ctrl-C does in a worker."""
    os.kill(os.getpid(), signal.SIGINT)
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def write_slowly(path):
    """Write `b` slowly; `a` ends when that has begun."""
    begun = path.with_name("begun")
    if path.name == "b":
        begun.touch()
        time.sleep(1)
        path.write_text("whole")
    while not begun.exists():
        time.sleep(0.01)


def note_process(path):
    Path(path).write_text(str(os.getpid()))


def name_of_process(_):
    time.sleep(0.2)
    return os.getpid()


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_while_a_process_starts_comes_when_it_has_started(stop):
    started = []

    def start():
        with spawning.interrupts_held():
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
    assert list(in_processes(die_on_three, range(6), 2)) == [0, 1, 2, Lost.DIED, 4, 5]


def test_a_piece_whose_process_died_once_is_done_again(tmp_path):
    pieces = [str(tmp_path / name) for name in ("a", "deadly", "b", "c")]
    assert list(in_processes(die_once, pieces, 2)) == ["a", "deadly", "b", "c"]


def test_what_work_raises_is_raised():
    with pytest.raises(ValueError, match="no 0"):
        list(in_processes(fail, range(3), 1))


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_a_process_that_cannot_be_started_is_told_by_its_own_fault():
    with pytest.raises((AttributeError, pickle.PicklingError), match="pickle"):
        list(in_processes(lambda number: number, [1], 1))


def test_workers_leave_an_interrupt_to_their_parent():
    assert list(in_processes(interrupted, range(2), 2)) == [True, True]


def test_a_reader_that_stops_early_leaves_no_process():
    results = in_processes(double, range(50), 2)
    assert next(results) == 0
    results.close()


POSIX = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")


@POSIX
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_piece_that_hangs_is_ended_and_the_rest_goes_on(jobs):
    limit = {1: 0.3}
    results = in_processes(hang_on_one, range(5), jobs, seconds=lambda number: limit.get(number, 600))
    assert list(results) == [0, Lost.LATE, 2, 3, 4]
    assert not multiprocessing.active_children()


def test_getting_ready_does_not_count_as_time_of_a_piece():
    assert list(in_processes(double, range(2), 1, seconds=lambda _: 0.2, prepare=partial(time.sleep, 1))) == [0, 2]


def test_a_process_that_dies_before_its_first_piece_is_not_started_for_ever():
    assert list(in_processes(double, range(2), 1, prepare=die)) == [Lost.DIED, Lost.DIED]


def test_a_process_that_never_gets_ready_is_given_up(monkeypatch):
    monkeypatch.setattr(workers, "START_SECONDS", 0.5)
    assert list(in_processes(double, range(2), 2, prepare=sleep_long)) == [Lost.LATE, Lost.LATE]


@POSIX
def test_no_more_is_waited_for_once_it_is_not_wanted(monkeypatch):
    monkeypatch.setattr(workers, "END_SECONDS", 0.2)
    stop = threading.Event()
    results = in_processes(hang_on_one, range(3), 1, stop=stop)
    assert next(results) == 0
    stop.set()
    assert list(results) == []
    assert not multiprocessing.active_children()


@POSIX
def test_ctrl_c_ends_a_piece_that_hangs(monkeypatch):
    monkeypatch.setattr(workers, "END_SECONDS", 0.2)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Timer(1.5, os.kill, [os.getpid(), signal.SIGINT]).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            list(in_processes(hang_on_one, [1], 1))
    finally:
        signal.signal(signal.SIGINT, before)
    assert not multiprocessing.active_children()


def test_work_under_way_ends_before_its_process_does(tmp_path):
    results = in_processes(write_slowly, [tmp_path / "a", tmp_path / "b"], 2)
    next(results)
    results.close()
    assert (tmp_path / "b").read_text() == "whole"


@POSIX
def test_the_interrupt_mask_of_another_thread_stays_as_it_was():
    masks = []

    def work():
        list(in_processes(double, [1], 1))
        masks.append(signal.pthread_sigmask(signal.SIG_BLOCK, ()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert masks == [set()]


def test_a_process_that_was_started_ahead_does_the_first_work_and_no_other(tmp_path):
    ahead.start_ahead(f"{__name__}:note_process", tmp_path / "first")
    pids = [*in_processes(name_of_process, [0], 1), *in_processes(name_of_process, [0], 1)]
    assert pids[0] == int((tmp_path / "first").read_text()) != pids[1]


@pytest.mark.parametrize("loads", ["nowhere:nothing", f"{__name__}:die"])
def test_a_process_that_was_started_ahead_in_vain_costs_no_work(loads):
    ahead.start_ahead(loads)
    assert list(in_processes(double, [1], 1)) == [2]


def test_a_process_that_was_started_ahead_ends_if_nobody_needs_it():
    ahead.start_ahead(f"{__name__}:sleep_long")
    (process,) = [started.process for started in ahead._ahead]
    ahead.end_ahead()
    assert not process.is_alive()
    assert list(in_processes(double, [1], 1)) == [2]


def test_work_that_cannot_be_sent_leaves_no_process_behind():
    with pytest.raises((AttributeError, pickle.PicklingError)):
        list(in_processes(lambda piece: piece, [1], 1))
    assert not multiprocessing.active_children()
