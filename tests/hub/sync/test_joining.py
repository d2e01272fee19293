"""Which records a run takes to be one dossier, and how that is undone."""

import re
from datetime import UTC, datetime

import pytest

from hub.record.signature import Signature
from hub.store import dossiers
from hub.store.database import Database
from hub.store.filters import Filter
from hub.store.looking_up import codes_of_dossiers
from hub.sync.parting import NotThatCode, part, rejoin
from tests.hub.sync.fixtures import Listing, registered
from tests.hub.sync.running import A, B, Do, counts, record, stored


def test_two_connectors_with_one_national_code_make_one_dossier_with_two_sources(database: Database, do: Do) -> None:
    do(Listing([[record(1, name="LE THI MAU")]]), "a")
    run = do(Listing([[record(9, "000.00.00.H29-260520-0009", national=A, name="Lê Thị Mẫu")]]), "b")
    assert counts(run) == (1, 0, 1, 0, 0)
    dossier = stored(database, A)
    assert dossier.values["applicant"]["name"] == "Lê Thị Mẫu"
    assert [one.source.connector for one in dossiers.sources(database, dossier.id)] == ["a", "b"]
    assert dossiers.with_code(database, "000.00.00.H29-260520-0009") == [dossier]


def test_a_full_run_after_a_change_of_precedence_weighs_the_sources_anew(database: Database, do: Do) -> None:
    listings = {"a": Listing([[record(1, name="LE THI MAU")]]), "b": Listing([[record(1, name="Lê Thị Mẫu")]])}
    for name, listing in listings.items():
        do(listing, name)
    registered(database, "a", "b", precedence={"a": 20, "b": 10})
    assert counts(do(listings["a"], "a", kind="full")) == (1, 0, 1, 0, 0)
    assert stored(database, A).values["applicant"]["name"] == "LE THI MAU"


def test_the_same_number_of_two_agencies_stays_two_dossiers(database: Database, do: Do) -> None:
    do(Listing([[record(1, "24-001")]]), "a")
    do(Listing([[record(1, "24-001")]]), "b")
    assert len(dossiers.with_code(database, "24-001")) == 2


def test_a_record_that_names_two_dossiers_makes_them_one(database: Database, do: Do) -> None:
    do(Listing([[record(1, A, steps=[{"at": "2026-05-20T01:00:00Z", "name": "Nhận"}])]]), "a")
    do(Listing([[record(2, B)]]), "b")
    do(Listing([[record(3, A, national=B)]]), "a", kind="full")
    assert stored(database, A).id == stored(database, B).id
    assert dossiers.totals(database).dossiers == 1
    assert len(dossiers.page(database, Filter())) == 1
    assert "Nhận" in [event.name for event in dossiers.timeline(database, stored(database, B).id)]
    assert len(dossiers.sources(database, stored(database, A).id)) == 3


def test_two_new_dossiers_that_a_third_record_of_the_page_joins_are_one(database: Database, do: Do) -> None:
    do(Listing([[record(1, A), record(2, B), record(3, A, national=B)]]))
    assert stored(database, A).id == stored(database, B).id
    assert dossiers.totals(database).dossiers == 1


def test_a_corrected_number_renames_the_dossier_and_keeps_the_old_code_as_an_alias(database: Database, do: Do) -> None:
    do(Listing([[record(1, A)]]))
    do(Listing([[record(1, B)]]), kind="full")
    assert stored(database, A).code == B
    assert dossiers.totals(database).dossiers == 1


def test_a_number_corrected_to_another_dossiers_moves_the_record_there(database: Database, do: Do) -> None:
    do(Listing([[record(1, A, note="mine"), record(2, A, note="stays"), record(3, B)]]))
    do(Listing([[record(1, B, note="mine")]]), kind="full")
    assert [one.source.key for one in dossiers.sources(database, stored(database, A).id)] == ["2"]
    assert [one.source.key for one in dossiers.sources(database, stored(database, B).id)] == ["1", "3"]
    assert stored(database, A).values["note"] == "stays"


C = "000.00.15.H29-260520-0003"


