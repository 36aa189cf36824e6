"""Tells decisions that were made on this computer from those that came with the photos, by a seal with a user's key."""

from __future__ import annotations

import contextlib
import hmac
import secrets
from typing import TYPE_CHECKING

from blurkit.batch.journal import state_folder
from blurkit.machine.files import new_file, read_regular

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES = 32


def seal(content: bytes) -> str:
    """Return the seal of some content; empty if there is no key and none can be made: then nothing counts as sealed."""
    key = _key()
    return "" if key is None else hmac.new(key, content, "sha256").hexdigest()


def _key() -> bytes | None:
    file = state_folder() / "review" / "key"
    with contextlib.suppress(OSError):
        if not file.exists():
            _make(file)
        key = read_regular(file, max_bytes=KEY_BYTES)
        return key if len(key) == KEY_BYTES else None
    return None


def _make(file: Path) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError), new_file(file) as new:  # another review was faster
        new.write(secrets.token_bytes(KEY_BYTES))
