"""Records are frozen and check themselves; errors carry a remedy, an exit code, and survive pickling."""

import pickle
import re
from dataclasses import FrozenInstanceError, replace

import pytest

from blurkit import errors
from blurkit.errors import BlurkitError, ExitCode, UnreadablePhoto
from blurkit.geometry import Size
from blurkit.records import AgeEstimate, Encoding
from tests import pictures

ERRORS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, BlurkitError)]


@pytest.mark.parametrize(("low", "years", "high"), [(5, 4, 9), (1, 10, 9), (9, 8, 7)])
def test_an_age_outside_its_interval_is_refused(low: float, years: float, high: float) -> None:
    with pytest.raises(ValueError, match="inside its interval"):
        AgeEstimate(years, low, high, "any")


def test_a_photo_knows_its_size_and_cannot_be_changed() -> None:
    photo = pictures.photo(size=(90, 60))
    assert photo.size == Size(90, 60)
    with pytest.raises(FrozenInstanceError):
        photo.picture.mode = "L"
    with pytest.raises(ValueError, match="read-only"):
        photo.picture.pixels[0, 0] = 0


def test_a_photo_that_shows_a_smaller_picture_has_no_stored_blocks() -> None:
    photo = replace(pictures.photo(size=(90, 60)), encoding=Encoding(dpi=(300.0, 300.0), stored=b"the whole file"))
    assert photo.showing(pictures.picture(size=(90, 60), seed=2)).encoding == photo.encoding
    assert photo.showing(pictures.picture(size=(90, 60), seed=2)).encoding.stored == b"the whole file"
    assert photo.showing(pictures.picture(size=(45, 30))).encoding.stored is None
    assert photo.showing(pictures.picture(size=(45, 30))).encoding.dpi == (300.0, 300.0)


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_survives_pickling_whole(kind: type[BlurkitError]) -> None:
    error = pickle.loads(pickle.dumps(kind("it broke", path="a/ü b.jpg", hint="mend it")))
    assert (type(error), error.message, error.path, error.hint) == (kind, "it broke", "a/ü b.jpg", "mend it")


def test_an_error_names_the_file_if_it_is_about_one() -> None:
    assert str(UnreadablePhoto("is empty", path="a.jpg")) == "a.jpg: is empty"
    assert str(UnreadablePhoto("is empty")) == "is empty"


def test_the_drawn_hierarchy_is_the_real_one() -> None:
    drawn = {}
    parents: list[str] = []
    for indent, name, code in re.findall(r"^( {4,})(\w+)(?: +(\d+) )?", errors.__doc__ or "", re.MULTILINE):
        parents[(len(indent) - 4) // 2 :] = [name]
        drawn[name] = parents[-2] if len(parents) > 1 else "Exception"
        if code:
            assert getattr(errors, name).exit_code == int(code)
    assert drawn == {kind.__name__: kind.__bases__[0].__name__ for kind in ERRORS}


def test_every_error_but_the_base_has_a_code_of_its_family() -> None:
    codes = {kind.exit_code for kind in ERRORS if kind is not BlurkitError}
    assert codes == {ExitCode.BUG, ExitCode.USAGE, ExitCode.INPUT, ExitCode.MODEL, ExitCode.OUTPUT, ExitCode.UNSAFE}
