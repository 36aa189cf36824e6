"""`blurkit review`: serves the page until it ends."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from blurkit.cli.console import say
from blurkit.errors import ExitCode
from blurkit.language import tr
from blurkit.words import one_line

if TYPE_CHECKING:
    from pathlib import Path

    from blurkit.choices import Language
    from blurkit.review.start import Prepared
    from blurkit.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAsked:
    """How a review was asked for."""

    folder: Path | None = None
    """The photos; None to choose the folder on the page."""
    out: Path | None = None
    """Where safe photos go; by default next to the folder."""
    known: Path | None = None
    """An earlier report whose faces are taken."""
    jobs: int | None = None
    """Photos at a time; by default the CPUs available."""
    report: Path | None = None
    """File for the report of an export; by default three are next to the decisions."""
    timeout: float | None = None
    """Seconds that a photo of ordinary size may take; None for no limit."""
    idle: float = 60.0
    """Minutes without use after which it ends."""
    language: Language | None = None
    """What the page speaks; None for what the browser asks for."""
    browser: bool = True
    """Whether the page is opened by itself."""
    take_over: bool = False
    """Whether another review of the folder is ended."""


def do_review(start: ReviewAsked, settings: Settings) -> ExitCode:
    """Serve the review page of a folder, or its chooser, until it ends."""
    from blurkit.machine.workers import available_cpus
    from blurkit.review.pages import Chooser
    from blurkit.review.server import Server
    from blurkit.review.start import prepare
    from blurkit.review.wishes import Wishes
    from blurkit.video import installed
    from blurkit.video.reviewing import ReviewedClips

    def chosen(folder: Path, wishes: Wishes, after: Prepared | None) -> Prepared:
        prepared = prepare(
            folder,
            wishes.place() or start.out,
            wishes.settings(settings),
            jobs=start.jobs or available_cpus(),
            timeout=start.timeout,
            report=start.known,
            report_to=start.report,
            take_over=start.take_over,
            clips=ReviewedClips(settings.load.max_megapixels) if installed() else None,
            after=after,
        )
        for remark in prepared.remarks:
            say(tr("note: {words}").format(words=one_line(remark)))
        return prepared

    review = None if start.folder is None else chosen(start.folder, Wishes(), None)
    choosing = Chooser(chosen, settings, clips=installed())
    server = Server(review, choosing, idle_minutes=start.idle, language=start.language)

    def ready(door: Path) -> None:
        words = tr("the review page opens with this file, in a browser on this computer: {path}")
        say(words.format(path=one_line(str(door))))
        say(tr("it works while this window is open; press Close on the page, or Ctrl+C here, to end it"))

    with suppress(KeyboardInterrupt):  # the usual way to end it
        server.run(browser=start.browser, ready=ready)
    if server.was_taken_over:
        say(tr("note: another review of this folder has taken over from this one"))
    say(tr("the review has ended; its decisions are kept"))
    return ExitCode.OK


def has_screen() -> bool:
    """Whether somebody sits at a terminal of a machine that can open a browser."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        return False
    if sys.platform in ("win32", "darwin"):
        return "SSH_CONNECTION" not in os.environ
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
