"""Whether a line looks like a number plate: letters and digits as a country orders them. Part of the text stage."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blurkit.marks import Mark

LEAST_ASPECT, MOST_ASPECT = 1.8, 8.0
"""Length over height of the line on a plate."""

PATTERNS = {
    "Germany": r"[A-ZÄÖÜ]{1,3}[A-Z]{1,2}[1-9]\d{0,3}[EH]?",
    "Austria": r"[A-Z]{1,2}\d{3,5}[A-Z]{1,2}",
    "Switzerland": r"(AG|AI|AR|BE|BL|BS|FR|GE|GL|GR|JU|LU|NE|NW|OW|SG|SH|SO|SZ|TG|TI|UR|VD|VS|ZG|ZH)\d{4,6}",
    "Britain": r"[A-Z]{2}\d{2}[A-Z]{3}|[A-Z]\d{1,3}[A-Z]{3}",
    "Ireland": r"\d{2,3}[A-Z]{1,2}\d{3,6}",
    "France, Italy": r"[A-Z]{2}\d{3}[A-Z]{2}|\d{2,4}[A-Z]{2,3}\d{2}",
    "Spain": r"\d{4}[BCDFGHJKLMNPRSTVWXYZ]{3}",
    "Poland": r"[A-Z]{2,3}(?=[A-Z]*\d)[A-Z0-9]{4,5}",
    "Netherlands": r"(?=.*[A-Z])(?=.*\d)([A-Z]{1,3}|\d{1,3})([A-Z]{2,3}|\d{2,3})([A-Z]{1,2}|\d{1,2})",
    "Belgium": r"[1-9][A-Z]{3}\d{3}",
    "Denmark, Norway, Sweden": r"[A-Z]{2}\d{5}|[A-Z]{3}\d{2}[A-Z0-9]",
    "United States": r"\d[A-Z]{3}\d{3}|[A-Z]{3}\d{4}|\d{3}[A-Z]{3}",
}
"""What stands on plates, without gaps and signs, by country. No other place knows a country."""

_PLATE = re.compile("|".join(f"(?:{pattern})" for pattern in PATTERNS.values()))


def is_plate(words: str, mark: Mark) -> bool:
    """Whether a line may be a number plate, by what it says and its shape. It errs towards plates."""
    along, across = mark.sides
    plain = re.sub(r"[^0-9A-ZÄÖÜ]", "", words)
    known = 4 <= len(plain) <= 9 and len(words) - len(plain) <= 4 and _PLATE.fullmatch(plain) is not None
    return known and words == words.upper() and LEAST_ASPECT <= along / max(across, 1.0) <= MOST_ASPECT
