"""What a person chooses on the page before a review, and that it is remembered for the folder."""

import json

import pytest

from blurkit.choices import CHILDREN, PRESETS, OutputFormat, Shape, Style
from blurkit.cli.forget import is_ours
from blurkit.errors import SettingsError
from blurkit.policy import asks_for_age, explain
from blurkit.policy.children import for_children
from blurkit.review import seal, wishes
from blurkit.review.wishes import Wishes
from blurkit.settings import Settings, load_policy
from tests.pictures import logo
from tests.review.browsing import DESKTOP, check_accessible, enter
from tests.review.serving import choosing, copies, needs_browser


def test_what_is_not_chosen_stays_as_it_was():
    base = Settings.of(policy="cautious", obscure={"color": "blue", "margin": 0.07}, output={"max_side": 900})
    assert Wishes().settings(base) == base
    assert wishes.usual(base).settings(base) == base


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("ages", CHILDREN)
def test_a_policy_and_the_childrens_ages(name, ages):
    policy = Wishes(policy=name, children=ages).settings(Settings()).policy
    preset = load_policy(name)
    assert policy == (for_children(preset, ages) if asks_for_age(preset) else preset)
    assert policy.child_age == (CHILDREN[ages] if asks_for_age(preset) else preset.child_age)
    assert explain(policy)


def test_ages_below_which_a_policy_of_ones_own_judges_are_refused():
    own = load_policy("children").model_copy(update={"name": "ours", "child_age": 7, "judge_as_under": 10})
    with pytest.raises(SettingsError, match="below child_age"):
        Wishes(policy=wishes.OWN, children="up-to-14").settings(Settings.of(policy=own))


def test_a_policy_of_ones_own_can_be_kept():
    base = Settings.of(policy=load_policy("consent").model_copy(update={"name": "our school"}))
    assert wishes.usual(base).policy == wishes.OWN
    assert Wishes(policy=wishes.OWN).settings(base).policy == base.policy
    assert wishes.offered(base)["policies"]["own"]["title"] == "our school"
    assert Wishes(policy="everyone").settings(base).policy == load_policy("everyone")


def test_photos_for_a_website():
    chosen = Wishes(publish=True).settings(Settings())
    assert (chosen.output.format, chosen.output.max_side) == (OutputFormat.JPEG, 1600)
    assert chosen.write.neutral_names


def test_every_choice_has_words():
    offered = wishes.offered(Settings())
    assert offered["policies"].keys() == set(PRESETS)
    assert offered["children"].keys() == CHILDREN.keys()
    assert offered["styles"].keys() == set(Style)
    assert offered["margins"][0] == 0
    assert 0.07 in wishes.offered(Settings.of(obscure={"margin": 0.07}))["margins"]
    assert offered["shapes"].keys() == set(Shape)


def test_a_margin():
    assert Wishes(margin=0.2).settings(Settings()).obscure.margin == 0.2
    assert Wishes(margin=0.0).settings(Settings.of(obscure={"margin": 0.2})).obscure.margin == 0
    for wrong in (-0.1, 2.1, float("nan")):
        with pytest.raises(ValueError, match="margin"):
            Wishes(margin=wrong)


@pytest.mark.parametrize("color", ["url(x)", "#12", "nocolour"])
def test_a_wrong_colour_is_refused(color):
    with pytest.raises(SettingsError):
        Wishes(color=color).settings(Settings())


def test_a_picture_of_ones_own(tmp_path):
    from PIL import Image

    Image.new("RGBA", (40, 40), (200, 30, 30, 255)).save(tmp_path / "logo.png")
    chosen = Wishes(style=Style.STICKER, sticker=str(tmp_path / "logo.png")).settings(Settings())
    assert chosen.obscure.sticker.name == "logo.png"
    assert Wishes().settings(chosen) == chosen
    for wrong in ("", "logo.png", str(tmp_path / "gone.png")):
        with pytest.raises(SettingsError):
            Wishes(style=Style.STICKER, sticker=wrong).settings(Settings())


