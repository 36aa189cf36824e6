"""What must hold of decisions, files and names: promises 5 to 8 of STYLE 2.6; 1 to 4 are in the modules beside this."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from blurkit import metadata
from blurkit.appearance import ObscureSettings
from blurkit.batch.naming import Source, output_names
from blurkit.choices import OutputFormat
from blurkit.encode import encode, output_format, prepare
from blurkit.geometry import Box, Size
from blurkit.load import decode
from blurkit.obscure import obscure
from blurkit.policy import decide
from blurkit.records import Action, AgeEstimate, Decision, Face, ImageFormat, Judgement, Line, Reason
from blurkit.settings import LoadSettings, PolicySettings, Region
from tests import pictures

# 5. The policy is monotone: more doubt never turns COVER into KEEP.

CONDITIONS = [reason for reason in Reason if reason not in (Reason.MANUAL, Reason.FOUND_IN_CHECK)]
KEEPABLE = (Reason.NEVER_REGION, Reason.LOOKS_ADULT, Reason.EVERYONE)
RULES = st.lists(
    st.sampled_from(CONDITIONS).flatmap(
        lambda when: st.fixed_dictionaries(
            {"when": st.just(when), "action": st.sampled_from(["cover", "keep"] if when in KEEPABLE else ["cover"])}
        )
    ),
    min_size=1,
    max_size=6,
)
SHARES = st.sampled_from([0.0, 0.2, 0.45, 0.5, 0.8, 1.0])
REGIONS = st.lists(
    st.tuples(st.sampled_from(["cover", "keep"]), SHARES, SHARES, SHARES, SHARES)
    .filter(lambda r: r[1] < r[3] and r[2] < r[4])
    .map(lambda r: Region(action=r[0], box=r[1:])),
    max_size=3,
)
AGES = st.one_of(
    st.none(),
    st.tuples(st.floats(0, 80), st.floats(0, 30), st.floats(0, 30)).map(
        lambda a: AgeEstimate(a[0], max(0.0, a[0] - a[1]) if a[0] > a[1] else 0.0, a[0] + a[2], "test")
    ),
)


@settings(max_examples=150)
@given(
    rules=RULES,
    regions=REGIONS,
    age=AGES,
    height=st.floats(5, 300),
    years=st.floats(0, 60) | st.just(math.inf),
    stricter=st.tuples(st.floats(1, 200), st.floats(0, 20)),
    judge_as_under=st.none() | st.integers(18, 30),
    data=st.data(),
)
def test_more_doubt_never_uncovers_a_face(rules, regions, age, height, years, stricter, judge_as_under, data):
    policy = PolicySettings(rules=rules, regions=regions, judge_as_under=judge_as_under)
    size = Size(1000, 800)
    face = Face(Box(400, 300, 400 + 0.8 * height, 300 + height), 0.9, ("fixed",))

    def action(face=face, age=age, policy=policy, years=years):
        line = Line(years, ((stricter[0], years + stricter[1]),))
        (decision,) = decide([face], [age], policy, size=size, line=line)
        return decision.judgement.action

    assume(action() is Action.COVER)
    doubts = [
        action(age=None),
        action(years=years + data.draw(st.floats(0, 20))),
        action(policy=policy.model_copy(update={"min_face_px": policy.min_face_px + data.draw(st.integers(0, 300))})),
    ]
    if not regions:  # a smaller face may lie where another rule counts
        smaller = data.draw(st.floats(4, height))
        doubts.append(action(face=replace(face, box=Box(400, 300, 400 + 0.8 * smaller, 300 + smaller))))
    if age is not None:
        low = data.draw(st.floats(0, age.low))
        doubts.append(action(age=replace(age, low=low)))
        doubts.append(action(age=replace(age, years=data.draw(st.floats(low, age.years)), low=low)))
        doubts.append(action(age=replace(age, high=age.high + 10)))
    assert set(doubts) == {Action.COVER}


# 6. find(strip(x)) == () and strip changes nothing the second time.


@pytest.mark.parametrize(("kind", "mode"), pictures.EVERY_FILE, ids=pictures.EVERY_ID)
@pytest.mark.parametrize("wanted", list(OutputFormat))
def test_a_written_file_hides_nothing_and_cleaning_it_again_changes_nothing(kind, mode, wanted):
    photo = decode(pictures.file(kind, mode), LoadSettings())
    clean = metadata.strip(encode(prepare(photo, output_format(photo.format, wanted))))
    assert metadata.find(clean) == ()
    assert metadata.strip(clean) == clean


# 7. A crash at any stage leaves no output file: tests/test_pipeline.py, which goes through the stages one by one.

# 8. Names of outputs are all different, and never that of a source.

WORDS = st.sampled_from(["a", "A", "b", "ü", "u\u0308", "a-2", "x", "Straße", "STRASSE"])
SUFFIXES = st.sampled_from([".jpg", ".JPG", ".jpeg", ".heic", ".png", ".tif", "", ".txt"])
FORMATS = st.sampled_from([*ImageFormat, None])


@st.composite
def runs(draw):
    """Return the photos of a run: files named themselves and files in folders, each once."""
    found = {}
    for _ in range(draw(st.integers(0, 10))):
        folders = draw(st.lists(WORDS, max_size=3))
        path = Path(*folders, draw(WORDS) + draw(SUFFIXES))
        depth = draw(st.integers(0, len(folders)))
        argument = path if draw(st.booleans()) else Path(*folders[:depth])
        found.setdefault(path, Source(path, argument, draw(FORMATS), str(path)))
    return list(found.values())


@settings(max_examples=80)
@given(runs())
def test_names_of_outputs_are_all_different_also_where_capitals_do_not_count(sources):
    names = output_names(sources)
    assert len({name.as_posix().casefold() for name in names}) == len(names)
    for name, source in zip(names, sources, strict=True):
        assert not name.is_absolute()
        assert ".." not in name.parts
        assert name.name.startswith(source.path.stem)


@given(runs())
def test_names_stay_as_they_are_where_none_meet(sources):
    assume(len({source.path.stem.casefold() for source in sources}) == len(sources))
    assume(not {"ü", "u\u0308"} <= {source.path.stem for source in sources})
    for name, source in zip(output_names(sources), sources, strict=True):
        assert name.parent == source.inside.parent
        assert name.stem.startswith(source.path.stem)


def test_a_decision_to_keep_draws_nothing():
    picture = pictures.picture()
    kept = tuple(Decision(pictures.face(), Judgement(None, Action.KEEP, Reason.MANUAL)) for _ in range(3))
    assert obscure(picture, kept, ObscureSettings()).samples is picture.samples
