"""The change feed: what may be asked, and what is answered."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from hub.api import example
from hub.api.absence import absent
from hub.api.dossier_models import DossierItem
from hub.api.dossier_parameters import Selection
from hub.api.parameters import Parameters
from hub.store.changes import Kind
from hub.store.cursor import LARGEST_ID
from hub.view.points import From, Text, To
from hub.view.wanted import Statuses

LATEST = "latest"
MOST_SECONDS = 30


def _position(text: str) -> str:
    if text == LATEST or (text.isascii() and text.isdecimal() and int(text) <= LARGEST_ID):
        return text
    raise ValueError("`after` is a `next` that was answered, 0 for everything, or `latest` for where the feed is now")


class ChangeList(Parameters):
    """After which position, how many, of which dossiers, and how much of each."""

    after: Annotated[str, Field(max_length=20), AfterValidator(_position)] = Field(
        description="`next` of the answer before; 0: everything there is; latest: only where the feed is now",
        json_schema_extra={"example": "4711", "pattern": f"^([0-9]{{1,18}}|{LATEST})$"},
    )
    limit: int = Field(200, ge=1, le=1000, description="how many changes at most")
    wait: int = Field(0, ge=0, le=MOST_SECONDS, description="seconds to wait for a change where there is none yet")
    content: Literal["dossier", "reference"] = Field(
        "dossier", description="dossier: what changed is told as a list shows it; reference: its id and codes alone"
    )
    fields: Selection | None = Field(
        None,
        description="what is told of each dossier: dotted names with commas between",
        json_schema_extra={"example": "applicant.name,due_at"},
    )
    agency: Text | None = Field(
        None, description="code of the agency; those below it, too", json_schema_extra={"example": "000.00.15.H29"}
    )
    procedure: Text | None = Field(None, description="code of the procedure", json_schema_extra={"example": "1.001193"})
    field: Text | None = Field(None, description="code of the field (lĩnh vực)", json_schema_extra={"example": "G15"})
    status: Statuses | None = Field(None, description="where the dossier stands; several with commas between")
    channel: Literal["direct", "online", "post"] | None = Field(None, description="how it was submitted")
    received_from: From | None = Field(
        None, description="received on or after this day (Vietnam's)", json_schema_extra={"example": "2026-05-01"}
    )
    received_to: To | None = Field(
        None, description="received up to and including this day", json_schema_extra={"example": "2026-05-31"}
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.received_from and self.received_to and self.received_from >= self.received_to:
            raise ValueError("`received_from` is later than `received_to`")
        return self


_EXAMPLE: dict[str, Any] = {
    "items": [
        {
            "position": 4712,
            "change": "changed",
            "id": "1207",
            "code": example.DOSSIER["code"],
            "codes": example.DOSSIER["codes"],
            "dossier": example.ITEM,
        },
        {"position": 4713, "change": "gone", "id": "88", "code": "000.00.15.H29-260511-0031"},
        {"position": 4715, "change": "merged", "id": "1311", "code": "H29.15-260518-0007", "into": "1207"},
        {"position": 4716, "change": "left", "id": "640", "code": "000.00.15.H29-260514-0102"},
    ],
    "next": 4716,
    "more": False,
    "waited": 0.0,
    "view": "5f0c2ab1d3e94c77",
}


class ChangeItem(BaseModel):
    """What became of one dossier."""

    position: int = Field(description="in the change feed")
    change: Kind = Field(
        description="changed: new, otherwise than before, or back; gone: none of its sources holds it any more; "
        "merged: it is part of `into` now; left: it is not, or not any more, among what you follow: drop it if you "
        "have it"
    )
    id: str = Field(description="of the dossier; stable for ever")
    code: str = Field(description="of the dossier; of one that has left, that which it had while you could see it")
    codes: list[str] = absent("with `changed`: every code that it is known under")
    into: str = absent("with `merged`: the id of the dossier that it is part of now")
    dossier: DossierItem = absent("with `changed` and content=dossier: as it is now")


class ChangePage(BaseModel):
    """Changes in the order of their positions."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    items: list[ChangeItem]
    next: int = Field(description="the position to go on after; it moves on where `items` is empty, too")
    more: bool = Field(description="there was more to tell at once: ask again without waiting")
    waited: float = Field(description="seconds that the request waited for a change")
    view: str = Field(
        description="what you may see and what you asked for, as one word: where it is another one than in the answer "
        "before, throw away what you have and begin again after 0"
    )
