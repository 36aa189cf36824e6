"""Faces left open in clips made of photos whose faces are known, beside deface on the same clips in the same run.

    python -m bench.clips [FOLDER] [--photos 6] [--first 0] [--frames 20] [--rows 720] [--deface COMMAND] [--save]

Each clip has two shots of two photos of `groups`, panned, zoomed, shaken, darkened, turned or hidden by a bar for a
while (`bench/scenes.py`). Both tools run as commands, as a user runs them, and cover everybody in one plain colour;
what lies under a cover is told by that colour in the file they wrote. CPU seconds are those of all processes of the
command, and its memory is that of the largest one.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bench.data import LabelledPhoto, detection_photos, evaluation_folder
from bench.scenes import Made, Shot, frames_of
from blurkit.geometry import Size

if TYPE_CHECKING:
    from blurkit.records import Pixels

RESULTS = Path(__file__).parent / "results"
RATE = 25
POLL_SECONDS = 0.1
"""How often the memory of a command is asked for."""

SIZE = Size(1280, 720)
"""Of clips, usually."""

LONG_SIDE = 2600
"""Larger photos are halved before a clip is made of them: else a frame shows only a few of their pixels."""

KINDS = (("pan", "shake"), ("zoom", "dark"), ("turn", "bar"))
"""What the two shots of a clip do."""

COLORS = {"blurkit": ((40, 150, 70), 40), "deface": ((0, 0, 0), 16)}
"""The colour of each tool's covers, and how far coding may move it. Dark faces are near deface's: that favours it."""

RIM = 170
"""Least brightness of each colour of the light rim around blurkit's covers."""

CLOSED = 0.75
"""A face is closed if so much of its middle has the colour of a cover."""

AROUND = 1.0
"""By how much of its size a face is grown on each side before a cover counts as lying elsewhere."""


@dataclass(slots=True)
class Score:
    """What one tool did to all clips."""

    faces: int = 0
    """Faces in frames."""
    opened: int = 0
    """Those left open."""
    tracks: int = 0
    """People in shots."""
    tracks_opened: int = 0
    """Those open in any frame."""
    longest: int = 0
    """Frames of the longest stretch in which one is open."""
    changes: int = 0
    """How often one is closed in a frame and open in the next, or the other way round."""
    needless: list[float] = field(default_factory=list)
    """For each frame the share of it that is covered and near no face."""
    frames: int = 0
    """Frames of the clips."""
    written: int = 0
    """Frames of the files that the tool wrote."""
    seconds: float = 0.0
    """CPU time of all its processes."""
    memory: int = 0
    """Most memory that one of its processes held, in MiB."""
    by_kind: dict[str, list[int]] = field(default_factory=dict)
    """Open faces and all faces by what the camera does."""


def main() -> None:
    """Make the clips, run the tools, print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--photos", type=int, default=6)
    parser.add_argument("--first", type=int, default=0, help="number of the first photo; another one for fresh clips")
    parser.add_argument("--frames", type=int, default=20)
    parser.add_argument("--rows", type=int, default=SIZE.height, help="height of the clips in pixels")
    parser.add_argument("--deface", help="the command of deface 1.5.0; without it, blurkit runs alone")
    parser.add_argument("--save", action="store_true")
    given = parser.parse_args()
    photos = [p for p in detection_photos(evaluation_folder(given.folder)) if p.dataset == "groups"]
    chosen = photos[given.first :: max(1, len(photos) // given.photos)][: given.photos]
    size = Size(given.rows * 16 // 9, given.rows)
    tools = ["blurkit"] + (["deface"] if given.deface else [])
    scores = {tool: Score() for tool in tools}
    with tempfile.TemporaryDirectory() as folder:
        for number, (one, other) in enumerate(pairwise([*chosen, chosen[0]])):
            kinds = KINDS[number % len(KINDS)]
            shots = [
                shot_of(photo, kind, given.frames, number) for photo, kind in zip((one, other), kinds, strict=True)
            ]
            made, clip = list(frames_of(shots, size)), Path(folder, f"{number}.mp4")
            write(clip, [each.pixels for each in made])
            for tool in tools:
                out = Path(folder, f"{number}-{tool}.mp4")
                seconds, memory = used(command_of(tool, clip, out, given.deface))
                scores[tool].seconds += seconds
                scores[tool].memory = max(scores[tool].memory, memory)
                add(scores[tool], made, kinds, read(out), tool)
    rows = {tool: row(score) for tool, score in scores.items()}
    print(json.dumps(rows, indent=2))
    if given.save:
        save(rows, given.rows)


def save(rows: dict[str, dict[str, object]], height: int) -> None:
    """Keep the figures; of clips of another height than usual, which are made to measure it, only the memory."""
    file = RESULTS / "clips.json"
    kept = json.loads(file.read_text(encoding="utf-8"))
    if height == SIZE.height:
        kept = rows | {key: value for key, value in kept.items() if key not in COLORS}
    else:
        shown = ("clips' frames", "CPU seconds a frame", "memory of the largest process, MiB")
        row = rows["blurkit"]
        kept[f"{height} rows, {row[shown[0]]} frames"] = {key: row[key] for key in shown}
    file.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def shot_of(photo: LabelledPhoto, kind: str, frames: int, seed: int) -> Shot:
    """Return a shot of a photo."""
    import cv2

    picture: Any = cv2.imread(str(photo.path))
    pixels, faces = np.asarray(picture[..., ::-1], np.uint8), photo.faces
    if max(pixels.shape) > LONG_SIDE:
        half = pixels.shape[1] // 2, pixels.shape[0] // 2
        pixels, faces = np.asarray(cv2.resize(pixels, half, interpolation=cv2.INTER_AREA), np.uint8), faces / 2
    return Shot(photo=np.ascontiguousarray(pixels), faces=faces, kind=kind, frames=frames, seed=seed)


def write(path: Path, pictures: Sequence[Pixels]) -> None:
    """Write a clip as a phone does: H.264 of good quality."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "18"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        for index, pixels in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def read(path: Path) -> list[Pixels]:
    """Return the frames of a clip."""
    import av

    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def command_of(tool: str, clip: Path, out: Path, deface: str | None) -> list[str]:
    """Return the command that covers everybody in a clip."""
    if tool == "deface":
        return [deface or "deface", str(clip), "-o", str(out), "--replacewith", "solid"]
    more = ["--policy", "everyone", "--color", "#289646", "--quiet", "--no-resume"]
    return [sys.executable, "-m", "blurkit", "run", str(clip), "--out", str(out), *more]


