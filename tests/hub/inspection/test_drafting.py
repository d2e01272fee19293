"""A mapping's document while it is worked on: every mistake with its line, and lines that are put where they belong."""

import pytest

from hub.inspection.drafting import Proposal, knows, line_of, line_of_table, linted, proposed, with_lines
from hub.wiring import record_targets

NAME = "so-thu/ho-so"
TEXT = f"""# đầu tệp
mapping: {NAME}
version: 1
entity: dossier
input: json
fields:
  code: {{from: so}} # mã
  status: {{from: tinhTrang, table: status}}
  events:
    each: buoc
    fields:
      at: {{from: luc, date: iso}}
      status: {{from: tinhTrang, table: status}}
tables:
  # của Sở
  status:
    "1": accepted
    "2":
      processing
"""
LACKS = 'a text that the table "status" has'


def test_every_mistake_has_its_line_and_another_mappings_name_is_one() -> None:
    assert linted(TEXT, NAME, record_targets()).mapping is not None
    wrong = TEXT.replace("from: so}", "frm: so}").replace("accepted", "acepted")
    assert {one.line for one in linted(wrong, NAME, record_targets()).findings} >= {7, 17}
    other = linted(TEXT, "so-thu/khac", record_targets())
    assert (other.mapping, [one.line for one in other.findings]) == (None, [2])
    for text in ("", "[", "a: b: c", "\t", "x" * 1000):
        assert linted(text, NAME, record_targets()).findings


def test_a_field_and_a_table_are_found_by_their_line() -> None:
    assert (line_of(TEXT, "status"), line_of(TEXT, "events[3].status"), line_of(TEXT, "events[].at")) == (8, 13, 12)
    assert (line_of_table(TEXT, "status"), line_of_table(TEXT, "nothing"), line_of("[", "status")) == (16, 1, 1)
    assert line_of(TEXT, "events[].nothing") == 11


def test_a_guess_says_that_it_is_one_and_without_one_the_line_is_left_to_be_completed() -> None:
    known = proposed("status", "tinhTrang", LACKS, "Chờ trả", 3)
    assert known is not None
    assert known.line == '"Chờ trả": completed # ?'
    strange = proposed("events[].status", "tinhTrang", LACKS, 'Đã "chuyển"', 1)
    assert strange is not None
    assert strange.line == '"Đã \\"chuyển\\"": # ?'
    assert linted(with_lines(TEXT, [strange]), NAME, record_targets()).mapping is None
    assert proposed("status", "a + b", LACKS, "1 + 2", 1) is None
    assert proposed("received_at", "ngay", "a time", "x", 1) is None


def test_lines_go_into_their_table_and_nothing_else_changes() -> None:
    made = with_lines(TEXT, [Proposal("status", "3", 1, "returned"), Proposal("status", "Đã xong", 2, "completed")])
    assert set(made.splitlines()) - set(TEXT.splitlines()) == {'    "3": returned # ?', '    "Đã xong": completed # ?'}
    assert linted(made, NAME, record_targets()).mapping is not None
    assert with_lines(made, [Proposal("status", "3", 1, "returned")]) == made
    assert (knows(made, "status", "ĐÃ  XONG"), knows(made, "status", "khác")) == (True, False)


@pytest.mark.parametrize("table", ['{"1": accepted}', "{}", "[]", "null"])
def test_what_cannot_simply_be_put_in_is_left_as_it_was(table: str) -> None:
    text = TEXT[: TEXT.index("  status:\n")] + f"  status: {table}\n"
    assert with_lines(text, [Proposal("status", "3", 1, "returned")]) == text
