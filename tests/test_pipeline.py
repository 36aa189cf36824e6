"""The whole way of one photo, with fakes for the models."""

from dataclasses import replace

import numpy as np
import pytest

from blurkit import metadata
from blurkit.appearance import ObscureSettings
from blurkit.errors import ExitCode
from blurkit.load import decode
from blurkit.obscure import drawn_mask
from blurkit.outcomes import PhotoFailure, PhotoResult, Status
from blurkit.records import Action, Judgement, Reason
from blurkit.settings import LoadSettings, load_policy
from tests import pictures, profiles
from tests.fakes import (
    BlindNetwork,
    FixedAge,
    FixedFaces,
    NoAge,
    NoFaces,
    SeesColor,
)
from tests.pictures import corners, face, saved

STAGES = ("load", "detect", "age", "text", "policy", "obscure", "encode", "metadata", "verify", "write")


def shown(path):
    return decode(path.read_bytes(), LoadSettings())


def nothing_written(folder):
    return not folder.exists() or not any(path.is_file() for path in folder.rglob("*"))


# What goes well


@pytest.mark.parametrize(("kind", "mode"), pictures.EVERY_FILE, ids=pictures.EVERY_ID)
@pytest.mark.parametrize("style", ["solid", "pixelate"])
def test_every_kind_of_photo_goes_all_the_way(blurrer, photo_file, out, kind, mode, style):
    source, target = photo_file(kind, mode), out / "photo"
    outcome = blurrer(obscure={"style": style}, output={"format": "same"}).run(source, out=target)
    assert isinstance(outcome, PhotoResult), outcome
    written = shown(target)
    assert written.size == outcome.size == shown(source).size
    assert metadata.find(target.read_bytes()) == ()
    mask = drawn_mask([face()], ObscureSettings(), written.size)
    changed = (written.picture.pixels[mask] != shown(source).picture.pixels[mask]).any(axis=1).mean()
    assert changed > {"1": 0.3, "P": 0.8}.get(mode, 0.9)  # a mosaic of few tones meets some of what was there
    if kind in pictures.LOSSLESS:
        assert (written.picture.pixels[~mask] == shown(source).picture.pixels[~mask]).all()


@pytest.mark.parametrize(
    ("kind", "mode", "profile"),
    [
        ("jpeg", "RGB", profiles.wide_gamut()),
        ("jpeg", "L", profiles.gray()),
        ("jpeg", "CMYK", profiles.cmyk()),
        ("jpeg", "CMYK", profiles.cmyk(both_ways=False)),
        ("png", "RGBA;16", None),
        ("tiff", "RGB", profiles.wide_gamut()),
        ("heif", "RGB", profiles.wide_gamut()),
    ],
)
@pytest.mark.parametrize("color", ["gray", "#ff0000", "#0000ff", "white"])
@pytest.mark.parametrize("wanted", ["auto", "png", "jpeg"])
def test_no_colour_of_a_cover_is_taken_for_damage(blurrer, photo_file, out, kind, mode, profile, color, wanted):
    options = {"icc_profile": profile} if profile else {}
    made = blurrer(obscure={"color": color}, output={"format": wanted})
    outcome = made.run(photo_file(kind, mode, **options), out=out / "photo")
    assert isinstance(outcome, PhotoResult), outcome


def test_clear_parts_of_any_colour_are_not_taken_for_damage(blurrer, tmp_path, out):
    samples = pictures.smooth("RGBA").copy()
    samples[..., 3] = np.where(np.arange(96) < 48, 0, 255)
    samples[:, :48, :3] = np.random.default_rng(3).integers(0, 255, (64, 48, 3))
    source = tmp_path / "logo"
    for kind in ("png", "webp", "tiff", "avif", "heif"):
        source.write_bytes(saved(pictures.Image.fromarray(samples), kind))
        for wanted in ("same", "jpeg", "png"):
            made = blurrer(output={"format": wanted}, write={"overwrite": True})
            outcome = made.run(source, out=out / "logo")
            assert isinstance(outcome, PhotoResult), (kind, wanted, outcome)


def test_a_photo_without_faces_is_written_anew_and_clean(blurrer, tmp_path, out):
    source = tmp_path / "empty.jpg"
    source.write_bytes(pictures.file(comment=b"secret", exif=pictures.exif(6)))
    outcome = blurrer(NoFaces()).run(source, out=out / "empty.jpg")
    assert (outcome.decisions, outcome.status) == ((), Status.READY)
    assert b"secret" not in (out / "empty.jpg").read_bytes()
    assert (out / "empty.jpg").read_bytes() != source.read_bytes()
    assert shown(out / "empty.jpg").size == shown(source).size


def test_every_stage_is_timed(blurrer, photo_file, out):
    outcome = blurrer(FixedFaces(face(10, 4, 58, 62))).run(photo_file(), out=out / "photo.jpg")
    assert set(outcome.seconds) == set(STAGES)
    assert all(seconds >= 0 for seconds in outcome.seconds.values())


