"""The web server of the review page: for this machine, this browser and this session only."""

from __future__ import annotations

import secrets
import socket
import threading
import time
import webbrowser
from functools import partial
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pydantic
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from blurkit.errors import BlurkitError
from blurkit.geometry import Box
from blurkit.review import view
from blurkit.review.requests import Edits, Nothing, Seen, SignOff

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from blurkit.review.start import Review

Wanted = TypeVar("Wanted", bound=pydantic.BaseModel)

HOST = "127.0.0.1"
"""The only address that is listened on."""

STATIC = Path(__file__).parent / "static"
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = {path.name: path for path in STATIC.iterdir() if path.suffix in KINDS}
"""The page's own files; no other is ever served."""

MAX_BODY = 4_000_000
"""Bytes of a request; a change to every face of a large folder is less."""

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
"""Sent with every response, refusals too."""


class Guard:
    """Lets through only requests of the browser that was given the address, to this host, from this page."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        """Guard an application that is reached at a port."""
        self._app = app
        self._host = f"{HOST}:{port}"
        self.token, self._secret = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._cookie = f"blurkit-{port}"
        self.last_use = time.monotonic()

    @property
    def address(self) -> str:
        """The address that opens the page: its token is traded for a cookie at once."""
        return f"http://{self._host}/?token={self.token}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, trade the token for a cookie, or pass on."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        if scope["type"] != "http":
            return
        response = self._answer(Request(scope))
        if response is None:
            if scope["path"] != "/api/state":  # the page asks for that by itself
                self.last_use = time.monotonic()
            await self._app(scope, receive, send_safely)
        else:
            await response(scope, receive, send_safely)

    def _answer(self, request: Request) -> Response | None:
        """Return what to answer at once; None to pass on."""
        headers = request.headers
        if headers.getlist("host") != [self._host] or not self._is_from_here(headers, request.method):
            return Response("refused", 403)
        given = request.query_params.get("token", "")
        if request.method == "GET" and request.url.path == "/" and given and _same(given, self.token):
            response = RedirectResponse("/", 303)
            response.set_cookie(self._cookie, self._secret, path="/", httponly=True, samesite="strict")
            return response
        return None if _same(self._sent(headers), self._secret) else Response("open the address that blurkit gave", 403)

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


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode(errors="replace"), wanted.encode())


class Pages:
    """What the page asks for, answered from a review."""

    def __init__(self, review: Review) -> None:
        """Answer for one review."""
        self._review = review
        self.ended = threading.Event()

    def app(self) -> Starlette:
        """Return the application, not guarded."""
        session, work = self._review.session, self._review.work
        changes: dict[str, tuple[type[pydantic.BaseModel], Callable[..., object]]] = {
            "edit": (Edits, lambda wanted: session.edit(wanted.edits)),
            "seen": (Seen, lambda wanted: session.see(wanted.faces)),
            "undo": (Nothing, lambda _: session.undo()),
            "redo": (Nothing, lambda _: session.undo(back=False)),
            "export": (SignOff, work.export),
            "end": (Nothing, lambda _: self.ended.set()),
        }
        posts = [
            Route(f"/api/{name}", partial(self._change, *change), methods=["POST"]) for name, change in changes.items()
        ]
        pictures = {"thumb": self._thumb, "preview": self._preview, "region": self._region, "after": self._after}
        shown = [
            Route(f"/photo/{{number:int}}/{name}", partial(self._picture, make)) for name, make in pictures.items()
        ]
        return Starlette(
            routes=[
                Route("/", partial(self._file, "index.html")),
                Route("/static/{name}", self._static),
                Route("/api/about", self._about),
                Route("/api/state", self._state),
                *posts,
                *shown,
                Route("/photo/{number:int}/face/{face:int}", partial(self._picture, self._face)),
            ]
        )

    def _file(self, name: str, _: Request) -> Response:
        path = FILES[name]
        return Response(path.read_bytes(), media_type=KINDS[path.suffix])

    def _static(self, request: Request) -> Response:
        name = request.path_params["name"]
        return self._file(name, request) if name in FILES else Response("not found", 404)

    def _about(self, _: Request) -> Response:
        review = self._review
        return JSONResponse(view.about(review.session, folder=str(review.folder), out=str(review.out)))

    def _state(self, request: Request) -> Response:
        since = request.query_params.get("since", "0")
        known = int(since) if since.isdecimal() and len(since) < 16 else 0
        return JSONResponse(view.state(self._review.session, self._review.work, since=known))

    async def _change(self, kind: type[Wanted], do: Callable[[Wanted], object], request: Request) -> Response:
        try:
            wanted = kind.model_validate_json(await _body(request))
            await run_in_threadpool(do, wanted)
        except pydantic.ValidationError as fault:
            problem = fault.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
            return JSONResponse({"error": problem}, 400)
        except BlurkitError as error:
            return JSONResponse({"error": error.message, "hint": error.hint}, 409)
        return JSONResponse({"done": True})

    async def _picture(self, make: Callable[[int, Request], bytes], request: Request) -> Response:
        try:
            return Response(
                await run_in_threadpool(make, request.path_params["number"], request), media_type="image/jpeg"
            )
        except BlurkitError as error:
            return JSONResponse({"error": error.message, "hint": error.hint}, 404)

    def _thumb(self, number: int, _: Request) -> bytes:
        self._review.session.sheet(number)
        return self._review.pictures.thumb(number)

    def _preview(self, number: int, _: Request) -> bytes:
        self._review.session.sheet(number)
        return self._review.pictures.preview(number)

    def _face(self, number: int, request: Request) -> bytes:
        return self._review.pictures.face(number, self._review.session.spot(number, request.path_params["face"]))

    def _region(self, number: int, request: Request) -> bytes:
        self._review.session.sheet(number)
        try:
            box = Box(*map(float, request.query_params.get("box", "").split(",")))
        except (TypeError, ValueError) as fault:
            raise BlurkitError("a part is left, top, right, bottom") from fault
        return self._review.pictures.region(number, box)

    def _after(self, number: int, _: Request) -> bytes:
        reviewed = self._review.session.reviewed(number)
        if reviewed is None:
            raise BlurkitError("is not analysed")
        return self._review.pictures.after(number, reviewed.decisions)


async def _body(request: Request) -> bytes:
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > MAX_BODY:
                return b""
    except ClientDisconnect:
        return b""
    return body


class Server:
    """Serves one review until it is told to end, or nobody has used it for long."""

    def __init__(self, review: Review, *, idle_minutes: float = 60.0) -> None:
        """Take a free port of this machine."""
        self._review, self._idle = review, idle_minutes * 60
        self._socket = socket.create_server((HOST, 0))
        self._pages = Pages(review)
        self._guard = Guard(self._pages.app(), self._socket.getsockname()[1])
        self.address = self._guard.address
        config = uvicorn.Config(
            self._guard,
            access_log=False,
            log_level="critical",
            lifespan="off",
            ws="none",
            server_header=False,
            timeout_keep_alive=600,
        )
        self._server = uvicorn.Server(config)

    def run(self, *, browser: bool = False, ready: Callable[[str], object] | None = None) -> None:
        """Serve; returns when it has ended and its threads with it.

        Args:
            browser: Open the page in the user's browser.
            ready: Is told the address.
        """
        self._review.work.start()
        threading.Thread(target=self._end_when_idle, daemon=True).start()
        if ready is not None:
            ready(self.address)
        if browser:
            threading.Thread(target=webbrowser.open, args=(self.address,), daemon=True).start()
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._pages.ended.set()
            self._socket.close()
            self._review.work.stop()

    def end(self) -> None:
        """Tell it to end."""
        self._pages.ended.set()

    def _end_when_idle(self) -> None:
        while not self._pages.ended.wait(0.2):
            if time.monotonic() - self._guard.last_use > self._idle and not self._review.work.is_busy:
                break
        self._server.should_exit = True
