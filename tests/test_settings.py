"""Every wrong key and value is named, with what is allowed; presets are complete; a policy survives being printed."""

from pathlib import Path

import pytest

from blurkit.age.calibration import load_calibration
from blurkit.appearance import NAMED_COLORS, ObscureSettings
from blurkit.choices import CHILDREN, PRESETS, DetectorName, Style
from blurkit.errors import ExitCode, SettingsError
from blurkit.records import Action, Reason
from blurkit.settings import PolicySettings, Settings, load_policy, policy_toml, preset_text, read_policy
from blurkit.validation import validated
from tests.pictures import logo

COVER_ALL = '[[rules]]\nwhen = "everyone"\naction = "cover"\n'


@pytest.fixture
def policy_file(tmp_path):
    """Write a policy and return its path."""

    def write(text, name="ours.toml", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return write


def refused(action, *words):
    """Check that settings are refused with the exit code of usage, and that the message names what matters."""
    with pytest.raises(SettingsError) as caught:
        action()
    assert caught.value.exit_code is ExitCode.USAGE
    for word in words:
        assert word in str(caught.value), f"{word!r} is not in: {caught.value}"
    return caught.value


# Values


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"obscure": {"style": "blur"}}, ("obscure.style", "'solid'", "'pixelate'", "'blur'")),
        ({"obscure": {"shape": "star"}}, ("obscure.shape", "'ellipse'", "'box'")),
        ({"obscure": {"color": "mauve"}}, ("obscure", "gray", "#5a7d9a")),
        ({"obscure": {"color": "#12345"}}, ("obscure", "hex")),
        ({"obscure": {"margin": -0.1}}, ("obscure.margin", "0", "-0.1")),
        ({"obscure": {"margin": float("nan")}}, ("obscure.margin",)),
        ({"obscure": {"blocks_across": 100}}, ("obscure.blocks_across", "12")),
        ({"obscure": {"colour": "gray"}}, ("'obscure.colour'", "color", "margin")),
        ({"detect": {"detector": ["retina"]}}, ("detect.detector", "'mediapipe'", "'centerface'")),
        ({"detect": {"detector": []}}, ("detect.detector", "1")),
        ({"detect": {"min_score": 1.0}}, ("detect.min_score", "1")),
        ({"detect": {"min_score": 0}}, ("detect.min_score", "0")),
        ({"load": {"max_megapixels": 0}}, ("load.max_megapixels", "0")),
        ({"load": {"max_megapixels": float("inf")}}, ("load.max_megapixels", "finite")),
        ({"load": {"max_pixels": 9}}, ("'load.max_pixels'", "max_megapixels")),
        ({"output": {"format": "tiff"}}, ("output.format", "'auto'", "'jpeg'", "'png'", "'same'")),
        ({"write": {"overwrite": "perhaps"}}, ("write.overwrite",)),
        ({"policy": {"child_age": 19}}, ("policy.child_age", "18")),
        ({"policy": {"child_age": 6}}, ("policy.child_age", "7")),
        ({"policy": {"max_miss_rate": 0}}, ("policy.max_miss_rate", "0.001")),
        ({"policy": {"max_miss_rate": 0.5}}, ("policy.max_miss_rate", "0.2")),
        ({"policy": {"judge_as_under": 12}}, ("judge_as_under (12)", "child_age (18)")),
        ({"policy": {"on_unknown": "keep"}}, ("policy.on_unknown", "'cover'", "'review'")),
        ({"policy": {"rules": []}}, ("policy.rules", "1")),
        ({"policy": {"rules": [{"when": "tall", "action": "cover"}]}}, ("policy.rules.0.when", "'looks_adult'")),
        ({"policy": {"rules": [{"when": "everyone", "action": "blur"}]}}, ("policy.rules.0.action", "'cover'")),
        ({"policy": {"rules": [{"when": "everyone"}]}}, ("policy.rules.0.action", "required")),
        ({"policy": {"rules": [{"when": "everyone", "action": "cover", "x": 1}]}}, ("'policy.rules.0.x'", "when")),
        ({"policy": {"regions": [{"action": "keep", "box": [0, 0, 2, 1]}]}}, ("policy.regions.0.box.2", "1")),
        ({"policy": {"regions": [{"action": "keep", "box": [0.5, 0, 0.5, 1]}]}}, ("policy.regions.0", "left < right")),
        ({"policy": {"regions": [{"action": "keep", "box": [0, 0, 1]}]}}, ("policy.regions.0.box.3", "required")),
        ({"policy": {"regions": [{"action": "keep", "file": "a"}]}}, ("'policy.regions.0.file'", "files")),
        ({"polcy": {}}, ("'polcy'", "policy")),
    ],
    ids=lambda value: str(value)[:60] if isinstance(value, dict) else "",
)
def test_a_wrong_key_or_value_is_named_with_what_is_allowed(parts, words):
    refused(lambda: Settings.of(**parts), *words)


