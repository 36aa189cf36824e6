"""The policy stage: faces and ages in, one decision with a reason a face out. No pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.choices import OnUnknown
from blurkit.language import decimal, mark, tr
from blurkit.outcomes import Status
from blurkit.policy.marks import explain_marks
from blurkit.policy.places import in_pixels, is_inside, regions_about
from blurkit.records import Action, AgeEstimate, Decision, Face, Judgement, Line, Reason
from blurkit.settings import PolicySettings, Region

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import PurePath

    from blurkit.geometry import Size
    from blurkit.marks import MarkDecision

DOUBT_YEARS = 3.0
"""A kept face whose interval starts less than this above the threshold is doubtful, in years."""

CROWD = 25
"""Children in a photo of a class, for the figure per photo."""

BY_DOUBT = (
    Reason.LOOKS_ADULT,
    Reason.MAY_BE_UNDER_AGE,
    Reason.LOOKS_UNDER_AGE,
    Reason.UNCLEAR_FACE,
    Reason.TOO_SMALL_TO_JUDGE,
)
"""What is known of a face's age, from the surest adult to the least known. A rule that covers one covers all after it,
whatever the other rules say, so that more doubt never uncovers a face."""

BY_AGE = tuple(reason for reason in BY_DOUBT if reason is not Reason.TOO_SMALL_TO_JUDGE)
"""Of these, what only an estimate of the age can tell."""


def decide(
    faces: Sequence[Face],
    ages: Sequence[AgeEstimate | None],
    policy: PolicySettings,
    *,
    size: Size,
    line: Line,
    photo: PurePath | str = "",
) -> tuple[Decision, ...]:
    """Decide for each face whether it is covered, and say why.

    Args:
        faces: Faces in pixels of the upright photo.
        ages: One estimate per face, None where age cannot be judged or was not asked for.
        policy: The rules; the first that matches decides, and who matches none is covered.
        size: Width and height of the photo in pixels.
        line: How old a face must look to count as adult, from the calibration.
        photo: The photo's path as given, for rules about regions of certain files.

    Returns:
        One decision per face, in the same order.

    Invariant: a lower `low`, a lost estimate or a smaller face never turns COVER into KEEP.
    """
    regions = regions_about(policy, photo)
    return tuple(
        Decision(face, _judgement(face, age, policy, regions, size, line))
        for face, age in zip(faces, ages, strict=True)
    )


def asks_for_age(policy: PolicySettings) -> bool:
    """Whether any rule is about age; if none is, nobody's age is estimated, and nobody is near a line."""
    return any(rule.when in BY_AGE for rule in policy.rules)


def asked_for(faces: Sequence[Face], policy: PolicySettings) -> tuple[Face, ...]:
    """Return the faces whose age a policy asks for: none without a rule about age, and none too small to judge."""
    return tuple(face for face in faces if asks_for_age(policy) and not _is_too_small(face, policy))


def verdict(decisions: Sequence[Decision], marks: Sequence[MarkDecision] | None = None) -> Status:
    """Return LOOK if a person should look at one of the faces or marks, else READY."""
    doubtful = [decision.judgement.doubtful for decision in decisions] + [mark.doubtful for mark in marks or ()]
    return Status.LOOK if any(doubtful) else Status.READY


def explain(policy: PolicySettings) -> list[str]:
    """Return what a policy does, in sentences for a person, in the language that is spoken."""
    who = {reason: tr(words).format(**_values(policy)) for reason, words in FITS.items()}
    if len(policy.rules) == 1:
        who[Reason.EVERYONE] = tr("everyone")
    head = tr("The policy '{name}': the first line that fits a face decides.")
    lines = [head.format(name=policy.name)]
    verbs = {Action.COVER: tr("Covers {who}."), Action.KEEP: tr("Leaves visible {who}.")}
    lines += [verbs[rule.action].format(who=who[rule.when]) for rule in policy.rules]
    named = {rule.when for rule in policy.rules}
    covered = [BY_DOUBT.index(r.when) for r in policy.rules if r.action is Action.COVER and r.when in BY_DOUBT]
    less_sure = BY_DOUBT[min(covered, default=len(BY_DOUBT)) :]
    also = tr("Covers also {who}: that is less sure still.")
    lines += [also.format(who=who[when]) for when in less_sure if when not in named]
    if policy.rules[-1].when is not Reason.EVERYONE:
        lines.append(tr("Covers everyone who fits no line."))
    if Reason.LOOKS_ADULT in named:
        lines += _promise(policy)
    if not asks_for_age(policy):
        lines.append(tr("Guesses no age: a face left visible is so by its place or by hand."))
    if policy.on_unknown is OnUnknown.REVIEW and named.intersection(BY_DOUBT):
        lines.append(tr("A photo with a covered face that could not be judged asks for a person's look."))
    lines += explain_marks(policy)
    regions = {
        Action.COVER: tr("Region to cover in photos '{files}': {part} (left, top, right, bottom)."),
        Action.KEEP: tr("Region to keep in photos '{files}': {part} (left, top, right, bottom)."),
    }
    for region in policy.regions:
        part = ", ".join(f"{share:g}" for share in region.box)
        lines.append(regions[region.action].format(files=region.files, part=part))
    return lines


