"""From a photo and its decisions to a file that passed its checks, in memory: obscure, encode, metadata, verify."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from blurkit import metadata
from blurkit.encode import coding_words, encode, encode_keeping_blocks, output_format, prepare
from blurkit.errors import FaceVisible, MarkVisible
from blurkit.marks import MarkDecision, MarkReason
from blurkit.obscure import drawn_mask, moved, obscure, shrink, to_cover, to_keep
from blurkit.outcomes import Rendered
from blurkit.picture.proof import prove
from blurkit.records import Action, Decision, Judgement, Reason, Stage
from blurkit.verify import check, legible, uncovered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.detect.views import Network
    from blurkit.machine.clock import Clock
    from blurkit.marks import Mark
    from blurkit.records import Face, Photo
    from blurkit.settings import Settings
    from blurkit.text import MarkFinder

MAX_ROUNDS = 3
"""How often a face found by the independent check is covered and the file made again."""

FOUND = Judgement(None, Action.COVER, Reason.FOUND_IN_CHECK, doubtful=True)
"""What becomes of a face that only the independent check sees."""


@dataclass(frozen=True, slots=True)
class Checks:
    """What looks at a finished file."""

    independent_check: Network
    """A network that placed none of the covers over faces."""
    mark_finder: MarkFinder | None
    """Reads what can be read where marks were covered; None if none were looked for."""


def render(
    photo: Photo,
    decisions: Sequence[Decision],
    marks: Sequence[MarkDecision] | None,
    settings: Settings,
    *,
    checks: Checks,
    clock: Clock,
) -> Rendered:
    """Cover, encode, clean and check a photo, again and again until its checks see nobody, and no covered words.

    Args:
        photo: The upright photo.
        decisions: One per face or place.
        marks: One per word, code or plate; None if nobody looked for them.
        settings: What the user chose.
        checks: What looks at the file.
        clock: Times the stages.

    Returns:
        The bytes of a file that passed its checks, with the decisions that the checks added.

    Raises:
        VerificationError: The file did not pass; it must not be written.
    """
    kind, decisions = output_format(photo.format, settings.output.format), tuple(decisions)
    missed: Sequence[Face] = ()
    read: Sequence[Mark] = ()
    with clock(Stage.OBSCURE):
        small = photo.showing(shrink(photo.picture, settings.output.max_side))
    for _ in range(1 + MAX_ROUNDS):
        with clock(Stage.OBSCURE):
            placed = moved(decisions, photo.size, small.size)
            placed_marks = moved(marks or (), photo.size, small.size)
            kept = to_keep(placed)
            mask = drawn_mask(to_cover([*placed, *placed_marks]), settings.obscure, small.size, kept)
            covers = obscure(small.picture, [*placed, *placed_marks], settings.obscure)
            drawn = prepare(small.showing(covers), kind)
        with clock(Stage.ENCODE):
            if settings.output.keep_blocks:
                data, coding, mask = encode_keeping_blocks(drawn, mask)
            else:
                data, coding = encode(drawn), coding_words(drawn)
        with clock(Stage.METADATA):
            metadata.check(data)
        with clock(Stage.VERIFY):
            decoded = check(data, drawn, settings.load)
            missed = uncovered(decoded.picture, placed, checks.independent_check)
            over_faces = drawn_mask(to_cover(placed), settings.obscure, small.size, kept)
            read = legible(decoded.picture, placed_marks, over_faces, checks.mark_finder)
            if not missed and not read:
                proof = prove(small, data, decoded, mask, coding)
                return Rendered(data, kind, decisions, proof, None if marks is None else tuple(marks))
        decisions += moved([Decision(face, FOUND) for face in missed], small.size, photo.size)
        marks = (*(marks or ()), *moved([_again(mark) for mark in read], small.size, photo.size))
    if missed:
        raise FaceVisible(
            f"{len(missed)} faces are still seen by the independent check after {MAX_ROUNDS} rounds",
            path=photo.source,
            hint="cover them by hand, or use --policy everyone",
        )
    raise MarkVisible(
        f"words or codes can still be read in {len(read)} places that were covered, after {MAX_ROUNDS} rounds",
        path=photo.source,
        hint="use --style solid, or draw a cover over them in blurkit review",
    )


def _again(mark: Mark) -> MarkDecision:
    """Return what becomes of words that can still be read where they were covered."""
    return MarkDecision(mark, Action.COVER, MarkReason.FOUND_IN_CHECK, doubtful=True)
