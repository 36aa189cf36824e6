"""What the page remembers about its user between reviews: how they like it, never a photo, a folder or a name."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from blurkit.batch.journal import state_folder
from blurkit.errors import OutputNotWritable
from blurkit.machine.files import replace_file

if TYPE_CHECKING:
    from pathlib import Path

    from blurkit.review.requests import Liking

DEFAULTS: dict[str, Any] = {"letter_keys": True, "language": ""}
"""Whether single letters are keys, and what the page speaks; empty for what the browser asks for."""


def liking() -> dict[str, Any]:
    """Return how the user likes the page; as nobody has chosen yet if that cannot be read."""
    known: object = None
    with suppress(OSError, ValueError, RecursionError):
        known = json.loads(_file().read_text(encoding="utf-8"))
    chosen = known if isinstance(known, dict) else {}
    return {
        name: chosen[name] if isinstance(chosen.get(name), type(usual)) else usual for name, usual in DEFAULTS.items()
    }


def like(wanted: Liking) -> None:
    """Remember how the user likes the page.

    Raises:
        OutputNotWritable: It cannot be remembered.
    """
    file = _file()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(file, json.dumps(liking() | wanted.model_dump(mode="json", exclude_none=True)).encode())
    except OSError as fault:
        raise OutputNotWritable(
            f"cannot be remembered: {fault.strerror or fault}", path=file, hint="check free space and permissions"
        ) from fault


def _file() -> Path:
    return state_folder() / "review" / "page.json"
