"""A small HTTP service for programs on this computer: one photo in, one safe photo out, nothing stored.

`POST /photo` takes the bytes of a photo and answers with those of a file that passed all its checks, or with what is
wrong, as JSON. A page in a browser cannot use it: requests that come from one, or under another name of this host, are
refused.
"""

from __future__ import annotations

import asyncio
import queue
import secrets
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from blurkit import batch
from blurkit.batch.collect import SNIFF_BYTES
from blurkit.batch.limit import lost, seconds_for_size
from blurkit.errors import BlurkitError, ExitCode, OutputNotWritable, PhotoTooLarge, PhotoTooSlow, UnsupportedFormat
from blurkit.machine.connections import Brisk
from blurkit.machine.workers import Lost, Standing
from blurkit.outcomes import PhotoFailure, SafeFile, bug, failure
from blurkit.picture.formats import sniff
from blurkit.records import Action, Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

    from blurkit.pipeline import Blurrer
    from blurkit.settings import Settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
"""Addresses that only this computer reaches."""

NAME = "photo"
"""What a photo is called in messages; the name of a child in a file's name goes nowhere."""

STATUS = {PhotoTooLarge: 413, UnsupportedFormat: 415, PhotoTooSlow: 504}
"""Answers to what has one of its own."""

UNREADABLE, OUR_FAULT, BUSY = 422, 500, 503
"""Answers to a photo that cannot be made safe, to a fault of this computer or of blurkit, and when too many wait."""

TOO_SLOW, ARRIVES = 408, 60.0
"""The answer to a photo that does not arrive in so many seconds: it would keep others waiting."""

WAITING = 8
"""Photos that may wait for each one that is processed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serve:
    """How a service was asked for."""

    host: str = "127.0.0.1"
    """The address that is listened on."""
    port: int = 8400
    """Its port; 0 for any that is free."""
    key: str | None = None
    """What programs must send as `Authorization: Bearer KEY`; None to let every program of this computer use it."""
    jobs: int = 1
    """Photos at a time, each in a process of its own."""
    timeout: float | None = 60.0
    """Seconds that a photo of ordinary size may take; None for no limit."""
    max_bytes: int = 50 << 20
    """Largest photo, in bytes."""


class Service:
    """The processes that make photos safe, and the application that hands photos to them."""

    def __init__(self, wanted: Serve, settings: Settings) -> None:
        """Start nothing yet; each process starts with its first photo, and again if a photo has ended it."""
        self._wanted, self._left = wanted, wanted.jobs * (1 + WAITING)
        self._idle: queue.SimpleQueue[Standing[bytes, SafeFile | PhotoFailure]] = queue.SimpleQueue()
        self._processes = ExitStack()
        for _ in range(wanted.jobs):
            process = Standing(partial(_made_safe, settings=settings), prepare=partial(_open, settings))
            self._processes.callback(process.close)
            self._idle.put(process)
        routes = [Route("/photo", self._photo, methods=["POST"]), Route("/health", _health, methods=["GET"])]
        self.app: ASGIApp = Starlette(routes=routes)

    async def _photo(self, request: Request) -> Response:
        """Answer with a safe photo, or with what is wrong."""
        if self._left <= 0:
            return JSONResponse(_words("busy", "too many photos wait"), BUSY, {"retry-after": "5"})
        self._left -= 1
        try:
            async with asyncio.timeout(ARRIVES):
                data = await self._body(request)
            made = data if isinstance(data, PhotoFailure) else await run_in_threadpool(self._do, data)
        except ClientDisconnect:
            return Response(status_code=UNREADABLE)
        except TimeoutError:
            late = _words("too_slow", f"the photo did not arrive in {ARRIVES:g} seconds", "send it again")
            return JSONResponse(late, TOO_SLOW, {"connection": "close"})
        finally:
            self._left += 1
        return _refusal(made) if isinstance(made, PhotoFailure) else _safe(made)

    async def _body(self, request: Request) -> bytes | PhotoFailure:
        """Return the bytes that were sent; those of no photo, or of one too large, are not waited for."""
        data = bytearray()
        async for part in request.stream():
            data += part
            if len(data) > self._wanted.max_bytes:
                error = PhotoTooLarge(f"is larger than {self._wanted.max_bytes >> 20} MB", hint="make it smaller")
                return failure(Path(NAME), error, stage=Stage.LOAD)
            if len(data) >= SNIFF_BYTES and sniff(bytes(data[:SNIFF_BYTES])) is None:
                break  # the pipeline says what it is
        return bytes(data)

    def _do(self, data: bytes) -> SafeFile | PhotoFailure:
        process = self._idle.get()
        try:
            made = process.do(data, seconds_for_size(len(data), self._wanted.timeout))
        finally:
            self._idle.put(process)
        return lost(Path(NAME), made, self._wanted.timeout) if isinstance(made, Lost) else made

    def close(self) -> None:
        """End the processes."""
        self._processes.close()


class Guard:
    """Lets through only programs that know the key, if there is one, and no page of a browser."""

    def __init__(self, app: ASGIApp, names: frozenset[str], key: str | None) -> None:
        """Guard an application.

        Args:
            app: The application.
            names: What a request without a key may call this host: a page that made a name of its own point here is
                told by that.
            key: What must be sent along; None for nothing.
        """
        self._app, self._names, self._key = app, names, key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on."""
        if scope["type"] == "http":
            await (self._refused(Request(scope)) or self._app)(scope, receive, send)

    def _refused(self, request: Request) -> Response | None:
        headers = request.headers
        if self._key is None and headers.getlist("host") not in [[name] for name in self._names]:
            return JSONResponse(_words("refused", "ask by the address that is listened on"), 403)
        if "origin" in headers or "sec-fetch-site" in headers:
            return JSONResponse(_words("refused", "pages of a browser may not ask"), 403)
        sent = headers.get("authorization", "")
        if self._key is None or secrets.compare_digest(sent.encode(), f"Bearer {self._key}".encode()):
            return None
        return JSONResponse(_words("refused", "the key is missing or wrong"), 401, {"www-authenticate": "Bearer"})


