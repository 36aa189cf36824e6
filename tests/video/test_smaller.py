"""A clip for a website is made smaller, and covered and checked in its new size."""

import numpy as np

from blurkit.geometry import Box, Size
from blurkit.outcomes import PhotoResult
from blurkit.records import Face, Reason
from blurkit.video.frames import Frames
from blurkit.video.source import facts_of, plain
from tests.clips import make, patterns
from tests.fakes import SeesColor

PINK = (250, 40, 200)


def test_faces_are_covered_in_the_new_size_also_those_that_only_the_check_sees(clips, tmp_path):
    pictures = patterns(20)
    for picture in pictures:
        picture[20:44, 30:54] = PINK
    source, out = make(tmp_path / "clip.mp4", pictures), tmp_path / "safe.mp4"
    far = Face(Box(80, 2, 90, 14), 0.9, ("fixed",))
    result = clips(far, check=SeesColor(PINK), output={"max_clip_side": 70}).run(source, out=out)
    assert isinstance(result, PhotoResult), result
    known = facts_of(out, max_megapixels=200)
    assert known.size == Size(70, 46)
    found = [each.face.box for each in result.decisions if each.judgement.reason is Reason.FOUND_IN_CHECK]
    assert max(box.iou(Box(30, 20, 54, 44)) for box in found) > 0.6
    for frame in Frames(out, known):
        assert not (np.abs(frame.planes.rgb(known.coloring).astype(int) - PINK).max(axis=2) < 30)[17:29, 24:36].any()


def test_sizes_are_even_and_never_larger():
    assert plain(Size(1920, 1080)).shown_size(1280) == Size(1280, 720)
    assert plain(Size(1080, 1920)).shown_size(1281) == Size(720, 1280)
    assert plain(Size(640, 360)).shown_size(1280) == Size(640, 360)
    assert plain(Size(640, 360)).shown_size(None) == Size(640, 360)
