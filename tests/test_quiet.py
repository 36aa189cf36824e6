"""What decoding changes in the whole process is changed back, however many threads decode at once."""

import os
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from blurkit.errors import PhotoTooLarge
from blurkit.load import decode
from blurkit.machine.quiet import native_stderr_silenced, warnings_silenced
from blurkit.settings import LoadSettings
from tests import pictures


def same_file(one, other):
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)


@pytest.mark.parametrize("held", [native_stderr_silenced, warnings_silenced])
def test_of_two_threads_the_one_that_began_first_may_end_first(held):
    before, filters = os.fstat(2), warnings.filters[:]
    first, second = held(), held()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert same_file(os.fstat(2), before) is (held is warnings_silenced)  # the second one still has it
    second.__exit__(None, None, None)
    assert same_file(os.fstat(2), before)
    assert warnings.filters == filters


def test_threads_that_decode_with_limits_of_their_own_disturb_neither_each_other_nor_the_process():
    small, large = pictures.file(size=(40, 30)), pictures.file(size=(400, 300))
    before, filters, limit = os.fstat(2), warnings.filters[:], Image.MAX_IMAGE_PIXELS
    seen, done = [], threading.Event()

    def watch():
        while not done.is_set():
            seen.append(Image.MAX_IMAGE_PIXELS)
            time.sleep(0.001)

    def strict(_):
        decode(small, LoadSettings(max_megapixels=0.01))
        with pytest.raises(PhotoTooLarge):
            decode(large, LoadSettings(max_megapixels=0.01))

    def lenient(_):
        decode(large, LoadSettings(max_megapixels=1.0))

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: (strict if number % 2 else lenient)(number), range(80)))
    done.set()
    watcher.join()
    assert set(seen) == {limit}
    assert same_file(os.fstat(2), before)
    assert warnings.filters == filters


def test_a_limit_above_pillows_own_is_heeded(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 20_000)
    assert decode(pictures.file(size=(400, 300)), LoadSettings(max_megapixels=1.0)).size.width == 400
