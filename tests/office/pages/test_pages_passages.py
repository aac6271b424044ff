"""A text is cut at its findings: the pieces join to the text again, and the gravest finding gives the colour."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from talentcity.office.records.passages import Note, cut, mark


def finding(start, end, *, tier="T1", guard="", field="text", rule_id="F1"):
    return SimpleNamespace(
        start=start, end=end, tier=tier, guard=guard, field=field, rule_id=rule_id, legal_basis="", version="1"
    )


def note(number, start, end, kind="hold"):
    return Note(number=number, finding=finding(start, end), rule={}, passage="", kind=kind, penalties=())


def shown(passages):
    return [(one.text, one.kind, [note.number for note in one.notes]) for one in passages]


def test_text_without_findings_is_one_piece():
    assert shown(cut("abc", [])) == [("abc", "", [])]


def test_empty_text_has_no_pieces():
    assert cut("", []) == ()


def test_finding_at_the_very_edges():
    assert shown(cut("abc", [note(1, 0, 3)])) == [("abc", "hold", [1])]


def test_overlapping_findings_take_the_gravest_kind_and_end_once_each():
    pieces = cut("abcdef", [note(1, 0, 4, "warn"), note(2, 2, 6, "hold")])
    assert shown(pieces) == [("ab", "warn", []), ("cd", "hold", [1]), ("ef", "hold", [2])]


def test_finding_that_ends_beyond_the_text_stops_at_its_end():
    assert shown(cut("abc", [note(1, 1, 9)])) == [("a", "", []), ("bc", "hold", [1])]


spans = st.tuples(st.integers(0, 12), st.integers(1, 6)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(st.text(max_size=15), st.lists(spans, max_size=5))
def test_pieces_join_to_the_text_and_every_character_knows_its_findings(text, wanted):
    inside = [(start, end) for start, end in wanted if end <= len(text)]
    pieces = cut(text, [note(number, *span) for number, span in enumerate(inside)])
    assert "".join(one.text for one in pieces) == text
    marked = [bool(one.kind) for one in pieces for _ in one.text]
    assert marked == [any(start <= at < end for start, end in inside) for at in range(len(text))]
    assert sorted(number for one in pieces for number in (note.number for note in one.notes)) == list(
        range(len(inside))
    )


def test_notes_are_numbered_as_they_stand_on_the_page():
    posting = SimpleNamespace(title="招男保安", text="须交押金。不收押金。")
    screened = SimpleNamespace(
        posting=posting,
        findings=(finding(0, 4), finding(1, 2, tier="T3", field="title")),
        let_pass=(finding(5, 9, guard="negation"),),
    )
    marked = mark(screened, rules={}, on=None, first=4, with_let_pass=True)
    assert [(one.number, one.passage, one.kind) for one in marked.notes] == [
        (4, "男", "warn"),
        (5, "须交押金", "hold"),
        (6, "不收押金", "calm"),
    ]
    assert len(mark(screened, rules={}, on=None, with_let_pass=False).notes) == 2