@pytest.mark.parametrize(
    "when", ["too_small_to_judge", "unclear_face", "looks_under_age", "may_be_under_age", "always_region"]
)
def test_a_face_in_doubt_cannot_be_kept_by_rule(when):
    refused(lambda: Settings.of(policy={"rules": [{"when": when, "action": "keep"}]}), when, "always covered")


@pytest.mark.parametrize("when", ["manual", "found_in_check"])
def test_what_is_set_by_hand_or_by_the_check_is_no_condition(when):
    refused(lambda: Settings.of(policy={"rules": [{"when": when, "action": "cover"}]}), when, "not a condition")


def test_all_faults_are_named_at_once():
    refused(lambda: Settings.of(obscure={"style": "blur", "shape": "star"}), "obscure.style", "obscure.shape")


def test_settings_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        Settings().obscure.margin = 0.0


def test_the_defaults_fail_closed():
    settings = Settings()
    assert settings.policy.rules[-1].action is Action.COVER
    assert settings.policy.rules[-1].when is Reason.EVERYONE
    assert set(settings.detect.detector) == set(DetectorName)
    assert settings.obscure.style is Style.SOLID
    assert not settings.write.overwrite


@pytest.mark.parametrize("color", NAMED_COLORS)
def test_a_colour_has_a_name(color):
    assert ObscureSettings(color=color).rgb == NAMED_COLORS[color]


def test_a_colour_may_be_hex():
    assert ObscureSettings(color="#5a7D9a").rgb == (0x5A, 0x7D, 0x9A)


def test_the_origin_is_in_the_message():
    error = refused(lambda: validated(ObscureSettings, {"style": "x"}, origin="my.toml", hint="look"), "my.toml")
    assert error.hint


# Policies


def test_settings_take_a_policy_by_its_name_its_file_or_itself(policy_file):
    path = policy_file('preset = "everyone"\n')
    assert Settings.of(policy="everyone").policy == load_policy("everyone")
    assert Settings.of(policy=path).policy == Settings.of(policy=str(path)).policy == load_policy(path)
    assert Settings.of(policy=load_policy("cautious")).policy.judge_as_under == 25
    refused(lambda: Settings.of(policy="nobody"), "nobody")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_complete_and_covers_last(name):
    policy = load_policy(name)
    assert policy.name == name
    assert policy.rules[-1].when is Reason.EVERYONE
    assert policy.rules[-1].action is Action.COVER


def test_presets_differ_as_they_say():
    assert load_policy("children").cutoff_age == 18
    assert load_policy("cautious").cutoff_age == 25
    for name in ("consent", "everyone"):
        assert Reason.LOOKS_ADULT not in {rule.when for rule in load_policy(name).rules}
    assert Reason.NEVER_REGION not in {rule.when for rule in load_policy("consent").rules}


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_survives_being_printed(name, policy_file):
    policy = load_policy(name)
    assert load_policy(policy_file(policy_toml(policy))) == policy


def test_a_policy_with_everything_survives_being_printed(policy_file):
    policy = PolicySettings(
        name="Grundschule „Am Wald“",
        child_age=14,
        max_miss_rate=0.005,
        judge_as_under=21,
        min_face_px=48,
        on_unknown="cover",
        regions=(
            {"action": "cover", "box": (0, 0, 0.5, 1), "files": "stage-*.jpg"},
            {"action": "keep", "box": (0, 0, 1, 1)},
        ),
        rules=({"when": "never_region", "action": "keep"}, {"when": "looks_adult", "action": "keep"}),
    )
    assert load_policy(policy_file(policy_toml(policy))) == policy


