"""Which record belongs to which dossier is decided by the codes that the records give now, and by nothing else."""

import time
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.record.identity import Code
from hub.record.merge import Source
from hub.sync.desk import Desk

NOW = "2026-06-01T00:00:00Z"
OFFICIAL = [f"000.00.15.H29-260520-000{number}" for number in range(1, 5)]
CODES = st.sampled_from(["L1", "L2", "L3", *OFFICIAL])
VERSIONS = st.lists(
    st.tuples(st.sampled_from("123456"), CODES, st.none() | st.sampled_from(OFFICIAL)), min_size=1, max_size=14
)


def source(key: str, code: str, national: str | None) -> Source:
    said = {"code": code, "status": "processing"} | ({"national_code": national} if national else {})
    return Source("a", key, 0, "agency", "", said)


def partition(versions: list[Any]) -> set[frozenset[str]]:
    """The records' keys by dossier, after these versions of records came in this order."""
    desk = Desk([], NOW)
    for version in versions:
        desk.hear(source(*version))
    standing = [dossier for dossier in desk.touched() if dossier.voices]
    keys = [frozenset(key for _, key in dossier.voices) for dossier in standing]
    assert len(keys) == len(set(keys))
    return set(keys)


@given(VERSIONS, st.randoms())
def test_the_order_and_the_history_of_the_records_change_nothing(versions: list[Any], random: Any) -> None:
    last = {version[0]: version for version in versions}
    shuffled = random.sample(list(last.values()), len(last))
    assert partition(versions) == partition(shuffled)


@given(VERSIONS)
def test_no_dossier_is_left_without_a_source_and_every_record_has_one(versions: list[Any]) -> None:
    desk = Desk([], NOW)
    for version in versions:
        desk.hear(source(*version))
    assert all(dossier.voices for dossier in desk.touched())
    held = [key for dossier in desk.touched() for _, key in dossier.voices]
    assert sorted(held) == sorted({version[0] for version in versions})


def told(key: str, code: str, national: str | None, minute: int, connector: str = "a") -> Source:
    values = {"code": code, "status": "processing"} | ({"national_code": national} if national else {})
    return Source(connector, key, 0, "agency", f"2026-05-20T00:{minute:02}:00Z", values)


def test_thousands_of_joins_and_partings_on_one_page_take_moments() -> None:
    desk, numbers = Desk([], NOW), range(4000)
    began = time.process_time()
    for minute, national in enumerate([None, "000.00.15.H29-260520-{:06}", None]):
        for connector in "ab":
            for number in numbers:
                code = national and national.format(number)
                desk.hear(told(str(number), f"{connector}{number}", code, minute, connector))
        assert len({desk.dossier((connector, str(n))) for connector in "ab" for n in numbers}) == (
            4000 if national else 8000
        )
    assert time.process_time() - began < 8  # it was minutes where each join looked through the whole page


def test_what_stands_for_a_disowned_code_is_forgotten_when_the_record_gives_another_in_any_order() -> None:
    versions = [told("1", "L1", None, 1), told("1", "L2", None, 2)]
    for order in (versions, versions[::-1], versions * 2):
        desk = Desk([], NOW, {("a", "1"): {Code("agency", "L1")}})
        for version in order:
            desk.hear(version)
        assert [code.value for code in desk.dossier(("a", "1")).codes] == ["L2"]
