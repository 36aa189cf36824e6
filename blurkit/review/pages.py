"""What the page asks for: the folder chooser first, if no folder was named, and then the review."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pydantic
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from blurkit import language
from blurkit.errors import BlurkitError, OutputNotWritable, SettingsError
from blurkit.language import tr
from blurkit.review import choose, desktop, looks, recent, remember, view, wishes
from blurkit.review.lock import FILE_NAME as LOCK_NAME
from blurkit.review.lock import FolderTaken, Lock
from blurkit.review.marking import decide
from blurkit.review.paths import register
from blurkit.review.requests import (
    Chosen,
    Edits,
    Folder,
    LeaveOut,
    Liking,
    Looked,
    Marked,
    Nothing,
    Opened,
    Show,
    SignOff,
    Whole,
)
from blurkit.review.seen import Seen
from blurkit.review.start import beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from blurkit.review.start import Prepared
    from blurkit.review.wishes import Wishes
    from blurkit.settings import Settings

Wanted = TypeVar("Wanted", bound=pydantic.BaseModel)

STATIC = Path(__file__).parent / "static"
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = {path.name: path for path in STATIC.iterdir() if path.suffix in KINDS}
"""The page's own files; no other is ever served."""

register()

MAX_BODY = 4_000_000
"""Bytes of a request; a change to every face of a large folder is less."""


@dataclass(frozen=True, slots=True)
class Chooser:
    """What sets up a review once a person has chosen its folder on the page, or other settings for it."""

    set_up: Callable[[Path, Wishes, Prepared | None], Prepared]
    """Given the folder, what was chosen, and the review with other settings that it follows."""
    settings: Settings
    """Those that are offered at first."""
    clips: bool = False
    """Whether clips are reviewed, too."""


