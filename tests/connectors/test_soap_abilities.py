"""What the `soap` type does besides listing: faults and error codes by the settings' table, fetch, count, check."""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import Any

import orjson
import pytest
from lxml import etree
from werkzeug.wrappers import Request, Response

from connectors.conformance import ConnectorConformance
from connectors.contract import Fetches, Lists, Page
from connectors.errors import Changed, ConnectorError, Refused, Unavailable
from connectors.soap import SOAP
from tests.connectors.desk import check, dead_address, desk, keys, once, pull
from tests.connectors.small_soap import NS12, answering, envelope, fails, result, small, wsdl
from tests.departments.server import serve

PERIOD = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)


def fault(code: str, text: str, detail: str = "") -> bytes:
    inner = f"<detail><Ma>{detail}</Ma></detail>" if detail else ""
    return envelope(f"<s:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring>{inner}</s:Fault>")


def fault_12(text: str, detail: str) -> bytes:
    return envelope(
        f"<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason><s:Text>{text}</s:Text></s:Reason>"
        f"<s:Detail><Ma>{detail}</Ma></s:Detail></s:Fault>",
        NS12,
    )


@pytest.mark.parametrize(
    ("body", "rule", "kind"),
    [
        (fault("s:Server", "Sai mật khẩu"), {"text": "*mật khẩu*", "means": "refused"}, Refused),
        (fault("s:Server", "SAI MẬT KHẨU"), {"text": "*mật khẩu*", "means": "refused"}, Refused),
        (fault("s:Client", "x", "E42"), {"detail": "E42", "means": "unavailable"}, Unavailable),
        (fault_12("x", "E42"), {"detail": "E42", "means": "changed"}, Changed),
        (fault("a:Khoa", "x"), {"code": "Khoa", "means": "refused"}, Refused),
        (fault("a:Khoa", "x"), {"code": "a:*", "means": "refused"}, Refused),
        (fault("s:Server", "x", "E1"), {"code": "Server", "detail": "E2", "means": "refused"}, Unavailable),
    ],
)
def test_a_fault_means_what_the_settings_say(body: bytes, rule: dict[str, str], kind: type[ConnectorError]) -> None:
    error = fails(kind, body, 500, faults=[rule])
    assert error.code == "fault"


def test_the_first_rule_that_fits_counts_and_says_how_long_to_wait() -> None:
    rules = [
        {"text": "*bận*", "means": "unavailable", "retry_after_seconds": 90},
        {"text": "*", "means": "refused"},
    ]
    error = fails(Unavailable, fault("s:Client", "Hệ thống bận"), 500, faults=rules)
    assert error.retry_after == 90


@pytest.mark.parametrize("status", [200, 500])
def test_a_fault_may_mean_that_there_is_nothing(status: int) -> None:
    with desk(answering(fault("s:Server", "Không có dữ liệu"), status)) as there:
        settings = small(there.url, faults=[{"text": "*không có dữ liệu*", "means": "empty"}], total="Tong")
        assert pull(SOAP, settings) == []
        assert check(SOAP, settings)[-1].endswith("it answered that there is none")


def test_a_fault_that_asks_for_addressing_is_answered_with_the_setting_for_it() -> None:
    error = fails(Changed, fault("wsa:MessageAddressingHeaderRequired", "A required header is not present"), 500)
    assert "`addressing:" in error.hint


def test_what_stands_in_the_detail_is_quoted() -> None:
    error = fails(Unavailable, fault("s:Server", "Lỗi hệ thống", "ORA-00942: bảng không có"), 500)
    assert str(error).endswith("“Lỗi hệ thống”, “ORA-00942: bảng không có”")


CODES = {
    "at": "MaLoi",
    "ok": ["0", "00"],
    "table": {"-1": "refused", "5": "unavailable", "9": "empty"},
    "message": "MoTa",
}


@pytest.mark.parametrize(
    ("code", "kind"), [("-1", Refused), ("5", Unavailable), ("77", Changed), ("9", None), ("00", None)]
)
def test_an_error_code_in_an_answer_means_what_the_table_says(code: str, kind: type[ConnectorError] | None) -> None:
    body = envelope(f"<R><MaLoi>{code}</MaLoi><MoTa>Sai mật khẩu</MoTa></R>")
    if kind is None:
        with desk(answering(body)) as there:
            assert pull(SOAP, small(there.url, errors=CODES)) == []
        return
    error = fails(kind, body, errors=CODES)
    assert error.code == "told_error"
    assert "“Sai mật khẩu”" in str(error)


