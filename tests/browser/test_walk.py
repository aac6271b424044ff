"""A walk through the sample city in Chromium: as seeker, planner and inspector, in both languages, on both sizes.

On every page: nothing is asked of another host, nothing breaks the content-security policy, axe finds no
violation, and nothing is wider than the window.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from driving import LANGUAGES, SIZES, new_context, sign_in, sign_out, speak
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

WORDS = {
    "zh": {
        "promise": "每一位在这里求职的青年，都应享有四项服务。",
        "sample": "这里的人物、用人单位和招聘信息全部为合成",
        "services": ["政策宣介", "职业指导", "岗位推荐", "技能培训或就业见习"],
        "interested": "您感兴趣。",
        "not_for_me": "不适合您。",
        "occupation": "职业：",
        "recorded": "已登记。",
        "taken_back": "该行已撤回",
        "released": "已由人工放行",
        "once": "本页只显示一次",
        "decides": "是否违法由人判断",
        "coverage": "各区县各项服务落实情况",
        "waits": "新的分配正在排队。",
        "published": "新的分配方案已发布。",
        "lost": "这里没有您可以看到的内容",
    },
    "en": {
        "promise": "Every young person who seeks work here is owed four services.",
        "sample": "Every person, employer and advert here is synthetic.",
        "services": ["Policy briefing", "Career counselling", "Job recommendations", "Training or internship"],
        "interested": "You are interested.",
        "not_for_me": "Not for you.",
        "occupation": "Occupation: ",
        "recorded": "The delivery is recorded.",
        "taken_back": "The row is taken back",
        "released": "A person released this advert",
        "once": "This page is shown once.",
        "decides": "whether a law was broken a person decides",
        "coverage": "Delivered, by district and service",
        "waits": "A new plan waits for the worker.",
        "published": "The new plan is published.",
        "lost": "There is nothing here for you",
    },
}
both_languages = pytest.mark.parametrize("language", LANGUAGES)
both_sizes = pytest.mark.parametrize("size", SIZES)


class Watch:
    """What a page did besides showing itself: requests to other hosts, and complaints of the browser."""

    def __init__(self, page: Page, host: str) -> None:
        self.page = page
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self._requested(request.url, host))
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _requested(self, url: str, host: str) -> None:
        if urlsplit(url).netloc != host:
            self.elsewhere.append(url)

    def _said(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def examine(self) -> None:
        """The page at hand: reachable for everybody, no wider than the window, and it kept to itself."""
        self.page.wait_for_load_state("load")
        found = Axe().run(self.page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
        widths = self.page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert widths[0] <= widths[1], f"{self.page.url} is {widths[0]} wide in a window of {widths[1]}"
        assert (self.elsewhere, self.complaints) == ([], []), self.page.url


@pytest.fixture
def visit(browser: Browser, city: str) -> Iterator[Callable[..., Watch]]:
    """Open a page as a new visitor of a size; closed afterwards."""
    contexts = []

    def open_page(size: str, *, dark: bool = False) -> Watch:
        context = new_context(browser, size, dark=dark)
        contexts.append(context)
        return Watch(context.new_page(), urlsplit(city).netloc)

    yield open_page
    for context in contexts:
        context.close()


@both_sizes
@both_languages
def test_visitor_reads_the_promise(visit, city, language, size):
    watch, said = visit(size), WORDS[language]
    page = watch.page
    page.goto(city)
    speak(page, language)
    expect(page.get_by_role("heading", level=1)).to_have_text(said["promise"])
    expect(page.locator("aside.sample")).to_contain_text(said["sample"])
    assert page.locator(".promise h3").all_text_contents() == said["services"]
    assert page.locator(".promise .count").all_text_contents() == ["1", "1", "3", "1"]
    watch.examine()
    page.goto(f"{city}/sign-in/")
    watch.examine()


@both_sizes
@both_languages
def test_seeker_sees_three_recommendations_and_answers_one(visit, city, language, size):
    watch, said = visit(size), WORDS[language]
    page = watch.page
    sign_in(page, city, "seeker", language)
    expect(page.locator(".offer")).to_have_count(3)
    assert page.locator("#services h3").all_text_contents() == said["services"]
    expect(page.locator("#services li").nth(2).locator(".have b")).to_have_text(re.compile(r"^[3-9]$"))
    for offer in page.locator(".offer").all():
        expect(offer.locator(".reasons li").first).to_contain_text(said["occupation"])
        assert offer.locator(".reasons li").count() == 7
        assert offer.locator(".facts dd").count() == 4
    watch.examine()

    answered = page.locator(".offer").first
    button = answered.locator("button[name=answer]").first
    answer = button.get_attribute("value")
    button.click()
    expect(answered.locator(".answer strong")).to_have_text(said[answer])
    watch.examine()
    page.reload()
    expect(page.locator(".offer").first.locator(".answer strong")).to_have_text(said[answer])

    title = page.locator(".offer h3 a").first.text_content()
    page.locator(".offer h3 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    watch.examine()

    other = "en" if language == "zh" else "zh"
    speak(page, other)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    sign_out(page)


@both_sizes
@both_languages
def test_planner_walks_from_the_overview_to_a_marked_advert(visit, city, language, size):
    watch, said = visit(size), WORDS[language]
    page = watch.page
    sign_in(page, city, "planner", language)
    expect(page.locator("#coverage-title")).to_have_text(said["coverage"])
    assert page.locator("table[aria-labelledby=coverage-title] tfoot td").count() == 4
    watch.examine()

    row = page.locator("table[aria-labelledby=held-title] tbody tr").first
    count = int(row.locator("td").last.text_content())
    row.get_by_role("link").click()
    assert page.locator(".list > li").count() == min(count, 20)
    watch.examine()

    page.locator(".list h3 a").first.click()
    expect(page.locator(".page-head .chip.hold")).to_be_visible()
    expect(page.get_by_text(said["decides"]).first).to_be_visible()
    marked = page.locator(".posting-text mark.hold, h3 mark.hold").first
    expect(marked).to_be_visible()
    marked.get_by_role("link").first.click()
    number = urlsplit(page.url).fragment
    expect(page.locator(f"#{number}")).to_be_in_viewport()
    watch.examine()

    other = "en" if language == "zh" else "zh"
    speak(page, other)
    expect(page.get_by_text(WORDS[other]["decides"]).first).to_be_visible()
    sign_out(page)


@both_sizes
@both_languages
def test_planner_reads_the_dated_parameters_of_another_day(visit, city, language, size):
    watch = visit(size)
    page = watch.page
    sign_in(page, city, "planner", language)
    page.locator("nav a[href='/parameters/']").click()
    fine = page.locator("tr[id='cn/labour_contract/fee_or_deposit']")
    expect(fine).to_contain_text("2,000")
    page.locator("input[name=on]").fill("2007-12-31")  # some are in force by then, some are not yet
    page.locator(".filters button").click()
    expect(fine).not_to_contain_text("2,000")
    page.locator("details").first.evaluate("unfolded => unfolded.open = true")
    watch.examine()


@both_sizes
@both_languages
def test_counsellor_works_through_the_caseload(visit, city, language, size):
    watch, said = visit(size), WORDS[language]
    page = watch.page
    sign_in(page, city, "counsellor", language)
    assert page.locator(".tile").count() == 5
    watch.examine()
    page.locator(".tile[href*='show=broken']").click()
    expect(page.locator(".tile[aria-current]")).to_have_attribute("href", re.compile("show=broken"))
    expect(page.locator("tbody .chip.broken").first).to_be_visible()
    watch.examine()

    page.locator("select[name=service]").select_option("counselling")
    page.locator("form.filters button").click()
    name = page.locator("tbody th a").first.text_content()
    page.locator("tbody td a").first.click()
    expect(page.locator("select[name=service]")).to_have_value("counselling")
    watch.examine()
    page.locator("textarea[name=evidence]").fill("谈话记录 1")
    page.locator("form.card button.primary").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)
    expect(page.locator(".messages")).to_contain_text(said["recorded"])
    watch.examine()

    page.locator("tr", has_text="谈话记录 1").locator("a[href$='/correct/']").click()
    watch.examine()
    page.locator("textarea[name=evidence]").fill("登记错人")
    page.locator("form.card button.primary").click()
    expect(page.locator(".messages")).to_contain_text(said["taken_back"])
    assert page.locator("button[name=answer]").count() == 0


@both_sizes
@both_languages
def test_inspector_releases_an_advert_and_holds_it_again(visit, city, language, size):
    watch, said = visit(size), WORDS[language]
    page = watch.page
    sign_in(page, city, "inspector", language)
    watch.examine()
    page.locator(".list h3 a").first.click()
    watch.examine()
    for decision, reason in (("release", "已电话核实"), ("hold", "复核后维持")):
        page.locator(f"input[name=decision][value={decision}]").check()
        page.locator("textarea[name=reason]").fill(reason)
        page.locator("form.card button.primary").click()
        expect(page.locator(".list strong").first).to_have_text(reason)
        expect(page.locator(".top-note")).to_be_visible()
        if decision == "release":
            expect(page.locator(".top-note")).to_contain_text(said["released"])
            watch.examine()


@both_sizes
@both_languages
def test_planner_makes_an_account_and_its_owner_signs_in(visit, city, language, size):
    watch, said, name = visit(size), WORDS[language], f"chen-{language}-{size}"
    page = watch.page
    sign_in(page, city, "planner", language)
    page.goto(f"{city}/accounts/")
    watch.examine()
    page.goto(f"{city}/accounts/new/")
    watch.examine()
    page.locator("input[name=username]").fill(name)
    page.locator("select[name=role]").select_option("inspector")
    page.locator("form.card button.primary").click()
    expect(page.locator(".note")).to_contain_text(said["once"])
    watch.examine()
    address = page.locator("code").text_content()
    sign_out(page)
    page.goto(address)
    watch.examine()
    for number in (1, 2):
        page.locator(f"input[name=new_password{number}]").fill("a long enough word")
    page.locator("form.card button.primary").click()
    page.wait_for_url(f"{city}/sign-in/")
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill("a long enough word")
    page.locator("form.card button").click()
    page.wait_for_url(f"{city}/postings/")
    page.goto(f"{city}/password/")
    watch.examine()


def test_keyboard_alone_narrows_the_caseload_and_decides(visit, city):
    page = visit("desktop").page
    sign_in(page, city, "inspector", "zh")
    page.locator(".list h3 a").nth(1).focus()
    page.keyboard.press("Enter")
    page.locator("input[name=decision]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("键盘维持")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".list strong").first).to_have_text("键盘维持")
    sign_out(page)
    sign_in(page, city, "counsellor", "zh")
    page.locator("#id_q").focus()
    page.keyboard.type("P0")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"q=P0"))


def test_planner_plans_again_and_is_shown_the_new_plan(visit, city):
    from talentcity.office.planning.domain.runs import carry_out
    from talentcity.office.planning.models import PlanRun

    watch, said = visit("desktop"), WORDS["zh"]
    page = watch.page
    sign_in(page, city, "planner", "zh")
    page.locator("form[action='/overview/plans/'] button").click()
    expect(page.locator("#progress")).to_contain_text(said["waits"])
    watch.examine()
    run = carry_out(PlanRun.objects.order_by("-pk").first())
    assert run.failure == ""
    expect(page.locator("#progress")).to_contain_text(said["published"], timeout=10_000)
    watch.examine()
    page.locator("#progress a").click()
    expect(page.locator("#progress")).to_be_empty()
    run.delete()  # the other walks find the first plan again


@pytest.mark.parametrize(("status", "said"), [(500, "我们这边出了问题"), (403, "表单已过期")])
def test_answer_that_fails_says_so(visit, city, status, said):
    page = visit("phone").page
    sign_in(page, city, "seeker", "zh")
    page.route("**/answer/", lambda route: route.fulfill(status=status, body=f"<main><h1>{said}</h1></main>"))
    page.locator(".offer button[name=answer]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(said)


def test_planner_who_was_signed_out_elsewhere_is_led_to_sign_in_and_back(visit, city):
    page = visit("desktop").page
    sign_in(page, city, "planner", "zh")
    page.context.clear_cookies(name="sessionid")
    page.locator("form[action='/overview/plans/'] button").click()
    page.wait_for_url(f"{city}/sign-in/?next=/overview/")


@both_languages
def test_without_scripts_an_answer_still_arrives(browser, city, language):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, city, "seeker", language)
    button = page.locator(".offer").nth(1).locator("button[name=answer]").first
    answer = button.get_attribute("value")
    button.click()
    expect(page.locator(".offer").nth(1).locator(".answer strong")).to_have_text(WORDS[language][answer])
    context.close()


@both_sizes
@both_languages
def test_what_is_not_there_says_so(visit, city, language, size):
    watch = visit(size)
    page = watch.page
    page.goto(city)
    speak(page, language)
    page.goto(f"{city}/nowhere/")
    expect(page.get_by_role("heading", level=1)).to_have_text(WORDS[language]["lost"])
    watch.complaints = [one for one in watch.complaints if "404" not in one]  # the browser reports the status itself
    watch.examine()


@pytest.mark.parametrize("role", ["seeker", "planner", "inspector"])
def test_dark_colours_keep_their_contrast(visit, city, role):
    watch = visit("desktop", dark=True)
    page = watch.page
    page.goto(city)
    watch.examine()
    sign_in(page, city, role, "zh")
    watch.examine()
    link = {"seeker": ".offer h3 a", "inspector": ".list h3 a", "planner": "table[aria-labelledby=held-title] a"}[role]
    page.locator(link).first.click()
    watch.examine()


def test_keyboard_reaches_the_content_first(visit, city):
    page = visit("desktop").page
    page.goto(city)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
