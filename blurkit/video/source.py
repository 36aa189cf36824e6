"""A clip's file, opened with care: what it shows, what it hides, and what is to be said of it."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from blurkit.errors import PhotoTooLarge, UnreadablePhoto, UnsupportedFormat
from blurkit.geometry import Size
from blurkit.picture.containers import Container, is_whole, sniff_clip
from blurkit.policy.marks import must_cover_marks
from blurkit.video import animation
from blurkit.video.besides import hidden_in, tracks_of
from blurkit.video.file import clip_file
from blurkit.video.planes import FULL_RANGE, Coloring
from blurkit.video.turning import Turning, turning_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from blurkit.settings import PolicySettings

INSTALL = 'pip install "blurkit[video]"'
"""What makes clips work."""

EXPORT = "export it again as MP4 with H.264"
"""What helps with a clip that cannot be read."""

INTERLACED = ("tt", "bb", "tb", "bt")
"""Orders of fields; any other is a picture at a time."""

USUAL_RATE = Fraction(25)
"""Frames a second where a file does not say it."""

FAR_BRIGHTER = (16, 18)
"""Transfer functions of pictures with a high dynamic range, PQ and HLG, by their numbers in ITU-T H.273."""


BY_PILLOW = (Container.WEBP, Container.PNG)
"""Containers that Pillow reads; all others are left to FFmpeg."""

MOVING = (Container.GIF, *BY_PILLOW)
"""Containers of moving pictures that are shown as photos are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a clip before it is read."""

    size: Size
    """Of the upright frames, even in both directions, in pixels."""
    coded_size: Size
    """Of the frames as they are stored."""
    turning: Turning
    """What turns them upright."""
    coloring: Coloring
    """Which colours their planes stand for."""
    time_base: Fraction
    """Seconds of one tick of its clock."""
    rate: Fraction
    """Frames a second, on average."""
    aspect: Fraction | None
    """Width of an upright pixel over its height; None if it is square."""
    frames: int
    """How many the file says are stored in it; 0 if it does not say, or only guesses."""
    seconds: float
    """How long it is by the file's own account; 0 if it does not say."""
    has_sound: bool
    """Whether it has a sound track."""
    is_interlaced: bool
    """Whether two fields of different times lie in one picture."""
    is_far_brighter: bool
    """Whether its dynamic range is high, so that it is mapped to an ordinary one."""
    is_whole: bool
    """Whether the file is as long as it says itself."""
    notes: tuple[str, ...]
    """What a person is told of it, in words."""
    hidden: tuple[str, ...]
    """What the file holds that no output has, in words."""
    codec: str = ""
    """How its pictures are coded, by the name that FFmpeg gives to it."""

    def shown_size(self, max_side: int | None) -> Size:
        """Return the size of frames whose longer side is at most so many pixels; even, and never enlarged."""
        if max_side is None or self.size.long_side <= max_side:
            return self.size
        factor = max_side / self.size.long_side
        return Size(max(2, round(self.size.width * factor / 2) * 2), max(2, round(self.size.height * factor / 2) * 2))


def plain(size: Size) -> Facts:
    """Return what is known of a clip that has no source: upright, whole, silent, a tick a frame."""
    return Facts(
        size=size,
        coded_size=size,
        turning=Turning(),
        coloring=Coloring(),
        time_base=1 / USUAL_RATE,
        rate=USUAL_RATE,
        aspect=None,
        frames=0,
        seconds=0.0,
        has_sound=False,
        is_interlaced=False,
        is_far_brighter=False,
        is_whole=True,
        notes=(),
        hidden=(),
    )


def check_marks(policy: PolicySettings) -> None:
    """Refuse clips where words are to be covered: nobody looks for them in frames.

    Raises:
        UnsupportedFormat: The policy covers words, codes or plates.
    """
    if must_cover_marks(policy):
        hint = "use a policy that does not cover them, and look at the whole clip yourself"
        raise UnsupportedFormat("words, codes and plates cannot be covered in clips", hint=hint)


def check_installed() -> None:
    """Refuse clips where the library for them is not installed.

    Raises:
        UnsupportedFormat: It is not.
    """
    if not installed():
        raise UnsupportedFormat("is a clip, and the part of blurkit for clips is not installed", hint=INSTALL)


def installed() -> bool:
    """Whether the library for clips is installed."""
    from importlib.util import find_spec

    return find_spec("av") is not None


