"""How the browser gets in: a file that only this user can read, with a ticket that works once and for seconds.

The browser is given the file's path. So no secret is on a command line, in an address, or in the browser's history.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

from blurkit.batch.journal import state_folder
from blurkit.errors import OutputNotWritable
from blurkit.machine.files import replace_file

SECONDS = 20.0
"""How long a ticket works; another is in the file before."""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>blurkit review</title>
</head>
<body>
<form method="post" action="{action}">
<input type="hidden" name="ticket" value="{ticket}">
<button>Open the review</button>
</form>
<script>document.forms[0].submit()</script>
</body>
</html>
"""


class Door:
    """The file, and what lets in anyone who can read it."""

    def __init__(self, action: str) -> None:
        """Make the file in a folder of its own.

        Args:
            action: The address that takes a ticket.

        Raises:
            OutputNotWritable: It cannot be written.
        """
        self._action = action
        self._valid: dict[str, float] = {}
        self._changing = threading.Lock()
        try:
            self._folder = Path(tempfile.mkdtemp(prefix="blurkit-review-", dir=_place()))
        except OSError as fault:
            raise OutputNotWritable(f"no private folder can be made: {fault.strerror or fault}") from fault
        self.file = self._folder / "open.html"
        """What is opened in the browser."""
        self.renew()

    def renew(self) -> None:
        """Put a fresh ticket into the file, if the one in it does not last much longer.

        Raises:
            OutputNotWritable: It cannot be written.
        """
        now = time.monotonic()
        if max(self._valid.values(), default=0.0) > now + SECONDS / 2:
            return
        ticket = secrets.token_urlsafe(32)
        with self._changing:  # it works before anybody can read it: a browser may be faster than the disk
            self._valid = {known: until for known, until in self._valid.items() if until > now}
            self._valid[ticket] = now + SECONDS
        try:
            replace_file(self.file, PAGE.format(action=self._action, ticket=ticket).encode())
        except OSError as fault:
            with self._changing:
                self._valid.pop(ticket, None)
            raise OutputNotWritable(f"cannot be written: {fault.strerror or fault}", path=self.file) from fault

    def takes(self, given: str) -> bool:
        """Whether a ticket works; it does so once."""
        now = time.monotonic()
        with self._changing:
            for known, until in list(self._valid.items()):
                if secrets.compare_digest(given.encode(errors="replace"), known.encode()):
                    return self._valid.pop(known, 0.0) > 0 and until > now
        return False

    def close(self) -> None:
        """Let nobody in any more, and remove the file."""
        with self._changing:
            self._valid.clear()
        with contextlib.suppress(OSError):
            shutil.rmtree(self._folder)


def _place() -> Path | None:
    """Return where the folder goes; None for the system's temporary folder.

    A browser that comes as a snap can read neither hidden folders nor the temporary one: then it is the home itself.
    """
    if sys.platform == "linux" and Path("/snap").is_dir() and os.access(Path.home(), os.W_OK):
        return Path.home()
    folder = state_folder() / "review"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder
    return None
