"""Samples, READMEs and models of every built-in type say the same."""

import re
from importlib.resources import files
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from connectors.contract import ConnectorType
from connectors.reference import settings_table
from connectors.registry import Registry

TYPES = ("files", "push", "rest", "soap")
IN_THE_DEMO = ("rest", "soap")


def text_of(name: str, file: str) -> str:
    return (files("connectors") / name / file).read_text(encoding="utf-8")


def loaded(text: str) -> Any:
    return YAML(typ="safe").load(text)


def names_in(schema: dict[str, Any]) -> set[str]:
    properties = [schema.get("properties", {}), *(d.get("properties", {}) for d in schema.get("$defs", {}).values())]
    return {name for group in properties for name in group}


@pytest.fixture(params=TYPES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def kind(name: str) -> ConnectorType:
    return Registry().type(name)


def test_every_type_has_its_four_files(name: str) -> None:
    for file in ("README.md", "connector.py", "settings.py", "sample.yaml"):
        assert text_of(name, file)


def test_the_sample_is_valid(name: str, kind: ConnectorType) -> None:
    kind.settings.model_validate(loaded(text_of(name, "sample.yaml"))["settings"])


def test_every_setting_is_in_the_sample(name: str, kind: ConnectorType) -> None:
    sample = text_of(name, "sample.yaml")
    missing = [n for n in names_in(kind.settings.model_json_schema()) if not re.search(rf"\b{n}:\s", sample)]
    assert missing == []


def test_every_line_that_is_commented_out_is_valid_in_its_place(name: str, kind: ConnectorType) -> None:
    sample = text_of(name, "sample.yaml")
    settings = loaded(sample)["settings"]
    tried = 0
    for line in re.findall(r"^  # (\w+: .*)$", sample, re.MULTILINE):
        (setting, value), *_ = loaded(line).items()
        if setting in ("client_key", "secret_parameters", "pages", "order"):
            continue  # right only beside another choice of settings
        kind.settings.model_validate({**settings, setting: value})
        tried += 1
    assert tried > 8


def test_the_readme_holds_the_table_of_settings(name: str, kind: ConnectorType) -> None:
    assert text_of(name, "README.md").endswith(settings_table(kind.settings) + "\n")


def test_every_setting_says_what_it_is(kind: ConnectorType) -> None:
    for row in settings_table(kind.settings).splitlines()[2:]:
        assert row.split(" | ")[2].rstrip(" |").endswith("."), row


def test_config_yaml_says_what_the_types_understand(kind: ConnectorType, name: str, pytestconfig: Any) -> None:
    config = loaded((pytestconfig.rootpath / "config.yaml").read_text(encoding="utf-8"))
    written = [c["settings"] for c in config["connectors"] if c["type"] == name]
    assert bool(written) == (name in IN_THE_DEMO)
    for settings in written:
        plain = loaded(re.sub(r"\$\{env:\w+:-([^}]*)\}", r"\1", str(settings)).replace("'", '"'))
        kind.settings.model_validate(plain)


def test_the_rooms_readme_names_every_code_that_is_raised(pytestconfig: Any) -> None:
    room = pytestconfig.rootpath / "connectors"
    sources = "\n".join(path.read_text(encoding="utf-8") for path in room.rglob("*.py") if path.name != "errors.py")
    raised = set(re.findall(r'code="(\w+)"', sources)) | set(re.findall(r'code="\w+" if .* else "(\w+)"', sources))
    table = (room / "README.md").read_text(encoding="utf-8")
    assert {code for code in raised if f"`{code}`" not in table} == set()


@pytest.mark.parametrize(
    "setting",
    [
        {"records": "."},
        {"records": "DanhSach..HoSo"},
        {"more": "a."},
        {"key": ".SoHoSo"},
        {"inside": {"element": ".", "format": "xml"}},
        {"errors": {"at": "a..b"}},
        {"fetch": {"operation": "x", "parameters": {"so": "{key}"}, "records": "."}},
    ],
)
def test_a_place_with_an_empty_part_is_refused(setting: dict[str, Any]) -> None:
    soap = {"wsdl": "x.wsdl", "operation": "LayDs", "records": "DanhSach.HoSo", "key": "@id"}
    model = Registry().type("soap").settings
    model.model_validate(soap)
    with pytest.raises(ValidationError, match="has an empty part; write names with one dot"):
        model.model_validate(soap | setting)


def test_a_place_in_xml_over_rest_with_an_empty_part_is_refused() -> None:
    rest = {"url": "https://hoso.example/x", "key": "so..hs"}
    model = Registry().type("rest").settings
    model.model_validate(rest)  # in JSON a name may have dots of its own
    with pytest.raises(ValidationError, match="`key` has an empty part"):
        model.model_validate(rest | {"format": "xml", "records": "HoSo"})
