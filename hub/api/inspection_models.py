"""What the addresses of `hub.api.inspection_routes` take and answer."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator


class _Asked(BaseModel):
    """A body; an empty one is as good as `{}`."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _may_be_absent(cls, data: Any) -> Any:
        return {} if data is None else data


class Discover(_Asked):
    """What is to be shown."""

    operation: str | None = Field(None, max_length=500, description="this operation only")
    sample: StrictBool = Field(default=False, description="read one record too; words that may be personal are blanked")
    as_connector: str | None = Field(
        None, pattern=r"^[a-z0-9][a-z0-9-]{0,79}$", description="a document for a connector of this name as well"
    )


class Guess(_Asked):
    """How much is looked at."""

    records: int = Field(50, ge=1, le=1000, description="how many records to look at")


class Look(_Asked):
    """How much is shown."""

    records: int = Field(1, ge=1, le=100, description="how many records")


class FetchOne(_Asked):
    """Which record."""

    key: str = Field(min_length=1, max_length=500, description="the record's key at the source")


class CheckAnswer(BaseModel):
    """Whether a connector could be read now."""

    connector: str
    ok: bool
    steps: list[str] = Field(description="a sentence for each step that passed")
    code: str | None = Field(None, description="of what did not pass; stable")
    error: str | None = Field(None, description="what did not pass")
    hint: str | None = Field(None, description="what to do")


class FieldAnswer(BaseModel):
    """A place in a request, an answer or a record."""

    path: str = Field(description="dotted; empty: the answer itself")
    type: str
    repeated: bool
    required: bool
    about: str
    sample: str | None = Field(description="letters are x and digits 9 where it may be personal")


class OperationAnswer(BaseModel):
    """Something that the system can be asked."""

    name: str
    place: str
    style: str
    about: str
    parameters: list[FieldAnswer]
    answer: list[FieldAnswer]


class DiscoverAnswer(BaseModel):
    """What a system offers."""

    type: str
    place: str
    fingerprint: str
    operations: list[OperationAnswer]
    problems: list[str]
    sample: list[FieldAnswer] = Field(description="the fields of one record, where one was read")
    document: str | None = Field(None, description="YAML, with `as_connector`")


class GuessAnswer(BaseModel):
    """One field of ours, and where it may come from."""

    field: str
    words: dict[str, Any] = Field(description="as a mapping writes it")
    percent: int = Field(description="how sure the guess is")
    because: str
    remark: str
    used: bool = Field(description="false: it stands in the document as a comment")


class ScaffoldAnswer(BaseModel):
    """A first mapping."""

    mapping: str
    document: str = Field(description="YAML, ready to lint")
    guesses: list[GuessAnswer]
    not_mapped: list[str]


class ExchangeAnswer(BaseModel):
    """A request and what came back, secrets blanked."""

    method: str
    address: str
    headers: dict[str, str]
    body: str
    status: int | None
    answer_headers: dict[str, str]
    answer: str = Field(description="its beginning")
    answer_bytes: int
    seconds: float
    error: str | None


class ShownAnswer(BaseModel):
    """A record as it came, and what its mapping makes of it."""

    key: str
    changed_at: str
    received: str
    read: dict[str, Any] | None = Field(description="null: there is no mapping yet, or it could not be told apart")
    problems: list[str]
    quarantined: bool


class TroubleAnswer(BaseModel):
    """What went wrong at the department."""

    code: str | None
    sentence: str
    hint: str | None


class PreviewAnswer(BaseModel):
    """What a sync would read; nothing was stored."""

    exchanges: list[ExchangeAnswer]
    records: list[ShownAnswer]
    trouble: TroubleAnswer | None


class FetchCounts(BaseModel):
    """What became of the record."""

    fetched: int
    created: int
    updated: int
    unchanged: int
    quarantined: int


class FetchAnswer(BaseModel):
    """The run that fetched the record."""

    run: int
    state: str
    error_code: str | None
    sentence: str | None
    hint: str | None
    counts: FetchCounts
