"""A clip goes through both passes with fakes: whole or not at all, and nothing under a cover reaches the encoder."""

import hashlib
from dataclasses import replace

import av
import numpy as np
import pytest

from blurkit.detect.views import Sighting
from blurkit.errors import (
    BlurkitError,
    DetectorFailed,
    EstimatorFailed,
    FaceVisible,
    MetadataRemains,
    OutputExists,
    PixelsChanged,
    UnreadablePhoto,
)
from blurkit.geometry import Box
from blurkit.machine.files import BEING_WRITTEN
from blurkit.obscure import covered_mask
from blurkit.outcomes import PhotoResult, Status
from blurkit.records import Action, Decision, Face, Judgement, Reason
from blurkit.settings import Settings
from blurkit.video.clip import Clips
from blurkit.video.container import Writer
from blurkit.video.draw import draw
from blurkit.video.frames import Frames
from blurkit.video.planes import Coloring, Planes
from blurkit.video.source import facts_of
from tests.clips import HEIGHT, TICK, WIDTH, make, noise, patterns
from tests.fakes import BlindNetwork, CrashingAge, CrashingDetector, CrashingNetwork, FixedAge, FixedFaces, SeesColor
from tests.video.conftest import FACE

LARGE = Face(Box(30, 2, 66, 50), 0.9, ("fixed",))
FAULTY = (
    "making.lay_out",
    "making.mp4.check",
    "making.Check.look",
    "making.draw",
    "making.Writer.add",
    "clip.write_parts",
)
"""What may fail on the way."""
PINK = (250, 40, 200)


def frames(path):
    known = facts_of(path, max_megapixels=200)
    return known, list(Frames(path, known))


def test_every_frame_is_covered_and_all_else_stays(clips, tmp_path):
    source, out = make(tmp_path / "clip.mp4", patterns(20), sound=True), tmp_path / "safe.mp4"
    result = clips(obscure={"color": "#28a046"}).run(source, out=out)
    assert isinstance(result, PhotoResult), result
    known, after = frames(out)
    _, before = frames(source)
    assert len(after) == len(before) == 20
    mask = covered_mask([FACE], Settings().obscure, known.size)
    for one, other in zip(before, after, strict=True):
        assert np.abs(other.planes.rgb(known.coloring)[25:35, 36:48].astype(int) - (40, 160, 70)).mean() < 12
        assert np.abs(one.planes.y.astype(int) - other.planes.y)[~mask & _far(mask)].mean() < 4
    assert result.status is Status.READY
    assert result.clip.frames == 20
    assert result.clip.sound == "dropped"
    assert result.proof.output_sha256 == hashlib.sha256(out.read_bytes()).hexdigest()
    assert result.removed == ("sound",)


def _far(mask):
    """Return pixels away from a mask, where no cover's edge is."""
    near = np.zeros_like(mask)
    rows, columns = mask.nonzero()
    near[max(0, rows.min() - 4) : rows.max() + 5, max(0, columns.min() - 4) : columns.max() + 5] = True
    return ~near