@contextmanager
def opened(clip: Path | IO[bytes], kind: str = "video") -> Iterator[tuple[Any, Any]]:
    """Lend a clip's container and its first track of a kind, None without one; cover art is no track.

    Args:
        clip: Its path; or an open file, which stays open.
        kind: `video` or `audio`.

    Raises:
        UnreadablePhoto: It is damaged, or nothing in it is a clip.
        UnsupportedFormat: It is no clip.
    """
    check_installed()
    import av

    path = clip if isinstance(clip, Path) else None
    try:
        with clip_file(clip) as file:
            form = sniff_clip(file.read(64))
            if form is None:
                raise UnsupportedFormat("is not a clip that blurkit reads", path=path, hint=EXPORT)
            file.seek(0)
            with _container(file, form) as container:
                tracks = tracks_of(container, kind)
                yield container, tracks[0] if tracks else None
    except av.FFmpegError as fault:
        raise UnreadablePhoto(f"the clip cannot be read: {fault.strerror}", path=path, hint=EXPORT) from fault
    except OSError as fault:
        raise UnreadablePhoto(f"cannot be read: {fault.strerror or fault}", path=path) from fault


def _container(file: IO[bytes], form: Container) -> AbstractContextManager[Any]:
    """Open a file as what its first bytes say, and as nothing else."""
    import av

    if form in BY_PILLOW:
        return animation.opened(file, form)
    container: AbstractContextManager[Any] = av.open(file, format=form.value, metadata_errors="replace")
    return container


def facts_of(clip: Path | IO[bytes], *, max_megapixels: float) -> Facts:
    """Return what is known of a clip, from its head and its first frame.

    Raises:
        PhotoError: It is no clip, cannot be read, or its frames are too large.
    """
    path = clip if isinstance(clip, Path) else None
    with opened(clip) as (container, stream):
        if stream is None:
            raise UnreadablePhoto("there is no picture in this clip", path=path, hint=EXPORT)
        if stream.codec_context is None:
            raise UnreadablePhoto("its pictures are coded in a way that FFmpeg does not know", path=path, hint=EXPORT)
        coded = Size(stream.codec_context.width, stream.codec_context.height)
        if coded.megapixels > max_megapixels:
            what = f"its frames have {coded.megapixels:.0f} megapixels, and the limit is {max_megapixels:g}"
            raise PhotoTooLarge(what, path=path, hint="--max-megapixels NUMBER")
        first = next(container.decode(stream), None)
        if first is None or not coded.width or not coded.height:
            raise UnreadablePhoto("not one frame of it can be decoded", path=path, hint=EXPORT)
        turning = _turning(first)
        notes = [] if turning is not None else ["is to be shown at a slant, which was left out"]
        turning = turning or Turning()
        upright = turning.size(coded)
        size = Size(upright.width + upright.width % 2, upright.height + upright.height % 2)
        if size != upright:
            notes.append("has an odd number of rows or columns; the last was doubled")
        interlaced = bool(first.interlaced_frame) or str(stream.codec_context.field_order).lower() in INTERLACED
        if interlaced:
            notes.append("was interlaced; each frame is now one whole picture")
        coloring = _coloring(first, size.height)
        bright = coloring.transfer in FAR_BRIGHTER
        if bright:
            notes.append("had a high dynamic range, and now has an ordinary one")
        if container.format.name in MOVING:
            notes.append("was an animation, and is a clip now, which websites show likewise")
        if len(tracks_of(container, "video")) > 1:
            notes.append("has several video tracks; only the first was made safe")
        aspect = stream.sample_aspect_ratio
        if aspect and turning.transposed:
            aspect = 1 / aspect
        return Facts(
            size=size,
            coded_size=coded,
            turning=turning,
            coloring=Coloring(1, 1, 1, 1, size.height) if bright else coloring,
            time_base=stream.time_base,
            rate=stream.average_rate or stream.guessed_rate or USUAL_RATE,
            aspect=None if aspect in (None, 0, 1) else aspect,
            frames=stream.frames if container.format.name.startswith(Container.MP4) else 0,
            has_sound=bool(tracks_of(container, "audio")),
            is_interlaced=interlaced,
            is_far_brighter=bright,
            is_whole=_is_whole(clip),
            seconds=(container.duration or 0) / 1e6,
            notes=tuple(notes),
            hidden=hidden_in(container, stream),
            codec=stream.codec_context.codec.canonical_name,
        )


def _is_whole(clip: Path | IO[bytes]) -> bool:
    with clip_file(clip) as file:
        form = sniff_clip(file.read(64))
        return form is None or is_whole(file, form)


def _turning(frame: Any) -> Turning | None:
    """Return what turns a frame upright; None for a slant."""
    matrices = [bytes(each) for each in frame.side_data if each.type.name == "DISPLAYMATRIX"]
    return turning_of(matrices[0]) if matrices else Turning()


def _coloring(frame: Any, rows: int) -> Coloring:
    """Return the colours of a clip; those of RGB are what its planes will stand for."""
    if frame.format.is_rgb or frame.format.name.startswith("pal"):
        return Coloring(1, 1, Coloring(rows=rows).shown_matrix, 1, rows)
    full = FULL_RANGE if frame.format.name.startswith("yuvj") else int(frame.color_range)
    return Coloring(int(frame.color_primaries), int(frame.color_trc), int(frame.colorspace), full, rows)
