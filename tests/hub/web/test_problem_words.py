"""What the hub says of values that cannot be read is Vietnamese in the Vietnamese console, and English in English."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from hub.console.problems import in_vietnamese
from hub.store.codes_seen import SharedService
from hub.store.tables import connectors
from hub.sync.watch import problems, served_twice
from mappings.engine import lookup
from mappings.engine.dates import HOME, date_reader, time_reader
from mappings.engine.draft import Unreadable
from mappings.engine.forms import FORMS, finder
from mappings.engine.functions import KINDS
from mappings.engine.patterns import SHOWN, pattern
from tests.hub.web.filling import Store
from tests.hub.web.test_console import text_of

ROOT = Path(__file__).parents[3]
RAISES = {"Unreadable", "Damaged", "Problem"}


def said_by_the_engine() -> Iterator[str]:
    """Every text that the engine gives where it raises, and every one that it keeps for it under a name."""
    for file in sorted((ROOT / "mappings/engine").glob("*.py")):
        module = importlib.import_module(f"mappings.engine.{file.stem}")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISES:
                for one in node.args:
                    yield from _texts(one, module)
            if isinstance(node, ast.FunctionDef) and node.name in ("_hint", "_year_alone", "_kept"):
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Return | ast.Assign) and inner.value is not None:
                        yield from _texts(inner.value, module)


def _texts(node: ast.expr, module: ModuleType) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "12" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, module)
        yield from _texts(node.orelse, module)
    elif isinstance(node, ast.Name) and isinstance(kept := getattr(module, node.id, None), str):
        yield kept


def test_every_text_that_the_engine_raises_has_vietnamese_words() -> None:
    said = set(said_by_the_engine())
    assert len(said) > 40
    assert {one for one in said if in_vietnamese(one) is None} == set()


def test_every_form_that_a_field_expects_has_vietnamese_words() -> None:
    expected = [*KINDS.values(), *(form.expected for form in FORMS.values()), lookup.in_table("status")]
    for words in [*SHOWN, "dd/MM/yyyy HH:mm:ss"]:
        for read in (time_reader([pattern(words)], HOME, end_of_day=False), date_reader([pattern(words)], HOME)):
            with pytest.raises(Unreadable) as trouble:
                read("không phải ngày")
            expected.append(trouble.value.expected)
    for form in FORMS.values():
        if form.in_text:
            with pytest.raises(Unreadable) as trouble:
                finder(form)("trống")
            expected += [trouble.value.expected, trouble.value.hint]
    wording = {one: in_vietnamese(one) for one in expected}
    assert [one for one, words in wording.items() if words is None] == []
    assert not [words for words in wording.values() if words and (" or " in words or " as " in words)]


def test_the_data_of_a_text_is_carried_over() -> None:
    with pytest.raises(Unreadable) as trouble:
        lookup.table_lookup("status", {"1": "received", "a {x}": "x"}, decode=None, missing=())("99")
    assert in_vietnamese(trouble.value.expected) == "một giá trị có trong bảng “status”"
    assert in_vietnamese(trouble.value.hint) == 'nếu “99” là đúng, hãy thêm vào bảng; bảng đang có "1", "a {x}"'
    form = "a time as dd/MM/yyyy or ISO 8601 (2026-05-20T08:15:00+07:00)"
    assert in_vietnamese(form) == "một thời điểm viết như dd/MM/yyyy hoặc ISO 8601 (2026-05-20T08:15:00+07:00)"


@pytest.mark.parametrize(
    "text", ["", "the plug-in says no", "this or that", "9 birds of a feather and 3 more", "a" * 9999]
)
def test_what_the_hub_does_not_say_stays_as_it_is(text: str) -> None:
    assert in_vietnamese(text) is None


@pytest.mark.parametrize("count", [1, 2, 40])
def test_what_a_run_tells_of_itself_has_vietnamese_words(count: int) -> None:
    shared = {f"1.{number:06}": SharedService(None, ("mot-cua",)) for number in range(count)}
    said = in_vietnamese(f"{served_twice(shared)}.")
    assert said is not None
    assert said.startswith(f"{count} thủ tục cũng được đầu nối khác phục vụ: 1.000000 (mot-cua)")
    assert "hub catalogue" not in said
    assert " and " not in said
    assert (
        in_vietnamese(problems(count)["sentence"])
        == f"{count} bản ghi của lượt này có trường không đọc được, để trống."
    )


def test_the_vietnamese_console_words_reasons_and_the_english_one_keeps_them(
    console: FlaskClient, store: Store
) -> None:
    page = text_of(console.get("/quarantine").text)
    assert "a time" not in page
    assert "một thời điểm" in page
    console.set_cookie("hub_language", "en")
    assert "a time" in text_of(console.get("/quarantine").text)


def test_the_overview_leads_to_the_duplicate_services_in_vietnamese(console: FlaskClient, store: Store) -> None:
    sentence = (
        "3 procedures are served by other connectors too: 1.000656 (mot-cua); `hub catalogue duplicates` lists all"
    )
    warning = {"code": "duplicate_service", "sentence": sentence, "until": None, "since": store.now.isoformat()}
    with store.database.write() as transaction:
        transaction.execute(update(connectors).where(connectors.c.name == "so-tu-phap").values(warnings=[warning]))
    page = console.get("/").text
    assert "3 thủ tục cũng được đầu nối khác phục vụ: 1.000656 (mot-cua)" in page
    assert "served by other" not in page
    assert 'href="/catalogue/duplicates"' in page.partition("1.000656")[2].partition("connector-act")[0]


def test_a_connector_that_is_pushed_to_is_not_run_from_the_overview(console: FlaskClient, store: Store) -> None:
    assert text_of(console.get("/").text).count("Chạy ngay") == 3
    with store.database.write() as transaction:
        transaction.execute(update(connectors).where(connectors.c.name == "du-lieu-mo").values(type="push"))
    page = text_of(console.get("/").text)
    assert page.count("Chạy ngay") == 2
    assert "cơ quan tự đẩy" in page
