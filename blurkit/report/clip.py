"""What the JSON report says of a clip besides what it says of a photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from blurkit.outcomes import ClipFacts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.outcomes import PhotoResult

    Span = tuple[float, float] | None


class Clip(BaseModel):
    """What is known of a clip besides what is known of a photo."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    frames: int
    """How many frames it has."""
    seconds: float
    """How long it is."""
    sound: str
    """`none`, `dropped` or `kept`."""
    notes: tuple[str, ...]
    """What a person is told of it, in words."""


def clip_of(facts: ClipFacts | None) -> Clip | None:
    """Return what a report says of a clip; None for a photo."""
    if facts is None:
        return None
    return Clip(frames=facts.frames, seconds=round(facts.seconds, 3), sound=facts.sound, notes=facts.notes)


def facts_of(clip: Clip | None, seen: Sequence[Span]) -> ClipFacts | None:
    """Return what is known of a clip by a report, given when each person is seen in it; None for a photo."""
    if clip is None:
        return None
    spans = tuple(span or (0.0, 0.0) for span in seen)
    return ClipFacts(frames=clip.frames, seconds=clip.seconds, sound=clip.sound, notes=clip.notes, spans=spans)


def spans(result: PhotoResult) -> Sequence[Span]:
    """Return when each person of a clip is seen; None for each face of a photo."""
    return (None,) * len(result.decisions) if result.clip is None else result.clip.spans
