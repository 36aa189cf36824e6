"""What rapidocr finds and reads, as JSON; run by the Python of an environment that has it."""

import json
import logging
import sys
import time

import numpy as np
from PIL import Image, ImageOps
from rapidocr import RapidOCR


def main() -> None:
    """Read paths from standard input, one a line; print one JSON line a photo: boxes and CPU seconds."""
    logging.disable(logging.CRITICAL)
    reader = RapidOCR()
    for line in sys.stdin:
        with Image.open(line.rstrip("\n")) as image:
            pixels = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))[..., ::-1]
        start = time.process_time()
        found = reader(pixels)
        seconds = time.process_time() - start
        boxes = [] if found.boxes is None else np.asarray(found.boxes).tolist()
        print(json.dumps({"corners": boxes, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
