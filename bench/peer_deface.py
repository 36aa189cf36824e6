"""What deface 1.5.0 finds, as JSON; run by the Python of an environment that has it."""

import json
import sys
import time

import numpy as np
from deface.centerface import CenterFace
from PIL import Image, ImageOps


def main() -> None:
    """Read paths from standard input, one a line; print one JSON line a photo: boxes and seconds."""
    network = CenterFace(in_shape=None, backend="auto")
    for line in sys.stdin:
        with Image.open(line.rstrip("\n")) as image:
            pixels = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
        start = time.perf_counter()
        boxes, _ = network(pixels, threshold=0.2)
        seconds = time.perf_counter() - start
        print(json.dumps({"boxes": np.asarray(boxes)[:, :4].tolist(), "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
