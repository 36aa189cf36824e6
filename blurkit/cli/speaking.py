"""The option for the language of what is said to people."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from blurkit.choices import Language
from blurkit.cli.help import HEADINGS
from blurkit.language import speak

REPORT = HEADINGS[-2]


def spoken(language: Language | None) -> Language | None:
    """Speak a language from the moment at which its option is read."""
    if language is not None:
        speak(language)
    return language


def _option(help: str) -> Any:
    names = "|".join(Language)
    return typer.Option("--language", rich_help_panel=REPORT, metavar=names, callback=spoken, help=help)


LanguageOption = Annotated[Language | None, _option("Language of summaries; default: the system's.")]
PageLanguageOption = Annotated[Language | None, _option("Language of the page; default: the browser's.")]