def serve(wanted: Serve, settings: Settings, *, ready: Callable[[str], object] = lambda address: None) -> None:
    """Serve until interrupted.

    Args:
        wanted: How.
        settings: What the user chose.
        ready: Is told the address.

    Raises:
        OutputNotWritable: The port is taken, or may not be listened on.
    """
    try:
        listener = socket.create_server(
            (wanted.host, wanted.port), family=socket.AF_INET6 if ":" in wanted.host else socket.AF_INET
        )
    except OSError as fault:
        why = f"cannot be listened on: {fault.strerror or fault}"
        raise OutputNotWritable(why, path=f"{wanted.host}:{wanted.port}", hint="choose another --port") from fault
    port, service = listener.getsockname()[1], Service(wanted, settings)
    names = frozenset(f"[{host}]:{port}" if ":" in host else f"{host}:{port}" for host in LOOPBACK)
    guard = Guard(service.app, names, wanted.key)
    config = uvicorn.Config(
        guard,
        access_log=False,
        log_level="critical",
        lifespan="off",
        ws="none",
        http=Brisk,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    try:
        ready(f"http://{wanted.host}:{port}/")
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        listener.close()
        service.close()


async def _health(request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _safe(made: SafeFile) -> Response:
    covered = sum(decision.judgement.action is Action.COVER for decision in made.result.decisions)
    headers = {
        "x-blurkit-status": made.result.status.value,
        "x-blurkit-covered": str(covered),
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }
    return Response(made.data, media_type=f"image/{made.format.value}", headers=headers)


def _refusal(failed: PhotoFailure) -> Response:
    ours = failed.kind.exit_code in (ExitCode.BUG, ExitCode.MODEL, ExitCode.OUTPUT)
    status = next((code for kind, code in STATUS.items() if issubclass(failed.kind, kind)), UNREADABLE)
    return JSONResponse(_words(failed.word, failed.error, failed.hint), OUR_FAULT if ours else status)


def _words(error: str, message: str, hint: str | None = None) -> dict[str, str | None]:
    return {"error": error, "message": message, "hint": hint}


def _open(settings: Settings) -> Blurrer:
    return batch.blurrer_of(settings, 1, None)


def _made_safe(data: bytes, *, settings: Settings) -> SafeFile | PhotoFailure:
    try:
        return _open(settings).run_bytes(data, name=NAME)
    except BlurkitError as error:
        return failure(Path(NAME), error, stage=Stage.DETECT)
    except Exception as error:
        return bug(Path(NAME), f"a fault of blurkit: {type(error).__name__}", hint="report it, without the photo")
