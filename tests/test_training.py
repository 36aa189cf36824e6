"""The parts of training that need no PyTorch: faces, targets, and copies made worse."""

import csv
import zipfile

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from blurkit.picture.chips import TEMPLATE
from training.changes import faded, grain, gray, old, printed, scratched
from training.faces import MARGIN, OVERLAPS, SIDE, picture_to_template, read_faces, unpack
from training.targets import TRUE_AGES, chances, folded, likelihood, posterior
from training.teacher import usual_pose
from training.worsen import AFTER, BEFORE, FULL_PX, SMALLEST_PX, framed, jittered, random_height, worsened

BINS = ((0, 2), (3, 9), (10, 19), (20, 29), (30, 39), (40, 49), (50, 59), (60, 69), (70, 100))
CHANGES = [*(change for _, change in BEFORE), *(change for _, change in AFTER), gray, faded, grain, printed, scratched]


@pytest.fixture(scope="module")
def picture():
    """Return a made-up picture of FairFace's size that nobody may write to."""
    soft = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3)).astype(np.uint8), (0, 0), 3)
    made = cv2.normalize(soft, None, 20, 235, cv2.NORM_MINMAX)
    made.setflags(write=False)
    return made


def ends(*bins):
    return np.array([first for first, _ in bins]), np.array([last for _, last in bins])


def test_every_age_gets_one_of_the_bins():
    assert likelihood(*ends(*BINS)).sum(axis=0) == pytest.approx(1, abs=0.05)


def test_people_err_more_where_they_judge_older_faces():
    chance = likelihood(*ends((10, 19), (60, 69)))
    assert chance[0, 22] < 0.15 < chance[1, 72]
    assert chance[0, 14] > 0.95


def test_a_target_lies_in_the_bin_whatever_the_networks_read():
    read = np.eye(TRUE_AGES, dtype=np.float32)[[35, 24, 5]]
    target = posterior(read, likelihood(*ends((10, 19), (20, 29), (40, 49))))
    assert target.sum(axis=1) == pytest.approx(1)
    assert target[0, :22].sum() > 0.9
    assert target[1].argmax() == 24
    assert target[2, 36:54].sum() > 0.9


@given(st.integers(2, TRUE_AGES))
def test_fewer_ages_keep_the_same_sum(ages):
    shares = np.random.default_rng(ages).random((3, TRUE_AGES)).astype(np.float32)
    few = folded(shares, ages)
    assert few.shape == (3, ages)
    assert few.sum(axis=1) == pytest.approx(shares.sum(axis=1), rel=1e-5)


def test_faces_near_the_line_are_drawn_more_often():
    chance = chances(np.array([0, 10, 20, 40, 70]))
    assert chance.sum() == pytest.approx(1)
    assert chance.argmax() == 1
    assert chance.argmin() == 3


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_each_change_gives_a_picture_and_leaves_the_old_one_alone(picture, change):
    before = picture.copy()
    changed = [change(picture, np.random.default_rng(seed)) for seed in range(10)]
    assert (picture == before).all()
    for one in changed:
        assert one.dtype == np.uint8
        assert one.shape[2] == 3
        assert one.shape[0] == one.shape[1]
    assert any(one.shape != picture.shape or (one != picture).any() for one in changed)


def test_an_old_print_differs_each_time(picture):
    assert len({old(picture, np.random.default_rng(seed)).tobytes() for seed in range(20)}) > 10


@given(st.integers(0, 2**32))
def test_heights_are_between_the_smallest_and_the_whole(seed):
    assert SMALLEST_PX <= random_height(np.random.default_rng(seed)) <= FULL_PX


@pytest.mark.parametrize("height", [14, 32, 64, FULL_PX])
def test_the_same_seed_makes_the_same_copy(picture, height):
    first, second = (worsened(picture, height, np.random.default_rng(3)) for _ in range(2))
    assert (first == second).all()
    assert len(first) <= 1.4 * SIDE * height / FULL_PX + 1


def test_a_landmark_lands_where_the_network_expects_it():
    picture = np.zeros((SIDE, SIDE, 3), np.uint8)
    x, y = (TEMPLATE[2] + MARGIN) / (1 + 2 * MARGIN) * SIDE
    rows, columns = np.mgrid[:SIDE, :SIDE] + 0.5
    picture[:] = (255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / 20))[..., None].astype(np.uint8)
    for side, padding in ((64, 0.18), (96, 0.25)):
        for copy in (picture, cv2.resize(picture, (64, 64), interpolation=cv2.INTER_AREA)):
            chip = framed(copy, side, padding)[..., 0].astype(float)
            rows, columns = np.mgrid[:side, :side] + 0.5
            found = np.array([(chip * columns).sum(), (chip * rows).sum()]) / chip.sum()
            assert found == pytest.approx((TEMPLATE[2] + padding) / (1 + 2 * padding) * side, abs=0.6)


def test_small_faces_are_framed_less_exactly():
    def spread(height):
        maps = [jittered(height, np.random.default_rng(seed)) for seed in range(200)]
        return np.std([matrix[:, :2] @ (20, 40) + matrix[:, 2] for matrix in maps], axis=0).mean()

    assert spread(16) > 1.3 * spread(FULL_PX)
    mean = np.mean([jittered(FULL_PX, np.random.default_rng(seed)) for seed in range(500)], axis=0)
    assert mean == pytest.approx(picture_to_template(), abs=0.02)


def test_the_usual_face_fills_its_picture():
    box = usual_pose().box
    assert box.height == pytest.approx(FULL_PX, abs=1)
    assert box.left >= 0
    assert box.bottom <= SIDE


@pytest.fixture
def fairface(tmp_path):
    """Return a folder like FairFace's with four faces, one of which is in a set for measuring."""
    folder = tmp_path / "fairface"
    folder.mkdir()
    rows = []
    for split, archive in (("train", "train_0.zip"), ("val", "val_0.zip")):
        with zipfile.ZipFile(folder / archive, "w") as file:
            for index, (first, last) in enumerate(((10, "19"), (70, ""))):
                _, data = cv2.imencode(".png", np.full((SIDE, SIDE, 3), (0, 0, 100 + index), np.uint8))
                file.writestr(f"{split}/{index}.webp", data.tobytes())
                names = (f"{archive}/{split}/{index}.webp", split, "", first, last, "F", "Indian")
                rows.append(
                    dict(zip(("path", "split", "age_bin", "age_lo", "age_hi", "gender", "race"), names, strict=True))
                )
    with (folder / "labels.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    (folder / OVERLAPS).write_text("train_0.zip/train/0.webp\n")
    return folder


def test_faces_of_other_sets_are_left_out_and_colours_are_in_order(fairface, tmp_path):
    unpack(fairface, tmp_path / "work")
    faces = read_faces(tmp_path / "work", "train")
    assert faces.name.tolist() == ["train_0.zip/train/1.webp"]
    assert (faces.youngest[0], faces.oldest[0]) == (70, 100)
    assert faces.pictures[0, 0, 0].tolist() == [101, 0, 0]
    assert len(read_faces(tmp_path / "work", "val").name) == 2


def test_a_picture_of_another_size_stops_everything(fairface, tmp_path):
    with zipfile.ZipFile(fairface / "val_0.zip", "w") as file:
        for index in range(2):
            file.writestr(f"val/{index}.webp", cv2.imencode(".png", np.zeros((9, 9, 3), np.uint8))[1].tobytes())
    with pytest.raises(SystemExit, match="128 px"):
        unpack(fairface, tmp_path / "work")
