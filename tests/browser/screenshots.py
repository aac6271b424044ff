"""Pictures of every page of a running sample city: each page x (desktop, phone) x (zh, en), for looking at.

talentcity demo --people 500 &
python tests/browser/screenshots.py http://127.0.0.1:8000/ pictures
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from driving import LANGUAGES, SIZES, chromium, new_context, sign_in, sign_out, speak
from playwright.sync_api import Page


def main() -> None:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("address", help="of the running sample city")
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("--dark", action="store_true", help="in the dark colours")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        for size in SIZES:
            for language in LANGUAGES:
                context = new_context(browser, size, dark=args.dark)
                _walk(context.new_page(), args.address.rstrip("/"), language, _camera(args.folder, size, language))
                context.close()


def _camera(folder: Path, size: str, language: str) -> Callable[[Page, str], None]:
    def shoot(page: Page, name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"{name}-{size}-{language}.png", full_page=True)

    return shoot


def _walk(page: Page, base: str, language: str, shoot: Callable[[Page, str], None]) -> None:
    page.goto(base)
    speak(page, language)
    for name, path in (("landing", "/"), ("sign-in", "/sign-in/"), ("404", "/nowhere/")):
        page.goto(base + path)
        shoot(page, name)
    sign_in(page, base, "seeker", language)
    shoot(page, "me")
    page.locator(".offer h3 a").first.click()
    shoot(page, "vacancy-seeker")
    sign_out(page)
    sign_in(page, base, "counsellor", language)
    shoot(page, "people")
    page.goto(f"{base}/people/?show=broken")
    shoot(page, "people-broken")
    page.locator("tbody th a").first.click()
    page.locator(".page-head .button").click()
    shoot(page, "deliver")
    page.goto(f"{base}/people/")
    page.locator("tbody th a").first.click()
    shoot(page, "person")
    page.goto(f"{base}/people/?show=short")
    if page.locator("tbody th a").count():
        page.locator("tbody th a").first.click()
        shoot(page, "person-short")
    sign_out(page)
    sign_in(page, base, "planner", language)
    shoot(page, "overview")
    for name, path in (("accounts", "/accounts/"), ("account-new", "/accounts/new/")):
        page.goto(base + path)
        shoot(page, name)
    page.goto(f"{base}/parameters/")
    shoot(page, "parameters")
    sign_out(page)
    sign_in(page, base, "inspector", language)
    shoot(page, "postings")
    page.locator(".list h3 a").first.click()
    shoot(page, "posting")
    page.locator("a[href^='/vacancies/']").first.click()
    shoot(page, "vacancy-inspector")
    page.goto(f"{base}/postings/?verdict=warn")
    shoot(page, "postings-warn")
    sign_out(page)


if __name__ == "__main__":
    main()
