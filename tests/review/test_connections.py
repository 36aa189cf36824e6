"""Connections that send half a request, or nothing, keep nobody from the page."""

import socket
import time

import pytest

from blurkit.machine import connections
from tests.end_to_end.process import wait_until
from tests.review.caller import Caller
from tests.review.serving import copies, serving

HALVES = {
    "nothing": b"",
    "half a header": b"GET /api/state HTTP/1.1\r\nHost:",
    "half a body": b"POST /api/edit HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
    b"Cookie: {cookie}\r\nContent-Length: 500\r\n\r\n{",
    "one and a half": b"GET / HTTP/1.1\r\nHost: {host}\r\n\r\nGET / HTTP/1.1\r\nHost:",
}


@pytest.fixture
def call(tmp_path):
    with serving(copies(tmp_path / "in", "a.jpg"), scale=600 / 1024) as (server, review):
        wait_until(lambda: review.work.done and not review.work.is_busy)
        call = Caller(server.door)
        call.enter()
        yield call


def half_open(call, half, number):
    sent = HALVES[half].replace(b"{host}", call.host.encode()).replace(b"{cookie}", call.cookie.encode())
    made = []
    for _ in range(number):
        made.append(socket.create_connection((call.url.hostname, call.url.port), timeout=30))
        made[-1].sendall(sent)
    return made


def is_ended(connection):
    try:
        connection.setblocking(False)
        while connection.recv(10_000):
            pass
        return True
    except BlockingIOError:
        return False
    except OSError:
        return True


@pytest.mark.parametrize("half", HALVES)
def test_half_a_request_is_not_waited_for(call, monkeypatch, half):
    monkeypatch.setattr(connections, "SECONDS", 0.3)
    opened = half_open(call, half, 5)
    wait_until(lambda: all(is_ended(each) for each in opened))
    assert call("/api/state").status == 200
    for each in opened:
        each.close()


@pytest.mark.parametrize("half", HALVES)
def test_of_many_connections_the_silent_ones_go_first(call, monkeypatch, half):
    monkeypatch.setattr(connections, "MOST", 10)
    monkeypatch.setattr(connections, "SECONDS", 600)  # so it is not patience that ends them
    opened = half_open(call, half, 30)
    assert call("/api/state").status == 200
    wait_until(lambda: sum(map(is_ended, opened)) >= 15)
    assert call("/api/state").status == 200
    for each in opened:
        each.close()


def test_a_connection_that_asks_again_and_again_is_kept(call, monkeypatch):
    monkeypatch.setattr(connections, "SECONDS", 0.4)
    with socket.create_connection((call.url.hostname, call.url.port), timeout=30) as kept:
        for _ in range(4):
            kept.sendall(f"GET /api/about HTTP/1.1\r\nHost: {call.host}\r\nCookie: {call.cookie}\r\n\r\n".encode())
            time.sleep(0.2)
            assert kept.recv(100_000).startswith(b"HTTP/1.1 200")
