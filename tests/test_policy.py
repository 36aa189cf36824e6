"""Who is covered and why: the first rule that fits, and cover in every doubt."""

from dataclasses import replace
from pathlib import Path

import pytest

from blurkit.choices import PRESETS
from blurkit.geometry import Box, Size
from blurkit.outcomes import Status
from blurkit.policy import decide, explain, verdict
from blurkit.records import Action, AgeEstimate, Decision, Face, Judgement, Line, Reason
from blurkit.settings import PolicySettings, load_policy
from tests.pictures import face

SIZE = Size(1000, 800)
COVER, KEEP = Action.COVER, Action.KEEP
LINE = Line(24.0)
SAMPLES = Path(__file__).parent.parent / "samples" / "policies"


def age(years, low=None, high=None):
    return AgeEstimate(years, years - 3 if low is None else low, years + 3 if high is None else high, "test")


def big(left=100, top=100, height=200):
    return Face(Box(left, top, left + 0.8 * height, top + height), 0.9, ("fixed",))


def decided(estimate, policy="children", *, where=None, photo="photo.jpg", line=LINE):
    """Return the judgement of one face."""
    policy = load_policy(policy) if isinstance(policy, str) else policy
    (decision,) = decide([where or big()], [estimate], policy, size=SIZE, line=line, photo=photo)
    return decision.judgement


def rules(*pairs, **values):
    return PolicySettings(rules=tuple({"when": when, "action": action} for when, action in pairs), **values)


# The presets


@pytest.mark.parametrize(
    ("estimate", "action", "reason", "doubtful"),
    [
        pytest.param(age(8), COVER, Reason.LOOKS_UNDER_AGE, False, id="child"),
        pytest.param(age(17.9), COVER, Reason.LOOKS_UNDER_AGE, False, id="almost 18"),
        pytest.param(age(22), COVER, Reason.MAY_BE_UNDER_AGE, False, id="young adult"),
        pytest.param(age(60, low=20), COVER, Reason.MAY_BE_UNDER_AGE, False, id="wide interval"),
        pytest.param(age(27), KEEP, Reason.LOOKS_ADULT, True, id="adult at the line"),
        pytest.param(age(45), KEEP, Reason.LOOKS_ADULT, False, id="clear adult"),
        pytest.param(None, COVER, Reason.UNCLEAR_FACE, True, id="not judged"),
    ],
)
def test_the_default_policy_keeps_only_clear_adults(estimate, action, reason, doubtful):
    judgement = decided(estimate)
    assert (judgement.action, judgement.reason, judgement.doubtful) == (action, reason, doubtful)


@pytest.mark.parametrize("policy", ["children", "everyone", "consent"])
def test_what_may_be_part_of_a_face_is_covered_whatever_its_age_and_asks_for_a_look(policy):
    judgement = decided(age(60), policy, where=replace(big(), unclear=True))
    assert judgement.action is COVER
    assert judgement.doubtful


@pytest.mark.parametrize(
    ("estimate", "policy", "rule", "margin"),
    [
        pytest.param(age(27), "children", Reason.LOOKS_ADULT, 0.0, id="on the line"),
        pytest.param(age(8), "children", Reason.LOOKS_UNDER_AGE, -19.0, id="child"),
        pytest.param(None, "children", Reason.UNCLEAR_FACE, None, id="not judged"),
        pytest.param(age(40), "everyone", Reason.EVERYONE, None, id="no age asked for"),
    ],
)
def test_a_decision_holds_its_rule_and_how_far_it_is_from_the_line(estimate, policy, rule, margin):
    judgement = decided(estimate, policy)
    assert (judgement.rule, judgement.margin) == (rule, margin)


def test_a_face_kept_near_the_line_is_doubtful_whatever_rule_kept_it():
    policy = rules(("looks_under_age", "cover"), ("everyone", "keep"))
    assert decided(age(22), policy).doubtful
    assert not decided(age(45), policy).doubtful


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.toml")))
def test_every_sample_policy_loads_and_covers_whom_no_rule_fits(name):
    assert load_policy(SAMPLES / name).rules[-1].action is COVER


def test_a_face_too_small_to_judge_is_covered_whatever_its_age_is_said_to_be():
    judgement = decided(age(60), where=big(height=31))
    assert (judgement.action, judgement.reason, judgement.doubtful) == (COVER, Reason.TOO_SMALL_TO_JUDGE, True)
    assert decided(age(60), where=big(height=32)).action is KEEP