def test_what_was_hidden_is_named(blurrer, photo_file, out):
    outcome = blurrer().run(photo_file(comment=b"a note"), out=out / "photo.jpg")
    assert outcome.removed
    assert blurrer().run(photo_file("png"), out=out / "photo.png").removed == ()


def test_the_default_policy_keeps_adults_and_covers_children(blurrer, photo_file, out):
    policy = load_policy("children").model_copy(update={"min_face_px": 16})
    for years, action, reason in ((45, Action.KEEP, Reason.LOOKS_ADULT), (9, Action.COVER, Reason.LOOKS_UNDER_AGE)):
        outcome = blurrer(age=FixedAge(years), policy=policy).run(photo_file(), out=out / f"{years}.jpg")
        assert [(d.judgement.action, d.judgement.reason) for d in outcome.decisions] == [(action, reason)]
        assert outcome.status is Status.READY


def test_a_face_that_cannot_be_judged_is_covered_and_asks_for_a_look(blurrer, photo_file, out):
    outcome = blurrer(age=NoAge(), policy=load_policy("children")).run(photo_file(), out=out / "photo.jpg")
    assert outcome.status is Status.LOOK
    assert outcome.decisions[0].judgement.action is Action.COVER


def test_faces_come_from_top_left_to_bottom_right(blurrer, photo_file, out):
    places = [face(60, 40, 70, 52), face(5, 5, 15, 17), face(60, 5, 70, 17)]
    outcome = blurrer(FixedFaces(*places)).run(photo_file(), out=out / "photo.jpg")
    assert [d.face.box.left for d in outcome.decisions] == [5, 60, 60]


def test_looking_writes_nothing(blurrer, photo_file, out):
    outcome = blurrer().detect(photo_file())
    assert outcome.output is None
    assert len(outcome.decisions) == 1
    assert not out.exists()


def test_decisions_changed_by_hand_are_rendered(blurrer, photo_file):
    made = blurrer()
    photo = shown(photo_file("png"))
    (decision,) = made.analyze(photo)
    kept = replace(decision, judgement=Judgement(None, Action.KEEP, Reason.MANUAL))
    covered, plain = made.render(photo, [decision]), made.render(photo, [kept])
    assert covered.data != plain.data
    assert (decode(plain.data, LoadSettings()).picture.pixels == photo.picture.pixels).all()


def test_models_are_closed_with_the_blurrer(blurrer):
    detector, check = NoFaces(), BlindNetwork()
    with blurrer(detector, check=check):
        assert not detector.closed
    assert detector.closed
    assert check.closed


# The independent check


def marked(tmp_path):
    """Return a photo with a red patch that `SeesColor` takes for a face."""
    source = tmp_path / "in.png"
    source.write_bytes(saved(pictures.Image.fromarray(corners((192, 128))), "png"))
    return source


def test_a_face_found_by_the_independent_look_is_covered_and_the_file_made_anew(blurrer, tmp_path, out):
    source = marked(tmp_path)
    maker = blurrer(NoFaces(), check=SeesColor((220, 30, 30)), obscure={"color": "gray"})
    outcome = maker.run(source, out=out / "a.png")
    assert isinstance(outcome, PhotoResult), outcome
    assert {d.judgement.reason for d in outcome.decisions} == {Reason.FOUND_IN_CHECK}
    assert outcome.status is Status.LOOK
    assert shown(out / "a.png").picture.pixels[30, 40].tolist() == [128, 128, 128]


def test_a_face_that_stays_visible_withholds_the_file(blurrer, tmp_path, out):
    class Stubborn(BlindNetwork):
        """Sees a face elsewhere each time, as a broken network might."""

        def look(self, picture):
            from blurkit.detect.views import Sighting
            from blurkit.geometry import Box

            self.shown.append(picture)
            at = 3.0 * len(self.shown) % 90
            return [Sighting(Box(at, at / 2, at + 1, at / 2 + 1), 0.99)]

    outcome = blurrer(NoFaces(), check=Stubborn()).run(marked(tmp_path), out=out / "a.png")
    assert isinstance(outcome, PhotoFailure)
    assert (outcome.status, outcome.word, outcome.exit_code) == (Status.BLOCKED, "FaceVisible", ExitCode.UNSAFE)
    assert nothing_written(out)


def test_a_face_kept_on_purpose_is_not_covered_by_the_look(blurrer, tmp_path, out):
    patch = face(0, 0, 96, 64)
    made = blurrer(FixedFaces(patch), check=SeesColor((220, 30, 30)), policy=load_policy("children"))
    outcome = made.run(marked(tmp_path), out=out / "a.png")
    assert [d.judgement.action for d in outcome.decisions] == [Action.KEEP]