def test_an_error_code_may_stand_around_or_inside_the_text_that_holds_the_records() -> None:
    inside = {"element": "LayDanhSachResult", "format": "xml"}
    inner = result(escape("<ds><MaLoi>-1</MaLoi><MoTa>Sai</MoTa></ds>"))
    assert fails(Refused, inner, inside=inside, errors=CODES).code == "told_error"
    outer = envelope("<R><MaLoi>-1</MaLoi><LayDanhSachResult/></R>")
    assert fails(Refused, outer, inside=inside, errors=CODES).code == "told_error"
    told = CODES | {"at": "LayDanhSachResult", "ok": ["<*", ""], "table": {"ERR:1*": "refused"}}
    assert fails(Refused, result("ERR:1 Sai mật khẩu"), inside=inside, errors=told).code == "told_error"
    with desk(answering(result(escape("<ds><HoSo><So>1</So></HoSo></ds>")))) as there:
        assert keys(pull(SOAP, small(there.url, inside=inside, errors=told))) == ["1"]


def test_an_error_code_counts_before_a_bad_status() -> None:
    body = envelope("<R><MaLoi>-1</MaLoi><MoTa>Sai mật khẩu</MoTa></R>")
    assert fails(Refused, body, 500, errors=CODES).code == "told_error"
    assert fails(Unavailable, envelope("<R/>"), 500, errors=CODES).code == "server_error"


def registry(request: Request) -> Response:
    """Knows ten records, gives one by its key, and counts and lists those of a period."""
    if request.method == "GET":
        return answering(b"")(request)
    sent = etree.fromstring(request.get_data())
    wanted, until = sent.findtext(".//{*}maDonVi"), sent.findtext(".//{*}matKhau")
    rows = {f"HS-{n}": f"<HoSo><So>HS-{n}</So><Ngay>2026-05-{n + 10}T08:00:00Z</Ngay></HoSo>" for n in range(10)}
    if wanted == "HS-?":
        return Response(fault("s:Client", "Không tìm thấy"), 500, mimetype="text/xml")
    if until is not None:
        since = str(sent.findtext(".//{*}tuNgay"))
        found = [key for key, row in rows.items() if since <= row.partition("<Ngay>")[2][:20] < until]
        rows = {key: f"<Ma>{key}</Ma>" for key in found}
        return Response(envelope(f"<R><Dem>{len(rows)}</Dem>{''.join(rows.values())}</R>"), mimetype="text/xml")
    if wanted is not None:
        return Response(envelope(f"<R>{rows.get(wanted, '')}</R>"), mimetype="text/xml")
    return Response(envelope(f"<R>{''.join(rows.values())}</R>"), mimetype="text/xml")


def able(base: str, **changes: Any) -> dict[str, Any]:
    since = {"yeuCau": {"tuNgay": "{since}"}}
    return small(base) | {
        "parameters": since,
        "changed_at": {"from": "Ngay", "sent_as": "yyyy-MM-dd'T'HH:mm:ss", "zone": "UTC"},
        "order": "oldest_first",
        "fetch": {"operation": "LayDanhSach", "parameters": {"maDonVi": "{key}"}},
        "count": {
            "operation": "LayDanhSach",
            "parameters": since | {"matKhau": "{until}"},
            "at": "Dem",
            "keys": "R.Ma",
        },
        "faults": [{"text": "Không tìm thấy", "means": "empty"}],
        **changes,
    }


class TestAble(ConnectorConformance):
    connector_type = SOAP

    @pytest.fixture
    def address(self) -> Iterator[str]:
        with serve(Request.application(registry_page)) as url:
            yield url

    def settings(self, address: str) -> dict[str, Any]:
        header = {"AuthHeader": {"UserName": "tai-khoan", "Password": "s3cret-of-ours"}}
        return able(address, page_size=4, soap_headers=header)


def registry_page(request: Request) -> Response:
    """The same, in pages of four."""
    if request.method == "GET" or b"maDonVi" in request.get_data() or b":matKhau>2" in request.get_data():
        return registry(request)
    since = str(etree.fromstring(request.get_data()).findtext(".//{*}tuNgay"))
    body = etree.fromstring(registry(request).get_data())
    rows = [row for row in body.iter("HoSo") if str(row.findtext("Ngay")) >= since]
    return Response(envelope("<R>" + "".join(map(_written, rows[:4])) + "</R>"), mimetype="text/xml")


