"""The one-stop gateway over a real socket: tokens, slices, and JSON as the product sends it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from unicodedata import is_normalized

import pytest
import requests

from tests.departments.generator import generate
from tests.departments.mot_cua import SEARCH_PATH, TOKEN_PATH, MotCua
from tests.departments.mot_cua_json import STATUS_IDS
from tests.departments.server import serve

CITY = generate(judicial=40, one_stop=160, shared=20)
GRANT = {"grant_type": "client_credentials"}


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gateway(clock: Clock) -> MotCua:
    return MotCua(CITY.one_stop, clock=clock)


@pytest.fixture
def url(gateway: MotCua) -> Iterator[str]:
    with serve(gateway.app) as address:
        yield address


@pytest.fixture
def session(url: str) -> Iterator[requests.Session]:
    token = requests.post(url + TOKEN_PATH, data=GRANT, auth=("hub", "demo-only"), timeout=10).json()["access_token"]
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {token}"
        yield session


def _search(session: requests.Session, url: str, **parameters: Any) -> Any:
    answer = session.get(url + SEARCH_PATH, params=parameters, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _all(session: requests.Session, url: str) -> list[Any]:
    content: list[Any] = _search(session, url, size=1000, sort="updatedDate,asc")["content"]
    return content


@pytest.mark.parametrize("size", [7, 40, 1000])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_the_slices_hold_every_dossier_once_and_in_order(
    session: requests.Session, url: str, size: int, order: str
) -> None:
    records, page, last = [], 0, False
    while not last:
        answer = _search(session, url, spec="slice", page=page, size=size, sort=f"updatedDate,{order}")
        assert (answer["number"], answer["size"], answer["numberOfElements"]) == (page, size, len(answer["content"]))
        assert "totalElements" not in answer
        records += answer["content"]
        page, last = page + 1, answer["last"]
    assert {record["code"] for record in records} == {dossier.code for dossier in CITY.one_stop}
    assert len(records) == 160
    stamps = [record["updatedDate"] for record in records]
    assert stamps == sorted(stamps, reverse=order == "desc")


def test_a_page_also_tells_the_total(session: requests.Session, url: str) -> None:
    answer = _search(session, url, spec="page", size=50)
    assert (answer["totalElements"], answer["totalPages"]) == (160, 4)


def test_beyond_the_end_there_is_an_empty_last_slice(session: requests.Session, url: str) -> None:
    answer = _search(session, url, page=99, size=50)
    assert (answer["content"], answer["last"]) == ([], True)


def test_a_change_comes_first_among_the_newest(gateway: MotCua, session: requests.Session, url: str) -> None:
    code = next(dossier.code for dossier in gateway.dossiers() if dossier.status == "processing")
    before = _search(session, url, size=1)["content"][0]["updatedDate"]
    gateway.change(code, status="completed")
    newest = _search(session, url, size=1, sort="updatedDate,desc")["content"][0]
    assert newest["code"] == code
    assert newest["updatedDate"] > before
    assert newest["dossierStatus"] == {"id": 4, "name": [{"languageId": 228, "name": "Đã có kết quả"}]}
    assert newest["task"][-1]["bpmProcessDefinitionTask"]["remind"]["id"] == 4


def test_a_dossier_is_found_by_either_of_its_codes(session: requests.Session, url: str) -> None:
    judicial = {dossier.code for dossier in CITY.judicial}
    twin = next(dossier for dossier in CITY.one_stop if dossier.national_code in judicial)
    for code in (twin.code, twin.national_code):
        assert [record["code"] for record in _search(session, url, code=code)["content"]] == [twin.code]


def test_accepted_from_takes_an_unpadded_day(gateway: MotCua, session: requests.Session, url: str) -> None:
    found = _search(session, url, size=1000, **{"accepted-from": "4/5/2026"})["content"]
    expected = {d.code for d in gateway.dossiers() if f"{d.received_at:%Y%m%d}" >= "20260504"}
    assert {record["code"] for record in found} == expected
    assert 0 < len(expected) < 160


def test_the_detail_is_the_same_dossier(session: requests.Session, url: str) -> None:
    record = _search(session, url, size=1)["content"][0]
    assert session.get(f"{url}/pa/dossier/{record['id']}/--online", timeout=10).json() == record
    assert session.get(f"{url}/pa/dossier/{'0' * 24}/--online", timeout=10).status_code == 404


@pytest.mark.parametrize(
    "query", ["page=-1", "size=0", "size=x", "sort=code,asc", "spec=all", "accepted-from=2026-05-04"]
)
def test_a_search_that_it_does_not_understand_is_400(session: requests.Session, url: str, query: str) -> None:
    answer = session.get(f"{url}{SEARCH_PATH}?{query}", timeout=10)
    assert answer.status_code == 400
    assert query in answer.json()["message"]


def test_both_ways_of_giving_the_secret_are_taken(url: str) -> None:
    posted = {**GRANT, "client_id": "hub", "client_secret": "demo-only"}
    for answer in (
        requests.post(url + TOKEN_PATH, data=GRANT, auth=("hub", "demo-only"), timeout=10),
        requests.post(url + TOKEN_PATH, data=posted, timeout=10),
    ):
        assert answer.status_code == 200
        assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 60)


def test_a_wrong_secret_gets_no_token(url: str) -> None:
    answer = requests.post(url + TOKEN_PATH, data=GRANT, auth=("hub", "guess"), timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (401, "unauthorized_client")
    answer = requests.post(url + TOKEN_PATH, data={"grant_type": "password"}, timeout=10)
    assert (answer.status_code, answer.json()["error"]) == (400, "unsupported_grant_type")


def test_without_a_token_or_with_an_invented_one_nothing_is_told(url: str) -> None:
    for headers in ({}, {"Authorization": "Bearer invented"}, {"Authorization": "Basic aHViOmRlbW8tb25seQ=="}):
        answer = requests.get(url + SEARCH_PATH, headers=headers, timeout=10)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


def test_a_token_expires(session: requests.Session, url: str, clock: Clock) -> None:
    clock.now = 59.9
    assert session.get(url + SEARCH_PATH, timeout=10).status_code == 200
    clock.now = 60.1
    assert session.get(url + SEARCH_PATH, timeout=10).status_code == 401


def test_revoked_tokens_are_refused(gateway: MotCua, session: requests.Session, url: str) -> None:
    gateway.revoke_tokens()
    assert session.get(url + SEARCH_PATH, timeout=10).status_code == 401


def test_every_time_is_right_whichever_zone_it_is_written_in(session: requests.Session, url: str) -> None:
    offsets = set()
    by_code = {dossier.code: dossier for dossier in CITY.one_stop if not dossier.flaw}
    for record in _all(session, url):
        if dossier := by_code.get(record["code"]):
            accepted = record["acceptedDate"]
            assert datetime.strptime(accepted, "%Y-%m-%dT%H:%M:%S.%f%z") == dossier.received_at
            offsets.add(accepted[-5:])
    assert offsets == {"+0000", "+0700"}


def test_a_birthday_is_17_hours_of_the_day_before_even_where_the_zone_was_another(
    session: requests.Session, url: str
) -> None:
    by_code = {dossier.code: dossier for dossier in CITY.one_stop}
    for record in _all(session, url):
        born = by_code[record["code"]].applicant.birth_date
        assert record["applicant"]["data"]["birthday"] == f"{born - timedelta(days=1)}T17:00:00.000+0000"


def test_the_traps_of_the_product_are_there(session: requests.Session, url: str) -> None:
    records = _all(session, url)
    people = [record["applicant"]["data"] for record in records]
    assert any(person["identityNumber"] == "000000001" for person in people)
    assert any(not is_normalized("NFC", person["ownerFullname"]) for person in people)
    assert any(person["fullname"] != person["ownerFullname"] for person in people)
    assert any(record.get("nationCode") == "undefined" for record in records)
    assert any("nationCode" not in record for record in records)
    assert all(
        record["procedure"]["code"] == f"{record['procedure']['nationCode']}.000.00.00.H29" for record in records
    )
    assert all(isinstance(fee["amount"], float) for record in records for fee in record["dossierFee"])
    assert all(len(record["id"]) == 24 for record in records)


def test_the_faulty_records_are_among_the_others(session: requests.Session, url: str) -> None:
    records = _all(session, url)
    known = {number for number, _ in STATUS_IDS.values()}
    assert sum("dossierStatus" not in record for record in records) == 1
    assert sum(record.get("dossierStatus", {"id": 2})["id"] not in known for record in records) == 1
    assert sum(record["acceptedDate"].startswith("2026-02-31") for record in records) == 1
