"""Reading config.yaml: everything wrong is said at once, at its line."""

from pathlib import Path

import pytest

from connectors.registry import Registry
from hub.config.file import Configuration, load
from mappings.engine.yaml_source import Invalid

ROOT = Path(__file__).parents[3]

RIGHT = """
connectors:
  - name: mot-cua
    title: Cổng một cửa
    type: rest
    agency: 000.00.00.H29
    mapping: mot-cua/ho-so
    settings:
      url: http://127.0.0.1:1/list
      records: content
      key: id
      pages: {type: single}
"""


def read(folder: Path, text: str, **environment: str) -> Configuration:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, Registry(), environment)


def findings(folder: Path, text: str, **environment: str) -> list[str]:
    with pytest.raises(Invalid) as caught:
        read(folder, text, **environment)
    return [str(finding).removeprefix(f"{folder}/") for finding in caught.value.findings]


def test_the_projects_own_configuration_is_right_without_any_environment() -> None:
    assert [one.section.name for one in load(ROOT / "config.yaml", Registry(), {}).connections] == [
        "so-tu-phap",
        "mot-cua",
    ]


def test_a_short_configuration_gets_defaults(tmp_path: Path) -> None:
    config = read(tmp_path, RIGHT).config
    assert config.database.url == "sqlite:///var/hub.db"
    assert config.connectors[0].retry.attempts == 4
    assert config.connectors[0].schedule is None


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ("settings:", "setings:", 'config.yaml:8:5 unknown key "setings"; did you mean "settings"?'),
        ("key: id", "kye: id", 'config.yaml:11:7 unknown key "kye"; did you mean "key"?'),
        ("type: rest", "type: rset", "config.yaml:5:11 no connector type `rset` is installed. Did you mean `rest`?"),
        ("mot-cua\n", "Một Cửa\n", 'config.yaml:3:11 "Một Cửa" is not allowed here'),
        ("agency: 000.00.00.H29\n    ", "", '"agency" is missing'),
        ("title: Cổng", "schedule: {every: soon}\n    title: Cổng", "config.yaml:4:23 'soon' is no duration"),
        ("title: Cổng", "fresh_within: {}\n    title: Cổng", "is no duration"),
        (
            "connectors:",
            "web: {port: 99999}\nconnectors:",
            "config.yaml:2:13 99999 is not allowed here; it must be at most",
        ),
        ("connectors:", "web: {port: eight}\nconnectors:", 'config.yaml:2:13 "eight" is not a whole number'),
        ("url: http", "url: ftp", "must be a whole address that begins with http:// or https://"),
    ],
)
def test_a_mistake_is_said_with_its_place_and_what_would_be_right(
    tmp_path: Path, wrong: str, right: str, says: str
) -> None:
    said = findings(tmp_path, RIGHT.replace(wrong, right, 1))
    assert any(says in finding for finding in said), said


@pytest.mark.parametrize(
    "url", ["hub.db", "mysql://x/y", "sqlite://", "postgresql://hub:geh@eim:x@h/d", "postgresql://hub:geheim@h:port/d"]
)
def test_a_database_url_that_cannot_be_read_is_said_with_its_place_and_never_shown(tmp_path: Path, url: str) -> None:
    (said,) = findings(tmp_path, f"database: {{url: '{url}'}}")
    assert said.startswith("config.yaml:1:17 database.url cannot be read; write sqlite:///FILE")
    assert "eim" not in said


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////var/lib/hub/hub.db",
        "postgresql://h/d",
        "postgresql://hub:a/b%40c?d@[::1]:5432/d?sslmode=require",
        "postgresql+psycopg://hub@/d?host=/run/postgresql",
    ],
)
def test_a_database_url_that_can_be_read_is_kept_as_it_is(tmp_path: Path, url: str) -> None:
    assert read(tmp_path, f"database: {{url: '{url}'}}").config.database.url == url


