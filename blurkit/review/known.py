"""What is known of photos before they are looked at: by an earlier report, or by a review with other settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from blurkit.age.calibration import load_calibration
from blurkit.geometry import Size
from blurkit.machine.files import content_of
from blurkit.machine.weights import model_hashes
from blurkit.outcomes import PhotoResult
from blurkit.policy import decide, verdict
from blurkit.policy.decide import asks_for_age
from blurkit.report import schema
from blurkit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from blurkit.batch import Task
    from blurkit.marks import MarkDecision
    from blurkit.outcomes import Outcome
    from blurkit.records import AgeEstimate, Face
    from blurkit.review.session import Session
    from blurkit.settings import Settings

    Known = Callable[[Task], Outcome | None]
    """Gives a photo's outcome, decided by today's policy; None if nothing is known of it."""
    Found = tuple[Size, Sequence[Face], Sequence[AgeEstimate | None]]
    """A photo's size in pixels, its faces and their ages."""
    Marks = tuple[MarkDecision, ...] | None


def nothing(task: Task) -> Outcome | None:
    """Know no photo."""
    return None


def by_report(report: schema.Report | None, settings: Settings) -> Known:
    """Return what an earlier report knows."""
    if report is None:
        return nothing
    found: dict[str, Found] = {}
    for photo in report.photos:
        if photo.sha256 is not None and photo.width is not None and photo.height is not None:
            seen = [schema.found(face) for face in photo.faces]
            found[photo.sha256] = Size(photo.width, photo.height), [face for face, _ in seen], [age for _, age in seen]
    return _decided(found, settings)


def by_session(session: Session, settings: Settings) -> Known:
    """Return what a review with other settings knows; nothing if these look for more than it did."""
    before, now = session.settings, settings
    asks_for_more = asks_for_age(now.policy) and not asks_for_age(before.policy)
    if asks_for_more or _looking(before) != _looking(now):
        return nothing
    found: dict[str, Found] = {}
    marks: dict[str, Marks] = {}
    for photo in session.photos:
        if isinstance(photo.outcome, PhotoResult) and photo.outcome.clip is None and photo.sha256 is not None:
            decided = photo.outcome.decisions
            found[photo.sha256] = photo.outcome.size, [d.face for d in decided], [d.judgement.age for d in decided]
            marks[photo.sha256] = photo.outcome.marks
    return _decided(found, settings, marks)


def _looking(settings: Settings) -> tuple[object, ...]:
    """Return what decides which faces and words are found, and what is asked of them."""
    policy = settings.policy
    words = policy.text, policy.code, policy.plate, policy.regions
    return settings.load, settings.detect, policy.min_face_px, *words


def either(one: Known, other: Known) -> Known:
    """Return what one of two knows, the first one first."""
    return lambda task: one(task) or other(task)


def _decided(found: Mapping[str, Found], settings: Settings, marks: Mapping[str, Marks] | None = None) -> Known:
    policy = settings.policy
    line = load_calibration().line(policy.cutoff_age, policy.max_miss_rate)

    def outcome(task: Task) -> Outcome | None:
        path = task.source.path
        sha256 = content_of(path)
        if sha256 not in found:
            return None
        size, faces, ages = found[sha256]
        decided = decide(faces, ages, policy, size=size, line=line, photo=path)
        seen = (marks or {}).get(sha256)
        status = verdict(decided, seen or ())
        return PhotoResult(path, None, size, decided, status, (), {}, sha256=sha256, marks=seen)

    return outcome


def with_known(
    tasks: Sequence[Task], known: Known, run: Callable[[Sequence[Task]], Iterator[Outcome]]
) -> Iterator[Outcome]:
    """Yield outcomes in order; what a report knows is not looked at again."""
    told = [known(task) if task.out is None else None for task in tasks]
    rest = run([task for task, outcome in zip(tasks, told, strict=True) if outcome is None])
    for outcome in told:
        if (one := outcome or next(rest, None)) is None:  # stopped
            return
        yield one


def remarks_on(report: schema.Report, settings: Settings) -> tuple[str, ...]:
    """Say in how far an earlier report is not what this program would find today."""
    again = "without --from, photos are looked at again"
    found = []
    if report.version != __version__:
        found.append(f"the report is from blurkit {report.version}, and this is {__version__}; {again}")
    elif report.models != model_hashes():
        found.append(f"the report is from other models than these; {again}")
    faces = [face for photo in report.photos for face in photo.faces]
    if faces and asks_for_age(settings.policy) and all(face.age is None for face in faces):
        found.append(f"the report holds no ages, so everyone is covered whose age this policy asks for; {again}")
    return tuple(found)