def test_what_is_under_a_cover_changes_no_byte(clips, tmp_path, monkeypatch):
    monkeypatch.setattr("blurkit.video.making.secrets.randbits", lambda bits: 1)
    random = np.random.default_rng(3)
    shapes = (HEIGHT, WIDTH), (HEIGHT // 2, WIDTH // 2), (HEIGHT // 2, WIDTH // 2)
    shown = [Planes(*(random.integers(16, 235, shape, np.uint8) for shape in shapes)) for _ in range(12)]
    mask = covered_mask([FACE], Settings().obscure, shown[0].size)
    assert mask.mean() > 0.1
    others = [planes.blank(mask) for planes in shown]
    for style in ("solid", "pixelate"):
        data = []
        for name, pictures in (("one", shown), ("other", others)):
            source, out = tmp_path / f"{name}-{style}.mkv", tmp_path / f"safe-{name}-{style}.mp4"
            lossless(source, pictures)
            result = clips(obscure={"style": style}).run(source, out=out)
            assert isinstance(result, PhotoResult), result
            data.append(out.read_bytes())
        assert data[0] == data[1]


def lossless(path, shown):
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = TICK
        for index, planes in enumerate(shown):
            frame = planes.frame(Coloring())
            frame.pts, frame.time_base = 40 * index, TICK
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def test_a_drawn_frame_is_the_same_bit_for_bit_outside_of_what_was_drawn():
    random = np.random.default_rng(5)
    planes = Planes(*(random.integers(0, 255, (64 >> i, 96 >> i), np.uint8) for i in (0, 1, 1)))
    decisions = [Decision(FACE, Judgement(None, Action.COVER, Reason.EVERYONE))]
    drawn, mask = draw(planes, decisions, Settings.of(obscure={"color": "gray"}).obscure, Coloring(), seed=1)
    assert mask.any()
    assert np.array_equal(drawn.y[~mask], planes.y[~mask])
    assert np.array_equal(drawn.u[~mask[::2, ::2]], planes.u[~mask[::2, ::2]])
    assert np.array_equal(drawn.v[~mask[::2, ::2]], planes.v[~mask[::2, ::2]])


def test_a_face_that_only_the_check_sees_is_covered_and_the_clip_made_again(clips, tmp_path):
    pictures = patterns(20)
    for picture in pictures:
        picture[20:44, 30:54] = PINK
    source, out = make(tmp_path / "clip.mp4", pictures), tmp_path / "safe.mp4"
    far = Face(Box(80, 2, 90, 14), 0.9, ("fixed",))
    result = clips(far, check=SeesColor(PINK)).run(source, out=out)
    assert isinstance(result, PhotoResult), result
    assert Reason.FOUND_IN_CHECK in {each.judgement.reason for each in result.decisions}
    assert result.status is Status.LOOK
    known, after = frames(out)
    for frame in after:
        assert not (np.abs(frame.planes.rgb(known.coloring).astype(int) - PINK).max(axis=2) < 30)[24:40, 34:50].any()


def test_a_clip_that_cannot_be_made_safe_is_withheld(clips, tmp_path):
    source, out = make(tmp_path / "clip.mp4", patterns(4)), tmp_path / "safe.mp4"
    keep = {"name": "nobody", "rules": [{"when": "everyone", "action": "keep"}]}
    failure = clips(policy=keep, check=AlwaysNew()).run(source, out=out)
    assert failure.kind is FaceVisible
    assert failure.status is Status.BLOCKED
    assert list(tmp_path.iterdir()) == [source]


class AlwaysNew(BlindNetwork):
    """Sees a face in another place each time."""

    def look(self, picture):
        self.shown.append(picture)
        at = 7.0 * (len(self.shown) % 40)
        return [Sighting(Box(at, at, at + 6, at + 6), 0.95)]


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ({"detector": CrashingDetector()}, DetectorFailed),
        ({"check": CrashingNetwork()}, DetectorFailed),
        ({"detector": FixedFaces(LARGE), "age": CrashingAge(), "policy": "children"}, EstimatorFailed),
    ],
)
def test_a_model_that_fails_leaves_nothing(clips, tmp_path, parts, kind):
    source = make(tmp_path / "clip.mp4", patterns(5))
    failure = clips(**parts).run(source, out=tmp_path / "safe.mp4")
    assert failure.kind is kind
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize(
    "where",
    ["making.lay_out", "making.mp4.check", "making.Check.look", "clip.write_parts", "making.draw", "making.Writer.add"],
)
@pytest.mark.parametrize("fault", [KeyboardInterrupt, MetadataRemains("planted"), OSError(28, "No space left")])
def test_a_fault_anywhere_leaves_no_half_written_file(clips, tmp_path, monkeypatch, where, fault):
    source = make(tmp_path / "clip.mp4", patterns(5), sound=True)
    before = set(tmp_path.iterdir())

    def fail(*_, **__):
        raise fault

    monkeypatch.setattr(f"blurkit.video.{where}", fail)
    try:
        outcome = clips().run(source, out=tmp_path / "safe.mp4")
        assert issubclass(outcome.kind, BlurkitError)
    except KeyboardInterrupt:
        assert fault is KeyboardInterrupt
    assert set(tmp_path.iterdir()) == before


