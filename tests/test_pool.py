"""Threads: a `Blurrer` that two share takes turns, and a pool lends each its own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import blurkit
from tests import pictures
from tests.fakes import FixedFaces, NoFaces


class Slow(NoFaces):
    """Notes how many threads are in it at once."""

    def __init__(self, met=None):
        super().__init__()
        self.inside, self.most, self.met = 0, 0, met

    def detect(self, pixels):
        self.inside += 1
        self.most = max(self.most, self.inside)
        if self.met is not None:
            self.met.wait(30)
        else:
            threading.Event().wait(0.02)
        self.inside -= 1
        return ()


@pytest.fixture
def upload():
    return pictures.file()


def test_threads_that_share_a_blurrer_take_turns(blurrer, upload):
    slow = Slow()
    made = blurrer(slow)
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda number: made.run_bytes(upload, name=f"{number}.jpg"), range(8)))
    assert slow.most == 1
    assert [safe.result.source.name for safe in done] == [f"{number}.jpg" for number in range(8)]


@pytest.mark.model
def test_threads_that_share_real_models_get_what_one_gets(tmp_path):
    from tests.end_to_end.process import small

    photos = [small(tmp_path, f"{width}.jpg", width=width).read_bytes() for width in (200, 260, 320)] * 2
    with blurkit.Blurrer(blurkit.Settings.of(policy="everyone")) as made:
        alone = [made.run_bytes(photo, name="photo.jpg").data for photo in photos]
        with ThreadPoolExecutor(4) as threads:
            together = list(threads.map(lambda photo: made.run_bytes(photo, name="photo.jpg").data, photos))
    assert together == alone


def test_a_safe_file_says_its_format(blurrer, upload):
    safe = blurrer(output={"format": "png"}).run_bytes(upload, name="photo.jpg")
    assert isinstance(safe, blurkit.SafeFile)
    assert (safe.format, safe.suffix) == (blurkit.ImageFormat.PNG, ".png")
    assert safe.data.startswith(b"\x89PNG")
    assert isinstance(blurrer().run_bytes(b"no photo", name="photo.jpg"), blurkit.PhotoFailure)


def test_each_stage_is_told_as_it_begins(upload):
    told = []
    with blurkit.Blurrer(detectors=[NoFaces()], progress=told.append) as made:
        made.run_bytes(upload, name="photo.jpg")
    stages = list(dict.fromkeys(told))
    assert [stage for stage in stages if stage not in ("age", "text")] == [
        *("load", "detect", "policy", "obscure", "encode", "metadata", "verify")
    ]


def test_a_pool_works_at_as_many_photos_as_its_size(blurrer, upload):
    met = threading.Barrier(3)
    with blurkit.Pool(size=3, make=lambda *_, **__: blurrer(Slow(met))) as pool, ThreadPoolExecutor(3) as threads:
        done = list(threads.map(lambda number: pool.run_bytes(upload, name=f"{number}.jpg"), range(3)))
    assert all(isinstance(safe, blurkit.SafeFile) for safe in done)


def test_a_pool_whose_models_are_in_use_says_so(blurrer, upload):
    with blurkit.Pool(size=1, make=lambda *_, **__: blurrer()) as pool:
        with pool.lend(), pytest.raises(TimeoutError, match="all 1 sets of models are in use"):
            pool.run_bytes(upload, name="photo.jpg", wait=0.01)
        assert isinstance(pool.run_bytes(upload, name="photo.jpg", wait=0), blurkit.SafeFile)


def test_a_pool_gives_a_blurrer_back_after_a_fault(blurrer, upload):
    with blurkit.Pool(size=1, make=lambda *_, **__: blurrer()) as pool:
        with pytest.raises(ZeroDivisionError), pool.lend():
            raise ZeroDivisionError
        assert isinstance(pool.run_bytes(upload, name="photo.jpg", wait=0), blurkit.SafeFile)


def test_a_pool_works_from_file_to_file(blurrer, photo_file, out):
    with blurkit.Pool(size=1, make=lambda *_, **__: blurrer()) as pool:
        assert isinstance(pool.run(photo_file(), out=out / "safe.jpg"), blurkit.PhotoResult)
    assert (out / "safe.jpg").exists()


def test_a_closed_pool_has_closed_its_models_and_lends_nothing(blurrer, upload):
    faces = [FixedFaces(), FixedFaces()]
    made = [blurrer(each) for each in faces]
    pool = blurkit.Pool(size=2, make=lambda *_, **__: made.pop())
    pool.close()
    pool.close()
    assert all(each.closed for each in faces)
    with pytest.raises(blurkit.BlurkitError, match="closed"):
        pool.run_bytes(upload, name="photo.jpg")


def test_a_pool_that_cannot_open_all_its_models_closes_the_others(blurrer):
    first = FixedFaces()
    made = iter([blurrer(first)])

    def make(*_, **__):
        for each in made:
            return each
        raise blurkit.ModelError("missing")

    with pytest.raises(blurkit.ModelError):
        blurkit.Pool(size=2, make=make)
    assert first.closed


def test_a_pool_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        blurkit.Pool(size=0)
