"""Mistakes that users made: each is refused at once, and the message says what to do instead."""

import re
from pathlib import Path

import pytest

from blurkit.batch.place import place_of
from blurkit.errors import ExitCode, SettingsError
from tests import pictures
from tests.fakes import NoFaces, in_this_process

DICT = re.compile(r"\{'|\bdict\b|PosixPath|<class")
ESCAPE = "\x1b"


def refused(done, *words, code=ExitCode.USAGE):
    assert done[0] == code, done
    assert done[2].startswith("error: ")
    assert "\nhint: " in done[2]
    for word in words:
        assert word in done[2]
    assert not DICT.search(done[2])
    assert ESCAPE not in done[2]


@pytest.fixture
def folder(photo_file, tmp_path):
    """Return a folder with three photos."""
    for name in ("a.jpg", "b.jpg", "sub.jpg"):
        photo_file(name=name)
    return tmp_path / "in"


# Where outputs go


def test_for_one_photo_out_may_be_a_file(command, fakes, photo_file, tmp_path):
    code, _, err = command("run", photo_file(), "--out", tmp_path / "new" / "safe.jpg")
    assert code == 0, err
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["safe.jpg"]


def test_the_name_of_a_file_says_its_format(command, fakes, photo_file, tmp_path):
    assert command("run", photo_file(), "--out", tmp_path / "safe.png")[0] == 0
    assert fakes[-1].output.format == "png"
    refused(command("run", photo_file(), "--out", tmp_path / "safe.webp"), "the output is JPEG", "--out safe.jpg")
    refused(
        command("run", photo_file(), "--out", tmp_path / "safe.jpg", "--format", "png"), "the output is PNG", "safe.png"
    )


def test_a_file_that_is_there_is_replaced_only_if_asked(command, fakes, photo_file, tmp_path):
    (tmp_path / "safe.jpg").write_text("mine")
    refused(command("run", photo_file(), "--out", tmp_path / "safe.jpg"), "--overwrite", code=ExitCode.OUTPUT)
    assert (tmp_path / "safe.jpg").read_text() == "mine"


def test_several_photos_do_not_go_into_one_file(command, fakes, folder, tmp_path):
    for photos in ([folder], [folder / "a.jpg", folder / "b.jpg"]):
        refused(command("run", *photos, "--out", tmp_path / "safe.jpg"), "names one file", f"--out {tmp_path / 'safe'}")
    assert not (tmp_path / "safe.jpg").exists()


@pytest.mark.parametrize("photos", [(".",), ("a.jpg",), ("a.jpg", "b.jpg")])
def test_a_file_is_no_output_folder(command, fakes, folder, monkeypatch, photos):
    monkeypatch.chdir(folder)
    Path("../notes.txt").write_text("mine")
    refused(command("run", *photos, "--out", "../notes.txt"), "is a file", "--out safe")


@pytest.mark.parametrize("name", ["run", "clean", "watch"])
@pytest.mark.parametrize("out", [".", "safe", "sub/safe"])
def test_outputs_in_the_folder_of_the_photos_are_refused(command, fakes, folder, monkeypatch, name, out):
    monkeypatch.chdir(folder)
    refused(command(name, ".", "--out", out), "lies in the folder of the photos", "--out in-safe")
    assert sorted(path.name for path in folder.iterdir()) == ["a.jpg", "b.jpg", "sub.jpg"]


def test_links_do_not_hide_that_outputs_lie_among_the_photos(folder, tmp_path):
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(SettingsError):
        place_of([str(folder)], str(tmp_path / "link" / "safe"))


@pytest.mark.parametrize("name", ["clean", "watch"])
def test_only_run_writes_to_a_file(command, fakes, folder, tmp_path, name):
    photos = folder if name == "watch" else folder / "a.jpg"
    refused(command(name, photos, "--out", tmp_path / "safe.jpg"), "names")


# Contradictions


@pytest.mark.parametrize("other", [("--format", "jpeg"), ("--format", "png"), ("--publish",)])
def test_options_that_contradict_each_other_are_refused(command, fakes, photo_file, out, other):
    refused(command("run", photo_file(), "--out", out, "--keep-format", *other), "--keep-format", " ".join(other))
    assert not out.exists()


# Values


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--color", "mauve"), ("obscure.color", "'mauve'", "gray", "#5a7d9a")),
        (("--policy", "kids"), ("kids", "children", "cautious")),
    ],
)
def test_a_wrong_value_is_shown_with_its_key_and_what_is_allowed(command, fakes, photo_file, out, options, words):
    refused(command("run", photo_file(), "--out", out, *options), *words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("child_aeg = 16\nfoo = 1", ("'child_aeg'", "'foo'", "child_age")),
        ('preset = "children"\nregions = [{action = "keep", box = [0, 0, 2, 1]}]', ("regions.0.box.2", "(got 2)")),
        (
            'preset = "children"\nregions = [{action = "keep", box = [0.5, 0, 0.5, 1]}]',
            ("regions.0.box:", "[0.5, 0, 0.5, 1]", "left < right"),
        ),
        ('preset = "children"\nrules = [{when = "looks_under_age", action = "keep"}]', ("rules.0:", "always covered")),
        ('preset = "children"\njudge_as_under = 12', ("judge_as_under (12)", "child_age (18)")),
        ('preset = ["children"]', ("preset: one of", "['children']")),
        ("a = " + "[" * 100_000, ("TOML", "nested too deeply")),
    ],
    ids=range(7),
)
def test_a_wrong_policy_is_told_in_words(command, tmp_path, text, words):
    (tmp_path / "ours.toml").write_text(text)
    refused(command("policy", "check", tmp_path / "ours.toml"), "ours.toml", *words)


