"""What the page shows of the originals: small pictures made in memory, never in a file."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Protocol

import numpy as np

from blurkit.errors import PhotoChanged, UnreadablePhoto
from blurkit.geometry import Box, Size
from blurkit.load import decode, read
from blurkit.machine.files import MAX_HASHED, content_of
from blurkit.obscure import moved, obscure, sketch
from blurkit.picture.containers import CLIP_SUFFIX
from blurkit.picture.proof import fingerprint
from blurkit.records import Decision, ImageFormat, Photo, Picture
from blurkit.review.boards import board_of, in_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from blurkit.board import Board
    from blurkit.marks import MarkDecision
    from blurkit.obscure import Sketch
    from blurkit.records import Pixels
    from blurkit.review.session import Session
    from blurkit.review.spots import Spot

THUMB, PREVIEW, REGION, FACE, MARK = 360, 1600, 2000, 176, 320
"""Long sides in pixels of a thumbnail, of a preview, of the part seen when zoomed, of a face, and of words."""

AROUND = 0.35
"""How much is shown around a face, as a share of it, on every side."""

KEPT_BYTES = 400_000_000
"""Most memory that thumbnails and faces take; the oldest are made again when they are asked for."""

OPEN_PHOTOS = 2
"""Decoded photos held in memory; one of 24 megapixels takes 72 MB."""

GIST = 16
"""Side in pixels of the gray picture that tells whether two photos are of one burst."""

ALIKE = 9.0
"""Mean difference of two gists, of 255, below which photos are of one burst."""


class Storyboards(Protocol):
    """What shows clips."""

    def storyboard(self, path: Path, board: Board | None) -> Pixels:
        """Return the storyboard of a clip; without one, its first frame."""
        ...

    def close(self) -> None:
        """End what it needs."""
        ...


class Pictures:
    """Small pictures of the photos of a session; each file is read only if it is still the one that was analysed."""

    def __init__(
        self, folder: Path, paths: Sequence[Path], session: Session, storyboards: Storyboards | None = None
    ) -> None:
        """Serve the photos and clips at `paths`, all of which must lie in `folder`, links followed."""
        self._storyboards = storyboards
        self._folder = folder.resolve()
        self._paths = paths
        self._session = session
        self._lock = threading.Lock()
        self._open: OrderedDict[str, Photo] = OrderedDict()
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._kept_bytes = 0
        self._gists: dict[int, tuple[Size, np.ndarray]] = {}
        self.fingerprints: dict[int, str] = {}
        """Of each photo, to find near-duplicates."""

    def is_inside(self, number: int) -> bool:
        """Whether a photo lies in the folder, links followed."""
        return self._paths[number].resolve().is_relative_to(self._folder)

    def prepare(self, number: int) -> None:
        """Make the thumbnail and the faces of a photo, while it is decoded once."""
        spots = self._session.sheet(number)
        if self._session.photos[number].sha256 is not None:
            self.fingerprints[number] = fingerprint(self._photo(number).picture.pixels)
            self.thumb(number)
            for spot in spots:
                self.face(number, spot)

    def thumb(self, number: int, decisions: Sequence[Decision | MarkDecision] = ()) -> bytes:
        """Return a photo's thumbnail with its covers as JPEG."""
        if decisions and board_of(self._session.photos[number].outcome) is not None:
            return _jpeg(_scaled(self._covered(number, decisions), THUMB))
        small = self._small(number, "thumb", lambda photo: _scaled(photo.picture.pixels, THUMB))
        size = self._session.photos[number].size
        if not decisions or size is None:
            return small
        import cv2

        pixels = np.ascontiguousarray(
            np.asarray(cv2.imdecode(np.frombuffer(small, np.uint8), cv2.IMREAD_COLOR))[..., ::-1]
        )
        picture = Picture(pixels, pixels, "RGB")
        return _jpeg(obscure(picture, moved(decisions, size, picture.size), self._session.settings.obscure).pixels)

    def sketch(self, number: int, decisions: Sequence[Decision | MarkDecision]) -> Sketch:
        """Return how the covers of a photo will look."""
        return sketch(self._photo(number).picture, decisions, self._session.settings.obscure)

    def face(self, number: int, spot: Spot) -> bytes:
        """Return a face with some of what is around it as JPEG."""
        around = spot.choice.box.expand(AROUND, AROUND)
        return self._small(number, f"{spot.choice.box}", lambda photo: _scaled(_part(photo, around), FACE))

    def mark(self, number: int, mark: int) -> bytes:
        """Return a word, code or plate with some of what is around it as JPEG."""
        signs = self._session.words.of(self._session.photos[number].sha256)
        box = next((sign.decision.mark.box for sign in signs if sign.number == mark), None)
        if box is None:
            raise UnreadablePhoto(f"there is no mark {mark}")
        reach = AROUND * min(box.width, box.height)
        around = Box(box.left - reach, box.top - reach, box.right + reach, box.bottom + reach)
        return self._small(number, f"mark {box}", lambda photo: _scaled(_part(photo, around), MARK))

    def preview(self, number: int) -> bytes:
        """Return a photo at a size that fits a screen as JPEG."""
        return _jpeg(_scaled(self._photo(number).picture.pixels, PREVIEW))

    def region(self, number: int, box: Box) -> bytes:
        """Return a part of a photo at its own size as JPEG."""
        return _jpeg(_scaled(_part(self._photo(number), box), REGION))

    def after(self, number: int, decisions: Sequence[Decision | MarkDecision]) -> bytes:
        """Return a photo with its covers, at the size of the preview, as JPEG."""
        return _jpeg(_scaled(self._covered(number, decisions), PREVIEW))

    def _covered(self, number: int, decisions: Sequence[Decision | MarkDecision]) -> Pixels:
        """Return a photo with its covers; on a storyboard, none reaches into another picture."""
        picture, settings = self._photo(number).picture, self._session.settings.obscure
        board = board_of(self._session.photos[number].outcome)
        if board is None:
            return obscure(picture, decisions, settings).pixels
        pixels = picture.pixels.copy()
        for moment in range(len(board.seconds)):
            inside = in_picture(board, moment, [each for each in decisions if isinstance(each, Decision)])
            left, top = board.corner(moment)
            rows, columns = slice(top, top + board.cell.height), slice(left, left + board.cell.width)
            part = np.ascontiguousarray(pixels[rows, columns])
            if inside:
                pixels[rows, columns] = obscure(Picture(part, part, "RGB"), inside, settings).pixels
        return pixels

    def clip(self, number: int) -> Path:
        """Return the file of a clip.

        Raises:
            UnreadablePhoto: It is a photo, or lies outside the folder by now.
        """
        if board_of(self._session.photos[number].outcome) is None or not self.is_inside(number):
            raise UnreadablePhoto("is no clip of this folder")
        return self._paths[number]

    def written(self, path: Path) -> bytes:
        """Return a thumbnail of a safe photo as JPEG, from the file as it was written."""
        if path.suffix.lower() == CLIP_SUFFIX and self._storyboards is not None:
            return _jpeg(_scaled(self._storyboards.storyboard(path, None), THUMB))
        photo = decode(read(path), self._session.settings.load, source=path)
        return _jpeg(_scaled(photo.picture.pixels, THUMB))

    def burst(self, number: int) -> list[int]:
        """Return the photos before and after this one that look alike."""
        found = []
        for step in (-1, 1):
            other = number + step
            while 0 <= other < len(self._paths) and self._is_alike(number, other):
                found.append(other)
                other += step
        return sorted(found)

    def forget(self) -> None:
        """Drop every picture."""
        if self._storyboards is not None:
            self._storyboards.close()
        with self._lock:
            self._open.clear()
            self._kept.clear()
            self._kept_bytes = 0
            self._gists.clear()
            self.fingerprints.clear()

    def _is_alike(self, one: int, other: int) -> bool:
        if self._session.photos[other].sha256 is None:
            return False
        (size, gist), (other_size, other_gist) = self._gist(one), self._gist(other)
        return size == other_size and float(np.abs(gist - other_gist).mean()) < ALIKE

    def _gist(self, number: int) -> tuple[Size, np.ndarray]:
        if number not in self._gists:
            import cv2

            pixels = self._photo(number).picture.pixels
            gray = (pixels if pixels.size < 1e6 else _scaled(pixels, THUMB)).mean(axis=2)
            small = cv2.resize(gray.astype(np.float32), (GIST, GIST), interpolation=cv2.INTER_AREA)
            self._gists[number] = Size(pixels.shape[1], pixels.shape[0]), small
        return self._gists[number]

    def _small(self, number: int, what: str, make: Callable[[Photo], Pixels]) -> bytes:
        key = self._session.photos[number].sha256 or "", what
        known = self._kept.get(key)
        if known is not None:
            return known
        made = _jpeg(make(self._photo(number)))
        with self._lock:
            if key not in self._kept:
                self._kept[key] = made
                self._kept_bytes += len(made)
            while self._kept_bytes > KEPT_BYTES:
                self._kept_bytes -= len(self._kept.popitem(last=False)[1])
        return made

    def _decoded(self, number: int, path: Path) -> Photo:
        board = board_of(self._session.photos[number].outcome)
        if board is None or self._storyboards is None:
            return decode(read(path), self._session.settings.load, source=path)
        return _of_board(self._storyboards.storyboard(path, board), path)

    def _photo(self, number: int) -> Photo:
        """Return a decoded photo.

        Raises:
            PhotoChanged: The file is not the one that was analysed, or lies outside the folder by now.
            PhotoError: It cannot be read.
        """
        sha256, path = self._session.photos[number].sha256, self._paths[number]
        if sha256 is None:
            raise UnreadablePhoto("is not analysed yet", path=path)
        photo = None
        is_clip = board_of(self._session.photos[number].outcome) is not None
        if is_clip and sha256 not in self._open and self.is_inside(number):
            photo = self._decoded(number, path)  # which may take long: other pictures need not wait
        with self._lock:
            if sha256 not in self._open:
                if not self.is_inside(number):
                    raise PhotoChanged("lies outside the folder", path=path)
                photo = photo or self._decoded(number, path)
                if photo.sha256 != sha256:
                    raise PhotoChanged("changed since it was analysed", path=path, hint="start the review again")
                self._open[sha256] = photo
                while len(self._open) > OPEN_PHOTOS:
                    self._open.popitem(last=False)
            self._open.move_to_end(sha256)
            return self._open[sha256]


def _of_board(pixels: Pixels, path: Path) -> Photo:
    """Return a storyboard as a photo, with the hash of the clip's file."""
    sha256 = content_of(path, max_bytes=MAX_HASHED)
    return Photo(Picture(pixels, pixels, "RGB"), ImageFormat.BMP, source=path, sha256=sha256)


def _part(photo: Photo, box: Box) -> Pixels:
    left, top, right, bottom = box.pixels(photo.size)
    if right <= left or bottom <= top:
        raise UnreadablePhoto("there is nothing of the photo in this part", path=photo.source)
    return photo.picture.pixels[top:bottom, left:right]


def _scaled(pixels: Pixels, long_side: int) -> Pixels:
    """Return RGB pixels (H, W, 3) shrunk so that the longer side is at most so long."""
    import cv2

    height, width = pixels.shape[:2]
    share = min(1.0, long_side / max(height, width))
    size = max(1, round(width * share)), max(1, round(height * share))
    small: Pixels = cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA)
    return small


def _jpeg(pixels: Pixels) -> bytes:
    import cv2

    done, data = cv2.imencode(".jpg", pixels[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 85])
    if not done:
        raise UnreadablePhoto("cannot be shown")
    return bytes(data)
