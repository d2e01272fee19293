"""A YAML file is read with the place of everything in it, and wrong parts are told in plain sentences."""

from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from mappings.engine.yaml_model import did_you_mean, validate
from mappings.engine.yaml_source import Invalid, parse, read


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Basic(Strict):
    type: Literal["basic"]
    user: str


class OAuth(Strict):
    type: Literal["oauth2"]
    client_id: str


class Connector(Strict):
    name: str = Field(description="give it a name, such as `so-tu-phap`")
    kind: Literal["soap", "rest"] = "rest"
    port: int = Field(80, ge=1)
    auth: Annotated[Basic | OAuth, Field(discriminator="type")] | None = None


class Config(Strict):
    connectors: list[Connector]
    by_name: dict[str, Connector] = {}


def sentences(text: str) -> list[str]:
    with pytest.raises(Invalid) as invalid:
        validate(parse(text, "c.yaml"), Config)
    return [str(finding) for finding in invalid.value.findings]


def test_a_file_is_plain_data_in_which_text_stays_text() -> None:
    source = parse("a: [no, 22:30, 2026-05-20, 012, 0x1F, 1.5, true, ~, '5']\n1: {true: x}\n", "c.yaml")
    assert source.data == {"a": ["no", "22:30", "2026-05-20", 12, 31, 1.5, True, None, "5"], "1": {"true": "x"}}


def test_every_part_has_its_position() -> None:
    source = parse("a:\n  - b: 1\n    c: [x, y]\n", "c.yaml")
    assert source.position(("a", 0, "c", 1)) == (3, 12)
    assert source.position(("a", 0, "c"), key=True) == (3, 5)
    assert source.position(("a", 0, "Model", "c")) == (3, 8)  # pydantic's mark for a choice is passed over
    assert source.position(("a", 5)) == (2, 3)
    assert source.position(()) == (1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1", "c.yaml:1:6 this is not well-formed YAML: while parsing a flow sequence"),
        ("a: b: c", "c.yaml:1:5 this is not well-formed YAML"),
        ("a: 1\n---\nb: 2", "c.yaml:2:1 this is not well-formed YAML"),
        ("\x00", "c.yaml:1:1 this is not YAML"),
        ("a: &x [*x]", "c.yaml:1:4 this part of the file contains itself"),
        ("[" * 5000, "c.yaml:1:1 the YAML is nested too deeply"),
        (r'a: "\ud800"', "c.yaml:1:4 a text holds a NUL or half of a surrogate pair"),
        (r'{"\0": 1}', "c.yaml:1:2 a text holds a NUL or half of a surrogate pair"),
    ],
)
def test_ill_formed_yaml_is_one_sentence(text: str, expected: str) -> None:
    with pytest.raises(Invalid) as invalid:
        parse(text, "c.yaml")
    assert str(invalid.value).startswith(expected)
    assert "\n" not in str(invalid.value)


def test_aliases_cannot_blow_a_file_up() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(Invalid, match="is too large"):
        parse("\n".join(lines), "c.yaml")


def test_a_file_that_is_not_there_or_not_utf_8_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="the file does not exist"):
        read(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes(b"a: 1\nb: \xe1\n")
    with pytest.raises(Invalid, match=r"latin\.yaml:2:1 the text is not UTF-8; save the file as UTF-8"):
        read(tmp_path / "latin.yaml")
    with pytest.raises(Invalid, match="the file cannot be read"):
        read(tmp_path)


def test_everything_wrong_is_told_at_once_at_its_place() -> None:
    text = """\
connectors:
  - nme: x
    kind: Soap
    port: 0
    auth: {type: oauth2, clientid: x, user: y}
  - name: 5
    auth: {type: oath2}
  - name: c
    auth: {user: x}
    port: many
  - text
by_name:
  d: {name: [1], prot: 1}
by_nme: {}
connectors: []
"""
    assert sentences(text) == [
        'c.yaml:2:5 "name" is missing; give it a name, such as `so-tu-phap`',
        'c.yaml:2:5 unknown key "nme"; did you mean "name"?',
        'c.yaml:3:11 "Soap" is not allowed here; did you mean "soap"? (it must be soap or rest)',
        "c.yaml:4:11 0 is not allowed here; it must be at least 1",
        'c.yaml:5:11 "client_id" is missing; add `client_id:` here',
        'c.yaml:5:26 unknown key "clientid"; did you mean "client_id"?',
        'c.yaml:5:39 unknown key "user"; known here: client_id, type',
        "c.yaml:6:11 5 is not a text; put it in quotes",
        'c.yaml:7:11 "oath2" is not allowed here; did you mean "oauth2"? (it must be basic or oauth2)',
        'c.yaml:9:11 "type" is missing; it says which keys may follow',
        'c.yaml:10:11 "many" is not a whole number',
        'c.yaml:11:5 "text" is not a group of `key: value` lines',
        "c.yaml:13:13 a list is not a text",
        'c.yaml:13:18 unknown key "prot"; did you mean "port"?',
        'c.yaml:14:1 unknown key "by_nme"; did you mean "by_name"?',
        'c.yaml:15:1 "connectors" stands here twice; it is already on line 1',
    ]


def test_an_empty_file_is_told_in_words() -> None:
    assert sentences("") == ["c.yaml:1:1 no value is not a group of `key: value` lines"]


def test_a_sound_file_is_its_model() -> None:
    config = validate(parse("connectors: [{name: a, auth: {type: basic, user: u}}]", "c.yaml"), Config)
    assert config.connectors[0].auth == Basic(type="basic", user="u")


def test_did_you_mean_knows_case_and_says_what_there_is_otherwise() -> None:
    assert did_you_mean("STATUS", ["status", "code"]) == 'did you mean "status"?'
    assert did_you_mean("zzz", ["b", "a"]) == "known here: a, b"
    assert did_you_mean("x", []) == "nothing is known here"
    assert did_you_mean("zzz", [f"n{number:02}" for number in range(20)]).endswith("n11, …")
