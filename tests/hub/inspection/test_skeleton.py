"""A connector's document from a description: what names and types say, and that the type accepts it as it stands."""

from typing import Any

import pytest

from connectors.contract import Description, Field, Operation
from connectors.registry import Registry
from hub.config.connector import read_connector
from hub.config.references import References
from hub.inspection.discovery import Discovery
from hub.inspection.roles import parameter_role, roles_of
from hub.inspection.skeleton import NoSuchOperation, operation_of, skeleton
from mappings.engine.yaml_source import parse

LIST = [
    Field("DsResult", "object"),
    Field("DsResult.TongSo", "xs:int"),
    Field("DsResult.ConTrang", "xs:boolean"),
    Field("DsResult.HoSo", "object", repeated=True),
    Field("DsResult.HoSo.SoHoSo", "xs:string", required=True),
    Field("DsResult.HoSo.NgayCapNhat", "xs:dateTime"),
    Field("DsResult.HoSo.GiayTo", "object", repeated=True),
    Field("DsResult.HoSo.GiayTo.Ten", "xs:string"),
]


def soap(*parameters: Field, answer: list[Field] = LIST) -> Operation:
    return Operation("LayDs", "Dv/DvSoap", "SOAP 1.1 document/literal wrapped", parameters, answer)


def rest(*parameters: Field, answer: list[Field], style: str = "GET, application/json") -> Operation:
    return Operation("list", "GET https://hoso.example/api/ho-so", style, parameters, answer)


def settings(operation: Operation, kind: str = "soap", *others: Operation, sample: tuple[Field, ...] = ()) -> Any:
    """The settings of the document, which its type has accepted."""
    found = Discovery(kind, "http://hoso.example/dv?wsdl", Description((operation, *others)), sample)
    text = skeleton(found, operation, "so-thu")
    written = parse(text, "so-thu.yaml")
    read_connector(written, Registry(), References({}))
    return written.data["settings"]


def test_a_soap_operation_becomes_settings_that_could_run() -> None:
    asked = (Field("tuThoiDiem", "xs:dateTime"), Field("trang", "xs:int"), Field("soDong", "xs:int"))
    assert settings(soap(*asked)) == {
        "wsdl": "http://hoso.example/dv?wsdl",
        "operation": "LayDs",
        "parameters": {"tuThoiDiem": "{since}", "trang": "{page}", "soDong": "{page_size}"},
        "records": "HoSo",
        "key": "SoHoSo",
        "changed_at": {"from": "NgayCapNhat", "date": "iso"},
        "more": "ConTrang",
        "total": "TongSo",
    }


def test_secrets_become_references_wherever_they_are_sent() -> None:
    operation = soap(
        Field("request", "object"),
        Field("request.username", "xs:string"),
        Field("request.matKhau", "xs:string", required=True),
        Field("soap_headers.AuthHeader", "object"),
        Field("soap_headers.AuthHeader.Token", "xs:string"),
    )
    made = settings(operation)
    assert made["parameters"] == {"request": {"username": "${secret:so-thu.username}"}}
    assert made["secret_parameters"] == {"request.matKhau": "${secret:so-thu.matKhau}"}
    assert made["soap_headers"] == {"AuthHeader": {"Token": "${secret:so-thu.Token}"}}


def test_what_nobody_can_guess_is_left_to_be_filled_in() -> None:
    text = skeleton(Discovery("soap", "x", Description(())), soap(Field("maDv", "xs:string", about="Mã đơn vị")), "a")
    assert 'maDv: "" # xs:string: Mã đơn vị' in text


def test_a_since_without_a_time_of_change_is_not_pretended() -> None:
    answer = [field for field in LIST if "NgayCapNhat" not in field.path]
    made = settings(soap(Field("tuNgay", "xs:string"), answer=answer))
    assert made["parameters"] == {"tuNgay": "FILL_IN"}
    assert "changed_at" not in made


def test_a_time_of_unknown_form_is_taken_from_a_sample_or_asked_for() -> None:
    answer = [Field(f.path, "xs:string", f.repeated) if "Ngay" in f.path else f for f in LIST]
    sampled = (Field("NgayCapNhat", "text", sample="20/05/2026 08:15"),)
    assert settings(soap(answer=answer), sample=sampled)["changed_at"]["date"] == "dd/MM/yyyy HH:mm"
    text = skeleton(Discovery("soap", "x", Description(())), soap(answer=answer), "a")
    assert "# how is it written? `iso` or a pattern" in text


def test_an_answer_of_one_text_may_hold_a_document() -> None:
    made = settings(soap(answer=[Field("LayDsResult", "xs:string")]))
    assert made["inside"] == {"element": "LayDsResult", "format": "xml"}
    assert (made["records"], made["key"]) == ("FILL_IN", "FILL_IN")