def test_a_mistake_inside_a_rule_does_not_make_the_rules_wrong_too(command, tmp_path):
    (tmp_path / "ours.toml").write_text('rules = [{when = "tall", action = "cover"}]')
    _, _, err = command("policy", "check", tmp_path / "ours.toml")
    assert err.count("rules") == 1


def test_the_name_of_a_policy_does_not_steer_the_terminal(command, tmp_path):
    (tmp_path / "ours.toml").write_text('preset = "children"\nname = "a\\u001b[2Jb"\n')
    for name in ("check", "show"):
        code, out, err = command("policy", name, tmp_path / "ours.toml")
        assert code == 0
        assert ESCAPE not in out + err
        assert "[2Jb" in out
    (tmp_path / "ours.toml").write_text(f'preset = "{ESCAPE.encode("unicode_escape").decode()}"\n"\\u001b[2J" = 3\n')
    assert ESCAPE not in command("policy", "check", tmp_path / "ours.toml")[2]


# Things that are no photos


@pytest.mark.parametrize("name", ["run", "detect", "audit", "clean"])
def test_an_address_is_not_fetched(command, fakes, out, name):
    more = ("--out", out) if name in ("run", "clean") else ()
    refused(command(name, "https://example.org/team.jpg", *more), "download", "example.org")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("clip.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", ("the clip cannot be read", "export it again")),
        ("clip.mov", b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", ("the clip cannot be read", "export it again")),
        ("clip.avi", b"RIFF\0\0\0\0AVI LIST", ("the clip cannot be read", "export it again")),
        ("form.pdf", b"%PDF-1.7\n", ("a PDF", "save the pictures")),
        ("photos.zip", b"PK\x03\x04\x14\0", ("a ZIP", "unpack")),
        ("photo.nef", b"II*\0\x08\0\0\0", ("a raw photo", "JPEG")),
        ("notes.txt", b"hello", ("not a photo", "JPEG")),
    ],
)
@pytest.mark.parametrize("how", ["run", "detect"])
def test_what_is_no_photo_is_named_as_what_it_is(command, fakes, tmp_path, out, how, name, content, words):
    (tmp_path / name).write_bytes(content + bytes(100))
    more = ("--out", out) if how == "run" else ()
    refused(command(how, tmp_path / name, *more), name, *words, code=ExitCode.INPUT)


@pytest.mark.parametrize("name", [".", "./in", "in/a.jpg"])
def test_a_folder_in_place_of_a_command_gets_the_command(command, folder, monkeypatch, name):
    monkeypatch.chdir(folder.parent)
    refused(command(name), "a command comes first", f"blurkit run {name} --out safe")


def test_an_unknown_command_is_refused_as_before(command):
    code, _, err = command("rnu")
    assert code == ExitCode.USAGE
    assert "Did you mean 'run'?" in err


# Many photos


@pytest.fixture
def forty(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.jpg").write_bytes(b"\xff\xd8\xff" + bytes(20))
    return folder


def test_forty_equal_refusals_are_one_line_with_quiet(command, fakes, forty, out):
    code, shown, err = command("run", forty, "--out", out, "--quiet", "--jobs", "1")
    assert (code, shown) == (ExitCode.PARTIAL, "")
    assert err.count("\n") == 1
    assert re.match(r"error: load .*00\.jpg and 39 other photos: ", err)


def test_other_refusals_are_said_apart(command, fakes, forty, out):
    (forty / "empty.jpg").write_bytes(b"")
    _, _, err = command("run", forty, "--out", out, "--quiet", "--jobs", "1")
    assert len(re.findall("^error: ", err, re.MULTILINE)) == 2
    assert "empty.jpg: the file is empty\nhint: " in err
    _, _, err = command("run", forty, "--out", out, "--jobs", "1")
    assert len(re.findall("^error: ", err, re.MULTILINE)) == 41


@pytest.mark.parametrize("number", [1, 10, 13])
@pytest.mark.parametrize("how", ["run", "detect"])
def test_photos_to_look_at_are_named(command, monkeypatch, blurrer, tmp_path, out, number, how):

    monkeypatch.setattr(
        "blurkit.pipeline.Blurrer", lambda *_, **__: blurrer(policy={})
    )  # the face is too small to be judged
    monkeypatch.setattr("blurkit.batch.run.in_processes", in_this_process)
    folder = tmp_path / "our photos"
    folder.mkdir()
    for each in range(number):
        (folder / f"{each:02}.jpg").write_bytes(pictures.file())
    more = ("--out", out) if how == "run" else ()
    code, _, err = command(how, folder, *more, "--jobs", "1")
    assert code == 0, err
    assert re.findall(r"look at: .*(\d\d)\.jpg$", err, re.MULTILINE) == [
        f"{each:02}" for each in range(min(number, 10))
    ]
    assert ("  and 3 more\n" in err) is (number == 13)
    assert f"to review them: blurkit review '{folder}'\n" in err


def test_no_photo_to_look_at_names_none(command, monkeypatch, blurrer, photo_file, out):

    monkeypatch.setattr("blurkit.pipeline.Blurrer", lambda *_, **__: blurrer(NoFaces()))
    monkeypatch.setattr("blurkit.batch.run.in_processes", in_this_process)
    _, _, err = command("run", photo_file(), "--out", out)
    assert "look at:" not in err
    assert "to review" not in err