def test_a_wrong_national_code_that_the_source_corrects_parts_the_dossiers_again(database: Database, do: Do) -> None:
    do(Listing([[record(1, B, name="Người lạ")]]), "b")
    assert counts(do(Listing([[record(1, "L-1", national=B, name="Của tôi")]]), "a")) == (1, 0, 1, 0, 0)
    assert dossiers.totals(database).dossiers == 1
    assert counts(do(Listing([[record(1, "L-1", national=C, name="Của tôi")]]), "a", kind="full")) == (1, 1, 0, 0, 0)
    assert stored(database, B).values["applicant"]["name"] == "Người lạ"
    assert stored(database, "L-1").id == stored(database, C).id
    assert stored(database, C).values["applicant"]["name"] == "Của tôi"
    assert codes_of_dossiers(database, [one := stored(database, B).id]) == {one: [B]}


def test_a_record_that_held_two_dossiers_together_lets_both_go_when_it_is_corrected(database: Database, do: Do) -> None:
    do(Listing([[record(1, A, note="one"), record(2, B, note="two")]]), "a")
    do(Listing([[record(3, A, national=B)]]), "b")
    assert stored(database, A).id == stored(database, B).id
    do(Listing([[record(3, A)]]), "b", kind="full")
    assert stored(database, A).values["note"] == "one"
    assert stored(database, B).values["note"] == "two"
    assert [one.source.key for one in dossiers.sources(database, stored(database, A).id)] == ["1", "3"]
    assert [one.source.key for one in dossiers.sources(database, stored(database, B).id)] == ["2"]
    assert counts(do(Listing([[record(1, A, note="one"), record(2, B, note="new")]]), "a", kind="full"))[2] == 1


def test_a_number_that_was_given_up_joins_nobody_to_its_former_dossier(database: Database, do: Do) -> None:
    do(Listing([[record(1, A, note="mine")]]), "a")
    do(Listing([[record(1, C, note="mine")]]), "a", kind="full")
    assert stored(database, A).id == stored(database, C).id
    do(Listing([[record(7, A, note="another's")]]), "b")
    assert stored(database, A).values["note"] == "another's"
    assert stored(database, C).values["note"] == "mine"


def test_two_new_records_that_a_third_joins_are_one_new_dossier(do: Do) -> None:
    joins = [record(1, "L-1"), record(2, A), record(3, "L-1", national=A)]
    assert counts(do(Listing([joins]))) == (3, 1, 2, 0, 0)


def test_what_a_person_parts_stays_apart_and_both_dossiers_say_who_and_why(database: Database, do: Do) -> None:
    do(Listing([[record(1, A, note="one")]]), "a")
    do(Listing([[record(7, A, note="other")]]), "b")
    assert dossiers.totals(database).dossiers == 1
    by_an = Signature("an", "another file's number", datetime.now(UTC))
    assert part(database, ("b", "7"), A, by_an).code == "b#7"
    do(Listing([[record(7, A, note="newer")]]), "b", kind="full")
    assert [stored(database, code).values["note"] for code in (A, "b#7")] == ["one", "newer"]
    for code in (A, "b#7"):
        told = dossiers.revisions_of(database, stored(database, code).id)
        assert ("an", "another file's number") in [(one.author, one.reason) for one in told]
    (wrong,) = dossiers.disowned_of(database, stored(database, "b#7").id)
    assert (wrong.connector, wrong.key, wrong.code, wrong.author) == ("b", "7", A, "an")
    rejoin(database, ("b", "7"), A, by_an)
    assert dossiers.totals(database).dossiers == 1
    assert dossiers.disowned_of(database, stored(database, A).id) == []


def test_only_a_code_that_a_record_gives_can_be_disowned(database: Database, do: Do) -> None:
    do(Listing([[record(1, A)]]), "a")
    by_an = Signature("an", "wrong", datetime.now(UTC))
    for name, code, says in [
        (("a", "1"), B, f"it gives: {A}"),
        (("a", "2"), A, "has no record '2'"),
        (("z", "1"), A, "there is no connector 'z'"),
    ]:
        with pytest.raises(NotThatCode, match=re.escape(says)):
            part(database, name, code, by_an)
    with pytest.raises(NotThatCode, match="not disowned"):
        rejoin(database, ("a", "1"), A, by_an)
