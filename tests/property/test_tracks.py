"""Whoever is in a track is covered in every frame of it, and never across a cut."""

import dataclasses
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blurkit.geometry import Box, Point, Size
from blurkit.policy import decide
from blurkit.records import Action, AgeEstimate, Face, Line, Reason
from blurkit.settings import PolicySettings, Region
from blurkit.video.check import CHECK_EVERY, checked_frames
from blurkit.video.course import BEYOND, Course
from blurkit.video.judging import judge
from blurkit.video.tracks import PATIENCE, Seen, Track, likeness, linked, path

RATE = 25
SIZE = Size(640, 360)


def face(left, top, size=40.0, score=0.9):
    return Face(Box(left, top, left + size, top + 1.2 * size), score, ("test",))


def still(count):
    return [Point(0.0, 0.0)] * count


def seconds(count):
    return [index / RATE for index in range(count)]


@st.composite
def clips(draw):
    """Faces that walk, some frames unseen, with a camera that moves, in shots of any length."""
    count = draw(st.integers(2, 40))
    motion = [Point(draw(st.floats(-9, 9)), draw(st.floats(-9, 9))) for _ in range(count)]
    seen = {frame: [] for frame in range(count)}
    for _ in range(draw(st.integers(1, 3))):
        x, y, size = draw(st.floats(0, 600)), draw(st.floats(0, 320)), draw(st.floats(12, 120))
        dx, dy = draw(st.floats(-12, 12)), draw(st.floats(-6, 6))
        frames = draw(st.sets(st.integers(0, count - 1), min_size=1))
        for frame in sorted(frames):
            camera = path(motion, 0, frame)
            found = draw(st.booleans())
            at = face(x + frame * dx + camera.x, y + frame * dy + camera.y, size)
            seen[frame].append(Seen(at, is_found=found, is_sure=draw(st.booleans())))
    cut = draw(st.integers(1, count))
    shots = [range(0, cut), range(cut, count)] if cut < count else [range(count)]
    gaps = [draw(st.sampled_from([0.04, 0.04, 0.2])) for _ in range(count)]
    return seen, shots, motion, [sum(gaps[:index]) for index in range(count)]


def courses(clip):
    seen, shots, motion, times = clip
    return [(Course(track, shot, motion, times), shot) for shot in shots for track in linked(seen, shot, motion, times)]


def holds(outer, inner):
    slack = 1e-6
    return (
        outer.left <= inner.left + slack
        and outer.top <= inner.top + slack
        and outer.right >= inner.right - slack
        and outer.bottom >= inner.bottom - slack
    )


@given(clips())
def test_no_frame_of_a_track_is_open(clip):
    for course, _ in courses(clip):
        known = course.track.seen
        assert course.frames.start <= course.track.first <= course.track.last < course.frames.stop
        for frame in course.frames:
            cover = course.cover(frame).box
            for near in range(max(frame - 1, course.frames.start), min(frame + 2, course.frames.stop)):
                assert holds(cover, course.at(near).box)
                if near in known:
                    assert holds(cover, known[near].face.box)


@given(clips())
def test_a_cover_never_leaves_its_shot(clip):
    for course, shot in courses(clip):
        assert course.frames.start >= shot.start
        assert course.frames.stop <= shot.stop


@given(clips())
def test_a_cover_begins_before_the_first_sighting_and_ends_after_the_last(clip):
    _, _, _, times = clip
    for course, shot in courses(clip):
        first, last = course.track.first, course.track.last
        early = [frame for frame in shot if times[first] - BEYOND <= times[frame] <= times[first]]
        late = [frame for frame in shot if times[last] <= times[frame] <= times[last] + BEYOND]
        assert set(early + late) <= set(course.frames)


@given(clips())
def test_whoever_is_found_is_in_a_track(clip):
    seen, shots, motion, times = clip
    tracked = [each for shot in shots for track in linked(seen, shot, motion, times) for each in track.seen.values()]
    for faces in seen.values():
        for each in faces:
            assert not each.is_found or any(each is other for other in tracked)


@given(clips())
def test_each_sighting_belongs_to_one_track_at_most(clip):
    seen, shots, motion, times = clip
    tracked = [id(each) for shot in shots for t in linked(seen, shot, motion, times) for each in t.seen.values()]
    assert len(tracked) == len(set(tracked))


@given(clips())
def test_the_independent_check_looks_often_enough(clip):
    _, shots, _, times = clip
    chosen = checked_frames(shots, times)
    for shot in shots:
        assert {shot.start, shot.stop - 1} <= chosen
        looked = [times[frame] for frame in shot if frame in chosen]
        steps = [times[frame] for frame in shot]
        widest = max((b - a for a, b in pairwise(steps)), default=0.0)
        longest = max((b - a for a, b in pairwise(looked)), default=0.0)
        assert longest <= CHECK_EVERY + widest + 1e-9


def test_a_walking_face_that_is_hidden_for_a_while_stays_one_track():
    frames = [*range(10), *range(20, 30)]
    seen = {frame: [Seen(face(10 + 5 * frame, 50), is_found=True)] for frame in frames}
    (track,) = linked(seen, range(30), still(30), seconds(30))
    course = Course(track, range(30), still(30), seconds(30))
    for frame in range(30):
        assert holds(course.cover(frame).box, face(10 + 5 * frame, 50).box)


