"""What a request may ask for; a name that is not here is refused, never ignored."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hub.record.run_state import RunState
from hub.view.points import Day, From, Storable, Text, To

__all__ = ["Day", "From", "Parameters", "Storable", "Text", "To"]  # others import them from here


_schemas: dict[type[BaseModel], dict[str, Any]] = {}


class Parameters(BaseModel):
    """The parameters of one address."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def model_json_schema(cls, *args: Any, **wanted: Any) -> dict[str, Any]:
        """As pydantic has it, made once: flask-openapi3 asks for it with every request, and that took ten times as
        long as all the rest of answering."""
        if args or wanted:
            return super().model_json_schema(*args, **wanted)
        if cls not in _schemas:
            _schemas[cls] = super().model_json_schema()
        return _schemas[cls]


class NoParameters(Parameters):
    """An address that takes none."""


class DossierPath(BaseModel):
    """A dossier by any of its codes."""

    code: str = Field(
        description="any code of the dossier, local or national; or `id:` with its id",
        json_schema_extra={"example": "000.00.15.H29-260520-0001"},
    )


class ConnectorList(Parameters):
    """Which connectors."""

    retired: bool = Field(default=False, description="the retired ones too")


class RunList(Parameters):
    """Which runs, and which page of them."""

    connector: Text | None = Field(None, description="name of the connector", json_schema_extra={"example": "mot-cua"})
    state: RunState | None = Field(None, description="where the run stands")
    limit: int = Field(50, ge=1, le=200, description="how many at most")
    cursor: Text | None = Field(None, description="`next_cursor` of the page before")


class RunPath(BaseModel):
    """A run by its number."""

    run_id: int = Field(description="number of the run")


def known_parameters(model_name: str) -> list[str]:
    """The names that a model of this name takes."""
    models = {model.__name__: model for model in Parameters.__subclasses__()}
    return list(models[model_name].model_fields) if model_name in models else []
