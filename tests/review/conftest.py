"""A real browser, opened once per module."""

import pytest
from playwright.sync_api import sync_playwright

from tests.review.serving import CHROMIUM, FLAGS


@pytest.fixture(scope="module")
def playwright():
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright):
    opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield opened
    opened.close()
