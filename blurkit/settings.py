"""Everything a user can set, checked once; each stage receives only its own part."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, field_validator, model_validator

from blurkit.appearance import Frozen, ObscureSettings
from blurkit.choices import (
    LEAST_SIDE,
    MAX_MEGAPIXELS,
    PRESETS,
    ClipCodec,
    DetectorName,
    OnUnknown,
    OutputFormat,
    Treatment,
)
from blurkit.errors import SettingsError
from blurkit.records import Action, Reason
from blurkit.validation import shown, validated

OPTIONS = "blurkit run --help"
"""Prints what each option takes."""

SHOW = "blurkit policy show children"
"""Prints every key of a policy."""


Share = Annotated[float, Field(ge=0.0, le=1.0)]


class LoadSettings(Frozen):
    """What is read."""

    max_megapixels: Annotated[float, Field(gt=0, allow_inf_nan=False)] = MAX_MEGAPIXELS
    """Larger pictures are refused (a small file can unpack to gigabytes)."""


class DetectSettings(Frozen):
    """How faces are found."""

    detector: Annotated[tuple[DetectorName, ...], Field(min_length=1)] = (
        DetectorName.CENTERFACE,
        DetectorName.MEDIAPIPE,
    )
    """Detectors to ask; a face that any of them is sure of counts."""
    min_score: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.47
    """Combined evidence from which something counts as a face, 0..1."""


class Rule(Frozen):
    """One line of a policy: when this is so, do that."""

    when: Reason
    """The condition, by the reason's name."""
    action: Action
    """Cover or keep."""

    @model_validator(mode="after")
    def _fails_closed(self) -> Self:
        if self.when in (Reason.MANUAL, Reason.FOUND_IN_CHECK):
            raise ValueError(f"'{self.when}' is not a condition; it is set by hand or by the check")
        judged = (Reason.NEVER_REGION, Reason.LOOKS_ADULT, Reason.EVERYONE)
        if self.action is Action.KEEP and self.when not in judged:
            raise ValueError(f"a face that is '{self.when}' is always covered; keep is for {', '.join(judged)}")
        return self


class Region(Frozen):
    """A part of the photo whose faces are always covered or always kept."""

    action: Action
    """Cover: a face that touches it. Keep: a face that lies wholly inside."""
    box: tuple[Share, Share, Share, Share]
    """Left, top, right, bottom as shares 0..1 of the upright photo."""
    files: str = "*"
    """Which photos, as a pattern for the file name or the path as given (`stage-*.jpg`)."""

    @field_validator("box")
    @classmethod
    def _is_a_box(cls, box: tuple[Share, Share, Share, Share]) -> tuple[Share, Share, Share, Share]:
        left, top, right, bottom = box
        if left >= right or top >= bottom:
            raise ValueError("left, top, right, bottom with left < right and top < bottom, as shares 0 to 1")
        return box


KEPT = (Reason.NEVER_REGION, Reason.LOOKS_ADULT)
"""What the preset `children` leaves visible."""

CHILDREN_RULES = tuple(
    Rule(when=reason, action=Action.KEEP if reason in KEPT else Action.COVER)
    for reason in (
        Reason.ALWAYS_REGION,
        Reason.NEVER_REGION,
        Reason.TOO_SMALL_TO_JUDGE,
        Reason.UNCLEAR_FACE,
        Reason.LOOKS_UNDER_AGE,
        Reason.MAY_BE_UNDER_AGE,
        Reason.LOOKS_ADULT,
        Reason.EVERYONE,
    )
)
"""The rules of the preset `children`, as `blurkit/policy/presets/children.toml` has them (a test compares)."""


Words = tuple[Annotated[str, Field(min_length=1, max_length=200)], ...]


class TextRule(Frozen):
    """What happens to lines of words and numbers."""

    do: Treatment = Treatment.WARN
    """Cover them, leave them and ask a person to look, or do not look at them."""
    near_person: bool = False
    """Only those on or next to a person, such as name badges and numbers on shirts."""
    min_px: Annotated[float, Field(ge=0)] = 0.0
    """Only those at least so high, in pixels of the photo."""
    max_px: Annotated[float, Field(gt=0)] | None = None
    """Only those at most so high."""
    covers: Words = ()
    """Words: a line that holds one of them is covered, wherever it is and whatever `do` says."""
    leaves: Words = ()
    """Phrases: a line that says one of them, and nothing else, is left."""


class PolicySettings(Frozen):
    """Who is covered: an ordered list of rules; the first that matches decides."""

    name: str = "children"
    """The name in the report."""
    child_age: Annotated[int, Field(ge=7, le=18)] = 18
    """Anyone younger than this is a child, in years."""
    max_miss_rate: Annotated[float, Field(ge=0.001, le=0.2)] = 0.01
    """Share of children that may be left visible, on photos like those of the calibration."""
    judge_as_under: Annotated[int, Field(ge=7, le=30)] | None = None
    """Judge every face as if children were younger than this, in years: a larger margin."""
    min_face_px: Annotated[int, Field(ge=16, le=1000)] = 32
    """Height of a face in pixels below which its age is not judged."""
    on_unknown: OnUnknown = OnUnknown.REVIEW
    """A face that cannot be judged is covered; `review` also asks a person to look."""
    text: TextRule = TextRule()
    """Words and numbers; one word for all of them, or a table."""
    code: Treatment | None = None
    """QR codes and others, and bar codes; if nothing is said they are covered wherever `blurkit[text]` is installed."""
    plate: Treatment = Treatment.WARN
    """Number plates of cars."""
    regions: tuple[Region, ...] = ()
    """Parts of the photo with their own rule."""
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)] = CHILDREN_RULES
    """The first match decides; a face that matches no rule is covered. By default those of the preset `children`."""

    @field_validator("text", mode="before")
    @classmethod
    def _one_word(cls, text: Any) -> Any:
        if isinstance(text, str):
            if text not in set(Treatment):
                raise ValueError(f"one of {', '.join(Treatment)}, or a table")
            return {"do": text}
        return text

    @model_validator(mode="after")
    def _margin_not_below_age(self) -> Self:
        if self.judge_as_under is not None and self.judge_as_under < self.child_age:
            raise ValueError(f"judge_as_under ({self.judge_as_under}) is below child_age ({self.child_age})")
        return self

    @property
    def cutoff_age(self) -> int:
        """Age in years that a face must look safely above to be kept."""
        return self.judge_as_under or self.child_age