def test_a_face_that_a_shaking_camera_moves_stays_one_track():
    motion = [Point(0.0, 0.0), *(Point(60.0 * (-1) ** frame, 0.0) for frame in range(1, 20))]
    seen = {
        frame: [Seen(face(200 + path(motion, 0, frame).x, 50), is_found=True)] for frame in range(20) if frame % 3 == 0
    }
    assert len(linked(seen, range(20), motion, seconds(20))) == 1


def test_two_people_are_two_tracks():
    seen = {frame: [Seen(face(10, 50), is_found=True), Seen(face(200, 50), is_found=True)] for frame in range(9)}
    assert len(linked(seen, range(9), still(9), seconds(9))) == 2


def test_somebody_who_is_away_for_long_is_somebody_else():
    gap = round(RATE * PATIENCE) + 5
    seen = {frame: [Seen(face(10, 50), is_found=True)] for frame in (0, 1, gap, gap + 1)}
    assert len(linked(seen, range(gap + 2), still(gap + 2), seconds(gap + 2))) == 2


def test_what_is_faint_goes_on_a_track_and_makes_none():
    faint = {frame: [Seen(face(10, 50, score=0.3))] for frame in range(12)}
    assert linked(faint, range(12), still(12), seconds(12)) == []
    faint[5] = [Seen(face(10, 50), is_found=True)]
    (track,) = linked(faint, range(12), still(12), seconds(12))
    assert set(track.seen) == set(range(12))


def test_a_face_that_a_quick_look_is_certain_of_is_somebody_even_in_one_frame():
    for score, is_sure, count in ((0.9, True, 1), (0.55, True, 0)):
        seen = {4: [Seen(face(10, 50, score=score), is_sure=is_sure)]}
        assert len(linked(seen, range(9), still(9), seconds(9))) == count
    twice = {frame: [Seen(face(10, 50, score=0.55), is_sure=True)] for frame in (4, 5)}
    assert len(linked(twice, range(9), still(9), seconds(9))) == 1


@given(st.floats(1, 100), st.floats(1, 100), st.floats(-200, 200))
def test_a_face_is_like_itself_and_not_like_one_far_away(size, other, away):
    box = face(0, 0, size).box
    assert likeness(box, box) == pytest.approx(2.0)
    if abs(away) > 2 * max(size, other):
        assert likeness(box, face(away, 0, other).box) == 0.0


AGES = st.one_of(st.none(), st.floats(1, 60).map(lambda low: AgeEstimate(low + 5, low, low + 10, "test")))


def judged(views, policy=None, track=None):
    policy = policy or PolicySettings()
    seen = {index: Seen(each, is_found=True, age=age) for index, (each, age) in enumerate(views)}
    course = Course(track or Track(seen), range(len(seen)), still(len(seen)), seconds(len(seen)))
    return judge(
        course,
        lambda faces, ages: decide(faces, ages, policy, size=SIZE, line=Line(23.0)),
        has_regions=bool(policy.regions),
    ).decision.judgement


@given(st.lists(AGES, min_size=1, max_size=4))
def test_one_view_under_the_line_covers_the_whole_track(ages):
    views = [(face(10 * index, 50, 60), age) for index, age in enumerate(ages)]
    told = [age for age in ages if age is not None]
    is_safe = bool(told) and all(age.low >= 23.0 for age in told)
    assert (judged(views).action is Action.KEEP) == is_safe


def test_a_small_view_does_not_spoil_a_large_one():
    adult = AgeEstimate(40, 35, 45, "test")
    views = [(face(10 + index, 50, 10 if index else 80), None if index else adult) for index in range(20)]
    assert judged(views).action is Action.KEEP


def test_somebody_who_walks_into_a_part_that_is_always_covered_is_covered_everywhere():
    adult = AgeEstimate(40, 35, 45, "test")
    views = [(face(20 * index, 50, 60), adult) for index in range(20)]
    stage = Region(action=Action.COVER, box=(0.5, 0.0, 1.0, 1.0))
    assert judged(views).action is Action.KEEP
    assert judged(views, PolicySettings(regions=(stage,))).reason is Reason.ALWAYS_REGION


def test_somebody_who_walks_out_of_a_part_that_is_never_covered_is_judged():
    views = [(face(20 * index, 50, 60), None) for index in range(20)]
    stage = Region(action=Action.KEEP, box=(0.0, 0.0, 0.5, 1.0))
    assert judged(views[:5], PolicySettings(regions=(stage,))).action is Action.KEEP
    assert judged(views, PolicySettings(regions=(stage,))).action is Action.COVER


def test_whoever_only_the_check_found_is_covered_for_longer():
    one = Seen(face(10, 50), is_found=True, from_check=True)
    alone, usual = (
        Course(Track({30: each}), range(60), still(60), seconds(60))
        for each in (one, dataclasses.replace(one, from_check=False))
    )
    assert len(alone.frames) > len(usual.frames)
    assert judged([(face(10, 50), None)], track=Track({0: one})).reason is Reason.FOUND_IN_CHECK
