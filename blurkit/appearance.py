"""How a cover looks: style, shape, colour, sticker and margin, as a user sets them."""

from __future__ import annotations

import hashlib
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import core_schema

from blurkit.choices import Shape, Style
from blurkit.language import decimal, mark, tr
from blurkit.machine.files import read_regular

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler

AUTO = "auto"
"""The colour that each photo decides."""

NAMED_COLORS = {
    "gray": (128, 128, 128),
    "grey": (128, 128, 128),
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "red": (200, 30, 30),
    "orange": (235, 130, 20),
    "yellow": (250, 210, 40),
    "green": (40, 150, 70),
    "blue": (40, 90, 190),
    "purple": (120, 60, 160),
    "pink": (240, 150, 180),
}
"""Cover colours by name, as (red, green, blue) 0..255."""

STICKER_BYTES, STICKER_SIDE, LEAST_ALPHA = 8_000_000, 4096, 16
"""Largest file of a sticker, its longest side in pixels, and the alpha from which something of it is to be seen."""


class Frozen(BaseModel):
    """Settings that cannot change, and take no key that they do not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Sticker:
    """A PNG to lay over covers: the file itself, so that other processes and machines need not find it."""

    name: str
    """What the file is called, without its folder."""
    data: bytes = field(repr=False)
    """The whole file."""

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a sticker's file.

        Raises:
            ValueError: It is not there, or no PNG that can be used.
        """
        from PIL import Image

        try:
            data = read_regular(Path(path), max_bytes=STICKER_BYTES)
            with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
                if max(image.size) > STICKER_SIDE:
                    raise ValueError(f"a picture of at most {STICKER_SIDE} pixels each way")
                if image.convert("RGBA").getchannel("A").point(lambda alpha: alpha >= LEAST_ALPHA).getbbox() is None:
                    raise ValueError("a picture in which something is to be seen")
        except (OSError, SyntaxError) as fault:
            raise ValueError("the path of a PNG file that can be read") from fault
        return cls(Path(path).name, data)

    @classmethod
    def _of(cls, value: object) -> Self:
        if isinstance(value, str | Path):
            return cls.read(value)
        if isinstance(value, cls):
            return value
        if isinstance(value, dict) and isinstance(value.get("data"), bytes):  # as pydantic takes a record apart
            return cls(**value)
        raise ValueError("the path of a PNG file")

    def _told(self) -> dict[str, str]:
        """Return what reports and the journal hold of it: enough to know it again."""
        return {"name": self.name, "sha256": hashlib.sha256(self.data).hexdigest()}

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Say to pydantic how it is checked and written."""
        told = core_schema.plain_serializer_function_ser_schema(cls._told, when_used="json")
        return core_schema.no_info_plain_validator_function(cls._of, serialization=told)


class ObscureSettings(Frozen):
    """How a cover looks."""

    style: Style = Style.SOLID
    """One calm tone, a mosaic by chance, a person's outline, a smiley, or a picture of your own."""
    shape: Shape = Shape.HEAD
    """Outline of a cover."""
    color: str = AUTO
    """Colour of covers: a name, #rrggbb, or `auto` for a calm tone that suits the photo."""
    sticker: Sticker | None = None
    """PNG file for the style `sticker`, which it chooses if no style is chosen."""
    margin: Annotated[float, Field(ge=0.0, le=2.0)] = 0.0
    """How much further than the head a cover reaches, as a share of the face's size, on every side."""
    blocks_across: Annotated[int, Field(ge=2, le=12)] = 8
    """Cells of the mosaic across a face."""

    @field_validator("color")
    @classmethod
    def _is_a_color(cls, color: str) -> str:
        if color != AUTO and color not in NAMED_COLORS and not re.fullmatch(r"#[0-9a-fA-F]{6}", color):
            raise ValueError(f"one of {AUTO}, {', '.join(NAMED_COLORS)}, or a hex value such as #5a7d9a")
        return color

    @model_validator(mode="before")
    @classmethod
    def _sticker_is_a_style(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("sticker") is not None and values.get("style") is None:
            return values | {"style": Style.STICKER}
        return values

    @model_validator(mode="after")
    def _has_its_sticker(self) -> Self:
        if self.style is Style.STICKER and self.sticker is None:
            raise ValueError("the style 'sticker' needs a PNG file as 'sticker'")
        return self

    @property
    def rgb(self) -> tuple[int, int, int] | None:
        """The colour as (red, green, blue), 0..255; None if the photo decides."""
        if self.color == AUTO:
            return None
        if self.color in NAMED_COLORS:
            return NAMED_COLORS[self.color]
        red, green, blue = bytes.fromhex(self.color[1:])
        return red, green, blue


STYLES = {
    Style.SOLID: mark("One colour"),
    Style.PIXELATE: mark("Mosaic"),
    Style.SILHOUETTE: mark("Person icon"),
    Style.SMILEY: mark("Smiley"),
    Style.STICKER: mark("Our picture"),
}
SHAPES = {Shape.HEAD: mark("Head"), Shape.ELLIPSE: mark("Oval"), Shape.BOX: mark("Rectangle")}
COLORS = (
    *(mark("gray"), mark("black"), mark("white"), mark("red"), mark("orange"), mark("yellow")),
    *(mark("green"), mark("blue"), mark("purple"), mark("pink")),
)
"""Styles, shapes and named colours, as a person calls them."""


def in_words(look: ObscureSettings) -> str:
    """Return how covers look, in the language that is spoken."""
    sticker = "" if look.sticker is None or look.style is not Style.STICKER else f" ({look.sticker.name})"
    color = tr("suits the photo") if look.color == AUTO else tr(look.color)
    parts = [(tr("Covers"), tr(STYLES[look.style]) + sticker), (tr("Shape"), tr(SHAPES[look.shape]))]
    parts.append((tr("Colour"), color))
    if look.margin:
        parts.append((tr("Larger than the head by"), f"{decimal(look.margin * 100)} %"))
    return "; ".join(f"{name}: {value}" for name, value in parts)