def test_a_file_may_start_from_a_preset_and_change_a_key(policy_file):
    policy = load_policy(policy_file('preset = "children"\nchild_age = 16\n'))
    assert (policy.name, policy.child_age) == ("ours", 16)
    assert policy.rules == load_policy("children").rules


def test_a_file_without_a_name_is_called_as_its_file(policy_file):
    assert load_policy(policy_file(COVER_ALL, "sports-club.toml")).name == "sports-club"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_file_from_any_editor_is_read(policy_file, encoding):
    assert load_policy(policy_file('name = "Füchse"\r\n' + COVER_ALL, encoding=encoding)).name == "Füchse"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ("rules", "preset")),
        ('preset = "kids"', ("preset", "children", "cautious", "'kids'")),
        ("preset = 3", ("preset", "children")),
        ("child_age = = 3", ("TOML",)),
        ('preset = "children"\nchild_aeg = 16', ("'child_aeg'", "child_age")),
        ('preset = "children"\nchild_age = "old"', ("child_age", "integer")),
        ('preset = "children"\nrules = "all"', ("rules",)),
        ('preset = "children"\nregions = [[0, 0, 1, 1]]', ("regions.0",)),
    ],
)
def test_a_wrong_file_is_refused_with_its_name(policy_file, text, words):
    refused(lambda: load_policy(policy_file(text)), "ours.toml", *words)


def test_a_file_that_is_no_text_is_refused(policy_file, tmp_path):
    (tmp_path / "photo.toml").write_bytes(b"\xff\xd8\xff\xe0")
    refused(lambda: load_policy(tmp_path / "photo.toml"), "photo.toml", "TOML")
    refused(lambda: load_policy(tmp_path), "TOML")


def test_a_name_that_is_neither_preset_nor_file_gets_the_presets_as_hint():
    hint = refused(lambda: load_policy(Path("no such")), "no such").hint
    assert all(name in hint for name in PRESETS)


@pytest.mark.parametrize("name", PRESETS)
def test_every_key_of_a_preset_is_explained(name):
    lines = [
        line for line in preset_text(name).split("[[rules]]")[0].splitlines() if "=" in line and "name" not in line
    ]
    assert all("#" in line for line in lines)


def test_settings_without_a_policy_are_the_preset_children():
    assert Settings().policy == load_policy("children")


@pytest.mark.parametrize("cutoff", CHILDREN.values(), ids=CHILDREN)
def test_every_age_that_a_user_may_know_has_a_line(cutoff):
    policy = Settings.of(policy={"child_age": cutoff}).policy
    assert 0 < load_calibration().line(policy.cutoff_age, policy.max_miss_rate).at(policy.min_face_px) < 40


# How covers look, in a policy's file


def test_a_policy_file_says_how_covers_look_and_an_option_goes_before_it(tmp_path):
    (tmp_path / "logo.png").write_bytes(logo())
    file = tmp_path / "club.toml"
    file.write_text('preset = "everyone"\nstyle = "sticker"\nsticker = "logo.png"\ncolor = "white"\nmargin = 0.1\n')
    settings = Settings.of(policy=file)
    assert (settings.policy.name, settings.obscure.style, settings.obscure.margin) == ("club", Style.STICKER, 0.1)
    assert settings.obscure.sticker.name == "logo.png"
    changed = Settings.of(policy=file, obscure={"style": "smiley"}).obscure
    assert (changed.style, changed.color) == (Style.SMILEY, "white")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('style = "blur"', ("style", "solid", "blur")),
        ('sticker = "none.png"', ("sticker", "PNG")),
        ('style = "sticker"', ("sticker", "PNG")),
        ("margin = 3", ("margin", "2")),
    ],
)
def test_a_mistake_in_the_look_of_covers_is_named_with_the_file(tmp_path, line, words):
    file = tmp_path / "club.toml"
    file.write_text(f'preset = "everyone"\n{line}\n')
    error = refused(lambda: Settings.of(policy=file), "club.toml")
    assert all(word in str(error) for word in words)


def test_a_policy_with_a_look_is_printed_and_read_back(tmp_path):
    file = tmp_path / "club.toml"
    file.write_text('preset = "everyone"\nstyle = "smiley"\n')
    file.with_name("again.toml").write_text(policy_toml(*read_policy(file)))
    assert read_policy(file.with_name("again.toml")) == read_policy(file)
