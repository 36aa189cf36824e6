"""What other tools get wrong, seen on real photos: each failure that FIELD.md lists, as a test that blurkit passes."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from blurkit import metadata
from blurkit.appearance import ObscureSettings
from blurkit.choices import Shape
from blurkit.detect import make_detectors, make_independent_check, merge
from blurkit.geometry import Box, Size
from blurkit.load import decode
from blurkit.obscure import covered_mask, drawn_mask
from blurkit.outcomes import PhotoResult
from blurkit.pipeline import Blurrer
from blurkit.records import Face, Reason
from blurkit.settings import DetectSettings, LoadSettings, Settings, load_policy
from blurkit.verify import uncovered
from tests.end_to_end.process import SAMPLES, blurkit, files, small
from tests.fakes import BlindNetwork, FixedAge, FixedFaces, NoFaces
from tests.metadata.photos import PLANTED, exif, thumbnail

GRAY = np.array((128, 128, 128))


@pytest.fixture(scope="module")
def everyone():
    """Return a `Blurrer` that covers every face, with the real detectors and the real check."""
    with Blurrer(
        Settings.of(policy=load_policy("everyone"), obscure={"color": "gray"}), age_estimator=FixedAge(40), threads=2
    ) as blurrer:
        yield blurrer


@pytest.fixture(scope="module")
def blind():
    """Return a `Blurrer` whose detector finds nothing, with the real check."""
    settings = Settings.of(policy=load_policy("everyone"), obscure={"color": "gray"})
    with Blurrer(settings, detectors=[NoFaces()], age_estimator=FixedAge(40), threads=2) as blurrer:
        yield blurrer


def with_faces(*boxes, **parts):
    """Return a `Blurrer` that is told where the faces are, and whose check sees nothing."""
    models = {"age_estimator": FixedAge(40), "independent_check": BlindNetwork()}
    faces = [Face(Box(*box), 0.9, ("fixed",)) for box in boxes]
    settings = Settings.of(policy=load_policy("everyone"), **({"obscure": {"color": "gray"}} | parts))
    return Blurrer(settings, detectors=[FixedFaces(*faces)], **models)


def pixels(path):
    return decode(Path(path).read_bytes(), LoadSettings()).picture.pixels


def known_faces(sample):
    return [Box(*face["box"]) for face in json.loads((SAMPLES / "faces.json").read_text())[sample]["faces"]]


def is_gray(picture, box):
    """Whether the middle of a box is the colour of a solid cover, as far as JPEG keeps it."""
    x, y = int(box.center.x), int(box.center.y)
    return bool(np.abs(picture[y - 1 : y + 2, x - 1 : x + 2].astype(int) - GRAY).max() < 12)


# deface: GPS, Artist and the thumbnail with the uncovered face stay; phone photos come out sideways


@pytest.mark.model
def test_a_phone_photo_comes_out_upright_covered_and_clean(everyone, tmp_path):
    source, target = SAMPLES / "phone.jpg", tmp_path / "phone.jpg"
    outcome = everyone.run(source, out=target)
    assert isinstance(outcome, PhotoResult), outcome
    with Image.open(source) as image:
        hidden = image.getexif()
        assert hidden[0x0112] == 6
        assert 0x8825 in hidden
        upright = ImageOps.exif_transpose(image).convert("RGB")
    written = pixels(target)
    assert written.shape == (upright.height, upright.width, 3)
    assert metadata.find(target.read_bytes()) == ()
    faces = known_faces("phone.jpg")
    assert all(is_gray(written, face) for face in faces)
    shown = pixels(source)
    mask = drawn_mask([d.face for d in outcome.decisions], everyone.settings.obscure, outcome.size)
    assert np.abs(written[~mask].astype(int) - shown[~mask]).mean() < 2


def test_a_thumbnail_of_the_uncovered_face_is_gone(tmp_path):
    source, target = tmp_path / "photo.jpg", tmp_path / "out.jpg"
    small(tmp_path, "photo.jpg")
    with Image.open(source) as image:
        image.load()
        image.save(source, exif=exif())
    assert thumbnail() in source.read_bytes()
    with with_faces((100, 100, 160, 180)) as blurrer:
        blurrer.run(source, out=target)
    written = target.read_bytes()
    assert thumbnail() not in written
    assert PLANTED not in written
    assert written.count(b"\xff\xd8\xff") == 1


# deface: JPEG at quality 75; gray and CMYK crash; RGBA PNG gets clear holes


def test_jpeg_keeps_its_quality(tmp_path):
    source, target = small(tmp_path), tmp_path / "out.jpg"
    with Image.open(source) as image:
        image.save(source, quality=96, subsampling="4:4:4", progressive=True)
    with with_faces((100, 100, 160, 180)) as blurrer:
        blurrer.run(source, out=target)
    with Image.open(source) as before, Image.open(target) as after:
        assert after.quantization == before.quantization
        assert after.layer == before.layer
        assert "progressive" in after.info


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_gray_and_cmyk_jpeg_are_covered(mode, tmp_path):
    source, target = small(tmp_path), tmp_path / "out.jpg"
    with Image.open(source) as image:
        image.convert(mode).save(source)
    with with_faces((100, 100, 160, 180)) as blurrer:
        assert isinstance(blurrer.run(source, out=target), PhotoResult)
    with Image.open(target) as after:
        assert after.mode == mode
        shown = np.asarray(after.convert("RGB"))
    assert is_gray(shown, Box(100, 100, 160, 180))


@pytest.mark.model
def test_a_png_with_alpha_gets_no_clear_holes(everyone, tmp_path):
    outcome = everyone.run(SAMPLES / "badge.png", out=tmp_path / "badge.png")
    faces = [d.face for d in outcome.decisions]
    hidden, drawn = (mask(faces, everyone.settings.obscure, outcome.size) for mask in (covered_mask, drawn_mask))
    with Image.open(SAMPLES / "badge.png") as before, Image.open(tmp_path / "badge.png") as after:
        assert after.mode == "RGBA"
        was, now = np.asarray(before), np.asarray(after)
    assert (now[hidden][:, 3] == 255).all()
    assert (now[~drawn] == was[~drawn]).all()
    assert all(is_gray(now[..., :3], face) for face in known_faces("badge.png"))


# deface and faceblur: one output for many inputs; faults print "Skipping..." and exit 0


@pytest.mark.model
def test_a_tree_with_same_names_keeps_every_photo(tmp_path):
    (tmp_path / "in").mkdir()
    for folder in ("sports-day", "summer-fair"):
        small(tmp_path, f"in/{folder}/IMG_0001.jpg", sample=f"tree/{folder}/IMG_0001.jpg", width=240)
    (tmp_path / "in" / "cut.jpg").write_bytes((SAMPLES / "empty.jpg").read_bytes()[:3000])
    done = blurkit("run", tmp_path / "in", "--out", tmp_path / "out", "--detector", "mediapipe", "--jobs", "1")
    assert files(tmp_path / "out") == ["sports-day/IMG_0001.jpg", "summer-fair/IMG_0001.jpg"]
    assert done.code == 7
    assert "cut.jpg" in done.err


# deface: the last row or column stays clear, so do chin and hairline; media-redact: a box that sticks out is shrunk


@pytest.mark.parametrize("box", [(60, 40, 96, 64), (0, 0, 30, 30), (70, 30, 130, 90), (-40, -40, 30, 30)])
@pytest.mark.parametrize("style", ["solid", "pixelate"])
def test_a_face_at_the_border_is_covered_to_the_last_row_and_column(style, box, tmp_path):
    source, target = tmp_path / "photo.png", tmp_path / "out.png"
    Image.new("RGB", (96, 64), (250, 0, 0)).save(source)
    picture = np.full((64, 96, 3), (250, 0, 0), np.uint8)
    picture[::2] = (0, 0, 250)
    Image.fromarray(picture).save(source)
    face = Box(*box)
    with with_faces(box, obscure={"style": style, "blocks_across": 4, "color": "gray"}) as blurrer:
        assert isinstance(blurrer.run(source, out=target), PhotoResult)
    left, top, right, bottom = face.pixels(Size(96, 64))
    inside = pixels(target)[top:bottom, left:right].astype(int)
    if style == "solid":
        assert (inside == GRAY).all()
    else:
        rows = np.abs(np.diff(inside, axis=0)).sum(axis=(1, 2)) > 0
        assert rows.mean() < 0.5, "the stripes under the cover still show"


def test_a_cover_holds_the_whole_face_chin_and_hairline_too():
    size = Size(400, 400)
    for box in (Box(100, 100, 180, 200), Box(100, 100, 200, 180), Box(150, 150, 162, 166)):
        face = Face(box, 0.9, ("fixed",))
        left, top, right, bottom = box.pixels(size)
        for shape in Shape:
            settings = ObscureSettings(shape=shape)
            mask = covered_mask([face], settings, size)
            assert mask[top:bottom, left:right].all()
            rows = np.flatnonzero(mask.any(axis=1))
            assert box.top - rows[0] >= 0.25 * box.height
            assert rows[-1] >= box.bottom


# phi-anonymize-face: "Verification passed" with every face open, since it asks the same detector again


@pytest.mark.model
@pytest.mark.parametrize("sample", ["phone.jpg", "tree/sports-day/IMG_0001.jpg", "tree/summer-fair/IMG_0001.jpg"])
def test_a_detector_that_finds_nothing_never_leads_to_a_file_with_open_faces(blind, sample, tmp_path):
    target = tmp_path / "out.jpg"
    outcome = blind.run(SAMPLES / sample, out=target)
    if not isinstance(outcome, PhotoResult):
        assert outcome.status.value == "blocked"
        assert not target.exists()
        return
    assert outcome.status.value == "look"
    assert {decision.judgement.reason for decision in outcome.decisions} == {Reason.FOUND_IN_CHECK}
    written = pixels(target)
    assert all(is_gray(written, face) for face in known_faces(sample))


@pytest.mark.model
def test_the_check_is_another_network_than_those_that_place_covers():
    network = make_independent_check()
    detectors = make_detectors(DetectSettings())
    assert network.name not in {detector.name for detector in detectors}
    assert type(network) not in {type(detector) for detector in detectors}
    shown = decode((SAMPLES / "tree" / "sports-day" / "IMG_0001.jpg").read_bytes(), LoadSettings())
    assert len(uncovered(shown.picture, (), network)) == 3
    for each in (*detectors, network):
        each.close()


# pickblur: photos with no marked face are copied byte for byte, GPS and all


@pytest.mark.model
def test_a_photo_without_faces_is_written_anew_and_clean(blind, tmp_path):
    source, target = SAMPLES / "empty.jpg", tmp_path / "empty.jpg"
    outcome = blind.run(source, out=target)
    assert isinstance(outcome, PhotoResult), outcome
    assert outcome.decisions == ()
    assert "GPS position" in outcome.removed
    assert target.read_bytes() != source.read_bytes()
    assert metadata.find(source.read_bytes())
    assert metadata.find(target.read_bytes()) == ()
    assert np.abs(pixels(source).astype(int) - pixels(target)).mean() < 2


# MediaPipe on the whole photo: 0 of 80 small faces in 12 megapixels; faces turned by 180 degrees


@pytest.mark.model
def test_small_faces_in_a_large_photo_are_covered():
    """Heads of 34 by 40 pixels, pasted in rows into 12 megapixels; most must be found, by either detector or both."""
    with Image.open(SAMPLES / "tree" / "sports-day" / "IMG_0001.jpg") as image:
        face = known_faces("tree/sports-day/IMG_0001.jpg")[0]
        head = image.convert("RGB").crop(tuple(map(int, (face.expand(0.8, 0.8)).pixels(Size(*image.size)))))
    scale = 40 / face.height
    head = head.resize((round(head.width * scale), round(head.height * scale)), Image.Resampling.LANCZOS)
    group = Image.new("RGB", (4000, 3000), head.getpixel((1, 1)))
    spots = [(300 + 700 * column, 300 + 600 * row) for row in range(4) for column in range(5)]
    for spot in spots:
        group.paste(head, spot)
    detectors = make_detectors(DetectSettings(), threads=2)
    shown = np.asarray(group)
    found = merge([detector.detect(shown) for detector in detectors])
    for detector in detectors:
        detector.close()
    centers = [(x + head.width / 2, y + head.height / 2) for x, y in spots]
    hit = [any(f.box.left < x < f.box.right and f.box.top < y < f.box.bottom for f in found) for x, y in centers]
    assert sum(hit) >= 19


@pytest.mark.model
@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_photo_on_its_side_or_upside_down_is_covered(turns, everyone, tmp_path):
    source = small(tmp_path, width=512)
    with Image.open(source) as image:
        upright = np.asarray(image)
    turned = np.rot90(upright, turns)
    buffer = io.BytesIO()
    Image.fromarray(turned).save(buffer, "JPEG", quality=95)
    source.write_bytes(buffer.getvalue())
    everyone.run(source, out=tmp_path / "out.jpg")
    written = pixels(tmp_path / "out.jpg")
    for face in known_faces("tree/sports-day/IMG_0001.jpg"):
        box = face.scale(0.5).turned(turns, Size(upright.shape[1], upright.shape[0]))
        assert is_gray(written, box)
