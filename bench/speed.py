"""Whole processes on 12 megapixel photos, blurkit against deface, interleaved: `python -m bench.speed`."""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.data import evaluation_folder

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    """Time both tools on the same photos in turn, and print the ratio of each pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="evaluation data; default: BLURKIT_EVAL_DATA")
    parser.add_argument("--deface", default="deface", help="the deface 1.5.0 command")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--photos", default="uol_IMG_*.jpg", help="pattern in detect/groups/images")
    parser.add_argument("--save", action="store_true", help="write bench/results/speed.json")
    arguments = parser.parse_args()
    chosen = sorted((evaluation_folder(arguments.folder) / "detect/groups/images").glob(arguments.photos))
    pairs = []
    for _ in range(arguments.pairs):
        with tempfile.TemporaryDirectory() as folder:
            photos = [shutil.copy(photo, folder) for photo in chosen]
            ours = [sys.executable, "-m", "blurkit", "run", *photos, "--out", f"{folder}/out", "--quiet"]
            mine = _seconds([*ours, "--jobs", str(arguments.jobs)], ok=(0, 7))
            theirs = _seconds([arguments.deface, *photos], ok=(0,))
        pairs.append((mine, theirs))
        print(f"blurkit {mine:.2f} s  deface {theirs:.2f} s  deface/blurkit {theirs / mine:.2f}", flush=True)
    ratios = sorted(theirs / mine for mine, theirs in pairs)
    result = {
        "photos": len(chosen),
        "pairs": len(pairs),
        "deface_over_blurkit_median": statistics.median(ratios),
        "deface_over_blurkit_min": ratios[0],
        "deface_over_blurkit_max": ratios[-1],
        "blurkit_seconds_per_photo_median": statistics.median(mine for mine, _ in pairs) / len(chosen),
    }
    print(json.dumps(result, indent=1))
    if arguments.save:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "speed.json").write_text(json.dumps(result, indent=1) + "\n")


def _seconds(command: list[str], *, ok: tuple[int, ...]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode not in ok:
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return seconds


if __name__ == "__main__":
    main()