def _written(row: etree._Element) -> str:
    return str(etree.tostring(row, encoding="unicode"))


def test_one_record_is_fetched_by_its_key() -> None:
    with desk(registry) as there, SOAP.open(SOAP.settings.model_validate(able(there.url)), once) as connector:
        assert isinstance(connector, Fetches)
        page: Page = connector.fetch("HS-3")
        assert (keys([page]), page.bookmark) == (["HS-3"], None)
        assert keys([connector.fetch("khác")]) == []
        assert keys([connector.fetch("HS-?")]) == []


def test_a_system_that_gives_another_record_than_was_asked_for_is_refused() -> None:
    with desk(answering(envelope("<R><HoSo><So>9</So></HoSo></R>"))) as there:
        settings = SOAP.settings.model_validate(able(there.url))
        with SOAP.open(settings, once) as connector, pytest.raises(Changed, match="“1” and gave “9”"):
            connector.fetch("1")  # type: ignore[attr-defined]


def test_one_record_may_come_as_json_without_a_list() -> None:
    text = escape(orjson.dumps({"data": {"So": "1"}}).decode())
    inside = {"element": "LayDanhSachResult", "format": "json"}
    with desk(answering(result(text))) as there:
        settings = able(there.url, inside=inside, records="data")
        with SOAP.open(SOAP.settings.model_validate(settings), once) as connector:
            assert keys([connector.fetch("1")]) == ["1"]  # type: ignore[attr-defined]


def test_the_records_of_a_period_are_counted_and_listed() -> None:
    with desk(registry) as there, SOAP.open(SOAP.settings.model_validate(able(there.url)), once) as connector:
        assert isinstance(connector, Lists)
        middle = datetime(2026, 5, 15, 8, tzinfo=UTC)
        assert connector.count(PERIOD[0], middle) == 5
        assert list(connector.keys(middle, PERIOD[1])) == [f"HS-{n}" for n in range(5, 10)]


def test_without_an_operation_that_lists_keys_they_are_pulled() -> None:
    with desk(registry) as there:
        settings = SOAP.settings.model_validate(able(there.url, count=None))
        with SOAP.open(settings, once) as connector:
            assert isinstance(connector, Lists)
            assert connector.count(*PERIOD) is None
            assert len(list(connector.keys(*PERIOD))) == 10


def test_a_count_that_is_nowhere_in_the_answer_is_refused() -> None:
    count = able("http://x")["count"] | {"at": "Tong"}
    with desk(registry) as there:
        settings = SOAP.settings.model_validate(able(there.url, count=count))
        with SOAP.open(settings, once) as connector, pytest.raises(Changed, match="does not say at `Tong`"):
            connector.count(*PERIOD)  # type: ignore[attr-defined]


def test_a_connector_can_do_only_what_its_settings_say() -> None:
    with SOAP.open(SOAP.settings.model_validate(small("http://x")), once) as connector:
        assert not isinstance(connector, Fetches)
        assert not isinstance(connector, Lists)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"total": "TongSo"}, "total"),
        ({"more": "ConTrang"}, "paging"),
        ({"more": "So"}, "paging"),
        ({"changed_at": {"from": "Sai"}, "parameters": {"yeuCau": {"tuNgay": "{since}"}}}, "changed_at"),
        ({"changed_at": {"from": "Ngay", "date": "dd/MM/yyyy"}}, "changed_at"),
        ({"key": "Ma"}, "no_key"),
        ({"records": "hoSo"}, "records"),
    ],
)
def test_a_check_finds_a_setting_that_a_pull_would_stumble_over(changes: dict[str, Any], code: str) -> None:
    body = envelope("<R><HoSo><So>7</So><Ngay>2026-05-20T08:00:00Z</Ngay></HoSo></R>")
    with desk(answering(body)) as there, pytest.raises(ConnectorError) as caught:
        check(SOAP, small(there.url) | changes)
    assert caught.value.code == code


def test_an_advertised_address_that_leads_nowhere_is_answered_with_the_setting_for_it() -> None:
    described_as = wsdl(dead_address())
    with desk(lambda _: Response(described_as)) as there:
        with pytest.raises(Unavailable, match="is not reachable") as caught:
            check(SOAP, small(there.url))
        assert "set `address`" in caught.value.hint
        with pytest.raises(Unavailable) as caught:
            check(SOAP, small(there.url, address=dead_address()))
        assert "set `address`" not in caught.value.hint
