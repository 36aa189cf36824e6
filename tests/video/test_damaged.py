"""A clip with damage in its middle is refused, or what is decoded of it is covered and shown as it is."""

import av
import numpy as np
import pytest

from blurkit.errors import UnreadablePhoto
from blurkit.outcomes import PhotoResult
from blurkit.video.frames import Frames
from blurkit.video.source import facts_of
from tests.clips import make, noise

KINDS = {
    "h264.mkv": {},
    "h264.mp4": {"options": {"bf": "0"}},
    "hevc.mkv": {"codec": "libx265", "options": {"x265-params": "log-level=0"}},
    "vp9.webm": {"codec": "libvpx-vp9"},
    "mpeg4.avi": {"codec": "mpeg4"},
    "mjpeg.avi": {"codec": "mjpeg", "pix_fmt": "yuvj420p"},
    "ffv1.mkv": {"codec": "ffv1"},
}


def damaged(path, random):
    """Overwrite some bytes of the packet in the middle, wherever it lies."""
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
    middle = packets[len(packets) // 2]
    data = bytearray(path.read_bytes())
    start = data.index(bytes(middle)[:64] if middle.size >= 64 else bytes(middle))
    at = start + middle.size // 3
    data[at : at + middle.size // 3] = random.bytes(middle.size // 3)
    path.write_bytes(data)


@pytest.mark.parametrize("name", KINDS)
def test_a_frame_that_is_damaged_is_covered_or_the_clip_refused(clips, tmp_path, name):
    source, out = make(tmp_path / name, noise(7), **KINDS[name]), tmp_path / "safe.mp4"
    damaged(source, np.random.default_rng(5))
    outcome = clips(obscure={"color": "#28a046"}).run(source, out=out)
    if not isinstance(outcome, PhotoResult):
        assert outcome.kind is UnreadablePhoto, outcome
        assert not out.exists()
        return
    known = facts_of(out, max_megapixels=200)
    shown = [frame.planes.rgb(known.coloring)[25:35, 36:48].astype(int) for frame in Frames(out, known)]
    assert len(shown) == outcome.clip.frames
    assert max(np.abs(part - (40, 160, 70)).mean() for part in shown) < 15
