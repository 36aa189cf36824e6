"""Every kind of clip goes through the whole way, and FFmpeg's own tool finds in the output what was in the source."""

import json
import shutil
import subprocess

import pytest

from blurkit.analysis import Models
from blurkit.geometry import Box
from blurkit.outcomes import PhotoResult
from blurkit.records import Face
from blurkit.settings import Settings
from blurkit.video.clip import Clips
from tests.clips import animation, make, patterns
from tests.fakes import BlindNetwork, FixedFaces
from tests.video.test_frames import turned_by_note

pytestmark = pytest.mark.skipif(shutil.which("ffprobe") is None, reason="ffprobe is not installed")

FACE = Face(Box(30, 16, 54, 46), 0.9, ("fixed",))
QUIET = {"x265-params": "log-level=0"}
TIMES = [0, 40, 80, 200, 240, 600]
KINDS = {
    "h264.mp4": {"sound": True},
    "live-photo.mov": {"sound": True, "metadata": {"com.apple.quicktime.location.ISO6709": "+48.1+011.5/"}},
    "phone.m4v": {},
    "old.3gp": {"sound": True},
    "rate.mkv": {"times": TIMES},
    "hevc.mp4": {"codec": "libx265", "options": QUIET},
    "hdr10.mp4": {"codec": "libx265", "pix_fmt": "yuv420p10le", "colors": (9, 16, 9), "options": QUIET},
    "hlg.mp4": {"codec": "libx265", "pix_fmt": "yuv420p10le", "colors": (9, 18, 9), "options": QUIET},
    "ten-bit.mp4": {"codec": "libx265", "pix_fmt": "yuv420p10le", "options": QUIET},
    "vp9.webm": {"codec": "libvpx-vp9", "sound": True},
    "av1.mp4": {"codec": "libsvtav1", "options": {"preset": "12"}},
    "mpeg4.avi": {"codec": "mpeg4"},
    "mjpeg.avi": {"codec": "mjpeg", "pix_fmt": "yuvj420p"},
    "fields.mkv": {"codec": "mpeg4", "options": {"flags": "+ildct+ilme"}},
    "odd.mkv": {"codec": "ffv1", "pix_fmt": "bgr0", "pictures": patterns(6, width=95, height=63)},
    "several.mkv": {"second": True},
    "art.mp4": {"cover": True},
    "turned.mp4": {},
    "moving.gif": {},
    "moving.webp": {},
    "moving.png": {},
}


def probed(path):
    """Return what FFmpeg's own tool says of the tracks of a clip, and when each frame is shown."""
    entries = "frame=pts_time,media_type:stream=codec_type,codec_name,width,height,color_transfer,pix_fmt"
    command = ["ffprobe", "-v", "error", "-show_entries", entries, "-of", "json", str(path)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    times = [float(each["pts_time"]) for each in told["frames"] if each["media_type"] == "video"]
    return told["streams"], sorted(time - min(times) for time in times)


@pytest.fixture(scope="module")
def clips():
    settings = Settings.of(policy="everyone")
    models = Models(settings, detectors=[FixedFaces(FACE)], independent_check=BlindNetwork())
    with Clips(settings, models=models, quick=FixedFaces(FACE)) as held:
        yield held


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_made_safe_and_keeps_its_frames_and_their_times(clips, tmp_path, name):
    source, out = tmp_path / name, tmp_path / "safe.mp4"
    options = {"pictures": patterns(6)} | KINDS[name]
    if name.startswith("moving"):
        animation(source, options["pictures"], [40, 100, 40, 300, 40, 40])
    else:
        make(source, **options)
    if name == "turned.mp4":
        turned_by_note(source, 90)
    result = clips.run(source, out=out)
    assert isinstance(result, PhotoResult), result
    (stream,), times = probed(out)
    assert stream["codec_name"] == "h264"
    assert stream["pix_fmt"] in ("yuv420p", "yuvj420p")
    assert (stream["width"], stream["height"]) == ((64, 96) if name == "turned.mp4" else (96, 64))
    assert stream.get("color_transfer") not in ("smpte2084", "arib-std-b67")
    assert len(times) == result.clip.frames == 6
    if name == "moving.webp":  # FFmpeg cannot read those
        assert times == pytest.approx([0, 0.04, 0.14, 0.18, 0.48, 0.52], abs=0.001)
    elif name not in ("several.mkv", "art.mp4"):  # their other pictures are counted, too
        assert times == pytest.approx(probed(source)[1], abs=0.002)
