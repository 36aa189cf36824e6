"""What a person chooses before a review: who is covered, how, and where the safe photos go; remembered per folder.

It is remembered next to the decisions and counts only with this computer's seal: a folder that came from elsewhere must
not choose.
"""

from __future__ import annotations

import hmac
import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from blurkit.appearance import AUTO, NAMED_COLORS, SHAPES, STYLES, Sticker
from blurkit.choices import CHILDREN, PRESETS, PUBLISHED, PUBLISHED_CLIP_SIDE, PUBLISHED_SIDE, Children, Shape, Style
from blurkit.errors import SettingsError
from blurkit.language import mark, tr
from blurkit.machine.files import read_regular, replace_text
from blurkit.policy import asks_for_age
from blurkit.policy.children import for_children
from blurkit.review.seal import seal
from blurkit.settings import Settings, load_policy
from blurkit.text import installed

if TYPE_CHECKING:
    from blurkit.settings import PolicySettings

FILE_NAME = "blurkit-choices.json"
"""Where choices are kept, next to the originals."""

MAX_BYTES = 20_000

MARGINS = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5)
"""Margins to choose from, as shares of the face."""

OWN = "own"
"""The policy that was given on the command line and is no preset."""


class Wishes(BaseModel):
    """What a person chose; None leaves it as the command line has it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: Literal["children", "cautious", "consent", "everyone", "strict", "own"] | None = None
    """A preset, or the policy of the command line."""
    children: Children | None = None
    """How old the children in the photos are."""
    style: Style | None = None
    shape: Shape | None = None
    color: Annotated[str, Field(max_length=20)] | None = None
    sticker: Annotated[str, Field(max_length=4096)] = ""
    """The PNG file for the style of that name; empty for none."""
    margin: Annotated[float, Field(ge=0.0, le=2.0)] | None = None
    """How much larger than the head a cover is, as a share of the face."""
    publish: bool | None = None
    """Whether the photos are for a website: JPEG, not too large, with neutral names."""
    out: Annotated[str, Field(max_length=4096)] = ""
    """Where the safe photos go; empty for next to the folder."""

    def settings(self, base: Settings) -> Settings:
        """Return the settings with what was chosen.

        Raises:
            SettingsError: A value is not allowed.
        """
        look = {name: getattr(self, name) for name in ("style", "shape", "color", "margin")}
        obscure: dict[str, Any] = {name: value for name, value in look.items() if value is not None}
        if self.style is Style.STICKER and self.sticker.strip():
            obscure["sticker"] = _sticker(self.sticker)
        elif self.style is Style.STICKER and base.obscure.sticker is None:
            raise SettingsError(tr("The cover is a picture of yours. Name its PNG file."))
        values: dict[str, Any] = base.model_dump() | {"policy": self._policy(base.policy).model_dump()}
        values["obscure"] |= obscure
        if self.publish is not None:
            values["write"]["neutral_names"] = self.publish
            if self.publish:
                sides = {"max_side": PUBLISHED_SIDE, "max_clip_side": PUBLISHED_CLIP_SIDE}
                values["output"] |= {"format": PUBLISHED} | {
                    name: getattr(base.output, name) or usual for name, usual in sides.items()
                }
        return Settings.of(**values)

    def _policy(self, base: PolicySettings) -> PolicySettings:
        policy = base if self.policy in (None, OWN, base.name) else load_policy(str(self.policy))
        if self.children is None or not asks_for_age(policy):
            return policy
        return for_children(policy, self.children, origin="the children's ages")

    def place(self) -> Path | None:
        """Return where the safe photos go; None for next to the folder.

        Raises:
            SettingsError: It is no whole path.
        """
        return _path(self.out) if self.out.strip() else None


def _path(given: str) -> Path:
    """Return a whole path as a person may write it: with `~`, or in quotes as Windows copies it.

    Raises:
        SettingsError: It is no whole path.
    """
    path = Path(given.strip().strip('"'))
    with suppress(RuntimeError):  # nobody has that name
        path = path.expanduser()
    if not path.is_absolute():
        raise no_whole_path(given)
    return path


def no_whole_path(given: str) -> SettingsError:
    """Return what a person is told who wrote a path without its beginning."""
    what = tr("{path} is no whole path. Begin with the drive or with /.")
    return SettingsError(what.format(path=given))


def _sticker(given: str) -> Sticker:
    """Read the picture that a person named.

    Raises:
        SettingsError: It cannot be used.
    """
    path = _path(given)
    try:
        return Sticker.read(path)
    except ValueError as fault:
        raise SettingsError(tr("{path} is no PNG file that can be used.").format(path=path)) from fault


def usual(settings: Settings) -> Wishes:
    """Return the choices that leave the settings of the command line as they are."""
    policy, cover = settings.policy, settings.obscure
    ages = {age: name for name, age in CHILDREN.items()}
    return Wishes(
        policy=policy.name if policy.name in PRESETS else OWN,  # type: ignore[arg-type]
        children=ages.get(policy.child_age),
        style=cover.style,
        shape=cover.shape,
        color="gray" if cover.color == "grey" else cover.color,
        margin=cover.margin,
        publish=settings.write.neutral_names,
    )


def recall(folder: Path) -> Wishes | None:
    """Return what was chosen for a folder before; None if nothing was, or not on this computer."""
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        known = json.loads(read_regular(folder / FILE_NAME, max_bytes=MAX_BYTES))
        mark = seal(_content(known["choices"]))
        if mark and hmac.compare_digest(str(known["seal"]).encode(), mark.encode()):
            return Wishes.model_validate(known["choices"])
    return None


def remember(folder: Path, wishes: Wishes) -> None:
    """Keep what was chosen for a folder.

    Raises:
        OutputNotWritable: It cannot be kept.
    """
    choices = wishes.model_dump(mode="json", exclude_none=True)
    text = json.dumps({"schema": 1, "choices": choices, "seal": seal(_content(choices))}, indent=1)
    replace_text(folder / FILE_NAME, [text, "\n"])


def _content(choices: Any) -> bytes:
    return json.dumps(choices, sort_keys=True).encode()


POLICIES = {
    "children": (
        mark("Cover children"),
        mark("Everyone who could be a child is covered. People who clearly look adult stay visible."),
    ),
    "cautious": (
        mark("Cover children, with extra care"),
        mark("The same, and everyone who could be under 25 is covered, too."),
    ),
    "consent": (
        mark("Cover everyone, and show some"),
        mark("Everyone is covered. You show those who may be seen, and say why."),
    ),
    "everyone": (mark("Cover everyone"), mark("Everyone is covered, in every photo.")),
    "strict": (
        mark("Cover children, and words"),
        mark("Names, numbers, QR codes and number plates are covered, too."),
    ),
}

AGES = {
    "up-to-6": mark("Up to 6 years: nursery"),
    "up-to-11": mark("Up to 11 years: primary school"),
    "up-to-14": mark("Up to 14 years: lower secondary school"),
    "up-to-18": mark("Up to 18 years, or I do not know"),
}


def offered(settings: Settings) -> dict[str, Any]:
    """Return what can be chosen, in plain words."""
    policies = {
        name: {"title": tr(title), "words": tr(words)}
        for name, (title, words) in POLICIES.items()
        if name != "strict" or installed()
    }
    if settings.policy.name not in PRESETS:
        policies[OWN] = {"title": settings.policy.name, "words": tr("The rules that blurkit was started with.")}
    return {
        "policies": policies,
        "children": {name: tr(words) for name, words in AGES.items()},
        "styles": {style.value: tr(STYLES[style]) for style in Style},
        "shapes": {shape.value: tr(SHAPES[shape]) for shape in Shape},
        "colors": {AUTO: []} | {name: list(rgb) for name, rgb in NAMED_COLORS.items() if name != "grey"},
        "margins": sorted({*MARGINS, settings.obscure.margin}),
        "side": PUBLISHED_SIDE,
    }
