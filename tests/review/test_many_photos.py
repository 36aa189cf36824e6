"""Three hundred photos are reviewed with few clicks."""

import hashlib

from blurkit.geometry import Box, Size
from blurkit.outcomes import PhotoResult, Status
from blurkit.records import Action, AgeEstimate, Decision, Face, Judgement, Reason
from tests.end_to_end.process import small
from tests.review.browsing import DESKTOP, actions, opened_any, sure
from tests.review.serving import in_browser, serving

pytestmark = in_browser
MAX_ACTIONS = 150


def three_hundred(tasks, overwrite):
    """Give each photo two adults who stay visible, without a look at it."""
    ages = AgeEstimate(50, 40, 60, "known")
    for task in tasks:
        path = task.source.path
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        faces = [Face(Box(left, 60, left + 20, 85), 0.99, ("known",)) for left in (40, 100)]
        decided = tuple(Decision(face, Judgement(ages, Action.KEEP, Reason.LOOKS_ADULT)) for face in faces)
        yield PhotoResult(path, task.written and path, Size(200, 150), decided, Status.READY, (), {}, sha256=sha256)


def test_three_hundred_photos_with_six_hundred_kept_faces_take_at_most_150_actions(browser, tmp_path):
    folder = tmp_path / "in"
    one = small(folder, "IMG_0000.jpg", width=200).read_bytes()
    for number in range(300):
        comment = b"\xff\xfe\x00\x06" + b"%04d" % number
        (folder / f"IMG_{number:04d}.jpg").write_bytes(one[:2] + comment + one[2:])
    taken = 0
    with (
        serving(folder, run=three_hundred) as (server, review),
        opened_any(browser, server, DESKTOP) as page,
    ):

        def act(selector, **how):
            nonlocal taken
            taken += 1
            page.locator(selector).first.click(**how)

        act("#step-visible")
        page.locator("h1:text-is('Who stays visible')").wait_for()  # the address changes first, the screen after it
        pages = 0
        while page.locator("h1:has-text('Who stays visible')").count():
            pages += 1
            if pages % 2:  # a few are covered on the way
                act(".strip.keep .act")
                page.locator("button.face.cover").first.wait_for()
            page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
            act("#confirm")
            turned = f"document.querySelector('.pager')?.textContent.includes('Page {pages + 1} of')"
            done = "document.querySelector('#confirm')?.textContent === 'Go on'"
            sure(page, lambda turned=turned, done=done: page.evaluate(f"{done} || {turned}"))
            if page.evaluate(done):
                break
        act("#step-finish")
        page.locator("#write").wait_for()
        for question in page.locator("fieldset").all():
            taken += 1
            question.locator("label:has-text('Yes')").click()
        taken += 1
        page.fill("#by", "office")
        act("#write")
        sure(page, lambda: len(review.work.written) == 300)
        page.locator("text=300 safe photos written").wait_for()
        assert review.session.unseen() == []
        assert sum(actions(review.session, number).count("keep") for number in range(300)) == 600 - (pages + 1) // 2
    assert taken <= MAX_ACTIONS
