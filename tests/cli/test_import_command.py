"""talentcity import: into a file, with and without a mapping, with and without bad rows."""

from __future__ import annotations

import polars as pl
import pytest

from talentcity import cli
from talentcity.tables import CAPACITY, POSTINGS, read_table

MAPPING = """
[posting_id]
row = "ad-"
[title]
from = "job"
[wage_min]
from = "pay"
read = "wage"
[wage_max]
from = "pay"
read = "wage"
"""
SHEET = "job,pay\n会计,8千-1.1万\n,1-2万\n焊工,面议\n护士,200元/天\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sheet.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "sheet.csv").write_text(SHEET, encoding="utf-8")
    return tmp_path


def run(*words: str) -> int:
    return cli.main(["import", *words])


def names(folder) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"sheet.toml", "sheet.csv"}


def test_sheet_becomes_a_table_and_bad_rows_a_file(folder, capsys):
    status = run(
        "postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", "bad.csv", "--out", "postings.parquet"
    )
    assert status == 1
    assert read_table("postings.parquet", POSTINGS).select("posting_id", "title", "wage_min", "wage_max").rows() == [
        ("ad-2", "会计", 8000.0, 11000.0),
        ("ad-4", "焊工", None, None),
        ("ad-5", "护士", 4350.0, 4350.0),
    ]
    assert (folder / "bad.csv").read_text(encoding="utf-8") == (
        "refused_row,refused_because,job,pay\n3,job (title): empty; expected text,,1-2万\n"
    )
    assert capsys.readouterr().out.splitlines() == [
        "postings: 4 rows read, 1 refused, 3 rows -> postings.parquet",
        "  refused         1  job (title): empty; expected text",
        "  pay (wage_min, wage_max): 1 converted to a month: days x 21.75 (written like 9元/天, where 9 is any number)",
        "  pay (wage_min, wage_max): 1 negotiable: left empty (such as 面议)",
        "  pay (wage_min, wage_max): 1 period not stated: taken as a month's "
        "(written like 9千-9.9万, where 9 is any number)",
        "The refused row is in bad.csv: mend it there and import that file like the first.",
    ]


def test_one_bad_row_and_nothing_is_written(folder, capsys):
    assert run("postings", "sheet.csv", "--mapping", "sheet.toml", "--out", "postings.parquet") == 2
    assert capsys.readouterr().err == (
        "talentcity import: sheet.csv, row 3, column job (title): empty; expected text\n"
        "sheet.csv: 1 of 4 rows cannot be read; --skip-bad FILE puts it aside.\n"
    )
    assert names(folder) == set()


def test_many_bad_rows_are_counted(folder, capsys):
    (folder / "c.csv").write_text("opportunity_id,capacity\n" + "".join(f"J{n},-1\n" for n in range(250)))
    assert run("capacity", "c.csv", "--out", "out.csv") == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 103
    assert lines[-3:] == [
        "… and 150 more; 250 in all.",
        "c.csv: none of its 250 rows can be read: the headings or the cells are not ours.",
        "Other headings, dates such as 2026/3/1 and wages in words are read with --mapping; "
        "`talentcity import --suggest c.csv capacity` proposes one.",
    ]


def test_bad_rows_of_our_own_table_are_put_aside(folder, capsys):
    (folder / "c.csv").write_text("opportunity_id,capacity\n007,3\nJ2,-1\n007,4\n")
    assert run("capacity", "c.csv", "--skip-bad", "bad.csv", "--out", "out.csv") == 1
    assert read_table("out.csv", CAPACITY).rows() == [("007", 3, None)]
    assert pl.read_csv("bad.csv", infer_schema=False).rows() == [
        ("3", "capacity: -1: expected a whole number from 0 to 2147483647 recommendations or places", "J2", "-1"),
        ("4", "opportunity_id: '007': stands already in row 2; expected each once", "007", "4"),
    ]
    assert capsys.readouterr().out.splitlines()[0] == "capacity: 3 rows read, 2 refused, 1 row -> out.csv"


def test_a_good_table_with_skip_bad_leaves_an_empty_list_of_refusals(folder):
    (folder / "c.csv").write_text("opportunity_id,capacity\nJ1,3\n")
    assert run("capacity", "c.csv", "--skip-bad", "bad.csv", "--out", "out.csv") == 0
    assert (folder / "bad.csv").read_text() == "refused_row,refused_because,opportunity_id,capacity\n"


