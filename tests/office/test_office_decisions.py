"""A person releases an advert or holds it; what is in force is applied by the next plan run."""

from datetime import date

import polars as pl
import pytest
from django.utils.translation import override
from factories import make_finding, make_posting, make_recommendation, make_run, make_vacancy, make_verdict

from talentcity.office.append_only import LedgerIsAppendOnly
from talentcity.office.planning import chain
from talentcity.office.planning.domain.exports import export
from talentcity.office.planning.domain.queries import JudgedAs, judged_postings, recommendations_of, verdicts_of
from talentcity.office.records.domain.decisions import DecisionRefused, decide, decision_in_force, decisions_in_force
from talentcity.office.records.domain.screened import screened
from talentcity.office.records.models import Decision
from talentcity.tables import write_table

pytestmark = pytest.mark.django_db
ON = date(2026, 9, 1)


def held(run, *rules, **facts):
    posting = make_posting(**facts)
    make_verdict(run, posting, "hold", tier="T1", reasons=rules)
    for rule in rules:
        make_finding(run, posting, rule_id=rule)
    return posting


def test_decision_keeps_who_why_which_rules_and_which_wording(inspector):
    run = make_run()
    posting = held(run, "F1", "D1")
    make_finding(run, posting, rule_id="W1", guard="negation")
    row = decide(posting, screening=run.screening, decision="release", reason=" 已电话核实 ", by=inspector)
    assert (row.reason, row.rules, row.digest, row.by) == ("已电话核实", ["D1", "F1"], posting.digest, inspector)
    assert decision_in_force(posting) == row


@pytest.mark.parametrize(
    ("verdict", "facts", "why"),
    [
        ("hold", {"reason": "  "}, "A decision needs its reason."),
        ("hold", {"decision": "delete"}, "“delete” is no decision; expected “release” or “hold”."),
        ("cleared", {}, "This advert is not held; there is nothing to release."),
        (None, {}, "This advert has not been screened yet; there is nothing to decide."),
    ],
)
def test_decision_is_refused_with_a_reason_and_nothing_is_written(inspector, verdict, facts, why):
    run, posting = make_run(), make_posting()
    if verdict:
        make_verdict(run, posting, verdict)
    plain = {"decision": "release", "reason": "核实"}
    with override("en"), pytest.raises(DecisionRefused) as refusal:
        decide(posting, screening=run.screening, by=inspector, **(plain | facts))
    assert str(refusal.value) == why
    assert Decision.objects.count() == 0


def test_later_decision_supersedes_and_none_can_be_changed(inspector):
    run = make_run()
    posting = held(run, "F1")
    first = decide(posting, screening=run.screening, decision="release", reason="一", by=inspector)
    second = decide(posting, screening=run.screening, decision="hold", reason="二", by=inspector)
    assert list(decisions_in_force()) == [second]
    every = Decision.objects.all()
    for attempt in (first.save, first.delete, every.delete, lambda: every.update(reason="改了")):
        with pytest.raises(LedgerIsAppendOnly):
            attempt()


def test_what_was_held_by_a_person_alone_can_be_released(inspector):
    run, posting = make_run(), make_posting()
    make_verdict(run, posting, "cleared")
    decide(posting, screening=run.screening, decision="hold", reason="电话不通", by=inspector)
    row = decide(posting, screening=run.screening, decision="release", reason="已核实", by=inspector)
    assert list(decisions_in_force()) == [row]


def test_decision_about_another_wording_is_no_longer_in_force(inspector):
    run = make_run()
    posting = held(run, "F1")
    decide(posting, screening=run.screening, decision="release", reason="核实", by=inspector)
    posting.text += "加班。"
    posting.save()
    assert (decision_in_force(posting), list(decisions_in_force())) == (None, [])


def test_hold_by_a_person_counts_at_once(inspector, seeker):
    run, posting = make_run(), make_posting()
    make_verdict(run, posting, "warn")
    make_recommendation(run, seeker, make_vacancy(postings=[posting]))
    assert not recommendations_of(seeker)[0].shown.held
    decide(posting, screening=run.screening, decision="hold", reason="举报", by=inspector)
    assert recommendations_of(seeker)[0].shown.held


def verdicts(tmp_path, findings):
    """What the chain makes of verdicts when the decisions of the database are applied."""
    export(make_run(published=False), tmp_path)
    table = pl.DataFrame(findings, schema=["posting_id", "rule_id", "tier"], orient="row")
    said = table.group_by("posting_id", maintain_order=True).agg(
        verdict=pl.when((pl.col("tier") < "T3").any()).then(pl.lit("hold")).otherwise(pl.lit("warn")),
        tier=pl.col("tier").min(),
        reasons=pl.col("rule_id"),
    )
    decided = chain._decided(said, table, chain._may_be_missing(tmp_path / "decisions.parquet"))
    return {row["posting_id"]: (row["verdict"], row["decision_id"]) for row in decided.iter_rows(named=True)}