def test_a_text_beside_other_values_may_hold_a_document_where_it_is_the_result() -> None:
    answer = [Field("LayHoSoXmlResult", "xs:string"), Field("maLoi", "xs:string")]
    made = settings(soap(answer=answer))
    assert made["inside"] == {"element": "LayHoSoXmlResult", "format": "xml"}


def test_a_result_that_is_called_like_a_dossier_is_not_taken_for_one() -> None:
    made = settings(soap(answer=[Field("LayHoSoXmlResult", "xs:string")]))
    assert made["inside"]["element"] == "LayHoSoXmlResult"
    assert (made["records"], made["key"]) == ("FILL_IN", "FILL_IN")


def test_the_table_of_a_data_set_is_left_to_be_filled_in_with_a_word_on_where_to_look() -> None:
    operation = soap(answer=[Field("LayHoSoResult", ".NET DataSet")])
    made = settings(operation)
    assert (made["records"], made["key"], "inside" in made) == ("FILL_IN", "FILL_IN", False)
    text = skeleton(Discovery("soap", "x", Description(())), operation, "net")
    assert "records: FILL_IN # the name of a DataSet's table: look at `hub preview net --json`" in text


def test_seconds_since_1970_are_asked_for_as_they_are_told() -> None:
    answer = [
        Field("hoSo", "object", repeated=True),
        Field("hoSo.soHoSo", "xs:string"),
        Field("hoSo.capNhat", "xs:long"),
        Field("hoSo.@id", "xs:string"),
    ]
    asked = (Field("tuGiay", "xs:long"), Field("batDau", "xs:int"), Field("soDong", "xs:int"))
    made = settings(soap(*asked, answer=answer))
    assert made["parameters"] == {"tuGiay": "{since}", "batDau": "{offset}", "soDong": "{page_size}"}
    assert (made["key"], made["changed_at"]) == ("soHoSo", {"from": "capNhat", "date": "epoch_seconds"})


def test_a_number_and_the_agency_are_not_guessed() -> None:
    found = Discovery("soap", "x", Description(()))
    text = skeleton(found, soap(Field("in0", "xs:int", required=True), Field("in1", "xs:int")), "a")
    assert "in0: FILL_IN # xs:int, required" in text
    assert "in1: FILL_IN # xs:int; take the line out if it is not needed" in text
    assert "agency: FILL_IN # " in text


def test_of_a_registered_connector_all_that_the_description_does_not_know_is_kept() -> None:
    auth = {"type": "basic", "username": "hub", "password": "${secret:java.password}"}
    draft = {
        "name": "java",
        "title": "Sở Giáo dục",
        "agency": "FILL_IN",
        "schedule": {"every": "5m"},
        "settings": {"wsdl": "x", "auth": auth, "timeout_seconds": 5, "operation": "FILL_IN", "key": "FILL_IN"},
    }
    text = skeleton(Discovery("soap", "http://hoso.example/dv?wsdl", Description(())), soap(), "java", draft)
    made = parse(text, "java.yaml").data
    assert (made["title"], made["agency"], made["schedule"]) == ("Sở Giáo dục", "FILL_IN", {"every": "5m"})
    kept = made["settings"]
    assert (kept["auth"], kept["timeout_seconds"]) == (auth, 5)
    assert (kept["operation"], kept["records"], kept["key"]) == ("LayDs", "HoSo", "SoHoSo")


def test_one_record_is_told_from_the_lists_in_it() -> None:
    answer = [
        Field("LayResult", "object"),
        Field("LayResult.SoHoSo", "xs:string"),
        Field("LayResult.Buoc", "object", repeated=True),
        Field("LayResult.Buoc.NoiDung", "xs:string"),
    ]
    made = settings(soap(answer=answer))
    assert (made["records"], made["key"]) == ("LayResult", "SoHoSo")


def test_a_name_that_stands_twice_is_told_by_what_holds_it() -> None:
    answer = [*LIST, Field("DsResult.Khac", "object"), Field("DsResult.Khac.HoSo", "xs:string")]
    assert settings(soap(answer=answer))["records"] == "DsResult.HoSo"


def test_of_several_ports_the_one_is_named() -> None:
    other = Operation("LayDs", "Dv/DvSoap12", "SOAP 1.2", (), LIST)
    made = settings(soap(), "soap", other)
    assert (made["service"], made["port"]) == ("Dv", "DvSoap")


