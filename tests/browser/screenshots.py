"""Pictures of every page of a running sample city: each page x (desktop, phone) x (zh, en), for looking at.

talentcity demo --people 500 &
python tests/browser/screenshots.py http://127.0.0.1:8000/ pictures
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from driving import LANGUAGES, SIZES, chromium, new_context, sign_in, sign_out, speak
from playwright.sync_api import Locator, Page


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
    _open(page, base, shoot, {"landing": "/", "sign-in": "/sign-in/", "404": "/nowhere/"})
    for role, walk in (("seeker", _seeker), ("counsellor", _counsellor), ("planner", _planner), ("inspector", _judge)):
        sign_in(page, base, role, language)
        walk(page, base, shoot)
        sign_out(page)


def _open(page: Page, base: str, shoot: Callable[[Page, str], None], addresses: dict[str, str]) -> None:
    for name, path in addresses.items():
        page.goto(base + path)
        shoot(page, name)


def _seeker(page: Page, base: str, shoot: Callable[[Page, str], None]) -> None:
    _open(page, base, shoot, {"me": "/me/", "password": "/password/"})
    page.goto(f"{base}/me/")
    page.locator(".offer h3 a").first.click()
    shoot(page, "vacancy-seeker")


def _counsellor(page: Page, base: str, shoot: Callable[[Page, str], None]) -> None:
    for show in ("due", "week", "broken", "short", "all"):
        page.goto(f"{base}/people/?show={show}")
        shoot(page, f"people-{show}")
        if page.locator("tbody th a").count():
            page.locator("tbody th a").first.click()
            shoot(page, f"person-{show}")
    page.locator(".page-head .button").click()
    shoot(page, "deliver")
    page.go_back()
    if page.locator("a[href$='/correct/']").count():
        page.locator("a[href$='/correct/']").first.click()
        shoot(page, "correct")


def _planner(page: Page, base: str, shoot: Callable[[Page, str], None]) -> None:
    addresses = {
        "overview": "/overview/", "people-planner": "/people/", "accounts": "/accounts/",
        "account-new": "/accounts/new/", "parameters": "/parameters/", "imports": "/imports/",
    }  # fmt: skip
    _open(page, base, shoot, addresses)
    reports = [link.get_attribute("href") for link in page.locator("tbody a").all()]
    _open(page, base, shoot, {f"import-{number}": str(path) for number, path in enumerate(reports)})


def _judge(page: Page, base: str, shoot: Callable[[Page, str], None]) -> None:
    rules = [option.get_attribute("value") for option in _rules(page)]
    for verdict in ("hold", "open", "released", "warn"):
        page.goto(f"{base}/postings/?verdict={verdict}")
        shoot(page, f"postings-{verdict}")
    last = page.url
    for rule in filter(None, rules):
        for verdict in ("hold", "warn"):
            page.goto(f"{base}/postings/?verdict={verdict}&rule={rule}")
            if page.locator(".list h3 a").count():
                page.locator(".list h3 a").first.click()
                shoot(page, f"posting-{rule}-{verdict}")
                last = page.url
    page.goto(last)
    page.emulate_media(media="print")
    shoot(page, "posting-printed")
    page.emulate_media(media="screen")
    page.locator("a[href^='/vacancies/']").first.click()
    shoot(page, "vacancy-inspector")


def _rules(page: Page) -> list[Locator]:
    return page.locator("select[name=rule] option").all()


if __name__ == "__main__":
    main()