FITS = {
    Reason.ALWAYS_REGION: mark("a face that touches a region marked cover"),
    Reason.NEVER_REGION: mark("a face that lies wholly in a region marked keep"),
    Reason.TOO_SMALL_TO_JUDGE: mark("a face lower than {least} pixels, too small to judge"),
    Reason.UNCLEAR_FACE: mark("a face too unclear to judge"),
    Reason.LOOKS_UNDER_AGE: mark("a face that looks younger than {child_age}"),
    Reason.MAY_BE_UNDER_AGE: mark("a face that is not safely above {cutoff}"),
    Reason.LOOKS_ADULT: mark("a face that looks safely above {cutoff}"),
    Reason.EVERYONE: mark("everyone else"),
}
"""Which faces a rule is about."""


def _values(policy: PolicySettings) -> dict[str, int]:
    return {"least": policy.min_face_px, "child_age": policy.child_age, "cutoff": policy.cutoff_age}


def _promise(policy: PolicySettings) -> list[str]:
    """Return what the policy promises, a face and a photo."""
    rate = policy.max_miss_rate
    every = 1 / (1 - (1 - rate) ** CROWD)
    return [
        tr(
            "At most {share} % of those under {cutoff} may be left visible, on photos like those of the calibration."
        ).format(share=decimal(rate * 100), cutoff=policy.cutoff_age),
        tr(
            "With {crowd} children in a photo that is a visible child in up to one photo in {every}: "
            "look at all photos before you publish them."
        ).format(crowd=CROWD, every=f"{every:.0f}"),
        tr("A photo with a face left visible by less than {years} years asks for a person's look.").format(
            years=decimal(DOUBT_YEARS)
        ),
    ]


def _judgement(
    face: Face,
    age: AgeEstimate | None,
    policy: PolicySettings,
    regions: Sequence[Region],
    size: Size,
    line: Line,
) -> Judgement:
    years = max(line.at(face.box.height), policy.child_age)
    asked = years if asks_for_age(policy) else None
    age = age if asked_for((face,), policy) else None  # an earlier report may know more than this policy asks
    judged = _judged(face, age, policy, years)
    place = _place(face, regions, size)
    for rule in policy.rules:
        if rule.when in place or rule.when is judged:
            reason = rule.when
        elif rule.action is Action.COVER and rule.when in BY_DOUBT[: BY_DOUBT.index(judged)]:
            reason = judged
        else:
            continue
        unknown = reason in (Reason.TOO_SMALL_TO_JUDGE, Reason.UNCLEAR_FACE)
        kept_by_age = rule.action is Action.KEEP and reason is not Reason.NEVER_REGION and asked is not None
        near_line = kept_by_age and age is not None and age.low < years + DOUBT_YEARS
        in_part = face.unclear and rule.action is Action.COVER
        doubtful = (unknown and policy.on_unknown is OnUnknown.REVIEW) or near_line or in_part
        return Judgement(age, rule.action, reason, doubtful=doubtful, rule=rule.when, threshold=asked)
    return Judgement(age, Action.COVER, Reason.UNCLEAR_FACE, doubtful=True, threshold=asked)


def _is_too_small(face: Face, policy: PolicySettings) -> bool:
    """Whether a face is too small for its age to be judged."""
    return face.box.height < policy.min_face_px


def _judged(face: Face, age: AgeEstimate | None, policy: PolicySettings, years: float) -> Reason:
    """Return what is known of a face's age, one of `BY_DOUBT`."""
    if _is_too_small(face, policy):
        return Reason.TOO_SMALL_TO_JUDGE
    if age is None or face.unclear:
        return Reason.UNCLEAR_FACE
    if age.years < policy.child_age:
        return Reason.LOOKS_UNDER_AGE
    return Reason.MAY_BE_UNDER_AGE if age.low < years else Reason.LOOKS_ADULT


def _place(face: Face, regions: Sequence[Region], size: Size) -> frozenset[Reason]:
    """Return the conditions that hold for a face by where it is."""
    holds = {Reason.EVERYONE}
    box = face.box.clip(size)
    for region in regions:
        if region.action is Action.COVER and in_pixels(region, size).intersection(box) > 0:
            holds.add(Reason.ALWAYS_REGION)
        if region.action is Action.KEEP and is_inside(box, in_pixels(region, size)):
            holds.add(Reason.NEVER_REGION)
    return frozenset(holds)
