"""The invented city is the same for the same seed, keeps the official forms, and names nobody who can exist."""

import re
from collections import Counter
from unicodedata import is_normalized

import pytest

from tests.departments.catalogue import PATHS, STATUSES
from tests.departments.dossier import Dossier
from tests.departments.generator import WORKING_DAYS, City, generate
from tests.departments.tcvn3 import BYTES, LETTERS, to_tcvn3

DOSSIER_CODE = re.compile(r"(?:\d{3}\.)?\d{2}\.\d{2}\.[A-Z]\d{2}-\d{6}-\d{4,5}")
PROCEDURE_CODE = re.compile(r"[1-9]\.\d{6}")
AGENCY_CODE = re.compile(r"\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}")
CITY = generate()
ALL = (*CITY.judicial, *CITY.one_stop)


def _shared(city: City) -> list[tuple[Dossier, Dossier]]:
    originals = {dossier.code: dossier for dossier in city.judicial}
    return [(originals[twin.national_code], twin) for twin in city.one_stop if twin.national_code in originals]


def test_the_same_seed_gives_the_same_city_and_another_seed_another() -> None:
    assert generate(7) == generate(7)
    assert generate(7) != generate(8)


def test_the_judicial_dossiers_do_not_depend_on_how_many_the_other_department_has() -> None:
    assert generate(one_stop=200).judicial == CITY.judicial


def test_the_default_city_has_the_promised_numbers() -> None:
    assert (len(CITY.judicial), len(CITY.one_stop), len(_shared(CITY))) == (600, 800, 120)
    for dossiers in (CITY.judicial, CITY.one_stop):
        assert sum(dossier.flaw is not None for dossier in dossiers) == 3
        assert {dossier.status for dossier in dossiers} == set(STATUSES)


def test_every_code_has_its_official_form() -> None:
    for dossier in ALL:
        assert DOSSIER_CODE.fullmatch(dossier.code)
        assert dossier.code.split("-")[1] == f"{dossier.received_at:%y%m%d}"
        assert dossier.national_code in (None, "undefined") or DOSSIER_CODE.fullmatch(dossier.national_code)
        assert PROCEDURE_CODE.fullmatch(dossier.procedure.code)
        assert AGENCY_CODE.fullmatch(dossier.agency.code)


def test_no_two_dossiers_claim_one_code() -> None:
    claimed = Counter(code for dossier in ALL for code in {dossier.code, dossier.national_code})
    twice = {code for code, times in claimed.items() if times > 1} - {None, "undefined"}
    assert twice == {original.code for original, _ in _shared(CITY)}


def test_a_shared_dossier_is_the_same_person_and_matter_and_at_most_one_step_behind() -> None:
    behind = 0
    for original, twin in _shared(CITY):
        assert (twin.applicant, twin.procedure, twin.agency) == (
            original.applicant,
            original.procedure,
            original.agency,
        )
        assert twin.received_at == original.received_at
        assert original.steps[: len(twin.steps)] == twin.steps
        assert len(original.steps) - len(twin.steps) in (0, 1)
        behind += twin.status != original.status
    assert 0 < behind < 60


def test_no_identity_number_can_be_anybodys() -> None:
    for dossier in ALL:
        person = dossier.applicant
        assert re.fullmatch(r"000[0-3]\d{8}", person.id_number)
        assert person.id_number[4:6] == f"{person.birth_date:%y}"
        assert int(person.id_number[3]) % 2 == person.female


def test_no_telephone_can_ring() -> None:
    assert all(re.fullmatch(r"0400\d{6}", dossier.applicant.phone) for dossier in ALL)


def test_times_follow_each_other_within_working_hours() -> None:
    for dossier in ALL:
        times = [step.at for step in dossier.steps]
        assert times == sorted(times)
        assert dossier.submitted_at == times[0]
        assert dossier.received_at == times[1]
        assert dossier.updated_at >= times[-1].replace(microsecond=0)
        for moment in (*times, dossier.due_at):
            assert moment is None or moment.date() in WORKING_DAYS
            assert moment is None or _at_work(moment.hour * 60 + moment.minute)


def _at_work(minute: int) -> bool:
    return 450 <= minute < 690 or 810 <= minute <= 1020


def test_the_times_of_a_dossier_fit_its_status() -> None:
    for dossier in ALL:
        path = tuple(step.status for step in dossier.steps)
        assert path in {path for _, path in PATHS}
        assert dossier.status == path[-1]
        assert (dossier.completed_at is not None) == ("completed" in path)
        assert (dossier.returned_at is not None) == ("returned" in path)
        assert (dossier.due_at is not None) == ("accepted" in path)


def test_lists_have_the_promised_lengths() -> None:
    for dossier in ALL:
        assert 2 <= len(dossier.papers) <= 4
        assert 0 <= len(dossier.fees) <= 2
        assert 2 <= len(dossier.steps) <= 5
    assert any(not dossier.fees for dossier in ALL)


def test_more_judicial_dossiers_change_in_one_second_than_fit_a_page_of_100() -> None:
    ((_, most),) = Counter(dossier.updated_at for dossier in CITY.judicial).most_common(1)
    assert most > 100


def test_all_text_is_composed_unicode() -> None:
    for dossier in ALL:
        person = dossier.applicant
        assert is_normalized("NFC", f"{person.name}{person.address}{dossier.procedure.name}{dossier.papers}")


def test_a_city_may_be_small() -> None:
    city = generate(judicial=4, one_stop=3, shared=2, faulty=1)
    assert (len(city.judicial), len(city.one_stop), len(_shared(city))) == (4, 3, 2)


@pytest.mark.parametrize(
    ("text", "bytes_seen"),
    [("Nguyễn Văn Đức", "NguyÔn V¨n §øc"), ("Trưng Vương", "Tr\xadng V\xad¬ng"), ("Âu Cơ, 12/3", "¢u C¬, 12/3")],
)
def test_tcvn3_is_one_byte_a_letter_misread_as_cp1252(text: str, bytes_seen: str) -> None:
    assert to_tcvn3(text) == bytes_seen


def test_the_tcvn3_table_has_74_letters_and_no_byte_twice() -> None:
    assert (len(LETTERS), len(BYTES), len(set(LETTERS)), len(set(BYTES))) == (74, 74, 74, 74)
    assert min(BYTES) >= 0xA1  # below that, cp1252 and Latin-1 part


def test_tcvn3_refuses_what_it_cannot_write() -> None:
    with pytest.raises(ValueError, match="cannot write 'Á'"):
        to_tcvn3("Ánh")