def test_a_place_for_safe_photos_is_a_whole_path(tmp_path):
    assert Wishes(out=f'"{tmp_path}"').place() == tmp_path
    assert Wishes(out=" ").place() is None
    with pytest.raises(SettingsError):
        Wishes(out="safe").place()


def test_choices_are_remembered_next_to_the_photos_and_forgotten_with_them(tmp_path):
    assert wishes.recall(tmp_path) is None
    chosen = Wishes(policy="consent", color="blue", publish=True)
    wishes.remember(tmp_path, chosen)
    assert wishes.recall(tmp_path) == chosen
    assert is_ours(tmp_path / wishes.FILE_NAME)


def test_choices_that_came_with_the_photos_do_not_count(tmp_path, monkeypatch):
    wishes.remember(tmp_path, Wishes(policy="children", children="up-to-6"))
    file = tmp_path / wishes.FILE_NAME
    known = json.loads(file.read_text())
    file.write_text(json.dumps(known | {"choices": known["choices"] | {"children": "up-to-11"}}))
    assert wishes.recall(tmp_path) is None
    file.write_text(json.dumps(known))
    assert wishes.recall(tmp_path) is not None
    monkeypatch.setattr(seal, "_key", lambda: b"of another computer")
    assert wishes.recall(tmp_path) is None
    for odd in ("", "[]", "{", '{"choices": 7, "seal": 7}', "[" * 100_000):
        file.write_text(odd)
        assert wishes.recall(tmp_path) is None


@needs_browser
@pytest.mark.model
def test_policy_ages_and_look_are_chosen_on_the_page_and_offered_again(browser, tmp_path, monkeypatch):
    folder = copies(tmp_path / "Pictures" / "day", "a.jpg")
    (tmp_path / "logo.png").write_bytes(logo())
    for again in (False, True):
        with choosing(tmp_path, monkeypatch) as (server, opened):
            context = browser.new_context(viewport=DESKTOP)
            page = context.new_page()
            page.set_default_timeout(10_000)
            enter(page, server)
            page.click("button.folder:has-text('day')")
            page.locator("h2:text-is('day')").wait_for()
            page.locator("input[name=policy]").nth(3).wait_for()
            check_accessible(page)
            if again:
                page.locator("input[name=policy][value=cautious]:checked").wait_for()
                assert page.input_value("#children") == "up-to-14"
            else:
                assert page.is_checked("input[name=policy][value=children]")
                page.check("input[name=policy][value=everyone]")
                assert page.locator("#ages").is_hidden()
                page.check("input[name=policy][value=cautious]")
                page.select_option("#children", "up-to-14")
                page.click("summary")
                page.locator(".swatches label[title=blue]").click()
                page.select_option("#shape", "box")
                page.select_option("#margin", "0.2")
                assert page.locator("#sticker").is_hidden()
                page.check("input[name=style][value=sticker]")
                page.fill("#sticker", str(tmp_path / "gone.png"))
                check_accessible(page)
                page.click("#open")
                page.locator("#notice:has-text('no PNG file that can be used')").wait_for()
                page.fill("#sticker", str(tmp_path / "logo.png"))
                page.fill("#out", "nowhere")
                page.click("#open")
                page.locator("#notice:has-text('nowhere is no whole path')").wait_for()
                page.fill("#out", str(tmp_path / "for the website"))
            page.click("#open")
            page.locator("a.card").wait_for()
            context.close()
            chosen = opened[-1].session.settings
            assert (chosen.policy.name, chosen.policy.child_age) == ("cautious", 15)
            assert (chosen.obscure.color, chosen.obscure.shape) == ("blue", Shape.BOX)
            assert (chosen.obscure.margin, chosen.obscure.style) == (0.2, Style.STICKER)
            assert chosen.obscure.sticker.data == (tmp_path / "logo.png").read_bytes()
            assert (opened[-1].folder, opened[-1].out) == (folder, tmp_path / "for the website")
