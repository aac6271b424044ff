"""The facts that an advert states in running text."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talentcity.text.confidence import confidence
from talentcity.text.facts import KINDS, Fact, facts_of, facts_of_each


def read(text: str, kind: str, title: str = "") -> list[tuple[object, str]]:
    """Values of one kind and the words they were read from."""
    fields = {"title": title, "text": text}
    return [
        (fact.value, fields[fact.field][fact.start : fact.end]) for fact in facts_of(title, text) if fact.kind == kind
    ]


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("月薪8000-12000元，包吃住", (8000, 12000), "月薪8000-12000元"),
        ("薪资待遇：8千到1.2万", (8000, 12000), "薪资待遇：8千到1.2万"),
        ("底薪3000+提成", (3000, None), "底薪3000+"),
        ("综合工资6-9K", (6000, 9000), "综合工资6-9K"),
        ("综合工资4800-55001、包吃2、包住", (4800, 5500), "综合工资4800-5500"),
        ("月收入５０００一６８００元", (5000, 6800), "月收入５０００一６８００元"),
        ("年薪24-36万", (20000, 30000), "年薪24-36万"),
        ("時薪25元，可加班", (4350, 4350), "時薪25元"),
        ("200元/天，日结", (4350, 4350), "200元/天"),
        ("前端中级 8-15K 双休", (8000, 15000), "8-15K"),
        ("薪资：1500底薪加提成", (1500, None), "薪资：1500"),
        ("转正后工资 5K 起", (5000, None), "工资 5K 起"),
        ("人均月薪12000-40000", (12000, 40000), "人均月薪12000-40000"),
        ("Salary: ¥9,000 to ¥12,000 per month", (9000, 12000), "Salary: ¥9,000 to ¥12,000 per month"),
    ],
)
def test_pay_in_running_text(text, value, words):
    assert read(text, "wage") == [(value, words)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "年龄18-35岁，身高160-175",
        "联系电话13800138000，办公室8001",
        "公司成立于2010年，员工500-999人，注册资金5000万元",
        "餐补300元/月，全勤奖200元，住房补贴800元/月",
        "绩效奖金500-2000元，年终奖5000元起",
        "加班工资20元/小时",
        "每月25日发放上月工资，试用期薪资发80%",
        "负责年销售额8000万元的区域",
        "入职须交押金300元",
        "服务客户20000家，拥有10-20万用户",
        "提成2000-3000元",
        "工资8号发放，月休4天",
        "6元/单，多劳多得",
        "饭卡有130元＋每天21的饭补",
        "综合工资60000~10000",
        "短期工4500-4800元/时",
        "房租1500元/月",
        "理财收益500元/天",
        "家庭低保900元/月",
        "薪酬500强企业",
    ],
)
def test_other_figures_are_no_pay(text):
    assert read(text, "wage") == []


def test_pay_in_another_currency_keeps_it():
    facts = facts_of("", "Pay: $18/hour plus tips. 年薪港币24万")
    found = [(fact.kind, fact.value, fact.unit) for fact in facts if fact.kind in ("wage", "currency", "pay_period")]
    assert found == [
        ("wage", (3132.0, 3132.0), "USD/month"),
        ("wage", (20000.0, 20000.0), "HKD/month"),
        ("pay_period", "hour", ""),
        ("pay_period", "year", ""),
        ("currency", "USD", ""),
        ("currency", "HKD", ""),
    ]


def test_period_and_currency_are_facts_only_where_they_are_said():
    assert [fact.kind for fact in facts_of("", "工资5000-6000")] == ["wage"]
    assert [fact.kind for fact in facts_of("", "月薪5000-6000元")] == ["wage", "pay_period", "currency"]


@pytest.mark.parametrize(
    ("text", "months", "words"),
    [
        ("13薪，双休", 13, "13薪"),
        ("一年发14个月工资", 14, "14个月工资"),
        ("享十三薪", 13, "十三薪"),
        ("年底双薪", 13, "年底双薪"),
        ("13th month salary", 13, "13th month salary"),
    ],
)
def test_months_paid(text, months, words):
    assert read(text, "months_paid") == [(months, words)]


@pytest.mark.parametrize("text", ["法定节假日双薪", "月薪3000", "12个月合同", "每月5日发薪"])
def test_no_further_months(text):
    assert read(text, "months_paid") == []


@pytest.mark.parametrize(
    ("text", "level", "words"),
    [
        ("要求：本科及以上学历", "bachelor", "本科及以上"),
        ("1、大专以上学历，硕士优先", "college", "大专以上"),
        ("高中毕业，能吃苦", "secondary", "高中毕业"),
        ("學歷不限", None, "學歷不限"),
        ("经验、学历不限！", None, "学历不限"),
        ("Bachelor's degree in computing", "bachelor", "Bachelor's degree"),
        ("high school diploma required", "secondary", "high school diploma"),
        ("大专/本科学历均可", "college", "大专/本科学历"),
    ],
)
def test_education_in_running_text(text, level, words):
    assert read(text, "education") == [(level, words)]


@pytest.mark.parametrize(
    "text",
    [
        "讲授高中数学和初中英语",
        "到专科医院实习",
        "本科学历优先",
        "团队成员多为博士学历",
        "Master of ceremonies wanted",
        "客户为硕士毕业",
    ],
)
def test_what_asks_no_education(text):
    assert read(text, "education") == []


@pytest.mark.parametrize(
    ("text", "years", "words"),
    [
        ("3年以上工作经验", (3, None), "3年"),
        ("须有1-3年销售经验", (1, 3), "1-3年"),
        ("①3年以上开发经验", (3, None), "3年"),
        ("从事本专业工作两年以上", (2, None), "两年"),
        ("任职资格：1、3年以上，海外工作经验", (3, None), "3年"),
        ("工作经验：5年", (5, None), "5年"),
        ("学历：大专以上，工作经验：2年以上；", (2, None), "2年"),
        ("任职要求：本科3年以上", (3, None), "3年"),
        ("接受实习生、应届毕业生", (0, None), "接受实习生、应届毕业生"),
        ("有无销售经验均不重要", (0, None), "有无销售经验均"),
        ("半年以上相关经验", (0.5, None), "半年"),
        ("At least 2 years of experience in retail", (2, None), "2 years"),
        ("有无经验均可，有人带", (0, None), "有无经验均可"),
        ("无相关工作经验也可", (0, None), "无相关工作经验也可"),
        ("可接受应届毕业生，有1年经验者优先", (0, None), "接受应届毕业生"),
        ("不需要经验", (0, None), "不需要经验"),
        ("No experience required", (0, None), "No experience required"),
        ("从业5年以上", (5, None), "5年"),
        ("要求：5年以上", (5, None), "5年"),
        ("具有3年以上年龄相仿团队的管理经验", (3, None), "3年"),
        ("5 years of experience, older applicants are welcome", (5, None), "5 years"),
    ],
)
def test_experience_in_running_text(text, years, words):
    assert read(text, "experience") == [(years, words)]


@pytest.mark.parametrize(
    "text",
    [
        "年龄20-30岁，有经验者优先",
        "公司成立10年，经验丰富",
        "公司拥有20年的行业经验",
        "签三年合同，每年体检",
        "入职满1年涨薪",
        "有2年以上经验者优先",
        "持A1驾驶证满两年以上，有道路旅客从业资格证",
        "2018年成立",
        "Must be 21 years old and have experience",
        "18 years of age with experience",
        "company with 50 years of experience",
        "with 40 years of combined experience",
        "近3年无不良经历",
        "2年内无犯罪经历",
        "7-10年工龄奖",
        "店铺成立8年以上",
        "驾龄3年以上",
        "质保3年以上",
        "合同期3年以上",
        "社保满3年以上",
    ],
)
def test_what_asks_no_years(text):
    assert read(text, "experience") == []


@pytest.mark.parametrize(
    ("text", "persons", "words"),
    [
        ("招5人，急", 5, "招5人"),
        ("招聘仓管员3名", 3, "招聘仓管员3名"),
        ("招聘人数：10人", 10, "招聘人数：10人"),
        ("现招聘普工(长期、短期)若干名", None, "招聘普工(长期、短期)若干名"),
        ("缺口50人", 50, "缺口50人"),
        ("We are hiring 5 drivers", 5, "hiring 5 drivers"),
        ("3 openings in Pudong", 3, "3 openings"),
        ("Headcount: 3", 3, "Headcount: 3"),
        ("Openings: 12. Shuttle bus", 12, "Openings: 12"),
        ("Number of vacancies: 2-4", 2, "Number of vacancies: 2-4"),
        ("We have 3 places", 3, "We have 3 places"),
        ("We have 1 place for you", 1, "We have 1 place"),
        ("2 open positions in our team", 2, "2 open positions"),
        ("名额3个", 3, "名额3个"),
        ("招聘名额：20，急", 20, "招聘名额：20"),
        ("招聘人数：5", 5, "招聘人数：5"),
        ("现有8个名额", 8, "8个名额"),
    ],
)
def test_headcount_in_running_text(text, persons, words):
    assert read(text, "headcount") == [(persons, words)]


@pytest.mark.parametrize(
    "text",
    [
        "公司现有员工500人",
        "公司人数：200人",
        "6-8人一间",
        "管理10人团队",
        "带一名新人奖500",
        "Headcount 3,500 in Asia",
        "We have 3 places of work",
        "需求人数每月3000元",
        "Growth of headcount: 20%",
    ],
)
def test_other_people_are_not_sought(text):
    assert read(text, "headcount") == []


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("工作地点：深圳市南山区科技园", "深圳/南山区", "深圳市南山区"),
        ("工作地点：深圳南山科技园", "深圳/南山", "深圳南山"),
        ("上班地址: 武侯区一环路", "武侯区", "武侯区"),
        ("工作地点深圳、东莞，就近安排", "深圳/", "深圳"),
        ("报名地址：浙江省宁波市北仑区大道", "宁波/北仑区", "宁波市北仑区"),
        ("Location: Nanshan District, Shenzhen.", "Shenzhen/Nanshan District", "Nanshan District, Shenzhen"),
    ],
)
def test_place_in_running_text(text, place, words):
    assert [value for value, _ in read(text, "place")] == [place]
    assert read(text, "place")[0][1].endswith(words)


@pytest.mark.parametrize(
    "text", ["工作地点：7号线附近", "工作地点店面遍布各处", "邮箱地址：a@b.cn", "工作地点：某国某城 任职要求"]
)
def test_no_place(text):
    assert read(text, "place") == []


def test_a_title_speaks_where_the_text_is_silent():
    facts = facts_of("普工10名 4-6K 应届生可", "月薪5000元，包吃住")
    assert [(fact.kind, fact.value, fact.field) for fact in facts] == [
        ("wage", (5000.0, 5000.0), "text"),
        ("pay_period", "month", "text"),
        ("currency", "CNY", "text"),
        ("experience", (0.0, None), "title"),
        ("headcount", 10, "title"),
    ]


def test_whole_value_with_its_place_in_a_disguised_text():
    text = "💰月\u200b薪５０００元"
    sure = confidence("wage", "text")
    assert facts_of("", text)[0] == Fact("wage", (5000.0, 5000.0), "CNY/month", 1, 9, sure, "text")


periods = st.sampled_from([("月薪", 1.0), ("年薪", 1 / 12)])


@given(st.integers(20, 600), st.integers(1, 400), periods, st.sampled_from(["，包吃住", "。", "+提成", " 双休"]))
def test_a_wage_written_in_any_notation_is_read_back(low, more, period, behind):
    """Hundreds of CNY a month or year."""
    word, factor = period
    high = low + more
    figures = [
        f"{low * 100}-{high * 100}元",
        f"{low / 10:g}-{high / 10:g}千元",
        f"{low / 10:g}k-{high / 10:g}k",
        f"{low / 100:g}-{high / 100:g}万",
    ]
    expected = (round(low * 100 * factor, 2), round(high * 100 * factor, 2))
    for figure in figures if expected[0] >= 300 else ():
        assert [value for value, _ in read(f"待遇好，{word}{figure}{behind}", "wage")] == [expected]


@given(st.integers(1, 20), st.integers(1, 20))
def test_years_written_in_either_language_are_read_back(least, more):
    most = least + more
    assert read(f"要求{least}-{most}年工作经验", "experience")[0][0] == (least, most)
    assert read(f"{least} to {most} years of experience", "experience")[0][0] == (least, most)


@given(
    st.text("月薪8000-12元/天年k本科以上学历3经验招5人工作地点：深圳市,。 \n远程①", max_size=40), st.text(max_size=20)
)
def test_every_fact_stands_in_its_field_and_is_sure_to_a_degree(text, title):
    fields = {"title": title, "text": text}
    for fact in facts_of(title, text):
        assert fact.kind in KINDS
        assert 0 <= fact.start < fact.end <= len(fields[fact.field])
        assert 0 < fact.confidence <= 1


def test_many_adverts_are_read_like_each_one():
    frame = facts_of_each(pl.Series(["普工10名", None, "x"]), pl.Series(["月薪5000元起", None, "学历不限，3-5年经验"]))
    assert frame.select("row", "kind", "value", "unit", "field", "start", "end").rows() == [
        (0, "wage", "5000..", "CNY/month", "text", 0, 8),
        (0, "pay_period", "month", "", "text", 0, 2),
        (0, "currency", "CNY", "", "text", 6, 7),
        (0, "headcount", "10", "persons", "title", 2, 5),
        (2, "education", "", "", "text", 0, 4),
        (2, "experience", "3..5", "years", "text", 5, 9),
    ]


def test_the_facts_of_no_adverts_are_an_empty_table_with_all_columns():
    frame = facts_of_each(pl.Series([], dtype=pl.String), pl.Series([], dtype=pl.String))
    assert (frame.height, frame.columns) == (
        0, ["row", "kind", "value", "unit", "field", "start", "end", "confidence"],
    )  # fmt: skip