def test_quiet_says_nothing(folder, capsys):
    (folder / "c.csv").write_text("opportunity_id,capacity\nJ1,3\n")
    assert run("--quiet", "capacity", "c.csv", "--out", "out.csv") == 0
    assert capsys.readouterr().out == ""


def test_a_missing_column_stops_even_with_skip_bad(folder, capsys):
    (folder / "c.csv").write_text("opportunity_id\nJ1\n")
    assert run("capacity", "c.csv", "--skip-bad", "bad.csv", "--out", "out.csv") == 2
    assert capsys.readouterr().err == (
        "talentcity import: c.csv, column capacity: the column is missing; the table has: opportunity_id\n"
        "Other headings, dates such as 2026/3/1 and wages in words are read with --mapping; "
        "`talentcity import --suggest c.csv capacity` proposes one.\n"
    )
    assert names(folder) == {"c.csv"}


def test_refusals_do_not_appear_when_the_table_cannot_be_written(folder, capsys):
    (folder / "out.csv").mkdir()
    assert run("postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", "bad.csv", "--out", "out.csv") == 2
    assert capsys.readouterr().err == (
        "talentcity import: --out out.csv is a folder; expected the name of a file to write.\n"
    )
    assert names(folder) == {"out.csv"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("posting", "sheet.csv"), "'posting' is no table; expected one of seekers, employers, postings, vacancies, "
         "sessions, deliveries.\n"),
        (("postings", "absent.csv"), "absent.csv: there is no such file."),
        (("postings", "sheet.csv", "--mapping", "absent.toml"), "absent.toml: there is no such file."),
        (("postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", "b.csv", "--out", "o.txt"),
         "--out o.txt: expected a name that ends in one of .parquet, .csv, .xlsx, .jsonl."),
        (("postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", "bad", "--out", "o.csv"),
         "--skip-bad bad: expected a name that ends in one of .parquet, .csv, .xlsx, .jsonl."),
        (("postings", "sheet.csv", "--out", "./sheet.csv"),
         "--out ./sheet.csv is the same file as FILE; give it a name of its own."),
        (("postings", "sheet.csv", "--skip-bad", "a.csv", "--out", "a.csv"),
         "--out a.csv is the same file as --skip-bad; give it a name of its own."),
    ],
)  # fmt: skip
def test_mistakes_leave_with_2_and_nothing_written(folder, capsys, words, said):
    assert run(*words) == 2
    assert capsys.readouterr().err.startswith(f"talentcity import: {said}")
    assert names(folder) == set()
    assert (folder / "sheet.csv").read_text(encoding="utf-8") == SHEET


