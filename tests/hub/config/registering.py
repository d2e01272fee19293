"""A register over a store, with a connector type that asks nobody: whoever registers needs no network."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from connectors.contract import Connector, ConnectorType, Retry
from connectors.registry import Registry
from hub.config.file import Configuration, understand
from hub.config.in_use import InUse
from hub.config.references import References
from hub.config.register import Register
from hub.config.vault import Vault
from hub.record.signature import Signature
from hub.store.database import Database
from hub.wiring import record_targets
from mappings.engine.library import Library
from mappings.engine.yaml_source import parse

# For what does not depend on which database it is.
EMBEDDED = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
BY_AN = Signature("an", "vì thử", datetime(2026, 11, 22, 8, 0, tzinfo=UTC))


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Open(Strict):
    type: Literal["none"] = "none"
    value: str = ""


class Locked(Strict):
    type: Literal["locked"]
    value: SecretStr


class Settings(Strict):
    url: str = "http://127.0.0.1:1/"
    proxy: SecretStr | None = None
    auth: Annotated[Open | Locked, Field(discriminator="type")] = Open()
    headers: dict[str, SecretStr] = {}
    keys: list[SecretStr] = []


@contextmanager
def nobody(_: Any, __: Retry) -> Iterator[Connector]:
    raise AssertionError("registering asks nobody")
    yield


REGISTRY = Registry({"quiet": ConnectorType(Settings, nobody)})


def section(name: str = "so-thu", mapping: str = "so-thu/ho-so", more: str = "", settings: str = "{}") -> str:
    """A connector's document."""
    head = f"name: {name}\ntitle: Sở Thử nghiệm # tên đầy đủ\ntype: quiet\nagency: 000.00.99.H29\nmapping: {mapping}\n"
    return f"{head}{more}settings: {settings}\n"


def mapping(name: str = "so-thu/ho-so", code: str = "maHoSo") -> str:
    """A mapping's document."""
    fields = f"fields: {{code: {{from: {code}}}, status: {{value: processing}}}}"
    return f"mapping: {name}\nversion: 1\nentity: dossier\ninput: json\n{fields}\n"


def register(
    database: Database, folder: Path, environment: Mapping[str, str] | None = None, registry: Registry | None = None
) -> Register:
    """A register whose keys stand in `folder`, and whose mapping files below `folder`/shelf."""
    vault = Vault(database, None, folder / "secrets.key", environment or {})
    references = References(environment or {}, vault.look_up)
    in_use = InUse(database, registry or REGISTRY, Library([folder / "shelf"]), record_targets(), references)
    return Register(database, in_use, vault)


def put(to: Register, text: str) -> None:
    """Put a connector, or a mapping, into use."""
    if text.startswith("mapping:"):
        to.put_mapping(text, "mapping.yaml", BY_AN)
    else:
        to.put_connector(to.read(text, "so-thu.yaml"), BY_AN)


def on_the_shelf(folder: Path, text: str) -> Path:
    """A mapping's document as a file."""
    path = folder / "shelf" / parse(text, "").data["mapping"] / "mapping.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def configuration(folder: Path, *sections: str) -> Configuration:
    """A config.yaml with these sections."""
    items = ["  - " + text.rstrip().replace("\n", "\n    ") for text in sections]
    text = "mappings: {folders: [shelf]}\nconnectors:\n" + "\n".join(items) if items else "{}"
    return understand(parse(text, "config.yaml"), folder, REGISTRY, {})
