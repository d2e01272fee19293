"""Addresses at which a person undoes a wrong join of records, or takes that back."""

from collections.abc import Callable
from typing import TypeAlias

from flask.typing import ResponseReturnValue
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field, field_validator

from hub.api import ports, signing
from hub.api.answers import Answer
from hub.api.parameters import DossierPath, Text
from hub.api.problems import ApiProblem, answer, detail_of
from hub.api.routes import api, errors
from hub.record.dossier import Name
from hub.record.signature import Signature
from hub.store.candidates import is_of
from hub.store.database import Database
from hub.sync import parting
from hub.sync.parting import NotThatCode, Parted

_DOSSIERS = [Tag(name="dossiers", description="The central record.")]
_Decide: TypeAlias = Callable[[Database, Name, str, Signature], Parted]


class WrongCode(BaseModel):
    """A code that a record gives, and why it is wrong, or right after all."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {
                "connector": "mot-cua",
                "key": "65a",
                "code": "000.00.15.H29-260518-0007",
                "reason": "mistyped at the one-stop desk; it is another citizen's",
            }
        },
    )

    connector: Text = Field(description="whose record it is")
    key: Text = Field(description="the record's key at its source")
    code: Text = Field(description="the code that the record gives")
    reason: Text = Field(description="why; kept in the history with the name of the key")

    @field_validator("connector", "key", "code", "reason")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if not text.strip() or "\0" in text:
            raise ValueError("must say something, without NUL characters")
        return text


class PartedAnswer(BaseModel):
    """Where the record stands now."""

    code: str = Field(description="of the dossier that the record is part of now")
    others: list[str] = Field(description="the other dossiers that this changed, each by its code")


@api.post(
    "/dossiers/<path:code>/part",
    tags=_DOSSIERS,
    responses={200: PartedAnswer, **errors(403, 404)},
    operation_id="part_dossier",
)
def part_dossier(path: DossierPath, body: WrongCode) -> Answer:
    """Undo a wrong join: this code joins the record to nothing from now on, however often it is brought again."""
    return _decided(parting.part, path.code, body)


@api.post(
    "/dossiers/<path:code>/rejoin",
    tags=_DOSSIERS,
    responses={200: PartedAnswer, **errors(403, 404)},
    operation_id="rejoin_dossier",
)
def rejoin_dossier(path: DossierPath, body: WrongCode) -> Answer:
    """Take `part` back: the record's code joins again."""
    return _decided(parting.rejoin, path.code, body)


@api.errorhandler(NotThatCode)
def _not_that_code(error: NotThatCode) -> ResponseReturnValue:
    return answer(ApiProblem(404, "not_that_code", detail_of(error)))


def _decided(decide: _Decide, code: str, body: WrongCode) -> Answer:
    database = ports.database()
    name = (body.connector, body.key)
    if not is_of(database, code, name):
        detail = f"No dossier that is known under {code} has a record {body.key} of {body.connector}."
        raise ApiProblem(404, "dossier_not_found", detail)
    done = decide(database, name, body.code, signing.signed(body.reason))
    return {"code": done.code, "others": list(done.others)}
