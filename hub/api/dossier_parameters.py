"""What a request may ask of dossiers. The filter itself is `hub.view.wanted`: the same for webhooks and exports."""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.config import JsonDict

from hub.api.parameters import Parameters
from hub.store.counting import By
from hub.store.finding import Sort
from hub.view.many import PARTS as MANY
from hub.view.points import Storable, Text
from hub.view.wanted import Wanted
from hub.view.whole import PARTS

LONGEST_SELECTION = 4000
MOST_LOOKED_UP = 500

Selection = Annotated[
    Storable,
    Field(
        min_length=1,
        max_length=LONGEST_SELECTION,
        json_schema_extra={"pattern": "^ *[a-z_]+(\\.[a-z_]+)* *(, *[a-z_]+(\\.[a-z_]+)* *)*$"},
    ),
]
Format = Literal["hub", "national"]
_FIELDS = "names of fields with commas between, dotted; what every dossier has is there anyway, and nothing else is"
_FORMAT = "national: as the national portal's TraCuuHoSo answers; `Accept` may say so, too"
_INCLUDE = f"what stands behind it, with commas between: {', '.join(PARTS)}; or all, or none"


def _selects(parts: tuple[str, ...]) -> JsonDict:
    """How the document tells which parts may be chosen."""
    one = "|".join(parts)
    return {"pattern": f"^(all|none|({one})(,({one}))*)$", "example": ",".join(parts[:2])}


class DossierList(Wanted, Parameters):
    """Which dossiers, in which order, and which page of them."""

    sort: Sort = Field(Sort.RECEIVED, description="order; with `q` alone the best come first")
    limit: int = Field(50, ge=1, le=200, description="how many at most")
    cursor: Text | None = Field(None, description="`next_cursor` of the page before")
    count: Literal["estimate", "exact"] | None = Field(
        None, description="how many there are in all; an exact count takes the longer the more there are"
    )
    fields: Selection | None = Field(None, description=_FIELDS, json_schema_extra={"example": "applicant.name,due_at"})
    format: Format = Field("hub", description=_FORMAT)


class WhichDossier(Parameters):
    """Chooses among dossiers of one code, and what is shown of it."""

    agency: Text | None = Field(None, description="of several dossiers with this code, the one of this agency")
    connector: Text | None = Field(
        None, description="the one of which a record of this connector gives the code: where the agency is the same"
    )
    include: Text | None = Field(
        None,
        description=f"{_INCLUDE}. Left out: all that the client is shown; with `fields`: none",
        json_schema_extra=_selects(PARTS),
    )
    fields: Selection | None = Field(None, description=_FIELDS, json_schema_extra={"example": "applicant.name,due_at"})
    format: Format = Field("hub", description=_FORMAT)


class FormOnly(Parameters):
    """In which form the answer is."""

    format: Format = Field("hub", description=_FORMAT)


def _several(given: object) -> object:
    return tuple(given.split(",")) if isinstance(given, str) else given


Columns = Annotated[
    tuple[By, ...],
    BeforeValidator(_several),
    Field(min_length=1, max_length=2),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^({'|'.join(get_args(By))})(,({'|'.join(get_args(By))}))?$",
            "example": "agency,status",
        }
    ),
]


class CountedBy(Wanted, Parameters):
    """Which dossiers are counted, by which one or two of their columns."""

    by: Columns = Field(description=f"one or two of {', '.join(get_args(By))}, with a comma between")


class LookUp(BaseModel):
    """Up to 500 codes and ids."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {"codes": ["000.00.15.H29-260518-0007", "24-019651"], "fields": "status,due_at"},
            "anyOf": [{"properties": {name: {"minItems": 1}}, "required": [name]} for name in ("codes", "ids")],
        },
    )

    codes: tuple[str, ...] = Field((), max_length=MOST_LOOKED_UP, description="any codes of dossiers")
    ids: tuple[str, ...] = Field((), max_length=MOST_LOOKED_UP, description="the hub's own ids")
    fields: Selection | None = Field(None, description=_FIELDS)
    include: Text | None = Field(
        None,
        description="timeline, documents, provenance, with commas; or all. Left out: none",
        json_schema_extra=_selects(MANY),
    )
