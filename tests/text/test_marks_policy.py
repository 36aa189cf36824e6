"""What a policy does with words, codes and plates, and what it keeps to itself."""

import pickle
from dataclasses import fields, replace

import pytest

from blurkit.errors import SettingsError
from blurkit.geometry import Box, Size
from blurkit.marks import Mark, MarkDecision, MarkKind, MarkReason, Reading
from blurkit.policy import explain, verdict
from blurkit.policy.marks import asks_for_marks, decide_marks, must_cover_marks
from blurkit.records import Action
from blurkit.settings import PolicySettings, load_policy, policy_toml, read_policy
from blurkit.validation import validated
from tests.pictures import line

SIZE = Size(400, 300)
BADGE = line(5, (200, 150), 14)
FACE = Box(180, 80, 220, 130)


def policy(**values):
    return validated(PolicySettings, values, origin="test", hint="")


def decided(readings, people=(), **values):
    return decide_marks(readings, people, policy(**values), size=SIZE, photo="a.jpg")


def one(says="", mark=BADGE, people=(), **values):
    """Return action, reason and doubt of one mark; None if it is ignored."""
    found = decided([Reading(mark, says)], people, **values)
    return (found[0].action, found[0].reason, found[0].doubtful) if found else None


WARNED = (Action.KEEP, MarkReason.POLICY, True)
COVERED = (Action.COVER, MarkReason.POLICY, False)


def kind(name):
    return line(0, (200, 150), 20, MarkKind(name))


@pytest.mark.parametrize("name", ["text", "code", "plate"])
@pytest.mark.parametrize(("treatment", "outcome"), [("warn", WARNED), ("cover", COVERED), ("ignore", None)])
def test_each_kind_is_covered_warned_of_or_ignored(name, treatment, outcome):
    assert one(mark=kind(name), **{name: treatment}) == outcome


def test_by_default_codes_are_covered_and_a_person_is_asked_about_the_others():
    assert [one(mark=kind(name)) for name in ("text", "code", "plate")] == [WARNED, COVERED, WARNED]
    assert verdict((), decided([Reading(BADGE)])) == "look"
    assert verdict((), decided([Reading(kind("code"))])) == verdict((), None) == "ready"


def test_the_strict_preset_covers_all_and_the_others_warn():
    for mark in map(kind, ("text", "code", "plate")):
        assert decide_marks([Reading(mark)], (), load_policy("strict"), size=SIZE)[0].action is Action.COVER
    for name in ("children", "cautious", "everyone", "consent"):
        assert decide_marks([Reading(BADGE)], (), load_policy(name), size=SIZE)[0].doubtful


@pytest.mark.parametrize(("people", "outcome"), [((FACE,), COVERED), ((), None), ((Box(0, 0, 20, 20),), None)])
def test_text_can_be_that_next_to_people_only(people, outcome):
    assert one(people=people, text={"do": "cover", "near_person": True}) == outcome


@pytest.mark.parametrize(("height", "is_meant"), [(9, False), (10, True), (30, True), (31, False)])
def test_text_can_be_that_of_some_sizes_only(height, is_meant):
    rule = {"do": "cover", "min_px": 10, "max_px": 30}
    assert (one(mark=line(0, (200, 150), height), text=rule) is not None) == is_meant


@pytest.mark.parametrize("treatment", ["cover", "warn", "ignore"])
@pytest.mark.parametrize(
    "says", ["St. Mary's", "ST MARYS PRIMARY", "at st.mary's", "St. Marv's", "SAINT", "", "Anna from Mary"]
)
def test_a_line_with_a_word_of_the_list_is_covered_whatever_else_is_said(treatment, says):
    rule = {"do": treatment, "covers": ["St. Mary's"], "near_person": True, "min_px": 100}
    held = "mar" in says.lower() and says != "Anna from Mary"
    assert one(says, text=rule) == ((Action.COVER, MarkReason.COVERED_WORD, False) if held else None)


