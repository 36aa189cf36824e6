"""The languages that people read, and all texts for people in them. JSON, CSV, journals and exit codes have none."""

from __future__ import annotations

import gettext
import locale
import os
import sys
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from blurkit.choices import Language

if TYPE_CHECKING:
    from datetime import datetime

LANGUAGES = tuple(each.value for each in Language)
"""English is the language of the code; the others have a catalog each."""

CATALOGS = Path(__file__).parent / "catalogs"
"""`LANGUAGE.po` holds the texts, and `LANGUAGE.mo` the same in the form that is read; `tools/catalogs.py` makes it."""

_spoken: ContextVar[str] = ContextVar("language", default="en")


def mark(text: str) -> str:
    """Return a text as it is: it is put into a language where it is shown."""
    return text


def tr(text: str) -> str:
    """Return a text in the language that is spoken; in English if the catalog lacks it."""
    return _catalog(_spoken.get()).gettext(text)


def tn(one: str, many: str, n: int, **values: object) -> str:
    """Return a text about a number of things in the language that is spoken, with its values filled in.

    Args:
        one: The English text about one thing.
        many: That about several; both may hold `{n}`.
        n: How many there are.
        values: What else the text holds in braces.
    """
    return _catalog(_spoken.get()).ngettext(one, many, n).format(n=n, **values)


def decimal(value: float) -> str:
    """Return a number as it is written in the language that is spoken: 0.5, or 0,5."""
    from babel.numbers import format_decimal

    return format_decimal(value, format="#,##0.###", locale=_region())


def moment(when: datetime) -> str:
    """Return a day and the time of day as they are written in the language that is spoken."""
    from babel.dates import format_date, format_time

    return f"{format_date(when, format='long', locale=_region())}, {format_time(when, 'HH:mm', locale=_region())}"


def _region() -> str:
    return "en_GB" if spoken() == "en" else spoken()


def speak(language: str) -> None:
    """Speak a language from now on, in this thread or task."""
    _spoken.set(language if language in LANGUAGES else "en")


def spoken() -> str:
    """Return the language that is spoken, by its two letters."""
    return _spoken.get()


def of_system() -> str:
    """Return the language that this computer is set to; English if there is no catalog for it."""
    names = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    name = next(filter(None, names), "")
    if name and not name.startswith(("C", "POSIX")):  # LANGUAGE counts only if there is a language at all
        name = os.environ.get("LANGUAGE", "").split(":")[0] or name
    if not name and sys.platform == "win32":
        import ctypes

        name = locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return next((each for each in LANGUAGES if each == name[:2].lower()), "en")


def preferred(wanted: str) -> str:
    """Return the first language that a browser asks for and that there is a catalog for; else English.

    Args:
        wanted: What it sends as Accept-Language, such as `de-AT,de;q=0.9,en;q=0.5`.
    """
    weighed = []
    for place, part in enumerate(wanted.split(",")[:50]):
        tag, _, quality = part.partition(";")
        try:
            weight = float(quality.strip().removeprefix("q=") or 1.0)
        except ValueError:
            weight = 0.0
        weighed.append((-weight, place, tag.strip().lower()[:2]))
    return next((tag for weight, _, tag in sorted(weighed) if weight < 0 and tag in LANGUAGES), "en")


@cache
def texts(language: str) -> dict[str, str | list[str]]:
    """Return every text of a catalog by its English one; those about a number of things as a list of their forms."""
    known: dict[str, str | list[str]] = {}
    forms: dict[str, dict[int, str]] = {}
    catalog = getattr(_catalog(language), "_catalog", {})
    for key, text in catalog.items():
        if isinstance(key, tuple):
            forms.setdefault(key[0], {})[key[1]] = text
        elif key:
            known[key] = text
    return known | {key: [by_place[place] for place in sorted(by_place)] for key, by_place in forms.items()}


@cache
def _catalog(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    with (CATALOGS / f"{language}.mo").open("rb") as file:
        return gettext.GNUTranslations(file)