class Pages:
    """What the page asks for, answered from a review."""

    def __init__(self, review: Prepared | None, choosing: Chooser) -> None:
        """Answer for one review, or if there is none yet for the one that is set up when a folder is chosen."""
        self._opened, self._choosing = review, choosing
        self._wishes: Wishes | None = None
        self._lock = threading.Lock()
        self.ended = threading.Event()
        self.on_language: Callable[[str], None] = language.speak
        """Is told what the page is to speak when a person has chosen it."""

    @property
    def _review(self) -> Prepared:
        if self._opened is None:
            raise SettingsError(tr("No folder is chosen yet. Load the page again."))
        return self._opened

    @property
    def is_busy(self) -> bool:
        """Whether photos are analysed or written, or a folder is being opened."""
        return self._lock.locked() or (self._opened is not None and self._opened.work.is_busy)

    @property
    def is_wanted(self) -> bool:
        """Whether another review of the folder waits for this one to end."""
        return self._opened is not None and self._opened.lock.is_wanted

    def start(self) -> None:
        """Begin to look for faces, if the folder is known."""
        if self._opened is not None:
            self._opened.work.start()

    def stop(self) -> None:
        """End, and wait for the photos under way; no folder is opened from now on."""
        self.ended.set()
        with self._lock:
            if self._opened is not None:
                self._opened.work.stop()
                self._opened.lock.release()

    def _open(self, wanted: Opened) -> None:
        """Begin the review of a folder that a person chose; of one only, so that an address is that of one review."""
        with self._lock:
            folder = choose.folder(wanted.path)
            if wanted.take_over:
                Lock(folder / LOCK_NAME, take_over=True).release()
            self._begin(self._chooser().set_up(folder, wanted.wishes, None), wanted)

    def _begin(self, opened: Prepared, wanted: Chosen) -> None:
        recent.opened(opened.folder, agreed=wanted.remember)
        with suppress(OutputNotWritable):  # then it is asked again next time
            wishes.remember(opened.folder, wanted.wishes)
        opened.work.start()
        self._opened, self._wishes = opened, wanted.wishes

    def _settings(self, _: Request) -> dict[str, Any]:
        """Return what was chosen for the folder that is open."""
        review = self._review
        chosen = self._wishes or wishes.usual(review.session.settings)
        told, usual = chosen.model_dump(mode="json"), str(beside(review.folder))
        out = "" if str(review.out.absolute()) == usual else str(review.out.absolute())
        return {"wishes": told | {"out": out}, "out": usual, "kept": recent.is_kept(review.folder)}

    def _choose(self, wanted: Chosen) -> None:
        """Go on with other settings: what was decided stays, and faces that are known are not looked for again."""
        with self._lock:
            before = self._review
            with before.session.lock:
                if before.work.exporting and before.work.is_busy:
                    raise SettingsError(tr("Wait until the photos are written."))
                opened = self._choosing.set_up(before.folder, wanted.wishes, before)
                before.session.close()
            before.work.stop()
            self._begin(opened, wanted)

    def _list(self, wanted: Folder) -> dict[str, Any]:
        told, base = choose.listing(wanted.path, clips=self._choosing.clips), self._chooser().settings
        known = wishes.recall(Path(told["path"])) or wishes.usual(base)
        return told | {"wishes": known.model_dump(mode="json"), "recent": recent.told()}

    def _offered(self, _: Request) -> dict[str, Any]:
        return wishes.offered(self._choosing.settings)

    def _like(self, wanted: Liking) -> None:
        remember.like(wanted)
        if wanted.language is not None:
            self.on_language(wanted.language)

    def _chooser(self) -> Chooser:
        """Return what sets up a review, while none is open."""
        if self._opened is not None or self.ended.is_set():
            raise SettingsError(tr("A folder is open already. Load the page again."))
        return self._choosing

    def app(self) -> Starlette:
        """Return the application, not guarded."""
        changes: dict[str, tuple[type[pydantic.BaseModel], Callable[..., object]]] = {
            "edit": (Edits, lambda wanted: self._review.session.edit(wanted.edits)),
            "seen": (Looked, lambda wanted: self._review.session.see(wanted.faces)),
            "opened": (Whole, lambda wanted: self._review.session.open(wanted.photo)),
            "leave_out": (LeaveOut, lambda wanted: self._review.session.leave_out(wanted.photo, wanted.reason)),
            "marks": (Marked, lambda wanted: decide(self._review.session, wanted)),
            "undo": (Nothing, lambda _: self._review.session.undo()),
            "redo": (Nothing, lambda _: self._review.session.undo(back=False)),
            "export": (SignOff, lambda wanted: self._review.work.export(wanted)),
            "folders": (Folder, self._list),
            "open": (Opened, self._open),
            "settings": (Chosen, self._choose),
            "prefer": (Liking, self._like),
            "show": (Show, self._show),
            "end": (Nothing, lambda _: self.ended.set()),
        }
        posts = [
            Route(f"/api/{name}", partial(self._change, *change), methods=["POST"]) for name, change in changes.items()
        ]
        seen = Seen(lambda: self._review)
        pictures = {"thumb": seen.thumb, "preview": seen.preview, "region": seen.region, "after": seen.after}
        pictures |= {"written": seen.written, "mark/{mark:short}": seen.mark, "face/{face:short}": seen.face}
        shown = [
            Route(f"/photo/{{number:short}}/{name}", partial(self._picture, make)) for name, make in pictures.items()
        ]
        return Starlette(
            routes=[
                Route("/", lambda _: self._file("choose.html" if self._opened is None else "index.html")),
                Route("/static/{name}", self._static),
                Route("/api/offered", partial(self._told, self._offered)),
                Route("/api/settings", partial(self._told, self._settings)),
                Route("/api/words", partial(self._told, view.words)),
                Route("/look/{style}", partial(self._picture, self._look)),
                Route("/api/about", partial(self._told, self._about)),
                Route("/api/state", partial(self._told, self._state)),
                Route("/api/warnings", partial(self._told, lambda _: {"warnings": self._review.warnings.told()})),
                *posts,
                *shown,
                Route("/photo/{number:short}/covers", partial(self._told, seen.covers)),
                Route("/photo/{number:short}/moving/{which}", partial(self._moving, seen)),
            ]
        )

    def _file(self, name: str) -> Response:
        path = FILES[name]
        return Response(path.read_bytes(), media_type=KINDS[path.suffix])

    def _static(self, request: Request) -> Response:
        name = request.path_params["name"]
        return self._file(name) if name in FILES else Response("not found", 404)

    def _told(self, tell: Callable[[Request], dict[str, Any]], request: Request) -> Response:
        try:
            return _json(tell(request))
        except BlurkitError as error:
            return _refusal(error, 409)

    def _about(self, _: Request) -> dict[str, Any]:
        review = self._review
        paths = {"folder": review.folder, "out": review.out, "report": review.work.report}
        return view.about(review.session, **{name: str(path) for name, path in paths.items()})

    def _state(self, request: Request) -> dict[str, Any]:
        since = request.query_params.get("since", "0")
        known = int(since) if since.isdecimal() and len(since) < 16 and self._is_meant(request) else 0
        return view.state(self._review.session, self._review.work, since=known)

    def _is_meant(self, request: Request) -> bool:
        """Whether a page that says which review it shows means the one that is open."""
        meant = request.query_params.get("review", "")
        return not meant or (self._opened is not None and meant == self._opened.session.key)

    async def _change(self, kind: type[Wanted], do: Callable[[Wanted], object], request: Request) -> Response:
        try:
            wanted = kind.model_validate_json(await _body(request))
            if not self._is_meant(request):
                raise SettingsError(tr("The settings were changed. Load the page again."))
            told = await run_in_threadpool(do, wanted)
        except pydantic.ValidationError as fault:
            problem = fault.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
            return _json({"error": problem}, 400)
        except BlurkitError as error:
            return _refusal(error, 409)
        state = {"state": await run_in_threadpool(self._state, request)} if "since" in request.query_params else {}
        return _json({"done": True} | (told if isinstance(told, dict) else {}) | state)

    async def _picture(self, make: Callable[[Any, Request], bytes], request: Request) -> Response:
        what = next(iter(request.path_params.values()))
        try:
            return Response(await run_in_threadpool(make, what, request), media_type="image/jpeg")
        except BlurkitError as error:
            return _refusal(error, 404)

    def _look(self, style: str, request: Request) -> bytes:
        return looks.look(style, request.query_params, self._choosing.settings.obscure)

    def _show(self, wanted: Show) -> None:
        desktop.show(self._review.out if wanted.what == "folder" else self._review.work.report)

    async def _moving(self, seen: Seen, request: Request) -> Response:
        """Return a clip as it was, or as it was written, for the browser to play."""
        try:
            return FileResponse(seen.moving(request), media_type="video/mp4")
        except BlurkitError as error:
            return _refusal(error, 404)


def _json(values: dict[str, Any], status: int = 200) -> Response:
    """Return values as JSON in plain ASCII, which also holds names of files that are no text."""
    return Response(json.dumps(values), status, media_type="application/json")


def _refusal(error: BlurkitError, status: int) -> Response:
    told = {"error": view.told_of(error)}
    return _json(told | ({"taken": True} if isinstance(error, FolderTaken) else {}), status)


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
