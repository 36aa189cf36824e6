"""Collects the texts of the review page into the catalogs of each language, and compiles them (needs Babel).

`python -m tools.catalogs` after a text was added or changed; then fill in what is empty in `blurkit/catalogs/*.po`, and
run it again.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from blurkit.language import CATALOGS, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
KEYWORDS = {"mark": None, "tr": None, "t": None, "tn": (1, 2)}
"""Functions that take texts; of the last, one for one thing and one for many."""

HTML = re.compile(r"<(\w+)([^<>]*)\bdata-t\b(?!-)[^<>]*>\s*([^<]+?)\s*</", re.DOTALL)
LABEL = re.compile(r'(?:aria-label|title)="([^"]+)"\s+data-t-')

Message = str | tuple[str, str]


def messages() -> dict[Message, list[str]]:
    """Return every text, each with the files that it is in; one about a number of things as a pair."""
    found: dict[Message, list[str]] = {}
    for path in sorted((ROOT / "blurkit").rglob("*.[pjh]*")):
        for message in _texts(path):
            places = found.setdefault(message, [])
            name = path.relative_to(ROOT).as_posix()
            if name not in places:
                places.append(name)
    return found


def _texts(path: Path) -> Iterator[Message]:
    if path.suffix == ".html":
        text = path.read_text(encoding="utf-8")
        for _, _, words in HTML.findall(text):
            yield " ".join(words.split())
        yield from LABEL.findall(text)
    elif path.suffix in (".py", ".js"):
        method = "python" if path.suffix == ".py" else "javascript"
        for _, found, _, _ in extract(method, io.BytesIO(path.read_bytes()), keywords=KEYWORDS):
            yield found if isinstance(found, str) else (found[0], found[1])


def catalog(language: str) -> Catalog:
    """Return a catalog as it stands in its file; an empty one if there is none yet."""
    path = CATALOGS / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, found: dict[Message, list[str]]) -> Catalog:
    """Return a catalog of just the texts that were found, with what is translated already."""
    old, new = catalog(language), Catalog(locale=language, project="blurkit", charset="utf-8", fuzzy=False)
    new.creation_date, new.revision_date = old.creation_date, old.revision_date
    for message, places in found.items():
        known = old.get(message if isinstance(message, str) else message[0])
        string = known.string if known is not None and isinstance(known.id, str) == isinstance(message, str) else None
        new.add(message, string, locations=[(place, 0) for place in places])
    return new


def compiled(entries: Catalog) -> bytes:
    """Return a catalog in the form that is read."""
    file = io.BytesIO()
    write_mo(file, entries)
    return file.getvalue()


def main() -> None:
    """Bring all catalogs up to date."""
    found = messages()
    CATALOGS.mkdir(exist_ok=True)
    for language in LANGUAGES:
        if language == "en":
            continue
        entries = updated(language, found)
        with (CATALOGS / f"{language}.po").open("wb") as file:
            write_po(file, entries, width=120, omit_header=False, include_lineno=False, sort_output=True)
        (CATALOGS / f"{language}.mo").write_bytes(compiled(entries))


if __name__ == "__main__":
    main()
