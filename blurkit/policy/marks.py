"""What becomes of words, codes and plates. Part of the policy stage: the last that knows what they say. No pixels."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from blurkit.choices import Treatment
from blurkit.language import tn, tr
from blurkit.marks import MarkDecision, MarkKind, MarkReason
from blurkit.policy.places import in_pixels, is_inside, regions_about
from blurkit.records import Action

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import PurePath

    from blurkit.geometry import Box, Size
    from blurkit.marks import Mark, Reading
    from blurkit.settings import PolicySettings, Region, TextRule

BODY = (2.0, 0.8, 7.0)
"""How far a person reaches from the middle of their face: to each side, above and below, in heights of the face."""

LETTERS_A_SLIP = 5
"""For each so many letters of a word, one may be read wrongly."""


def treating(policy: PolicySettings, **kinds: Treatment | None) -> PolicySettings:
    """Return a policy that does something else with some kinds of marks; None leaves a kind as it is."""
    said: dict[str, object] = {kind: treatment for kind, treatment in kinds.items() if treatment is not None}
    if "text" in said:
        said["text"] = policy.text.model_copy(update={"do": said["text"]})
    return policy.model_copy(update=said)


def treatments(policy: PolicySettings) -> dict[MarkKind, Treatment]:
    """Return what a policy does with each kind of mark."""
    code = Treatment.COVER if policy.code is None else policy.code
    return {MarkKind.TEXT: policy.text.do, MarkKind.CODE: code, MarkKind.PLATE: policy.plate}


def asks_for_marks(policy: PolicySettings) -> bool:
    """Whether a policy has any use for a look at words, codes and plates."""
    return bool(policy.text.covers) or any(each is not Treatment.IGNORE for each in treatments(policy).values())


def must_cover_marks(policy: PolicySettings) -> bool:
    """Whether a policy says in so many words that some are covered: then no photo is written without that look."""
    said = (policy.text.do, policy.code, policy.plate)
    return bool(policy.text.covers) or Treatment.COVER in said


def decide_marks(
    readings: Sequence[Reading],
    people: Sequence[Box],
    policy: PolicySettings,
    *,
    size: Size,
    photo: PurePath | str = "",
) -> tuple[MarkDecision, ...]:
    """Decide for each mark whether it is covered, and say why.

    Args:
        readings: Marks in pixels of the upright photo, and what they say.
        people: Boxes of the faces in it.
        policy: The rules; the first of these decides: a word that is always covered, a region, a phrase that is always
            left, and what is said of the kind of mark.
        size: Width and height of the photo in pixels.
        photo: The photo's path as given, for regions of certain files.

    Returns:
        One decision for each mark that the policy does not ignore, in the same order.
    """
    regions = regions_about(policy, photo)
    decided = [_decision(reading, people, policy, regions, size) for reading in readings]
    return tuple(decision for decision in decided if decision is not None)


def explain_marks(policy: PolicySettings) -> list[str]:
    """Return what a policy does with words, codes and plates, in sentences; lists of words are only counted."""
    rule = policy.text
    told = {
        Treatment.COVER: tr("Covers {who}."),
        Treatment.WARN: tr("Warns of {who}."),
        Treatment.IGNORE: tr("Ignores {who}."),
    }
    narrowed = [tr("on or next to a person")] if rule.near_person else []
    narrowed += [tr("of at least {n} pixels").format(n=f"{rule.min_px:g}")] if rule.min_px else []
    narrowed += [tr("of at most {n} pixels").format(n=f"{rule.max_px:g}")] if rule.max_px is not None else []
    words = tr("words and numbers") + (f" ({', '.join(narrowed)})" if narrowed else "")
    codes = tr("QR codes and bar codes")
    if policy.code is None:
        codes = tr("QR codes and bar codes, if blurkit[text] is installed")
    treated = treatments(policy)[MarkKind.CODE]
    lines = [told[rule.do].format(who=words), told[treated].format(who=codes)]
    lines.append(told[policy.plate].format(who=tr("number plates")))
    if rule.covers:
        words_of = len(rule.covers)
        lines.append(
            tn("Covers lines that hold {n} listed word.", "Covers lines that hold one of {n} listed words.", words_of)
        )
    if rule.leaves:
        lines.append(
            tn(
                "Leaves lines that say {n} listed phrase, unless a region covers them.",
                "Leaves lines that say one of {n} listed phrases, unless a region covers them.",
                len(rule.leaves),
            )
        )
    return lines


def _decision(
    reading: Reading, people: Sequence[Box], policy: PolicySettings, regions: Sequence[Region], size: Size
) -> MarkDecision | None:
    mark, rule = reading.mark, policy.text
    treatment = treatments(policy)[mark.kind]
    if mark.kind is not MarkKind.CODE and any(_holds(reading.says, word) for word in rule.covers):
        return MarkDecision(mark, Action.COVER, MarkReason.COVERED_WORD)
    if mark.kind is MarkKind.TEXT and not _is_meant(mark, people, rule):
        treatment = Treatment.IGNORE
    if treatment is Treatment.IGNORE:
        return None
    placed = _by_place(mark, regions, size)
    if placed is not None:
        return placed
    if mark.kind is MarkKind.TEXT and _plain(reading.says) in {_plain(phrase) for phrase in rule.leaves} - {""}:
        return MarkDecision(mark, Action.KEEP, MarkReason.LEFT_WORD)
    if treatment is Treatment.COVER:
        return MarkDecision(mark, Action.COVER, MarkReason.POLICY)
    return MarkDecision(mark, Action.KEEP, MarkReason.POLICY, doubtful=True)


def _by_place(mark: Mark, regions: Sequence[Region], size: Size) -> MarkDecision | None:
    box = mark.box.clip(size)
    places = [(region.action, in_pixels(region, size)) for region in regions]
    if any(action is Action.COVER and place.intersection(box) > 0 for action, place in places):
        return MarkDecision(mark, Action.COVER, MarkReason.ALWAYS_REGION)
    if any(action is Action.KEEP and is_inside(box, place) for action, place in places):
        return MarkDecision(mark, Action.KEEP, MarkReason.NEVER_REGION)
    return None


def _is_meant(mark: Mark, people: Sequence[Box], rule: TextRule) -> bool:
    """Whether the rule for text is about a mark, by its size and place."""
    if mark.height < rule.min_px or (rule.max_px is not None and mark.height > rule.max_px):
        return False
    return not rule.near_person or any(body(face).intersection(mark.box) > 0 for face in people)


def body(face: Box) -> Box:
    """Return where a person may wear words, by their face: from a cap to the knees."""
    beside, above, below = BODY
    middle, unit = face.center, face.height
    return type(face)(
        middle.x - beside * unit, middle.y - above * unit, middle.x + beside * unit, middle.y + below * unit
    )


def _plain(words: str) -> str:
    """Return letters and digits alone, without accents, in small letters: what readers and people agree on."""
    taken_apart = unicodedata.normalize("NFKD", words.casefold())
    return "".join(letter for letter in taken_apart if letter.isalnum())


def _holds(words: str, word: str) -> bool:
    """Whether a line holds a word, as it may have been read: one letter in `LETTERS_A_SLIP` may be wrong."""
    line, sought = _plain(words), _plain(word)
    if not sought:
        return False
    slips = len(sought) // LETTERS_A_SLIP
    row = [0] * (len(line) + 1)  # the word may begin anywhere
    for number, letter in enumerate(sought, start=1):
        before, row = row, [number]
        for place, other in enumerate(line, start=1):
            row.append(min(before[place] + 1, row[-1] + 1, before[place - 1] + (letter != other)))
    return min(row) <= slips
