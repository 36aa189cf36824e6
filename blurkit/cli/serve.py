"""`blurkit serve`: a service for programs on this computer."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from blurkit.cli import options
from blurkit.cli.console import say
from blurkit.cli.guard import end
from blurkit.errors import ExitCode, SettingsError

SHORTEST_KEY = 16
"""Characters; a shorter key could be guessed over a network."""

LEFT_OUT = frozenset(
    {
        "decisions",
        "out",
        "overwrite",
        "resume",
        "dry_run",
        "recursive",
        "executor",
        "scheduler",
        "keep_sound",
        "clip_codec",
        "live_photos",
    }
)
"""Options of files and folders, which a service has none of."""


@options.grouped(without=LEFT_OUT)
def serve(
    cover: options.Cover,
    output: options.Output,
    which: options.Which,
    port: Annotated[int, typer.Option("--port", metavar="NUMBER", min=0, max=65535, help="0: any free one.")] = 8400,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Listen there; beyond this computer only with a key.")
    ] = "127.0.0.1",
    key_file: Annotated[
        Path | None,
        typer.Option("--key-file", metavar="FILE", help="Only programs that send this file's content may ask."),
    ] = None,
    max_mb: Annotated[
        int, typer.Option("--max-mb", metavar="NUMBER", min=1, help="Refuse larger files, in megabytes.")
    ] = 50,
    debug: options.DebugOption = False,
) -> None:
    """Make photos safe for other programs.

    A program sends a photo to http://127.0.0.1:8400/photo, and gets a safe one back. Nothing is stored.
    """

    def do() -> ExitCode:
        from blurkit.machine.workers import available_cpus
        from blurkit.serve import LOOPBACK, Serve
        from blurkit.serve import serve as serve_photos

        key = None if key_file is None else _key(key_file)
        if key is None and host not in LOOPBACK:
            why = "is reached by other computers, so programs must know a key"
            raise SettingsError(why, path="--host", hint="write a long random word into a file: --key-file FILE")
        wanted = Serve(
            host=host,
            port=port,
            key=key,
            jobs=which.jobs or available_cpus(),
            timeout=which.timeout or None,
            max_bytes=max_mb << 20,
        )
        with suppress(KeyboardInterrupt):  # the usual way to end it
            serve_photos(wanted, options.settings(cover, output, which), ready=lambda at: say(f"serving at {at}photo"))
        return ExitCode.OK

    end(do, debug=debug)


def _key(file: Path) -> str:
    """Return the word in a file.

    Raises:
        SettingsError: It cannot be read, or is too short.
    """
    try:
        key = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsError("cannot be read", path=file, hint="give a text file with one long random word") from fault
    if len(key) < SHORTEST_KEY or not key.isascii() or not key.isprintable():
        why = f"holds no key of {SHORTEST_KEY} characters or more"
        raise SettingsError(why, path=file, hint="python -c 'import secrets; print(secrets.token_urlsafe(32))' > FILE")
    return key