def test_release_frees_the_advert_and_leaves_a_milder_finding_as_a_warning(inspector, tmp_path):
    run = make_run()
    both, one, other = held(run, "F1", "D3"), held(run, "F1"), held(run, "F1")
    first = decide(both, screening=run.screening, decision="release", reason="核实", by=inspector)
    second = decide(one, screening=run.screening, decision="release", reason="核实", by=inspector)
    found = [
        (both.posting_id, "F1", "T1"), (both.posting_id, "D3", "T3"), (one.posting_id, "F1", "T1"),
        (other.posting_id, "F1", "T1"),
    ]  # fmt: skip
    assert verdicts(tmp_path, found) == {
        both.posting_id: ("warn", first.pk), one.posting_id: ("cleared", second.pk), other.posting_id: ("hold", None),
    }  # fmt: skip


def test_release_is_passed_over_when_another_rule_holds_the_advert_but_not_when_it_only_warns(inspector, tmp_path):
    run = make_run()
    graver, milder = held(run, "F1"), held(run, "F1")
    for posting in (graver, milder):
        decide(posting, screening=run.screening, decision="release", reason="核实", by=inspector)
    found = [
        (graver.posting_id, "F1", "T1"), (graver.posting_id, "S2", "T1"),
        (milder.posting_id, "F1", "T1"), (milder.posting_id, "I5", "T3"),
    ]  # fmt: skip
    assert verdicts(tmp_path, found) == {
        graver.posting_id: ("hold", None), milder.posting_id: ("warn", decision_in_force(milder).pk),
    }  # fmt: skip


def test_hold_by_a_person_holds_what_the_rules_would_let_through(inspector, tmp_path):
    run, posting = make_run(), make_posting()
    make_verdict(run, posting, "warn")
    row = decide(posting, screening=run.screening, decision="hold", reason="举报", by=inspector)
    assert verdicts(tmp_path, [(posting.posting_id, "D3", "T3")]) == {posting.posting_id: ("hold", row.pk)}


def test_folder_without_decisions_changes_nothing(tmp_path):
    said = pl.DataFrame({"posting_id": ["P"], "verdict": ["hold"], "tier": ["T1"], "reasons": [["F1"]]})
    decided = chain._decided(said, pl.DataFrame(), chain._may_be_missing(tmp_path / "decisions.parquet"))
    assert decided.rows() == [("P", "hold", "T1", ["F1"], None)]


def test_released_advert_is_recommended_again_by_the_real_chain(tmp_path):
    from talentcity.sample import make_city

    city = make_city(300, seed=1, on=ON)
    for name in ("seekers", "postings", "vacancies"):
        write_table(getattr(city, name), tmp_path / f"{name}.parquet")
    write_table(city.seekers.select(person_id="seeker_id", owed=3), tmp_path / "owed.parquet")
    order = chain.Order(folder=tmp_path, on=ON, per_person=3)
    before = chain.run(order, lambda *_said: None)["verdicts"]
    said = pl.read_parquet(tmp_path / "verdicts.parquet")
    held_ids = said.filter(pl.col("verdict") == "hold")["posting_id"].to_list()
    rules = pl.read_parquet(tmp_path / "findings.parquet")["rule_id"].unique().to_list()
    rows = [(number, posting, "release", rules) for number, posting in enumerate(held_ids, 1)]
    schema = ["decision_id", "posting_id", "decision", "rules"]
    pl.DataFrame(rows, schema=schema, orient="row").write_parquet(tmp_path / "decisions.parquet")
    after = chain.run(order, lambda *_said: None)["verdicts"]
    assert before["hold"] == len(held_ids) > 0
    assert after.get("hold", 0) == 0
    assert sum(after.values()) == sum(before.values())


def test_published_verdicts_say_who_made_them_and_how_many_were_released(inspector):
    first = make_run()
    posting = held(first, "F1")
    row = decide(posting, screening=first.screening, decision="release", reason="核实", by=inspector)
    second, unpublished = make_run(), make_run(published=False)
    for run in (second, unpublished):
        verdict = make_verdict(run, posting, "cleared")
        verdict.decision = row
        verdict.save()
    history = verdicts_of(posting)
    assert [(one.run, one.verdict.verdict, one.verdict.decision) for one in history] == [
        (second, "cleared", row), (first, "hold", None),
    ]  # fmt: skip
    assert screened(second.screening).released == 1
    assert [verdict.posting for verdict in judged_postings(JudgedAs.RELEASED)] == [posting]


def test_open_ones_are_those_held_on_which_nobody_decided(inspector):
    run = make_run()
    decided, undecided = held(run, "F1"), held(run, "F1")
    decide(decided, screening=run.screening, decision="hold", reason="确认", by=inspector)
    assert [verdict.posting for verdict in judged_postings(JudgedAs.OPEN)] == [undecided]
    assert [verdict.posting for verdict in judged_postings()] == [decided, undecided]
