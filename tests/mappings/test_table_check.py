"""What lint says of tables: keys that can never be met, shared tables, and namespaces that nobody uses."""

from pathlib import Path

import pytest

from mappings.engine import Library, Targets, compile, lint, load  # noqa: A004
from mappings.engine.document import MappingFile
from mappings.engine.shared_tables import SHARED

HEAD = "mapping: a/b\nversion: 1\nentity: dossier\ninput: json\nmissing: [N/A]\nfields:\n  code: {from: a}\n"
ALSO_PLAIN = (
    "  status: {from: b, table: t, text: tcvn3}\n  status_text: {from: b, table: t}\n"
    "tables: {t: {x: accepted, '§· tr¶': returned}}"
)


def write(folder: Path, text: str) -> Path:
    path = folder / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def findings(folder: Path, text: str, targets: Targets) -> list[str]:
    return [str(one).partition("mapping.yaml:")[2] for one in lint(write(folder, HEAD + text), targets)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "  status: {from: b, table: t}\ntables: {t: {x: accepted, N/A: stopped}}",
            ['9:27 "N/A" can never be met: `missing` says that it means no value; take it out here'],
        ),
        (
            "  status: {from: b, table: t, missing: ['-']}\ntables: {t: {x: accepted, '-': stopped}}",
            ['9:27 "-" can never be met: `missing` says'],
        ),
        (
            "  status: {from: b, table: t, text: tcvn3}\ntables: {t: {Đã trả: returned, '§· tr¶': returned}}",
            ['9:32 "§· tr¶" can never be met: the text is turned into Vietnamese letters first; write it as it should'],
        ),
        ("  status: {from: b, table: t}\ntables: {t: {x: accepted, '§· tr¶': returned}}", []),
        (
            ALSO_PLAIN,
            [],
        ),
        ("  status: {from: b, table: national_status}", []),
        ("  status: {from: b, table: national_statu}", ['8:28 there is no table "national_statu"; did you mean']),
        ("  status: {value: accepted}\n  channel: {from: b, table: national_status}", ["9:29 the table"]),
        ("  status: {value: accepted}\n  digitised: {from: b, table: national_status}", ["9:31 the table"]),
        (
            "  status: {value: accepted}\n  fees: {each: f, fields: {kind: {from: b, table: national_status}}}",
            ['9:51 the table "national_status" does not fit this field; it gives accepted, completed'],
        ),
        ("  status: {value: accepted}\nnamespaces: {hs: urn:x}", ['9:14 no path uses the namespace "hs"; take it out']),
    ],
)
def test_what_can_never_be_met_or_used_is_found_where_it_stands(
    text: str, found: list[str], tmp_path: Path, targets: Targets
) -> None:
    said = findings(tmp_path, text, targets)
    assert len(said) == len(found)
    assert all(line.startswith(start) for line, start in zip(said, found, strict=True)), said


def test_a_namespace_that_only_an_inner_path_uses_is_used(tmp_path: Path, targets: Targets) -> None:
    text = (
        HEAD.replace("json", "xml")
        + "  status: {value: accepted}\n  fees: {each: F, fields: {name: {from: hs:T}}}\nnamespaces: {hs: urn:x}\n"
    )
    assert lint(write(tmp_path, text), targets) == []


def read(folder: Path, text: str, targets: Targets, status: str) -> str | None:
    return compile(load(write(folder, HEAD + text)), targets).read({"a": "HS-1", "b": status}).values.get("status")


def test_the_shared_table_reads_numbers_and_labels_and_ones_own_goes_before_it(
    tmp_path: Path, targets: Targets
) -> None:
    line = "  status: {from: b, table: national_status}\n"
    assert read(tmp_path, line, targets, "04") == read(tmp_path, line, targets, " đang  xử lý") == "processing"
    own = line + "tables: {national_status: {'4': stopped}}\n"
    assert read(tmp_path, own, targets, "4") == "stopped"
    assert read(tmp_path, own, targets, "5") is None


def test_a_changed_shared_table_changes_the_fingerprint_of_who_uses_it(
    tmp_path: Path, targets: Targets, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prints(text: str) -> str:
        return compile(file(text), targets).fingerprint

    def file(text: str) -> MappingFile:
        return load(write(tmp_path, HEAD + text))

    using, other = "  status: {from: b, table: national_status}", "  status: {value: accepted}"
    before = prints(using), prints(other)
    table = dict(SHARED["national_status"]) | {"11": "stopped"}
    monkeypatch.setattr("mappings.engine.table_check.SHARED", {"national_status": table})
    assert prints(using) != before[0]
    assert prints(other) == before[1]


def test_the_documents_that_come_with_the_hub_have_no_such_entry(targets: Targets) -> None:
    assert [finding for name in Library().documents() for finding in Library().lint(name, targets)] == []