def test_a_rest_operation_becomes_settings_that_could_run() -> None:
    operation = rest(
        Field("tuNgay", "date-time", required=True, about="in the query."),
        Field("trang", "integer", about="in the query."),
        Field("limit", "integer", about="in the query."),
        Field("X-Api-Key", "string", about="in the header."),
        Field("Accept-Language", "string", about="in the header. vi or en", sample="vi"),
        answer=[
            Field("tongSo", "integer"),
            Field("conTrang", "boolean"),
            Field("duLieu", "object", repeated=True),
            Field("duLieu.id", "string"),
            Field("duLieu.maHoSo", "string"),
            Field("duLieu.ngayCapNhat", "date-time"),
        ],
    )
    assert settings(operation, "rest") == {
        "url": "https://hoso.example/api/ho-so",
        "parameters": {"tuNgay": "{since}", "trang": "{page}", "limit": "{page_size}"},
        "secret_headers": {"X-Api-Key": "${secret:so-thu.X-Api-Key}"},
        "headers": {"Accept-Language": "vi"},
        "pages": {"type": "numbered", "first": 1, "more": "conTrang"},
        "records": "duLieu",
        "key": "id",
        "changed_at": {"from": "ngayCapNhat", "date": "iso"},
        "total": "tongSo",
    }


def test_an_answer_that_is_itself_the_list() -> None:
    answer = [Field("id", "string"), Field("maHoSo", "string"), Field("updatedDate", "date-time")]
    made = settings(rest(Field("offset", "integer", about="in the query."), answer=answer), "rest")
    assert (made["records"], made["key"], made["pages"]) == ("", "id", {"type": "offset"})


def test_what_is_posted_stands_in_the_body() -> None:
    operation = Operation(
        "tim", "POST https://hoso.example/tim", "POST, application/json", [Field("loc.tuNgay", "string")], LIST
    )
    made = settings(operation, "rest")
    assert (made["method"], made["body"]) == ("POST", {"loc": {"tuNgay": "{since}"}})


def test_an_answer_in_xml_is_asked_for_by_its_element() -> None:
    made = settings(rest(answer=LIST, style="GET, application/xml"), "rest")
    assert (made["format"], made["records"]) == ("xml", "HoSo")


@pytest.mark.parametrize(
    ("name", "kind", "role"),
    [
        ("tuThoiDiem", "xs:string", "since"),
        ("fromDate", "xs:string", "since"),
        ("updated_since", "string", "since"),
        ("denNgay", "xs:string", "until"),
        ("pageIndex", "xs:int", "page"),
        ("pageindex", "xs:int", "page"),
        ("Trang", "xs:int", "page"),
        ("per_page", "integer", "page_size"),
        ("SoBanGhi", "xs:int", "page_size"),
        ("kichThuoc", "xs:int", "page_size"),
        ("$skip", "integer", "offset"),
        ("start", "integer", "offset"),
        ("from", "integer", "offset"),
        ("from", "string", "since"),
        ("tenDangNhap", "xs:string", "user"),
        ("MatKhau", "xs:string", "secret"),
        ("khoa", "xs:string", "secret"),
        ("key", "xs:string", "secret"),
        ("token", "xs:string", "secret"),
        ("api_key", "string", "secret"),
        ("pass", "xs:string", "secret"),
        ("tuGiay", "xs:long", "since"),
        ("batDau", "xs:int", "offset"),
        ("batDau", "xs:dateTime", "since"),
        ("skip", "xs:int", "offset"),
        ("apiKey", "xs:string", "secret"),
        ("maDonVi", "xs:string", None),
        ("trangThai", "xs:string", None),
        ("", "", None),
    ],
)
def test_what_a_parameter_is_there_for_is_known_by_its_name(name: str, kind: str, role: str | None) -> None:
    assert parameter_role(Field(name, kind)) == role


def test_an_answer_without_any_field_gives_no_roles() -> None:
    found = roles_of(soap(answer=[]))
    assert (found.records, found.text, found.more, found.total) == (None, None, None, None)


def test_an_operation_that_is_not_there_is_said_with_those_that_are() -> None:
    found = Discovery("soap", "x.wsdl", Description((soap(),)))
    assert operation_of(found, "LayDs").name == "LayDs"
    with pytest.raises(NoSuchOperation, match=r"x.wsdl offers no operation `LayDS`. Did you mean `LayDs`\?"):
        operation_of(found, "LayDS")


def test_foreign_words_cannot_break_out_of_their_comment() -> None:
    about = "một\nhai: {x}\u2028 # ba"
    text = skeleton(Discovery("soap", "x", Description(())), soap(Field("a: b", "xs:string", about=about)), "a")
    assert parse(text, "x").data["settings"]["parameters"] == {"a: b": ""}