class OutputSettings(Frozen):
    """What a file written is."""

    format: OutputFormat = OutputFormat.AUTO
    """Format of the files written."""
    max_side: Annotated[int, Field(ge=LEAST_SIDE)] | None = None
    """Longest side of the files written, in pixels; larger photos are made smaller."""
    keep_sound: bool = False
    """Keep the sound of clips, bit for bit; voices and names identify, too."""
    clip_codec: ClipCodec = ClipCodec.H264
    """How the pictures of clips are coded."""
    max_clip_side: Annotated[int, Field(ge=LEAST_SIDE)] | None = None
    """Longest side of the clips written, in pixels; larger clips are made smaller."""
    keep_blocks: bool = False
    """In JPEG, re-encode only the blocks that covers touch, and keep all others bit for bit."""


class WriteSettings(Frozen):
    """What a run may do with its files."""

    overwrite: bool = False
    """Replace an earlier output; an original is never replaced."""
    neutral_names: bool = False
    """Name the files by the day of the run and a number, so that no name of a source is published."""


class Settings(Frozen):
    """All settings of a run."""

    load: LoadSettings = LoadSettings()
    detect: DetectSettings = DetectSettings()
    policy: PolicySettings = PolicySettings()
    obscure: ObscureSettings = ObscureSettings()
    output: OutputSettings = OutputSettings()
    write: WriteSettings = WriteSettings()

    @classmethod
    def of(
        cls, *, policy: str | Path | dict[str, Any] | BaseModel | None = None, **parts: dict[str, Any] | BaseModel
    ) -> Settings:
        """Build settings from parts, or from plain values, one mapping per part.

        Args:
            policy: A preset's name, a TOML file, values, or a policy.
            parts: The other parts by their names, such as `obscure={"style": "pixelate"}`.

        Raises:
            SettingsError: An unknown key or a value that is not allowed; names both.
        """
        if isinstance(policy, str | Path):
            policy, look = read_policy(policy)
            given = parts.get("obscure", {})
            parts["obscure"] = look | (given if isinstance(given, dict) else given.model_dump(exclude_unset=True))
        if policy is not None:
            parts["policy"] = policy
        return validated(cls, parts, origin="settings", hint=SHOW if isinstance(policy, dict) else OPTIONS)


def load_policy(name: str | Path) -> PolicySettings:
    """Read who is covered; how covers look is left out. See `read_policy`."""
    return read_policy(name)[0]


def read_policy(name: str | Path) -> tuple[PolicySettings, dict[str, Any]]:
    """Read a policy: one of the presets by name, or a TOML file.

    A file may start from a preset (`preset = "children"`) and change single keys. It may also say how covers look, by
    the keys of `ObscureSettings`; a sticker's path is meant from the folder of the file.

    Args:
        name: A preset's name or the path of a TOML file.

    Returns:
        The checked policy, and what it says of the look of covers, as values.

    Raises:
        SettingsError: No such preset or file, not TOML, an unknown key or a value that is not allowed.
    """
    if str(name) in PRESETS:
        return validated(PolicySettings, tomllib.loads(preset_text(str(name))), origin=str(name), hint=SHOW), {}
    path = Path(name)
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as fault:
        raise SettingsError(
            "no such preset or policy file", path=name, hint=f"presets are {', '.join(PRESETS)}"
        ) from fault
    except RecursionError as fault:
        raise SettingsError("cannot be read as TOML: nested too deeply", path=name, hint=SHOW) from fault
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise SettingsError(f"cannot be read as TOML: {fault}", path=name, hint=SHOW) from fault
    look = {key: values.pop(key) for key in ObscureSettings.model_fields if key in values}
    if isinstance(look.get("sticker"), str):
        look["sticker"] = str(path.parent / look["sticker"])
    validated(ObscureSettings, look, origin=str(name), hint=SHOW)
    base: dict[str, Any] = {"name": path.stem}
    if "preset" in values:
        preset = values.pop("preset")
        if preset not in PRESETS:
            raise SettingsError(f"preset: one of {', '.join(PRESETS)} (got {shown(preset)})", path=name, hint=SHOW)
        base = tomllib.loads(preset_text(preset)) | base
    elif "rules" not in values:
        validated(PolicySettings, base | values, origin=str(name), hint=SHOW)  # names every key that is wrong
        raise SettingsError(
            "a policy needs rules or a preset to start from", path=name, hint='begin the file with: preset = "children"'
        )
    return validated(PolicySettings, base | values, origin=str(name), hint=SHOW), look


def preset_text(name: str) -> str:
    """Return the TOML text of a preset that comes with blurkit."""
    return (Path(__file__).parent / "policy" / "presets" / f"{name}.toml").read_text(encoding="utf-8")


def policy_toml(policy: PolicySettings, look: dict[str, Any] | None = None) -> str:
    """Return a policy as complete TOML, which `read_policy` reads back to the same policy and look of covers."""
    import tomli_w

    return tomli_w.dumps((look or {}) | policy.model_dump(mode="json", exclude_none=True))
