"""Which dossiers are asked for: the same names and checks as parameters of an address and as a document.

What a client is not shown in full it can neither filter nor search by: the answer would tell it.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from connectors.wording import listed
from hub.record.confidentiality import Level
from hub.record.grant import Grant, Group, Sight
from hub.record.standing import Moment, Standing
from hub.record.status import Status
from hub.store.filters import Due, Filter
from hub.view.fields import NotSeen
from hub.view.mistakes import mistakes
from hub.view.points import From, Text, To

_NEEDS: Mapping[str, tuple[Group, ...]] = {
    "identity": (Group.IDENTITY,),
    "phone": (Group.CONTACT,),
    "name": (Group.NAME,),
    "q": (Group.NAME, Group.CONTENT),
    "connector": (Group.PROVENANCE,),
    "conflicts": (Group.PROVENANCE,),
}
_OTHER_NAMES = {"q": "words", "name": "name_is", "online_level": "level"}  # what the store calls them
_PERIODS = ("received", "due", "completed", "changed")


def _several(given: Any) -> Any:
    return tuple(given.split(",")) if isinstance(given, str) else given


def _one(given: str, info: ValidationInfo) -> str:
    """No code has a comma, so a list of codes would find nothing and look like an answer."""
    if "," in given:
        raise ValueError(f"`{info.field_name}` takes one code, not several with commas; ask for each by itself")
    return given


OneCode = Annotated[Text, AfterValidator(_one), Field(json_schema_extra={"pattern": "^[^,]+$"})]
Statuses = Annotated[
    tuple[Status, ...],
    BeforeValidator(_several),
    Field(min_length=1, max_length=len(Status)),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": f"^({'|'.join(Status)})(,({'|'.join(Status)})){{0,{len(Status) - 1}}}$",
            "example": "processing,supplement_requested",
        }
    ),
]


def _from(what: str) -> Any:
    meaning = f"{what} on or after this day (Vietnam's), or at or after this time"
    return Field(None, description=meaning, json_schema_extra={"example": "2026-05-01"})


def _to(what: str) -> Any:
    meaning = f"{what} up to and including this day (Vietnam's), or before this time"
    return Field(None, description=meaning, json_schema_extra={"example": "2026-05-31"})


def _example(meaning: str, example: Any) -> Any:
    return Field(None, description=meaning, json_schema_extra={"example": example})


class Wanted(BaseModel):
    """Which dossiers; what is left out means anything, and what is given holds together."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    agency: OneCode | None = _example("code of an agency: its dossiers and those of all below it", "000.00.15.H29")
    procedure: OneCode | None = _example("code of a procedure, in any form of it", "1.001193")
    field: OneCode | None = _example("code of a field (lĩnh vực)", "G15-TP01")
    status: Statuses | None = Field(None, description="where the dossier stands; several with commas between")
    channel: Literal["direct", "online", "post"] | None = Field(None, description="how it was submitted")
    online_level: Text | None = _example("online level of its procedure, as the catalogue has it", "full")
    confidentiality: Level | None = Field(None, description="how confidential it is, exactly")
    due: Standing | None = Field(None, description="where the dossier stands against its due date, now")
    received_from: From | None = _from("received")
    received_to: To | None = _to("received")
    due_from: From | None = _from("promised for")
    due_to: To | None = _to("promised for")
    completed_from: From | None = _from("ended, however it ended,")
    completed_to: To | None = _to("ended, however it ended,")
    changed_from: From | None = _from("changed in the hub")
    changed_to: To | None = _to("changed in the hub")
    gone: bool = Field(default=False, description="true: only those that none of their sources holds any more")
    identity: Text | None = _example("the owner's identity number, tax code or paper number, whole", "000190000001")
    phone: Text | None = _example("the owner's telephone number, whole, however it is written", "0900000001")
    name: Text | None = _example("the owner's name, whole; accents and case do not matter", "Đặng Thùy Dương")
    connector: Text | None = _example("name of a connector that has a record of it", "mot-cua")
    conflicts: bool | None = Field(None, description="true: only where sources disagree on a field; false: nowhere")
    q: Text | None = _example(
        "words of a code, the owner's name, the summary or the procedure; accents do not matter", "nguyen an"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for name in _PERIODS:
            first, end = getattr(self, f"{name}_from"), getattr(self, f"{name}_to")
            if first and end and first >= end:
                raise ValueError(f"`{name}_from` is later than `{name}_to`; swap them")
        return self

    def given(self) -> dict[str, Any]:
        """What was asked for, by the names of this document; without pages, sorts and the like."""
        return {
            name: value
            for name in NAMES
            if name in self.model_fields_set and (value := getattr(self, name)) is not None
        }

    def filter(self, grant: Grant, at: Moment) -> Filter:
        """The filter that it is.

        Raises:
            NotSeen: it asks for what the grant does not show in full.
        """
        said = self.given()
        check_seen(said, grant)
        if "due" in said:
            said["due"] = Due(said["due"], at)
        return Filter(**{_OTHER_NAMES.get(name, name): value for name, value in said.items()})


NAMES = tuple(Wanted.model_fields)


def check_seen(names: Collection[str], grant: Grant) -> None:
    """Refuse to filter, search or sort by what a grant does not show in full.

    Raises:
        NotSeen: see there.
    """
    for name in names:
        lacking = [group for group in _NEEDS.get(name, ()) if grant.of(group) is not Sight.FULL]
        if lacking:
            raise NotSeen(
                f"`{name}` asks for data of the group {listed(lacking)}, which this client is not shown in full; "
                "leave it out, or ask the hub's keeper for it"
            )


def read_filter(document: Mapping[str, Any], grant: Grant, now: datetime, near_due: timedelta) -> Filter:
    """The filter that a document is.

    Raises:
        NotSeen: it asks for what the grant does not show in full.
        ValueError: it is not right; the sentences say what is not.
    """
    try:
        wanted = Wanted.model_validate(document)
    except ValidationError as error:
        raise ValueError(" ".join(sentence for _, sentence in mistakes(error, NAMES))) from None
    return wanted.filter(grant, Moment.at(now, near_due))