def test_the_low_end_must_reach_the_threshold_and_equal_counts():
    assert decided(age(40, low=23.99)).action is COVER
    assert decided(age(40, low=24.0)).action is KEEP


def test_a_threshold_below_the_age_itself_does_not_count():
    assert decided(age(19, low=17.5), line=Line(12.0)).action is COVER
    assert decided(age(19, low=18.5), line=Line(12.0)).action is KEEP


def test_an_infinite_threshold_covers_everyone():
    assert decided(age(90, low=88), line=Line(float("inf"))).action is COVER


@pytest.mark.parametrize("preset", ["consent", "everyone"])
@pytest.mark.parametrize("estimate", [age(8), age(70), None])
def test_presets_for_everyone_look_at_no_age(preset, estimate):
    judgement = decided(estimate, preset)
    assert (judgement.action, judgement.reason, judgement.doubtful) == (COVER, Reason.EVERYONE, False)


def test_unknown_without_review_is_covered_and_asks_for_no_look():
    policy = load_policy("children").model_copy(update={"on_unknown": "cover"})
    judgement = decided(None, policy)
    assert (judgement.action, judgement.doubtful) == (COVER, False)


def test_each_face_gets_its_own_decision_in_order():
    faces = [big(), big(400), big(700, height=20)]
    decisions = decide(faces, [age(50), None, age(50)], load_policy("children"), size=SIZE, line=LINE)
    assert [decision.face for decision in decisions] == faces
    assert [decision.judgement.reason for decision in decisions] == [
        Reason.LOOKS_ADULT,
        Reason.UNCLEAR_FACE,
        Reason.TOO_SMALL_TO_JUDGE,
    ]


def test_an_age_missing_from_the_list_is_an_error_not_a_guess():
    with pytest.raises(ValueError, match="zip"):
        decide([big(), big()], [age(50)], load_policy("children"), size=SIZE, line=LINE)


# Rules of one's own


def test_the_first_rule_that_fits_decides():
    policy = rules(("everyone", "cover"), ("looks_adult", "keep"))
    assert decided(age(60), policy).action is COVER
    policy = rules(("looks_adult", "keep"), ("everyone", "cover"))
    assert decided(age(60), policy).action is KEEP


def test_who_fits_no_rule_is_covered():
    judgement = decided(age(8), rules(("looks_adult", "keep")))
    assert (judgement.action, judgement.doubtful) == (COVER, True)


def test_a_policy_may_keep_everyone():
    assert decided(None, rules(("everyone", "keep"))).action is KEEP


@pytest.mark.parametrize("covered", ["may_be_under_age", "looks_under_age", "unclear_face"])
def test_a_rule_that_covers_the_surer_covers_the_less_sure_and_says_what_it_is(covered):
    policy = rules((covered, "cover"), ("everyone", "keep"))
    for estimate, where, reason in (
        (age(22), big(), Reason.MAY_BE_UNDER_AGE),
        (age(9), big(), Reason.LOOKS_UNDER_AGE),
        (None, big(), Reason.UNCLEAR_FACE),
        (None, big(height=20), Reason.TOO_SMALL_TO_JUDGE),
    ):
        judgement = decided(estimate, policy, where=where)
        order = ["may_be_under_age", "looks_under_age", "unclear_face", "too_small_to_judge"]
        less_sure = order.index(reason) >= order.index(covered)
        assert judgement.action is (COVER if less_sure else KEEP)
        assert judgement.reason is (reason if less_sure else Reason.EVERYONE)


# Regions


def in_region(action, box, where, *, files="*", photo="photo.jpg", estimate=None):
    preset = load_policy("children")
    policy = preset.model_copy(
        update={"regions": PolicySettings(regions=({"action": action, "box": box, "files": files},)).regions}
    )
    return decided(age(60) if estimate is None else estimate, policy, where=where, photo=photo)


def test_a_face_that_touches_a_region_to_cover_is_covered():
    judgement = in_region("cover", (0.25, 0, 1, 1), big(100))  # 100..260 of 1000, region from 250
    assert (judgement.action, judgement.reason) == (COVER, Reason.ALWAYS_REGION)
    assert in_region("cover", (0.27, 0, 1, 1), big(100)).reason is Reason.LOOKS_ADULT


