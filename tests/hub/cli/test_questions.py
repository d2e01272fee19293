"""The questions of `hub connector new`: what is asked, what is made of the answers, and what is refused at once."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from typer.testing import CliRunner

from connectors.contract import ConnectorType
from connectors.registry import Registry
from hub.cli.questions import Asked, asked
from hub.config.connector import read_connector
from hub.config.references import References
from mappings.engine.yaml_source import parse
from tests.hub.config.registering import nobody


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class NoAuth(Strict):
    type: Literal["none"] = "none"


class Basic(Strict):
    type: Literal["basic"]
    username: str = Field(min_length=1, description="The user.")
    password: SecretStr = Field(description="Its password.")


class ChangedAt(Strict):
    from_: str = Field(alias="from", description="The field that says it.")
    zone: str = "UTC"


class Settings(Strict):
    parameters: dict[str, str] = Field({}, description="What is sent.")
    url: str = Field(pattern="^https?://", description="The address.")
    auth: Annotated[NoAuth | Basic, Field(discriminator="type")] = Field(NoAuth(), description="The credentials.")
    changed_at: ChangedAt | None = Field(None, description="When a record changed.")
    page_size: int = Field(100, gt=0, description="How many at a time.")
    records: str = Field("", description="Where they stand.")


REGISTRY = Registry({"asked": ConnectorType(Settings, nobody)})
REFERENCES = References({"URL": "http://127.0.0.1:1"}, lambda name: f"secret {name}")
HEAD = ["so-thu", "Sở Thử nghiệm", "000.00.99.H29", "", "", "asked"]


def answers(lines: Sequence[str], name: str | None = None) -> tuple[Asked, str]:
    """What is made of these answers, and everything that was said."""
    runner = CliRunner()
    with runner.isolation(input="\n".join(lines) + "\n") as (out, err, _):
        found = asked(REGISTRY, REFERENCES, name)
        return found, (out.getvalue() + err.getvalue()).decode()


def test_short_answers_make_a_right_document_with_what_stands_in_brackets() -> None:
    found, _ = answers([*HEAD, "http://h/x", "", "", "n", "", ""])
    assert parse(found.text, "").data == {
        "name": "so-thu",
        "title": "Sở Thử nghiệm",
        "type": "asked",
        "agency": "000.00.99.H29",
        "mapping": "so-thu/ho-so",
        "schedule": {"every": "15m"},
        "settings": {"url": "http://h/x"},
    }
    read_connector(parse(found.text, ""), REGISTRY, REFERENCES)


def test_groups_pairs_and_other_settings_are_asked_and_a_typed_secret_goes_to_the_hub() -> None:
    more = ["http://h/x", "tu={since}", "no pair", "soDong={page_size}", "", "basic", "hub", "geheim", "y", "capNhat"]
    found, said = answers([*HEAD[:4], "hand", "asked", *more, "duLieu", "page_size: 50", ""])
    data = parse(found.text, "").data
    assert "schedule" not in data
    assert data["settings"] == {
        "url": "http://h/x",
        "parameters": {"tu": "{since}", "soDong": "{page_size}"},
        "auth": {"type": "basic", "username": "hub", "password": "${secret:so-thu.auth.password}"},
        "changed_at": {"from": "capNhat"},
        "records": "duLieu",
        "page_size": 50,
    }
    assert found.secrets == {"so-thu.auth.password": "geheim"}
    assert "geheim" not in found.text + repr(found) + said
    assert "write it as name=value" in said
    read_connector(parse(found.text, ""), REGISTRY, REFERENCES)


def test_a_wrong_answer_is_told_and_asked_again() -> None:
    lines = ["Sở Thử", *HEAD[:4], "soon", "5m", "aksed", "asked", "ftp://h", "${env:NOPE}/x", "${env:URL}/x"]
    found, said = answers([*lines, "", "bsic", "none", "n", "", "page_sise: 5", "page_size: many", "nonsense", ""])
    assert parse(found.text, "").data["settings"] == {"url": "${env:URL}/x"}
    for part in (
        '"Sở Thử" is not allowed here',
        "'soon' is no duration",
        'did you mean "asked"?',
        '"ftp://h" is not allowed here',
        "the environment variable NOPE is not set",
        'did you mean "basic"?',
        'there is no setting page_sise; did you mean "page_size"?',
        '"many" is not a whole number',
        "write it as `name: value`",
    ):
        assert part in said, part


def test_a_reference_in_place_of_a_secret_stays_one() -> None:
    found, _ = answers([*HEAD, "http://h/x", "", "basic", "hub", "${env:URL}", "n", "", ""])
    assert parse(found.text, "").data["settings"]["auth"]["password"] == "${env:URL}"
    assert found.secrets == {}


def test_a_name_that_was_given_is_offered() -> None:
    found, _ = answers(["", *HEAD[1:], "http://h/x", "", "", "n", "", ""], name="so-hai")
    assert (found.name, parse(found.text, "").data["mapping"]) == ("so-hai", "so-hai/ho-so")