def test_a_secret_of_the_wrong_kind_is_not_shown(tmp_path: Path) -> None:
    (said,) = findings(tmp_path, "web: {secret_key: 190000001}")
    assert said == "config.yaml:1:19 the secret is not a text; put it in quotes"
    auth = "auth: {type: basic, username: u, password: 190000001}"
    (said,) = findings(tmp_path, RIGHT.replace("key: id", f"key: id\n      {auth}"))
    assert "190000001" not in said


def test_every_mistake_is_said_at_once_in_the_order_of_the_lines(tmp_path: Path) -> None:
    text = (
        RIGHT.replace("title:", "titel:")
        .replace("key: id", "kye: id")
        .replace("url: http://127.0.0.1:1/list", "url: ${env:NOPE}")
    )
    said = findings(tmp_path, text)
    assert [line for line in said if 'unknown key "titel"' in line]
    assert [line for line in said if 'unknown key "kye"' in line]
    assert [line for line in said if "environment variable NOPE is not set" in line]
    assert said == sorted(said, key=lambda line: int(line.split(":")[1]))


def test_a_name_given_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    second = RIGHT.removeprefix("\nconnectors:\n")
    (finding,) = findings(tmp_path, RIGHT + second)
    assert 'a connector is already called "mot-cua" (line 3)' in finding


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("connectors: [", "not well-formed YAML"),
        ("web: {port: 1}\nweb: {port: 2}", '"web" stands here twice'),
        ("- a\n- b", "is not a group of `key: value` lines"),
        ("connectors: 5", "5 is not a list"),
        ("connectors: [5]", "5 is not a group of `key: value` lines"),
        ("connectors: [{type: rest, settings: 5}]", "5 is not a group of `key: value` lines"),
        ("database: {url: [1]}", "a list is not a text"),
    ],
)
def test_what_is_no_configuration_at_all_is_one_clear_line(tmp_path: Path, text: str, says: str) -> None:
    said = findings(tmp_path, text)
    assert any(says in line for line in said), said


def test_an_empty_file_is_said_and_a_missing_one_too(tmp_path: Path) -> None:
    assert findings(tmp_path, "")
    with pytest.raises(Invalid, match="does not exist"):
        load(tmp_path / "nowhere.yaml", Registry(), {})


class TestReferences:
    def host(self, folder: Path, reference: str, **environment: str) -> str:
        return read(folder, f"web: {{host: '{reference}'}}", **environment).config.web.host

    def test_a_variable_stands_for_its_value_or_its_default(self, tmp_path: Path) -> None:
        assert self.host(tmp_path, "sqlite:///${env:NAME}.db", NAME="x") == "sqlite:///x.db"
        assert self.host(tmp_path, "${env:NAME:-sqlite:///a:-b.db}") == "sqlite:///a:-b.db"
        assert self.host(tmp_path, "a${env:NAME:-}b") == "ab"

    def test_a_file_stands_for_its_text_without_the_last_line_break(self, tmp_path: Path) -> None:
        (tmp_path / "secret").write_text("geheim\n")
        assert self.host(tmp_path, f"${{file:{tmp_path}/secret}}") == "geheim"

    @pytest.mark.parametrize(
        ("reference", "says"),
        [
            ("${env:NOPE}", "environment variable NOPE is not set; set it, or write ${env:NOPE:-default}"),
            ("${file:/nowhere}", "the file /nowhere cannot be read: No such file"),
            ("${env:NOPE", "a reference is not closed; end it with `}`"),
            ("${NAME}", "is no reference; write ${env:NAME}"),
            ("${vault:x}", "is no reference"),
            (
                "${secret:x}",
                "${secret:…} can be used in connectors and channels only; write ${env:NAME} or ${file:/path}",
            ),
        ],
    )
    def test_a_reference_that_leads_nowhere_is_said(self, tmp_path: Path, reference: str, says: str) -> None:
        (finding,) = findings(tmp_path, f"web: {{host: '{reference}'}}")
        assert says in finding

    def test_what_a_reference_brings_is_not_looked_into_again(self, tmp_path: Path) -> None:
        assert self.host(tmp_path, "${env:ONE}", ONE="${env:TWO}") == "${env:TWO}"