def test_a_table_that_the_office_does_not_take_is_refused_before_a_database_is_made(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TALENTCITY_HOME", str(tmp_path / "home"))
    (tmp_path / "capacity.csv").write_text("opportunity_id,capacity\nV1,3\n", encoding="utf-8")
    assert cli.main(["import", "capacity", str(tmp_path / "capacity.csv")]) == 2
    assert capsys.readouterr().err == (
        "talentcity import: The office takes no table 'capacity'; "
        "expected one of seekers, employers, postings, vacancies, sessions, deliveries.\n"
    )
    assert not (tmp_path / "home").exists()


def test_refused_rows_are_mended_in_their_file_and_imported_like_the_first(folder, capsys):
    """The loop of a clerk: import, mend what was refused, import that; nobody is lost and no id is given twice."""
    assert run("postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", "bad.csv", "--out", "one.parquet") == 1
    text = (folder / "bad.csv").read_text(encoding="utf-8")
    (folder / "bad.csv").write_text(text.replace(",,1-2万", ",电工,1-2万"), encoding="utf-8")
    capsys.readouterr()
    assert run("postings", "bad.csv", "--mapping", "sheet.toml", "--out", "two.parquet") == 0
    assert capsys.readouterr().out.splitlines()[0] == "postings: 1 row read, 0 refused, 1 row -> two.parquet"
    one, two = (read_table(f"{name}.parquet", POSTINGS) for name in ("one", "two"))
    assert two.select("posting_id", "title").rows() == [("ad-3", "电工")]  # the number that it had in the first file
    assert set(one["posting_id"]) | set(two["posting_id"]) == {"ad-2", "ad-3", "ad-4", "ad-5"}


def test_a_row_that_is_refused_again_keeps_its_first_number(folder):
    assert run("postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", "a.csv", "--out", "o.csv") == 1
    assert run("postings", "a.csv", "--mapping", "sheet.toml", "--skip-bad", "b.csv", "--out", "p.csv") == 1
    assert (folder / "b.csv").read_text(encoding="utf-8") == (folder / "a.csv").read_text(encoding="utf-8")


def test_refused_rows_of_our_own_table_are_mended_the_same_way(folder):
    (folder / "c.csv").write_text("capacity,opportunity_id,remark\n3,J1,x\n-1,J2,y\n", encoding="utf-8")
    assert run("capacity", "c.csv", "--skip-bad", "bad.csv", "--out", "one.csv") == 1
    text = (folder / "bad.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == "refused_row,refused_because,capacity,opportunity_id,remark"
    (folder / "bad.csv").write_text(text.replace(",-1,J2,y", ",1,J2,y"), encoding="utf-8")
    assert run("capacity", "bad.csv", "--out", "two.csv") == 0
    assert read_table("two.csv", CAPACITY).rows() == [("J2", 1, None)]


def test_refusals_of_a_parquet_sheet_keep_their_types(folder):
    pl.DataFrame({"opportunity_id": [7, 8], "capacity": [3, -1]}).write_parquet(folder / "c.parquet")
    assert run("capacity", "c.parquet", "--skip-bad", "bad.parquet", "--out", "out.parquet") == 1
    assert pl.read_parquet("bad.parquet").rows() == [
        (2, "capacity: -1: expected a whole number from 0 to 2147483647 recommendations or places", 8, -1)
    ]
    assert read_table("out.parquet", CAPACITY)["opportunity_id"].to_list() == [7]


def test_refused_rows_that_may_have_been_mended_are_not_overwritten(folder, capsys):
    words = ("postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", "bad.csv", "--out", "o.csv")
    assert run(*words) == 1
    refused = (folder / "bad.csv").read_text(encoding="utf-8")
    assert run(*words) == 1  # the same rows once more: nothing is lost
    mended = refused.replace(",,1-2万", ",电工,1-2万")
    (folder / "bad.csv").write_text(mended, encoding="utf-8")
    (folder / "o.csv").unlink()
    capsys.readouterr()
    assert run(*words) == 2
    assert capsys.readouterr().err == (
        "talentcity import: --skip-bad bad.csv is there already with other rows, and may have been mended; import it "
        "first, or give another name.\n"
    )
    assert (folder / "bad.csv").read_text(encoding="utf-8") == mended
    assert names(folder) == {"bad.csv"}


@pytest.mark.parametrize("ending", ["xlsx", "jsonl", "parquet"])
def test_refused_rows_are_known_again_whatever_the_ending(folder, ending):
    words = ("postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", f"bad.{ending}", "--out", "o.csv")
    assert [run(*words), run(*words)] == [1, 1]
    (folder / "sheet.csv").write_text(SHEET.replace(",1-2万", ",2-3万"), encoding="utf-8")
    assert run(*words) == 2


def test_a_list_without_refusals_and_what_is_no_list(folder, capsys):
    words = ("postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", "bad.csv", "--out", "o.csv")
    (folder / "bad.csv").write_text("refused_row,refused_because,job,pay\n", encoding="utf-8")
    assert run(*words) == 1  # a list that holds nothing may go
    (folder / "bad.csv").write_text("something else", encoding="utf-8")
    assert run(*words) == 2
    assert (folder / "bad.csv").read_text(encoding="utf-8") == "something else"


def test_a_mapping_that_may_have_been_mended_is_not_overwritten(folder, capsys):
    assert run("--suggest", "sheet.csv", "--out", "new.toml") == 0
    assert capsys.readouterr().out == (
        "The proposal is in new.toml; read it, mend it, then:\n"
        "  talentcity import postings sheet.csv --mapping new.toml\n"
    )
    assert run("--suggest", "sheet.csv", "--out", "new.toml") == 0
    assert run("--suggest", "sheet.csv", "--out", "sheet.toml") == 2
    assert capsys.readouterr().err == (
        "talentcity import: --out sheet.toml is there already with other content, and may have been mended; give "
        "another name, or remove it first.\n"
    )
    assert (folder / "sheet.toml").read_text(encoding="utf-8") == MAPPING


def test_headings_without_a_row_are_said(folder, capsys):
    (folder / "c.csv").write_text("opportunity_id,capacity\n", encoding="utf-8")
    assert run("capacity", "c.csv", "--out", "out.csv") == 0
    assert capsys.readouterr().out.splitlines() == [
        "capacity: 0 rows read, 0 refused, 0 rows -> out.csv",
        "  c.csv holds headings and no row.",
    ]


def test_a_mapping_by_which_no_row_can_be_read_is_doubted(folder, capsys):
    (folder / "sheet.csv").write_text("job,pay\n,1\n,2\n", encoding="utf-8")
    assert run("postings", "sheet.csv", "--mapping", "sheet.toml", "--out", "o.csv") == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "sheet.csv: none of its 2 rows can be read: the mapping is probably wrong."
    )


def test_headings_that_are_not_taken_are_said_once(folder, capsys):
    (folder / "sheet.csv").write_text("job,pay,性别\n会计,面议,女\n", encoding="utf-8")
    assert run("postings", "sheet.csv", "--mapping", "sheet.toml", "--out", "o.csv") == 0
    assert capsys.readouterr().out.splitlines() == [
        "postings: 1 row read, 0 refused, 1 row -> o.csv",
        "  Not taken, because sheet.toml does not name them: 性别.",
        "  pay (wage_min, wage_max): 1 negotiable: left empty (such as 面议)",
    ]


def test_a_proposal_on_standard_output_is_a_mapping(folder, capsys):
    assert run("--suggest", "sheet.csv") == 0
    proposal = capsys.readouterr().out
    (folder / "proposed.toml").write_text(proposal, encoding="utf-8")
    assert run("postings", "sheet.csv", "--mapping", "proposed.toml", "--skip-bad", "bad.csv", "--out", "o.csv") == 1
    assert read_table("o.csv", POSTINGS)["title"].to_list() == ["会计", "焊工", "护士"]
    assert run("--suggest", "sheet.csv", "--out", "other.toml") == 0
    assert (folder / "other.toml").read_text(encoding="utf-8") == proposal
    assert run("postings", "--suggest", "sheet.csv") == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "KIND and FILE are needed: which table, and the file that holds it; or --suggest FILE."),
        (("postings",), "KIND and FILE are needed"),
        (("--suggest", "absent.csv"), "absent.csv: there is no such file."),
        (("posting", "--suggest", "sheet.csv"), "'posting' is no table; expected one of seekers, "),
        (("postings", "sheet.csv", "--suggest", "sheet.csv"), "--suggest FILE proposes a mapping and imports "),
        (("--suggest", "sheet.csv", "--out", "sheet.csv"), "--out sheet.csv is the same file as --suggest; "),
        (("postings", "sheet.csv", "--out", "o.csv", "--update"), "--update is about records of the office, "),
    ],
)  # fmt: skip
def test_mistakes_in_the_words_of_a_command(folder, capsys, words, said):
    assert run(*words) == 2
    assert capsys.readouterr().err.startswith(f"talentcity import: {said}")
    assert names(folder) == set()


