import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hub.record.shown import words
from hub.store.database import Database
from hub.store.searching import MOST_LETTERS, asked, matching
from hub.store.tables import dossiers
from tests.hub.store.searchable import Told, clear, expected, put, texts_of

HOSTILE = [
    "nguyen' | 'tran",
    "nguyen & !van",
    "'nguyen':*",
    'nguyen" OR search : "tran',
    "nguyen NOT van",
    "NEAR(nguyen van)",
    "nguyen* ^van",
    "nguyen') OR 1=1 --",
    "nguyen\\' van",
    "nguyen\0van",
    "{search} : nguyen",
    "nguyen%",
    "nguyen_",
    "%(said)s nguyen :word_0_0",
]


def found(database: Database, typed: str, alternatives: dict[str, list[str]] | None = None) -> set[int]:
    condition = matching(database.engine.dialect.name, asked(typed), alternatives or {})
    with database.read() as connection:
        return set(connection.execute(select(dossiers.c.id).where(condition)).scalars())


def test_every_word_must_be_there_whatever_its_accents_case_and_order(database: Database) -> None:
    first, second = put(database, [Told("Nguyễn Văn Đức"), Told("Trần Văn Nguyên")])
    assert found(database, "đức NGUYEN") == {first}
    assert found(database, "van nguyen") == {first, second}
    assert found(database, "nguyen thi") == set()


def test_the_last_word_and_every_number_may_be_the_beginning_of_one_and_no_other(database: Database) -> None:
    (one,) = put(database, [Told("Nguyễn Văn Đức", code="HS-260302/0171")])
    assert found(database, "nguyen va") == {one}
    assert found(database, "2603 nguyen") == {one}
    assert found(database, "nguy van") == set()
    assert found(database, "uyen") == set()


def test_other_spellings_count_as_the_word_itself_and_whole(database: Database) -> None:
    first, second = put(database, [Told("Nguyễn Văn Đức"), Told("Nguyễn Vang Đức")])
    assert found(database, "nguyxn van duc", {"nguyxn": ["nguyen"]}) == {first}
    assert found(database, "nguyen vxn duc", {"vxn": ["van", "vang"]}) == {first, second}
    assert found(database, "nguyen vxn", {"vxn": ["van"]}) == {first}
    assert found(database, "van nguyxn", {"nguyxn": ["nguye"]}) == set()


@pytest.mark.parametrize("typed", HOSTILE)
def test_what_is_typed_is_never_syntax(database: Database, typed: str) -> None:
    ids = put(database, [Told("Nguyễn Văn An"), Told("Trần Thị Bình"), Told("Search Or Not Near Nguyễn Văn")])
    texts = texts_of(database)
    told = set(words(typed))
    assert all(told - {words(typed)[-1]} <= set(texts[number].split()) for number in found(database, typed))
    assert found(database, "nguyen van") == {ids[0], ids[2]}


def test_letters_on_which_python_and_an_index_disagree_are_letters(database: Database) -> None:
    """FTS5 ends a word at a vowel sign of New Tai Lue, which Python knows as a letter."""
    (one,) = put(database, [Told("An", "a\u19b0b cd")])
    assert found(database, "a\u19b0b cd") == {one}
    assert found(database, "a cd") == found(database, "a\u19b1b cd") == set()


@given(typed=st.text(max_size=40), said=st.lists(st.text(max_size=30), min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_text_finds_what_holds_its_words_and_nothing_else(database: Database, typed: str, said: list[str]) -> None:
    clear(database)
    said = [one.replace("\0", " ").encode("utf-8", "replace").decode() for one in said]
    told = [Told("An", summary) for summary in [*said, typed.replace("\0", " ").encode("utf-8", "replace").decode()]]
    ids = put(database, told)
    if not words(typed):
        with pytest.raises(ValueError, match="wants a word"):
            asked(typed)
        return
    strict = expected(list(zip(ids, told, strict=True)), typed)
    assert found(database, typed) == (set() if strict.corrected else set(strict.found))


@pytest.mark.parametrize("typed", ["", " ", "…", "--", "%_*'\"", "\0", "́"])
def test_a_search_for_signs_alone_is_told_so(typed: str) -> None:
    with pytest.raises(ValueError, match="neither a letter nor a digit"):
        asked(typed)


def test_a_huge_search_is_told_so_and_a_long_one_is_answered(database: Database) -> None:
    with pytest.raises(ValueError, match=f"at most {MOST_LETTERS} letters"):
        asked("a" * (MOST_LETTERS + 1))
    (one,) = put(database, [Told("Nguyễn Văn An", " ".join(f"x{number}" for number in range(100)))])
    assert found(database, " ".join(f"x{number}" for number in range(100))) == {one}
    assert found(database, " ".join("0123456789" * 25)) == set()
    assert found(database, "ß" * MOST_LETTERS) == set()
    assert found(database, "𠀀" * MOST_LETTERS) == set()


def test_words_and_names_without_end_are_kept_and_found(database: Database) -> None:
    endless = "".join(chr(0x20000 + number) for number in range(5000))
    many = " ".join(f"chữ{number}" for number in range(100_000))
    first, second = put(database, [Told(endless, endless), Told("Nguyễn Văn An", many)])
    assert found(database, endless[:400]) == {first}
    assert found(database, "chữ100") == {second}
