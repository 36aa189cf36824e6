"""From a photo and its decisions to a file that passed its checks, in memory: obscure, encode, metadata, verify."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit import metadata
from blurkit.encode import coding_words, encode, encode_keeping_blocks, output_format, prepare
from blurkit.errors import FaceVisible
from blurkit.obscure import drawn_mask, moved, obscure, shrink
from blurkit.outcomes import Rendered
from blurkit.picture.proof import prove
from blurkit.records import Action, Decision, Judgement, Reason, Stage
from blurkit.verify import check, uncovered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from blurkit.detect.views import Network
    from blurkit.machine.clock import Clock
    from blurkit.records import Face, Photo
    from blurkit.settings import Settings

MAX_ROUNDS = 3
"""How often a face found by the independent check is covered and the file made again."""

FOUND = Judgement(None, Action.COVER, Reason.FOUND_IN_CHECK, doubtful=True)
"""What becomes of a face that only the independent check sees."""


def render(
    photo: Photo, decisions: Sequence[Decision], settings: Settings, *, independent_check: Network, clock: Clock
) -> Rendered:
    """Cover, encode, clean and check a photo, again and again until the independent check sees nobody.

    Args:
        photo: The upright photo.
        decisions: One per face or place.
        settings: What the user chose.
        independent_check: A network that placed none of the covers.
        clock: Times the stages.

    Returns:
        The bytes of a file that passed its checks, with the decisions that the checks added.

    Raises:
        VerificationError: The file did not pass; it must not be written.
    """
    kind, decisions = output_format(photo.format, settings.output.format), tuple(decisions)
    missed: Sequence[Face] = ()
    with clock(Stage.OBSCURE):
        small = photo.showing(shrink(photo.picture, settings.output.max_side))
    for _ in range(1 + MAX_ROUNDS):
        with clock(Stage.OBSCURE):
            placed = moved(decisions, photo.size, small.size)
            covered = [decision.face for decision in placed if decision.judgement.action is Action.COVER]
            mask = drawn_mask(covered, settings.obscure, small.size)
            covers = obscure(small.picture, placed, settings.obscure)
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
            missed = uncovered(decoded.picture, placed, independent_check)
            if not missed:
                return Rendered(data, kind, decisions, prove(small, data, decoded, mask, coding))
        decisions += moved([Decision(face, FOUND) for face in missed], small.size, photo.size)
    raise FaceVisible(
        f"{len(missed)} faces are still seen by the independent check after {MAX_ROUNDS} rounds",
        path=photo.source,
        hint="cover them by hand, or use --policy everyone",
    )