@pytest.fixture
def office(db, monkeypatch, settings, tmp_path):
    """The office of the tests in the place of the one of this machine."""
    settings.TALENTCITY_HOME = tmp_path / "home"
    settings.TALENTCITY_HOME.mkdir()
    monkeypatch.setattr("talentcity.office.boot.start", lambda: None)
    monkeypatch.setattr("talentcity.office.boot.migrate", lambda: None)


def test_good_rows_go_into_the_office_and_the_others_into_a_file(folder, office, capsys):
    from talentcity.office.records.models import Posting

    assert run("postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", "bad.csv") == 1
    assert capsys.readouterr().out.splitlines()[0] == ("postings: 4 rows read, 1 refused, 3 rows taken into the office")
    assert list(Posting.objects.order_by("posting_id").values_list("posting_id", "title")) == [
        ("ad-2", "会计"), ("ad-4", "焊工"), ("ad-5", "护士"),
    ]  # fmt: skip
    text = (folder / "bad.csv").read_text(encoding="utf-8").replace(",,1-2万", ",电工,1-2万")
    (folder / "bad.csv").write_text(text, encoding="utf-8")
    assert run("postings", "bad.csv", "--mapping", "sheet.toml") == 0
    assert Posting.objects.get(posting_id="ad-3").title == "电工"
    assert run("postings", "bad.csv", "--mapping", "sheet.toml") == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "  pay (wage_min, wage_max): 1 period not stated: taken as a month's "
        "(written like 9-9万, where 9 is any number)"
    )
    assert Posting.objects.count() == 4