@pytest.mark.parametrize(
    ("says", "is_left"),
    [("PRIZE DAY", True), ("Prize-Day!", True), ("Anna PRIZE DAY", False), ("PRIZE DAV", False), ("", False)],
)
def test_a_line_that_says_one_of_the_phrases_and_nothing_else_is_left(says, is_left):
    found = one(says, text={"do": "cover", "leaves": ["PRIZE DAY", "?!"]})
    assert found == ((Action.KEEP, MarkReason.LEFT_WORD, False) if is_left else COVERED)


def test_a_word_that_is_always_covered_wins_over_a_phrase_that_is_left_and_over_a_region():
    rule = {"covers": ["Mary"], "leaves": ["Mary"]}
    kept = [{"action": "keep", "box": [0, 0, 1, 1]}]
    assert one("Mary", text=rule, regions=kept)[1] is MarkReason.COVERED_WORD


def test_regions_count_as_for_faces():
    cover, keep = ({"action": action, "box": [0.4, 0.4, 0.7, 0.7]} for action in ("cover", "keep"))
    assert one(regions=[cover])[:2] == (Action.COVER, MarkReason.ALWAYS_REGION)
    assert one(regions=[keep], text="cover")[:2] == (Action.KEEP, MarkReason.NEVER_REGION)
    assert one(regions=[{**keep, "box": [0.5, 0.4, 0.7, 0.7]}], text="cover") == COVERED  # sticks out
    assert one(regions=[keep, cover])[0] is Action.COVER
    assert one(regions=[{**cover, "files": "b*.jpg"}]) == WARNED
    assert one("PRIZE DAY", regions=[cover], text={"leaves": ["PRIZE DAY"]})[0] is Action.COVER


def test_what_a_policy_asks_for():
    assert asks_for_marks(policy())
    assert not asks_for_marks(policy(text="ignore", code="ignore", plate="ignore"))
    assert asks_for_marks(policy(text={"do": "ignore", "covers": ["x"]}, code="ignore", plate="ignore"))
    assert not must_cover_marks(policy())  # codes are covered wherever they can be found
    for said in ({"text": "cover"}, {"code": "cover"}, {"plate": "cover"}, {"text": {"covers": ["x"]}}):
        assert must_cover_marks(policy(**said))


@pytest.mark.parametrize("wrong", [{"text": "hide"}, {"text": {"do": "warn", "nearby": True}}, {"code": "auto"}])
def test_a_wrong_word_is_refused(wrong):
    with pytest.raises(SettingsError):
        policy(**wrong)


def test_a_policy_says_what_it_does_with_words_and_never_which():
    said = "\n".join(explain(policy(text={"do": "cover", "near_person": True, "covers": ["Anna"], "leaves": ["Cup"]})))
    assert "Covers words and numbers (on or next to a person)." in said
    assert "Covers lines that hold 1 listed word." in said
    assert "Anna" not in said
    assert "Cup" not in said


def test_a_policy_printed_is_read_back(tmp_path):
    file = tmp_path / "p.toml"
    chosen = policy(text={"do": "cover", "near_person": True, "leaves": ["Cup"]}, code="warn")
    file.write_text(policy_toml(chosen), encoding="utf-8")
    assert read_policy(file)[0] == chosen.model_copy(update={"name": "children"})


# Nothing of what was read goes further than the policy.


def test_what_was_read_is_neither_printed_nor_stored():
    reading = Reading(BADGE, "Anna Klein")
    assert "Anna" not in repr(reading)
    with pytest.raises(TypeError, match="neither stored"):
        pickle.dumps(reading)
    assert "str" not in {field.type for kind in (Mark, MarkDecision) for field in fields(kind)}
    assert "Anna" not in repr(decided([reading], text={"covers": ["Anna"]}))


def test_a_decision_can_be_sent_to_another_process():
    (decision,) = decided([Reading(BADGE, "Anna")])
    assert pickle.loads(pickle.dumps(decision)) == decision
    assert replace(decision, mark=decision.mark.scaled(2, 2)).mark.height == pytest.approx(2 * BADGE.height)
