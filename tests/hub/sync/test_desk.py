"""Which record belongs to which dossier is decided by the codes that the records give now, and by nothing else."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

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
    desk = Desk({}, [], NOW)
    for version in versions:
        desk.hear(source(*version))
    standing = [dossier for dossier in desk.touched() if dossier.sources]
    keys = [frozenset(key for _, key in dossier.sources) for dossier in standing]
    assert len(keys) == len(set(keys))
    return set(keys)


@given(VERSIONS, st.randoms())
def test_the_order_and_the_history_of_the_records_change_nothing(versions: list[Any], random: Any) -> None:
    last = {version[0]: version for version in versions}
    shuffled = random.sample(list(last.values()), len(last))
    assert partition(versions) == partition(shuffled)


@given(VERSIONS)
def test_no_dossier_is_left_without_a_source_and_every_record_has_one(versions: list[Any]) -> None:
    desk = Desk({}, [], NOW)
    for version in versions:
        desk.hear(source(*version))
    assert all(dossier.sources for dossier in desk.touched())
    held = [key for dossier in desk.touched() for _, key in dossier.sources]
    assert sorted(held) == sorted({version[0] for version in versions})