def test_a_face_wholly_in_a_region_to_keep_is_kept():
    judgement = in_region("keep", (0, 0, 0.5, 1), big(100), estimate=age(8))
    assert (judgement.action, judgement.reason, judgement.doubtful) == (KEEP, Reason.NEVER_REGION, False)
    assert in_region("keep", (0.15, 0, 0.5, 1), big(100), estimate=age(8)).action is COVER


def test_a_face_cut_by_the_border_lies_in_a_region_that_reaches_the_border():
    cut = Face(Box(-40, 100, 120, 300), 0.9, ("fixed",))
    assert in_region("keep", (0, 0, 0.5, 1), cut, estimate=age(8)).action is KEEP


@pytest.mark.parametrize(
    ("files", "photo", "meant"),
    [
        ("*", "a.jpg", True),
        ("stage-*.jpg", "2026/stage-3.jpg", True),
        ("stage-*.jpg", "2026/hall-3.jpg", False),
        ("2026/*", "2026/hall-3.jpg", True),
        ("2025/*", "2026/hall-3.jpg", False),
        ("*/hall-?.jpg", "photos/2026/hall-3.jpg", True),
        ("[ab].jpg", "b.jpg", True),
    ],
)
def test_a_region_is_for_the_files_it_names(files, photo, meant):
    judgement = in_region("cover", (0, 0, 1, 1), big(), files=files, photo=Path(photo))
    assert (judgement.reason is Reason.ALWAYS_REGION) is meant


def test_consent_knows_no_region_to_keep():
    policy = load_policy("consent").model_copy(
        update={"regions": PolicySettings(regions=({"action": "keep", "box": (0, 0, 1, 1)},)).regions}
    )
    assert decided(age(60), policy).action is COVER


# Verdict and words


def test_one_doubtful_face_asks_for_a_look():
    sure = Decision(face(), Judgement(None, COVER, Reason.EVERYONE))
    doubtful = Decision(face(), Judgement(None, COVER, Reason.UNCLEAR_FACE, doubtful=True))
    assert verdict([]) is Status.READY
    assert verdict([sure]) is Status.READY
    assert verdict([sure, doubtful]) is Status.LOOK


def test_a_policy_is_explained_in_sentences():
    assert explain(load_policy("children")) == [
        "The policy 'children': the first line that fits a face decides.",
        "Covers a face that touches a region marked cover.",
        "Leaves visible a face that lies wholly in a region marked keep.",
        "Covers a face lower than 32 pixels, too small to judge.",
        "Covers a face too unclear to judge.",
        "Covers a face that looks younger than 18.",
        "Covers a face that is not safely above 18.",
        "Leaves visible a face that looks safely above 18.",
        "Covers everyone else.",
        "At most 1 % of those under 18 may be left visible, on photos like those of the calibration.",
        "With 25 children in a photo that is a visible child in up to one photo in 5: "
        "look at all photos before you publish them.",
        "A photo with a face left visible by less than 3 years asks for a person's look.",
        "A photo with a covered face that could not be judged asks for a person's look.",
        "Warns of words and numbers.",
        "Covers QR codes and bar codes, if blurkit[text] is installed.",
        "Warns of number plates.",
    ]


def test_the_margin_of_the_cautious_policy_is_in_its_words():
    words = "\n".join(explain(load_policy("cautious")))
    assert "looks younger than 18" in words
    assert "safely above 25" in words


@pytest.mark.parametrize("name", PRESETS)
def test_every_rule_has_its_sentence(name):
    policy = load_policy(name)
    assert len(explain(policy)) >= 1 + len(policy.rules)


def test_regions_and_the_rest_are_explained():
    policy = rules(
        ("looks_adult", "keep"), regions=({"action": "cover", "box": (0, 0.25, 0.5, 1), "files": "stage-*"},)
    )
    words = explain(policy)
    assert "Covers everyone who fits no line." in words
    assert "Region to cover in photos 'stage-*': 0, 0.25, 0.5, 1 (left, top, right, bottom)." in words


def test_what_a_rule_covers_along_with_itself_is_explained():
    words = explain(rules(("looks_under_age", "cover"), ("everyone", "keep")))
    assert "Covers also a face too unclear to judge: that is less sure still." in words
    assert words.index("Leaves visible everyone else.") == 2


def test_a_policy_that_judges_no_age_promises_no_look():
    assert explain(load_policy("everyone"))[-5:-3] == [
        "Covers everyone else.",
        "Guesses no age: a face left visible is so by its place or by hand.",
    ]
