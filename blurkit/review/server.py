"""The web server of the review page: for this machine, this browser and this session only."""

from __future__ import annotations

import secrets
import socket
import threading
import time
import webbrowser
from contextlib import suppress
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import uvicorn
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from blurkit.errors import OutputNotWritable
from blurkit.language import LANGUAGES, preferred, speak
from blurkit.machine.connections import Brisk
from blurkit.review import remember
from blurkit.review.door import Door
from blurkit.review.pages import Chooser, Pages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from blurkit.review.start import Prepared

HOST = "127.0.0.1"
"""The only address that is listened on."""

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""Sent with every response, refusals too."""


ENTRANCE = "/enter"
"""Where the file that the browser opens sends its ticket."""

INSIDE = """<!doctype html>
<html lang="en">
<title>blurkit review</title>
<link rel="icon" href="/static/icon.svg">
<meta http-equiv="refresh" content="0; url=/">
"""
"""Sends the browser on from a page of this host: a strict cookie is not sent along from another."""

CLOSED = "This page was closed, or opened a second time. Open the review again from blurkit."
"""What a browser is told that has no cookie."""

MAX_FORM = 1000
"""Bytes of the form with a ticket."""


class Guard:
    """Lets through only requests of a browser that came through the door, to this host, from this page."""

    def __init__(self, app: ASGIApp, port: int, language: str | None = None) -> None:
        """Guard an application that is reached at a port.

        Raises:
            OutputNotWritable: The file that lets the browser in cannot be written.
        """
        self._app = app
        self._language = language
        self._host = f"{HOST}:{port}"
        self._secret = secrets.token_urlsafe(32)
        self._cookie = f"blurkit-{port}"
        self.address = f"http://{self._host}/"
        self.door = Door(self.address + ENTRANCE.removeprefix("/"))
        self.last_use = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, trade a ticket for a cookie, or pass on."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        wanted = self._language or remember.liking()["language"]
        speak(wanted if wanted in LANGUAGES else preferred(request.headers.get("accept-language", "")))
        response = await self._enter(request) if scope["path"] == ENTRANCE else self._answer(request)
        if response is None:
            if scope["path"] != "/api/state":  # the page asks for that by itself
                self.last_use = time.monotonic()
            await self._app(scope, receive, send_safely)
        else:
            await response(scope, receive, send_safely)

    def speak(self, language: str) -> None:
        """Speak a language from now on; an empty one is what the browser asks for."""
        self._language = language or None

    def _answer(self, request: Request) -> Response | None:
        """Return what to answer at once; None to pass on."""
        headers = request.headers
        if headers.getlist("host") != [self._host] or not self._is_from_here(headers, request.method):
            return Response("refused", 403)
        return None if _same(self._sent(headers), self._secret) else Response(CLOSED, 403)

    async def _enter(self, request: Request) -> Response:
        """Trade a ticket for a cookie. It comes from a file, which is no page of this host, so that says nothing."""
        headers = request.headers
        is_ours = headers.getlist("host") == [self._host] and headers.get("origin", "null") == "null"
        if not is_ours or request.method != "POST":
            return Response("refused", 403)
        ticket = await _field(request, "ticket")
        if ticket is None or not self.door.takes(ticket):
            return Response(CLOSED, 403)
        response = Response(INSIDE, media_type="text/html")
        response.set_cookie(self._cookie, self._secret, path="/", httponly=True, samesite="strict")
        return response

    def _is_from_here(self, headers: Headers, method: str) -> bool:
        origin = headers.get("origin")
        if origin != f"http://{self._host}" and not (origin is None and method in ("GET", "HEAD")):
            return False
        return headers.get("sec-fetch-site", "none") in ("same-origin", "none")

    def _sent(self, headers: Headers) -> str:
        try:
            sent = SimpleCookie(headers.get("cookie", ""))
        except CookieError:
            return ""
        return sent[self._cookie].value if self._cookie in sent else ""


async def _field(request: Request, name: str) -> str | None:
    """Return a field of a short form; None if the form is long, broken off, or has it not exactly once."""
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > MAX_FORM:
                return None
    except ClientDisconnect:
        return None
    fields = parse_qs(body.decode("latin-1")).get(name, [])
    return fields[0] if len(fields) == 1 else None


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode(errors="replace"), wanted.encode())


class Server:
    """Serves one review until it is told to end, or nobody has used it for long."""

    def __init__(
        self,
        review: Prepared | None,
        choosing: Chooser,
        *,
        idle_minutes: float = 60.0,
        language: str | None = None,
    ) -> None:
        """Take a free port of this machine.

        Args:
            review: What is reviewed; None to let a person choose the folder on the page.
            choosing: What sets up a review when a person has chosen a folder, or other settings.
            idle_minutes: When it ends by itself.
            language: What the page speaks; None for what the browser asks for.
        """
        self._idle = idle_minutes * 60
        self._socket = socket.create_server((HOST, 0))
        self._pages = Pages(review, choosing)
        self.was_taken_over = False
        """Whether it ended since another review of the folder took its place."""
        self._guard = Guard(self._pages.app(), self._socket.getsockname()[1], language)
        self._pages.on_language = self._guard.speak
        self.address, self.door = self._guard.address, self._guard.door.file
        config = uvicorn.Config(
            self._guard,
            access_log=False,
            log_level="critical",
            lifespan="off",
            ws="none",
            http=Brisk,
            server_header=False,
            timeout_keep_alive=600,
        )
        self._server = uvicorn.Server(config)

    def run(self, *, browser: bool = False, ready: Callable[[Path], object] | None = None) -> None:
        """Serve; returns when it has ended and its threads with it.

        Args:
            browser: Open the page in the user's browser.
            ready: Is told the file that opens the page.
        """
        self._pages.start()
        threading.Thread(target=self._end_when_idle, daemon=True).start()
        if ready is not None:
            ready(self.door)
        if browser:
            threading.Thread(target=webbrowser.open, args=(self.door.as_uri(),), daemon=True).start()
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()
            self._guard.door.close()
            self._pages.stop()

    def end(self) -> None:
        """Tell it to end."""
        self._pages.ended.set()

    def _end_when_idle(self) -> None:
        while not self._pages.ended.wait(0.2):
            with suppress(OutputNotWritable):  # the disk may have room again by the next time
                self._guard.door.renew()
            if self._pages.is_wanted:
                self.was_taken_over = True
                break
            if time.monotonic() - self._guard.last_use > self._idle and not self._pages.is_busy:
                break
        self._server.should_exit = True
