"""How the tests and the screenshots drive a Chromium against a running sample city."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
LANGUAGES = {"zh": "zh-Hans", "en": "en"}
ROLES = ("seeker", "counsellor", "planner", "inspector")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of the system; nothing is downloaded."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def new_context(browser: Browser, size: str, *, dark: bool = False) -> BrowserContext:
    """A visitor without cookies, at one of the `SIZES`."""
    scheme = "dark" if dark else "light"
    return browser.new_context(viewport=SIZES[size], color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]


def speak(page: Page, language: str) -> None:
    """Switch the page to a language unless it speaks it already."""
    if page.locator("html").get_attribute("lang") != LANGUAGES[language]:
        page.locator("form[action='/i18n/setlang/'] button").click()
        page.wait_for_load_state()
    assert page.locator("html").get_attribute("lang") == LANGUAGES[language]


def sign_in(page: Page, base: str, role: str, language: str) -> None:
    """From the public page, in a language, by the one click of the sample city."""
    page.goto(base)
    speak(page, language)
    page.locator(f"form:has(input[name=role][value={role}]) button").click()
    page.wait_for_url(re.compile(r"/(me|people|overview|postings)/$"))


def sign_out(page: Page) -> None:
    """Sign out by the button of the head."""
    page.locator("form[action='/sign-out/'] button").click()
    page.wait_for_url(re.compile(r"/$"))
