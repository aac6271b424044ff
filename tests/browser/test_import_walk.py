"""A planner hands files in, in Chromium: the report of a good one, of a bad one, of one with headings of its own."""

from __future__ import annotations

import pytest
from driving import LANGUAGES, SIZES, new_context, sign_in
from playwright.sync_api import Browser, FilePayload, Page, expect
from test_walk import Watch

pytestmark = pytest.mark.browser
HEAD = "seeker_id,education,district\n"
WORDS = {
    "zh": {
        "waits": "文件正在排队。",
        "counts": "行数",
        "fetch": "下载后改正（Excel）",
        "erase": "清除退回的行",
        "erased": "退回的行和文件已清除，计数保留。",
        "which": "哪个表头对应哪一列？",
        "by_mapping": "按此对照表导入",
        "failed": "文件未能导入，任何内容都没有收入。",
        "hand_in": "提交",
    },
    "en": {
        "waits": "The file waits for the worker.",
        "counts": "Rows",
        "fetch": "Fetch them for mending (Excel)",
        "erase": "Erase the refused rows",
        "erased": "The refused rows and the file are erased; the counts stay.",
        "which": "Which heading is which column?",
        "by_mapping": "Import by this mapping",
        "failed": "The file could not be imported; nothing was taken in.",
        "hand_in": "Hand in",
    },
}


@pytest.fixture(params=[(size, language) for size in SIZES for language in LANGUAGES], ids="-".join)
def desk(request, browser: Browser, city: str):
    """A planner on the page for imports: page, watch, and the words of the language."""
    size, language = request.param
    context = new_context(browser, size)
    page = context.new_page()
    watch = Watch(page, city.removeprefix("http://"))
    sign_in(page, city, "planner", language)
    page.goto(f"{city}/imports/")
    yield page, watch, WORDS[language]
    context.close()


def hand_in(page: Page, name: str, content: str | bytes, words: dict[str, str]) -> None:
    """Choose a file, put bad rows aside, and press the button by the keyboard."""
    data = content if isinstance(content, bytes) else content.encode()
    payload: FilePayload = {"name": name, "mimeType": "text/csv", "buffer": data}
    page.locator("input[name=file]").set_input_files(payload)
    page.locator("select[name=bad]").select_option("aside")
    page.get_by_role("button", name=words["hand_in"], exact=True).press("Enter")
    expect(page.get_by_text(words["waits"])).to_be_visible()


def work() -> None:
    """What the worker does."""
    from talentcity.office.uploads.domain.intake import carry_out
    from talentcity.office.uploads.models import Upload

    carry_out(Upload.objects.first())


def test_bad_rows_are_shown_fetched_and_erased(desk, request):
    page, watch, words = desk
    watch.examine()
    who = request.node.callspec.id
    hand_in(page, "名单.csv", f"{HEAD}{who}-A,bachelor,江北区\n{who}-B,本科,南岸区\n{who}-C,master,\n", words)
    watch.examine()
    work()
    expect(page.get_by_role("heading", name=words["counts"], exact=True)).to_be_visible(timeout=15_000)
    expect(page.locator("tbody tr")).to_have_count(2)
    watch.examine()
    with page.expect_download() as fetched:
        page.get_by_role("link", name=words["fetch"]).click()
    assert fetched.value.suggested_filename.endswith(".xlsx")
    page.get_by_role("button", name=words["erase"]).click()
    expect(page.get_by_text(words["erased"])).to_be_visible()
    watch.examine()


def test_headings_of_its_own_are_mapped_on_the_page(desk, request):
    page, watch, words = desk
    who = request.node.callspec.id
    hand_in(page, "街道.csv", f"求职者编号,学历,所在区县\n{who}-1,本科,江北区\n", words)
    work()
    expect(page.get_by_role("heading", name=words["which"])).to_be_visible(timeout=15_000)
    watch.examine()
    page.get_by_role("button", name=words["by_mapping"]).click()
    expect(page.get_by_text(words["waits"])).to_be_visible()
    work()
    expect(page.get_by_role("heading", name=words["counts"], exact=True)).to_be_visible(timeout=15_000)
    watch.examine()


def test_file_that_is_no_workbook_says_so(desk):
    page, watch, words = desk
    hand_in(page, "坏.xlsx", b"PK\x03\x04 no workbook", words)
    work()
    expect(page.get_by_text(words["failed"])).to_be_visible(timeout=15_000)
    watch.examine()
