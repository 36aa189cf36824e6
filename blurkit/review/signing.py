"""The sign-offs of a folder: who said that which photos may be published, and which files were written for it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from blurkit.machine.files import read_regular, replace_text
from blurkit.report.signed import Signed
from blurkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from blurkit.review.requests import SignOff
    from blurkit.settings import Settings

SIGNED = "blurkit-signed.json"
"""Where sign-offs are kept. It lies next to the decisions but apart from them, since it holds a person's name."""

MAX_BYTES = 50_000_000

WORDS = {"text": {"covers", "leaves"}}
"""What is left out of the policy: words that a school names may be names of children."""


@dataclass(frozen=True, slots=True)
class Written:
    """A safe photo that a review wrote."""

    output: str
    """Its path below the output folder."""
    sha256: str
    """Hash of the file as it was written."""
    photo: str
    """Hash of the original."""
    made_of: str
    """Hash of all that decided what it looks like."""


class SignOffs:
    """The sign-offs of a folder, and the file that holds them."""

    def __init__(self, file: Path) -> None:
        """Read the earlier ones; a file that blurkit did not write is kept aside."""
        self._file = file
        self._entries = self._read()

    @property
    def latest(self) -> Signed:
        """The last word as a report tells it: with the person's name only if they wanted that."""
        entry = self._entries[-1]
        return Signed(
            when=entry["when"],
            by=entry["by"] if entry["named"] else None,
            answers=entry["answers"],
            reasons=entry["reasons"],
            visible=entry.get("visible"),
            open_doubts=entry["open_doubts"],
            left_out=Counter(entry["left_out"].values()),
        )

    @property
    def written(self) -> dict[str, Written]:
        """What earlier reviews wrote, by its path below the output folder; the latest counts."""
        known: dict[str, Written] = {}
        for entry in self._entries:
            for each in entry.get("written", ()) if isinstance(entry.get("written"), list) else ():
                try:
                    one = Written(**each)
                except TypeError:
                    continue
                if all(isinstance(value, str) for value in asdict(one).values()):
                    known[one.output] = one
        return known

    def begin(
        self, word: SignOff, settings: Settings, *, visible: int, doubts: int, left_out: Mapping[str, str]
    ) -> None:
        """Store a person's word, before anything is written for it.

        Raises:
            OutputNotWritable: It cannot be stored.
        """
        self._entries.append(
            {
                "by": word.by,
                "named": word.named,
                "when": datetime.now().astimezone().isoformat(timespec="seconds"),
                "version": __version__,
                "policy": settings.policy.model_dump(mode="json", exclude_none=True, exclude=WORDS),
                "answers": word.answers,
                "reasons": word.reasons,
                "visible": visible,
                "open_doubts": doubts,
                "left_out": dict(left_out),
                "photos": [],
                "written": [],
            }
        )
        try:
            self._save()
        except Exception:
            self._entries.pop()
            raise

    def note(self, files: Iterable[Written]) -> None:
        """Say what the last word was about: the photos that are in the output folder for it.

        Raises:
            OutputNotWritable: It cannot be stored.
        """
        files = list(files)
        self._entries[-1] |= {"photos": [one.photo for one in files], "written": [asdict(one) for one in files]}
        self._save()

    def _save(self) -> None:
        replace_text(self._file, [json.dumps({"schema": 1, "signed": self._entries}, indent=1), "\n"])

    def _read(self) -> list[dict[str, Any]]:
        try:
            signed = json.loads(read_regular(self._file, max_bytes=MAX_BYTES))["signed"]
            if isinstance(signed, list) and all(isinstance(entry, dict) for entry in signed):
                json.dumps(signed)  # one that is nested too deeply cannot be written again
                return signed
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            pass
        self._keep_aside()
        return []

    def _keep_aside(self) -> None:
        for number in range(1, 1000):
            aside = self._file.with_name(f"blurkit-signed-unreadable-{number}.json")
            if not aside.exists() and not aside.is_symlink():
                self._file.rename(aside)
                return