def test_adverts_find_the_employers_that_were_taken_from_the_same_sheet(folder, office, capsys):
    from talentcity.office.records.models import Employer, Posting

    (folder / "fair.csv").write_text("岗位名称,单位名称\n会计,云岭\n出纳,云岭\n焊工,北山\n", encoding="utf-8")
    assert run("employers", "--suggest", "fair.csv", "--out", "firms.toml") == 0
    with (folder / "firms.toml").open("a", encoding="utf-8") as mapping:
        mapping.write('[kind]\nvalue = "employer"\n')  # what the proposal leaves to a person
    assert run("employers", "fair.csv", "--mapping", "firms.toml") == 0
    assert "  单位名称 (employer_id): 1 repeat an earlier row: taken once" in capsys.readouterr().out
    assert sorted(Employer.objects.values_list("employer_id", "name")) == [("云岭", "云岭"), ("北山", "北山")]
    adverts = '[posting_id]\nrow = "f-"\n[title]\nfrom = "岗位名称"\n[employer_id]\nfrom = "单位名称"\n'
    (folder / "adverts.toml").write_text(adverts, encoding="utf-8")
    assert run("postings", "fair.csv", "--mapping", "adverts.toml") == 0
    found = Posting.objects.order_by("posting_id").values_list("title", "employer__name")
    assert list(found) == [("会计", "云岭"), ("出纳", "云岭"), ("焊工", "北山")]


def test_rows_that_the_office_refuses_are_put_aside_with_the_others(folder, office, capsys):
    from talentcity.office.records.models import Posting

    (folder / "p.csv").write_text("posting_id,title,employer_id\nJ1,x,\nJ2,y,E9\nJ3,,\n", encoding="utf-8")
    assert run("postings", "p.csv", "--skip-bad", "bad.csv") == 1
    assert pl.read_csv("bad.csv").select("refused_row", "refused_because", "posting_id").rows() == [
        (3, "employer_id: 'E9': the office has no employer of this id; import it first", "J2"),
        (4, "title: empty; expected text", "J3"),
    ]
    assert list(Posting.objects.values_list("posting_id", flat=True)) == ["J1"]


def test_one_bad_row_and_the_office_stays_as_it_was(folder, office, capsys):
    from talentcity.office.records.models import Posting

    assert run("postings", "sheet.csv", "--mapping", "sheet.toml") == 2
    assert capsys.readouterr().err == (
        "talentcity import: sheet.csv, row 3, column job (title): empty; expected text\n"
        "sheet.csv: 1 of 4 rows cannot be read; --skip-bad FILE puts it aside.\n"
    )
    assert Posting.objects.count() == 0


def test_an_update_replaces_what_stands(folder, office, capsys):
    from talentcity.office.records.models import Posting

    (folder / "p.csv").write_text("posting_id,title,headcount\nJ1,x,1\n", encoding="utf-8")
    assert run("postings", "p.csv") == 0
    (folder / "p.csv").write_text("posting_id,title,headcount\nJ1,x,2\n", encoding="utf-8")
    assert run("postings", "p.csv") == 2
    assert run("postings", "p.csv", "--update") == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "postings: 1 row read, 0 refused, 0 rows taken into the office, 1 replaced"
    )
    assert Posting.objects.get().headcount == 2


def test_refused_rows_that_cannot_be_written_leave_the_office_as_it_was(folder, office, monkeypatch):
    from talentcity.errors import UnreadableFile
    from talentcity.office.records.models import Posting
    from talentcity.tables import gathering

    def full(_spool, path):
        raise UnreadableFile(f"{path} cannot be written: No space left on device.")

    monkeypatch.setattr(gathering.Spool, "staged", full)
    assert run("postings", "sheet.csv", "--mapping", "sheet.toml", "--skip-bad", "bad.csv") == 2
    assert Posting.objects.count() == 0