def used(command: Sequence[str]) -> tuple[float, int]:
    """Run a command; return its CPU time with that of all it started, and most memory of one process in MiB.

    The memory is asked for again and again: what the system tells of a process that has ended counts that of this one,
    from which it was started.
    """
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    memory = 0
    while True:
        memory = max(memory, *map(held_by, family(process.pid)))
        ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        if ended:
            break
        time.sleep(POLL_SECONDS)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"failed: {' '.join(command)}")
    return usage.ru_utime + usage.ru_stime, memory >> 10


def family(process: int) -> list[int]:
    """Return a process and all that it started, as far as they are there; on Linux."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended
            parent = int(path.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(path.parent.name))
    found = [process]
    for each in found:
        found += children.get(each, [])
    return found


def held_by(process: int) -> int:
    """Return most memory that a process has held so far, in KiB; 0 if it has ended."""
    with suppress(OSError, StopIteration):
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
    return 0


def covered(pixels: Pixels, tool: str) -> npt.NDArray[np.bool_]:
    """Return which pixels have the colour of a cover, or of its rim."""
    color, slack = COLORS[tool]
    mask: npt.NDArray[np.bool_] = np.abs(pixels.astype(np.int16) - color).max(axis=2) <= slack
    return mask | (pixels.min(axis=2) > RIM) if tool == "blurkit" else mask


def is_closed(mask: npt.NDArray[np.bool_], box: npt.NDArray[np.float64]) -> bool:
    """Whether the middle of a face lies under a cover."""
    sixth = (box[2:] - box[:2]) / 6
    left, top, right, bottom = np.round([*(box[:2] + sixth), *(box[2:] - sixth)]).astype(int).clip(0)
    inside = mask[top:bottom, left:right]
    return inside.size == 0 or bool(inside.mean() >= CLOSED)


def add(score: Score, made: Sequence[Made], kinds: Sequence[str], shown: Sequence[Pixels], tool: str) -> None:
    """Add what a tool did to one clip."""
    closed: dict[tuple[int, int], list[bool]] = {}
    for frame, pixels in zip(made, shown, strict=False):
        mask = covered(pixels, tool)
        for number, box in zip(frame.numbers, frame.faces, strict=True):
            closed.setdefault((frame.shot, int(number)), []).append(is_closed(mask, box))
        if frame.faces.size:
            score.needless.append(elsewhere(mask, frame))
    for (shot, _), states in closed.items():
        told = score.by_kind.setdefault(kinds[shot], [0, 0])
        told[0] += states.count(False)
        told[1] += len(states)
        score.opened += states.count(False)
        score.faces += len(states)
        score.tracks += 1
        score.tracks_opened += False in states
        score.changes += sum(a is not b for a, b in pairwise(states))
        runs = (len(list(run)) for is_shut, run in groupby(states) if not is_shut)
        score.longest = max(score.longest, *runs, 0)
    score.frames += len(made)
    score.written += len(shown)


def elsewhere(mask: npt.NDArray[np.bool_], frame: Made) -> float:
    """Return the share of a frame that has the colour of a cover, near no face, and had another one before."""
    near = np.zeros_like(mask)
    for box in frame.faces:
        reach = AROUND * (box[2:] - box[:2])
        left, top, right, bottom = np.round([*(box[:2] - reach), *(box[2:] + reach)]).astype(int).clip(0)
        near[top:bottom, left:right] = True
    before = covered(frame.pixels, "blurkit") | covered(frame.pixels, "deface")
    return float((mask & ~near & ~before).mean())


def row(score: Score) -> dict[str, object]:
    """Return the figures of a tool."""
    return {
        "clips' frames": score.frames,
        "frames written": score.written,
        "faces in frames": score.faces,
        "left open": score.opened,
        "left open, share": round(score.opened / max(1, score.faces), 5),
        "people in shots": score.tracks,
        "open in any frame": score.tracks_opened,
        "longest open, frames": score.longest,
        "changes between open and closed": score.changes,
        "covered far from faces, share of frames": round(float(np.mean(score.needless or [0.0])), 4),
        "CPU seconds a frame": round(score.seconds / max(1, score.frames), 3),
        "memory of the largest process, MiB": score.memory,
        "open and all, by kind": score.by_kind,
    }


if __name__ == "__main__":
    main()