def test_an_existing_file_is_not_overwritten_and_the_source_never(clips, tmp_path):
    source, out = make(tmp_path / "clip.mp4", patterns(3)), tmp_path / "safe.mp4"
    out.write_bytes(b"mine")
    assert clips().run(source, out=out).kind is OutputExists
    assert clips(write={"overwrite": True}).run(source, out=source).kind is OutputExists
    assert out.read_bytes() == b"mine"
    assert isinstance(clips(write={"overwrite": True}).run(source, out=out), PhotoResult)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(BEING_WRITTEN)]


def test_a_clip_that_decodes_to_something_else_in_the_second_pass_is_refused(clips, tmp_path, monkeypatch):
    source = make(tmp_path / "clip.mp4", patterns(5))
    real = Clips._people

    def changed(self, first):
        first.watched.marks[3] += 1
        return real(self, first)

    monkeypatch.setattr(Clips, "_people", changed)
    assert clips().run(source, out=tmp_path / "safe.mp4").kind is UnreadablePhoto


def test_an_output_that_shows_something_else_is_withheld(clips, tmp_path, monkeypatch):
    real = Writer.add
    monkeypatch.setattr(Writer, "add", lambda self, planes, time: real(self, replace(planes, y=planes.y // 2), time))
    source = make(tmp_path / "clip.mp4", patterns(5))
    assert clips().run(source, out=tmp_path / "safe.mp4").kind is PixelsChanged


def test_an_output_that_lacks_a_frame_or_shows_it_late_is_withheld(clips, tmp_path, monkeypatch):
    real = Writer.add
    source = make(tmp_path / "clip.mp4", patterns(5))
    monkeypatch.setattr(Writer, "add", lambda self, planes, time: real(self, planes, time) if time else None)
    assert clips().run(source, out=tmp_path / "safe.mp4").kind is PixelsChanged
    monkeypatch.setattr(Writer, "add", lambda self, planes, time: real(self, planes, 2 * time))
    assert clips().run(source, out=tmp_path / "safe.mp4").kind is PixelsChanged


def test_sound_is_kept_on_request(clips, tmp_path):
    source, out = make(tmp_path / "clip.mp4", patterns(25), sound=True), tmp_path / "safe.mp4"
    result = clips(output={"keep_sound": True}).run(source, out=out)
    assert result.clip.sound == "kept"
    assert "sound" not in result.removed
    with av.open(str(out)) as container:
        assert [stream.type for stream in container.streams] == ["video", "audio"]


def test_a_clip_that_is_cut_short_is_done_up_to_its_last_whole_frame_and_said(clips, tmp_path):
    source, out = make(tmp_path / "clip.mkv", noise(20)), tmp_path / "safe.mp4"
    source.write_bytes(source.read_bytes()[:-9000])
    result = clips().run(source, out=out)
    assert isinstance(result, PhotoResult), result
    assert any("ends in the middle" in note for note in result.clip.notes)
    assert len(frames(out)[1]) == result.clip.frames < 20


def test_age_is_judged_once_and_covers_or_keeps_the_whole_track(clips, tmp_path):
    source = make(tmp_path / "clip.mp4", patterns(20, width=192, height=128))
    large = Face(Box(60, 20, 110, 84), 0.9, ("fixed",))
    for years, action in ((50, Action.KEEP), (8, Action.COVER)):
        result = clips(large, age=FixedAge(years), policy="children").run(source, out=tmp_path / f"{years}.mp4")
        assert [each.judgement.action for each in result.decisions] == [action]


def test_detect_says_what_would_happen_and_writes_nothing(clips, tmp_path):
    source = make(tmp_path / "clip.mp4", patterns(6))
    result = clips().detect(source)
    assert result.output is None
    assert result.proof is None
    assert len(result.decisions) == len(result.clip.spans) == 1
    assert list(tmp_path.iterdir()) == [source]


def test_progress_goes_up_to_the_end(clips, tmp_path):
    shares = []
    held = clips()
    held.progress = shares.append
    held.run(make(tmp_path / "clip.mp4", patterns(10)), out=tmp_path / "safe.mp4")
    assert shares == sorted(shares)
    assert 0.9 < shares[-1] <= 1.0
