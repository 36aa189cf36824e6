"""Whether a person should look is decided once: what is `ready` in `run` is `ready` on the page and in `watch`."""

import hashlib
from functools import partial

import pytest

from blurkit import batch
from blurkit.batch.journal import Journal
from blurkit.batch.naming import Source
from blurkit.records import Action
from blurkit.review.session import Session
from blurkit.review.view import _photo
from blurkit.settings import Settings, load_policy
from blurkit.watch import arrival
from tests.fakes import FixedAge, FixedFaces, NoAge
from tests.pictures import face

CASES = {
    "a clear adult": (0.95, FixedAge(45), "ready"),
    "a clear adult, found with little evidence": (0.6, FixedAge(45), "ready"),
    "an adult near the line": (0.95, FixedAge(27), "look"),
    "a clear child": (0.95, FixedAge(8), "ready"),
    "a child, found with little evidence": (0.6, FixedAge(8), "ready"),
    "a face that cannot be judged": (0.95, NoAge(), "look"),
}


@pytest.mark.parametrize(("score", "age", "verdict"), CASES.values(), ids=CASES)
def test_the_verdict_is_the_same_everywhere(blurrer, photo_file, out, monkeypatch, score, age, verdict):
    policy, source = load_policy("children"), photo_file()
    made = blurrer(FixedFaces(face(10, 4, 58, 62, score=score)), age=age, policy=policy)
    outcome = made.run(source, out=out / "photo.jpg")
    assert outcome.status == verdict

    settings = Settings(policy=policy)
    session = Session(source.parent / "decisions.json", settings, ["photo.jpg"])
    session.add(0, made.detect(source))
    assert _photo(session, 0, None)["status"] == verdict
    assert [told["uncertain"] for told in _photo(session, 0, None)["faces"]] == [verdict == "look"]
    assert bool(session.doubts()) is (verdict == "look")

    monkeypatch.setattr(batch, "blurrer_of", lambda *_: made)
    given = Source(source, source.parent, None, "photo.jpg")
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    arrived = arrival.Arrival(given, sha256, source.relative_to(source.parent), str(out / "watched"))
    done = partial(
        arrival.make_safe, settings=settings, threads=1, journal=Journal.open(str(out / "watched"), settings)
    )
    folder = {"ready": "ready", "look": "review"}[verdict]
    assert done(arrived).output == out / "watched" / folder / source.name
    kept = [d.judgement.action is Action.KEEP for d in outcome.decisions]
    assert kept == [isinstance(age, FixedAge) and age.age is not None and age.age.years > 20]
